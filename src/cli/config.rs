//! Options from the environment and from the file given with `--config`.
//!
//! What was not typed is looked up as `ADMINLINE_` and the option's name in upper
//! case, then in the file, at the top or under the command's name. What is found is
//! added to the command line, so that it is checked and understood just like it.

use std::collections::BTreeMap;

use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Command, CommandFactory};

use super::Cli;

/// Options that have no place outside the command line.
const TYPED_ONLY: [&str; 3] = ["config", "help", "version"];

/// The command line's definition.
pub fn command() -> Command {
    Cli::command()
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
    let Some((name, chosen)) = typed.subcommand() else {
        return Ok(Vec::new());
    };
    let Some(subcommand) = cli.find_subcommand(name) else {
        return Ok(Vec::new());
    };
    let file = match chosen.get_one::<std::path::PathBuf>("config") {
        Some(path) => {
            let text = super::files::read_text(path).map_err(|e| format!("{e:#}"))?;
            read(&text, name, &cli).map_err(|e| format!("{}: {e}", path.display()))?
        }
        None => BTreeMap::new(),
    };
    let environment: BTreeMap<String, String> = environment
        .filter_map(|(key, value)| {
            let key = key
                .strip_prefix("ADMINLINE_")?
                .to_ascii_lowercase()
                .replace('_', "-");
            Some((key, value))
        })
        .collect();
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

/// The options of the file that bear on a command: those at the top and those in
/// the command's own table, which come first.
fn read(text: &str, command: &str, cli: &Command) -> Result<BTreeMap<String, Vec<String>>, String> {
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| e.to_string())?;
    let known = |key: &str, command: &Command| {
        !TYPED_ONLY.contains(&key) && command.get_arguments().any(|a| a.get_long() == Some(key))
    };
    let mut options = BTreeMap::new();
    let mut own = BTreeMap::new();
    for (key, value) in table {
        if let toml::Value::Table(inner) = value {
            let sub = cli
                .find_subcommand(&key)
                .ok_or_else(|| format!("there is no command `{key}`"))?;
            for (key, value) in inner {
                let key = key.replace('_', "-");
                if !known(&key, sub) {
                    return Err(format!("`{}` has no option `{key}`", sub.get_name()));
                }
                if sub.get_name() == command {
                    own.insert(key, words(&value)?);
                }
            }
        } else {
            let key = key.replace('_', "-");
            if !cli.get_subcommands().any(|sub| known(&key, sub)) {
                return Err(format!("there is no option `{key}`"));
            }
            options.insert(key, words(&value)?);
        }
    }
    options.extend(own);
    Ok(options)
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
