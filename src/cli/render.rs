//! `adminline render`: incidents to a map.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::common::Common;
use super::{WrongUsage, files};
use crate::batch::Output;
use crate::data::Data;
use crate::gazetteer::Gazetteer;
use crate::geocode::Located;
use crate::map::{self, BaseMap, Extent, MapError, MapOptions, Per, Size, SizeBy, UiLang};

/// Draw a map of incidents, as SVG or PNG by the ending of the output's name.
#[derive(Debug, Args)]
pub struct RenderArgs {
    /// incidents.geojson, mentions.geojsonl, or any GeoJSON with their properties; `-` for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where to write, a name that ends in .svg or .png; SVG to standard output if not given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What the map shows: auto, region, north, kosovo, WEST,SOUTH,EAST,NORTH or site:NAME:KM
    #[arg(
        long,
        value_name = "EXTENT",
        default_value = "auto",
        allow_hyphen_values = true
    )]
    extent: Extent,
    /// Size of the sheet: A4, A3, A4-portrait, A3-portrait or WIDTHxHEIGHT in mm
    #[arg(long, value_name = "SIZE", default_value = "A4")]
    size: Size,
    /// Title of the map
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Language of legend, categories and dates
    #[arg(long, value_name = "LANG", default_value = "en")]
    #[arg(value_parser = PossibleValuesParser::new(UiLang::WORDS))]
    lang_ui: String,
    /// What the size of a symbol says
    #[arg(long, value_name = "WHAT", default_value = "count")]
    #[arg(value_parser = PossibleValuesParser::new(SizeBy::WORDS))]
    size_by: String,
    /// A style: a TOML file, or one of those shipped (colour, greyscale)
    #[arg(long, value_name = "FILE")]
    style: Option<PathBuf>,
    /// One map for each: the output's name gets its month, week or category
    #[arg(long, value_name = "WHAT")]
    #[arg(value_parser = PossibleValuesParser::new(Per::WORDS))]
    per: Option<String>,
    /// Draw a strip of counts under the map
    #[arg(long)]
    timeline: bool,
    /// Pixels an inch, for PNG
    #[arg(long, value_name = "N", default_value_t = 150, value_parser = clap::value_parser!(u16).range(30..=1200))]
    dpi: u16,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read, an option fits nothing, or the output cannot be written.
pub fn run(args: &RenderArgs, common: &Common, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let data = common.load_data()?;
    let (incidents, bad) = files::read_incidents(&args.file, &common.filter(&data)?)?;
    let base = BaseMap::load(&data)?;
    let options = options(args, common, &data)?;
    match &args.per {
        None => write(
            args,
            args.output.as_deref(),
            &incidents,
            &base,
            &options,
            &data,
            out,
        )?,
        Some(per) => {
            let per: Per = per.parse()?;
            let Some(path) = &args.output else {
                return Err(
                    WrongUsage("--per writes several files and needs --output".into()).into(),
                );
            };
            for part in map::series(&incidents, per, &base, &options)? {
                let chosen: Vec<Located> = part
                    .incidents
                    .iter()
                    .map(|i| incidents[*i].clone())
                    .collect();
                let mut options = options.clone();
                options.title = Some(match &options.title {
                    Some(title) => format!("{title}: {}", part.name),
                    None => part.name.clone(),
                });
                let path = named(path, &part.key);
                write(args, Some(&path), &chosen, &base, &options, &data, out)?;
            }
        }
    }
    Ok(super::done(bad))
}

fn options(args: &RenderArgs, common: &Common, data: &Data) -> anyhow::Result<MapOptions> {
    let style = match &args.style {
        None => None,
        Some(path) => {
            let shipped = path.to_str().map(|name| format!("style/{name}.toml"));
            match shipped.filter(|name| !path.exists() && data.bytes(name).is_some()) {
                Some(name) => Some(data.text(&name)?.to_string()),
                None => Some(files::read_text(path)?),
            }
        }
    };
    Ok(MapOptions {
        title: args.title.clone(),
        extent: resolved(&args.extent, data)?,
        size: args.size,
        view: common.boundary_view.word().parse()?,
        names: common.names.word().parse()?,
        ui: args.lang_ui.parse()?,
        size_by: args.size_by.parse()?,
        style,
        timeline: args.timeline,
        all: None,
    })
}

/// The extent with a site's name turned into its id, by the gazetteer's ranking.
fn resolved(extent: &Extent, data: &Data) -> anyhow::Result<Extent> {
    let Extent::Site(name, km) = extent else {
        return Ok(extent.clone());
    };
    let gazetteer = Gazetteer::load(data)?;
    let best = gazetteer.lookup(name, None).into_iter().next();
    let id = best.map_or_else(|| name.clone(), |c| gazetteer.place(c.place).id.clone());
    Ok(Extent::Site(id, *km))
}

fn write(
    args: &RenderArgs,
    path: Option<&Path>,
    incidents: &[Located],
    base: &BaseMap,
    options: &MapOptions,
    data: &Data,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let svg = map::draw(incidents, base, options).map_err(|e| match e {
        // The user typed it: status 2.
        MapError::Extent(what) => anyhow::Error::new(WrongUsage(format!("--extent: {what}"))),
        other => other.into(),
    })?;
    let Some(path) = path else {
        out.write_all(svg.as_bytes())?;
        return Ok(());
    };
    let bytes = if ending(path, "png") {
        png(&svg, args.dpi, data)?
    } else {
        svg.into_bytes()
    };
    let mut file = Output::create(path)?;
    file.write_all(&bytes)?;
    file.commit()?;
    tracing::info!("{}", path.display());
    Ok(())
}

#[cfg(feature = "png")]
fn png(svg: &str, dpi: u16, data: &Data) -> anyhow::Result<Vec<u8>> {
    Ok(map::png(svg, f64::from(dpi), data)?)
}

#[cfg(not(feature = "png"))]
fn png(_: &str, _: u16, _: &Data) -> anyhow::Result<Vec<u8>> {
    Err(WrongUsage("this build writes SVG only; it lacks the feature `png`".into()).into())
}

fn ending(path: &Path, wanted: &str) -> bool {
    path.extension()
        .and_then(OsStr::to_str)
        .is_some_and(|e| e.eq_ignore_ascii_case(wanted))
}

/// `map.svg` and `2023-09` give `map-2023-09.svg`; what is no plain name becomes `-`.
fn named(path: &Path, key: &str) -> PathBuf {
    let safe: String = key
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let stem = path.file_stem().and_then(OsStr::to_str).unwrap_or("map");
    let mut name = format!("{stem}-{safe}");
    if let Some(ending) = path.extension().and_then(OsStr::to_str) {
        name = format!("{name}.{ending}");
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_series() {
        assert_eq!(
            named(Path::new("out/map.svg"), "2023-09"),
            Path::new("out/map-2023-09.svg")
        );
        assert_eq!(
            named(Path::new("map.png"), "../x"),
            Path::new("map----x.png")
        );
    }
}
