//! Options from the environment and from the file given with `--config`.
//!
//! What was not typed is looked up as `ADMINLINE_` and the option's name in upper
//! case, then in the file, at the top or under the command's name. What is found is
//! added to the command line, so that it is checked and understood just like it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Command, CommandFactory};

use super::Cli;

/// Options that have no place outside the command line, but for the name of the file,
/// which may stand in the environment.
const TYPED_ONLY: [&str; 3] = [CONFIG, "help", "version"];
const CONFIG: &str = "config";

/// The command line's definition.
pub fn command() -> Command {
    Cli::command()
}

/// The same with nothing required, as what is required may stand in the file.
pub fn lenient() -> Command {
    fn nothing_required(command: Command) -> Command {
        command
            .mut_args(|arg| arg.required(false))
            .mut_subcommands(nothing_required)
    }
    nothing_required(command())
}

/// The arguments that environment and file add to what was typed.
///
/// # Errors
/// A message, when the file cannot be read or holds something that is no option.
pub fn added(
    typed: &ArgMatches,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Vec<String>, String> {
    let mut cli = command();
    cli.build();
    // The way to the command that was typed, such as `gazetteer`, `lookup`.
    let mut names = Vec::new();
    let (mut chosen, mut subcommand) = (typed, &cli);
    while let Some((name, matches)) = chosen.subcommand() {
        let Some(found) = subcommand.find_subcommand(name) else {
            break;
        };
        names.push(name);
        (chosen, subcommand) = (matches, found);
    }
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let environment: BTreeMap<String, String> = environment
        .filter_map(|(key, value)| {
            let key = key
                .strip_prefix("ADMINLINE_")?
                .to_ascii_lowercase()
                .replace('_', "-");
            Some((key, value))
        })
        .collect();
    let path = chosen
        .try_get_one::<PathBuf>(CONFIG)
        .ok()
        .flatten()
        .cloned()
        .or_else(|| environment.get(CONFIG).map(PathBuf::from));
    let file = match path {
        Some(path) => {
            let text = super::files::read_text(&path).map_err(|e| format!("{e:#}"))?;
            read(&text, &names, &cli).map_err(|e| format!("{}: {e}", path.display()))?
        }
        None => BTreeMap::new(),
    };
    let mut added = Vec::new();
    for option in subcommand.get_arguments() {
        let Some(long) = option.get_long().filter(|l| !TYPED_ONLY.contains(l)) else {
            continue;
        };
        if chosen.value_source(option.get_id().as_str()) == Some(ValueSource::CommandLine) {
            continue;
        }
        let values = match (environment.get(long), file.get(long)) {
            (Some(value), _) => vec![value.clone()],
            (None, Some(values)) => values.clone(),
            (None, None) => continue,
        };
        match option.get_action() {
            ArgAction::SetTrue => match values.first().map(String::as_str) {
                Some("true" | "1") => added.push(format!("--{long}")),
                Some("false" | "0" | "") => {}
                _ => return Err(format!("{long} is either true or false")),
            },
            ArgAction::Count => {
                let n: u8 = match values.first().map(String::as_str) {
                    Some("true") => 1,
                    Some("false" | "") => 0,
                    Some(n) => n.parse().map_err(|_| format!("{long} is a number"))?,
                    None => 0,
                };
                added.extend((0..n).map(|_| format!("--{long}")));
            }
            _ => added.extend(values.into_iter().map(|v| format!("--{long}={v}"))),
        }
    }
    Ok(added)
}

/// The options of the file that bear on a command: those at the top and those in the
/// tables on the way to it, the innermost of which comes first.
fn read(
    text: &str,
    names: &[&str],
    cli: &Command,
) -> Result<BTreeMap<String, Vec<String>>, String> {
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| e.to_string())?;
    let mut options = BTreeMap::new();
    read_table(table, Some(names), cli, &mut options)?;
    Ok(options)
}

/// Reads the table of one command and of those below it. All are checked; `names` is
/// the rest of the way to the chosen command, if this table lies on it.
fn read_table(
    table: toml::Table,
    names: Option<&[&str]>,
    command: &Command,
    options: &mut BTreeMap<String, Vec<String>>,
) -> Result<(), String> {
    let mut inner = Vec::new();
    for (key, value) in table {
        let key = key.replace('_', "-");
        match value {
            toml::Value::Table(table) => inner.push((key, table)),
            value => {
                if !knows(command, &key) {
                    return Err(match command.get_bin_name() == Some(command.get_name()) {
                        true => format!("there is no option `{key}`"),
                        false => format!("`{}` has no option `{key}`", command.get_name()),
                    });
                }
                if names.is_some() {
                    options.insert(key, words(&value)?);
                }
            }
        }
    }
    for (name, table) in inner {
        let below = command
            .find_subcommand(&name)
            .ok_or_else(|| format!("there is no command `{name}`"))?;
        let rest = names.and_then(|names| names.strip_prefix(&[below.get_name()]));
        read_table(table, rest, below, options)?;
    }
    Ok(())
}

/// Whether a command, or one below it, has an option.
fn knows(command: &Command, key: &str) -> bool {
    let own = command.get_arguments().any(|a| a.get_long() == Some(key));
    !TYPED_ONLY.contains(&key) && (own || command.get_subcommands().any(|c| knows(c, key)))
}

