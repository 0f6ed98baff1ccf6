//! `adminline schema`.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::export::schema::{Of, schema};

/// Print the JSON Schema of the output and of the NDJSON input.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// What to describe
    #[arg(default_value = "all")]
    of: What,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Any of them
    All,
    /// incidents.geojson
    Incidents,
    /// A line of mentions.geojsonl
    Mention,
    /// A line of the NDJSON input
    Report,
    /// A line of decisions.jsonl
    Decision,
}

/// Prints the schema.
///
/// # Errors
/// When standard output fails.
pub fn run(args: &SchemaArgs, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let of = match args.of {
        What::All => Of::All,
        What::Incidents => Of::Incidents,
        What::Mention => Of::Mention,
        What::Report => Of::Report,
        What::Decision => Of::Decision,
    };
    serde_json::to_writer_pretty(&mut *out, &schema(of))?;
    out.write_all(b"\n")?;
    Ok(ExitCode::SUCCESS)
}
