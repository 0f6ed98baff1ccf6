//! `adminline completions` and `adminline man`.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use clap_complete::Shell;

use super::config::command;

/// Print a completion script for a shell.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Print the manual page (roff).
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The page of one command
    #[arg(value_name = "COMMAND")]
    of: Option<String>,
}

/// Prints the script.
///
/// # Errors
/// When standard output fails.
pub fn completions(args: &CompletionsArgs, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "adminline", &mut script);
    out.write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the page.
///
/// # Errors
/// When there is no such command, or when standard output fails.
pub fn man(args: &ManArgs, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let mut cli = command();
    cli.build();
    let page = match &args.of {
        None => cli,
        Some(name) => cli
            .find_subcommand(name)
            .ok_or_else(|| super::WrongUsage(format!("there is no command `{name}`")))?
            .clone(),
    };
    clap_mangen::Man::new(page).render(out)?;
    Ok(ExitCode::SUCCESS)
}