fn words(value: &toml::Value) -> Result<Vec<String>, String> {
    Ok(match value {
        toml::Value::String(s) => vec![s.clone()],
        toml::Value::Integer(i) => vec![i.to_string()],
        toml::Value::Float(f) => vec![f.to_string()],
        toml::Value::Boolean(b) => vec![b.to_string()],
        toml::Value::Datetime(d) => vec![d.to_string()],
        toml::Value::Array(all) => {
            let mut out = Vec::new();
            for one in all {
                out.extend(words(one)?);
            }
            out
        }
        toml::Value::Table(_) => return Err("a table where a value should be".to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Arg;

    /// A value that an option takes and that is not its default.
    fn sample(option: &Arg) -> String {
        let default: Vec<_> = option.get_default_values().to_vec();
        let possible = option.get_possible_values();
        if let Some(value) = possible
            .iter()
            .map(|v| v.get_name())
            .find(|v| default.iter().all(|d| d != v))
        {
            return value.to_string();
        }
        [
            "7",
            "70",
            "2023-09-24",
            "20.5,42.8,21.0,43.3",
            "200x100",
            "x",
        ]
        .into_iter()
        .find(|value| {
            let long = option.get_long().unwrap();
            let one = Command::new("x").arg(option.clone().required(false).global(false));
            one.try_get_matches_from(["x", &format!("--{long}={value}")])
                .is_ok()
        })
        .unwrap_or_else(|| panic!("no sample for {option}"))
        .to_string()
    }

    /// Every command by the way to it.
    fn commands<'a>(command: &'a Command, way: &[&'a str]) -> Vec<(Vec<&'a str>, &'a Command)> {
        let mut all = Vec::new();
        for below in command.get_subcommands().filter(|c| c.get_name() != "help") {
            let mut way = way.to_vec();
            way.push(below.get_name());
            if below.has_subcommands() {
                all.extend(commands(below, &way));
            } else {
                all.push((way, below));
            }
        }
        all
    }

    fn adds(way: &[&str], more: &[&str], file: &str, environment: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        std::fs::write(&path, file).unwrap();
        let config = format!("--config={}", path.display());
        let typed = ["adminline"]
            .iter()
            .chain(way)
            .copied()
            .chain([config.as_str()])
            .chain(more.iter().copied());
        let matches = lenient().try_get_matches_from(typed).unwrap();
        let environment = environment
            .iter()
            .map(|(k, v)| (k.to_string(), v.to_string()));
        added(&matches, environment).unwrap()
    }

    #[test]
    fn every_option_of_every_command_may_stand_in_the_file_and_in_the_environment() {
        let mut cli = command();
        cli.build();
        let mut count = 0;
        for (way, command) in commands(&cli, &[]) {
            for option in command.get_arguments() {
                let Some(long) = option.get_long().filter(|l| !TYPED_ONLY.contains(l)) else {
                    continue;
                };
                let (in_file, value) = match option.get_action() {
                    ArgAction::SetTrue => ("true".to_string(), "true".to_string()),
                    ArgAction::Count => ("1".to_string(), "1".to_string()),
                    _ => {
                        let value = sample(option);
                        (format!("{value:?}"), value)
                    }
                };
                let expected = match option.get_action() {
                    ArgAction::SetTrue | ArgAction::Count => format!("--{long}"),
                    _ => format!("--{long}={value}"),
                };
                let what = format!("{way:?} {long}");
                // At the top, in the command's table, with `_` for `-`, in the environment.
                let at_top = format!("{} = {in_file}", long.replace('-', "_"));
                assert_eq!(adds(&way, &[], &at_top, &[]), [expected.as_str()], "{what}");
                let in_table = format!("[{}]\n{long} = {in_file}", way.join("."));
                assert_eq!(
                    adds(&way, &[], &in_table, &[]),
                    [expected.as_str()],
                    "{what}"
                );
                let variable = format!("ADMINLINE_{}", long.to_uppercase().replace('-', "_"));
                let environment = [(variable.as_str(), value.as_str())];
                assert_eq!(
                    adds(&way, &[], "", &environment),
                    [expected.as_str()],
                    "{what}"
                );
                // What is typed comes before both.
                let typed = [expected.as_str()];
                assert!(
                    adds(&way, &typed, &in_table, &environment).is_empty(),
                    "{what}"
                );
                count += 1;
            }
        }
        assert!(count > 150, "only {count} options");
    }

    #[test]
    fn the_innermost_table_comes_first_and_the_environment_before_it() {
        let file = "names = 'en'\n[run]\nnames = 'sr'\n[extract]\nnames = 'sq'\n";
        assert_eq!(adds(&["run"], &[], file, &[]), ["--names=sr"]);
        assert_eq!(adds(&["extract"], &[], file, &[]), ["--names=sq"]);
        assert_eq!(adds(&["merge"], &[], file, &[]), ["--names=en"]);
        let environment = [("ADMINLINE_NAMES", "both")];
        assert_eq!(adds(&["run"], &[], file, &environment), ["--names=both"]);
        // A switch is put off again by the environment.
        let environment = [("ADMINLINE_RESUME", "false")];
        let none: [String; 0] = [];
        assert_eq!(adds(&["run"], &[], "resume = true", &environment), none);
    }
}
