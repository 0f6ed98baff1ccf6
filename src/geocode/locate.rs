//! The stage's one function: incidents of a report to located incidents.

use std::sync::Arc;

use geo::{Contains, Geometry, MapCoords, Point, Simplify};
use sha2::{Digest, Sha256};

use super::choose::choose;
use super::duplicates;
use super::memo::{self, Memo, Placed};
use super::rules::GeoRules;
use super::shape::{Shape, shape, site_shape};
use super::{Located, Properties, Source};
use crate::gazetteer::boundary::Boundary;
use crate::gazetteer::{Extent, Gazetteer, LineSide, PlaceId};
use crate::incident::{Figure, Incident, Reason, Uncoded};
use crate::report::Report;
use crate::text::sketch;
use crate::text::{CharIndex, Document, PlaceExpr, Relation};

/// Puts the incidents of one report on the map.
///
/// Each incident's place expression becomes the geometry that its words describe;
/// incidents outside the area of interest come back as uncoded, with the reason
/// [`Reason::OutsideRegion`]. Mentions of one incident within the report are
/// folded into one. The order of the result is that of the incidents. `memo` is
/// that of the gazetteer, boundary and rules.
pub fn locate(
    report: &Report,
    doc: &Document,
    incidents: Vec<Incident>,
    gazetteer: &Gazetteer,
    boundary: &Boundary,
    rules: &GeoRules,
    memo: &Memo,
) -> (Vec<Located>, Vec<Uncoded>) {
    let stage = Stage {
        report,
        doc,
        gazetteer,
        boundary,
        rules,
        memo,
        chars: CharIndex::new(&report.text),
        sha: hex(&Sha256::digest(report.text.as_bytes())),
    };
    let mut located = Vec::new();
    let mut uncoded = Vec::new();
    for incident in incidents {
        let refuse = |reason| Uncoded {
            category: incident.category.clone(),
            evidence: incident.evidence,
            trigger: incident.place.span,
            reason,
        };
        match stage.place(&incident.place, &incident.category) {
            None => uncoded.push(refuse(Reason::NoPlace)),
            Some((placed, _)) if !placed.inside => uncoded.push(refuse(Reason::OutsideRegion)),
            Some((placed, certainty)) => {
                located.push(stage.located(&incident, &placed, certainty));
            }
        }
    }
    let mut located = duplicates::fold(located, &rules.output.summary);
    name(&mut located, &report.id);
    if !located.is_empty() {
        let sketch = sketch::sketch(&report.text);
        for source in located.iter_mut().flat_map(|l| &mut l.properties.sources) {
            source.text_sketch.clone_from(&sketch);
        }
    }
    (located, uncoded)
}

/// The geometry that a place expression stands for and how sure it is; `None` when
/// nothing can be made of it. For checks and for `gazetteer lookup`.
pub fn place_of(
    expr: &PlaceExpr,
    category: &str,
    gazetteer: &Gazetteer,
    boundary: &Boundary,
    rules: &GeoRules,
) -> Option<(Geometry<f64>, Properties)> {
    let (anchors, certainty) = anchors(expr, category, gazetteer, rules)?;
    let shape = shape(expr, &anchors, &[], gazetteer, boundary, rules)?;
    let mut properties = Properties {
        confidence: Some(round(certainty, 1e3)),
        ..Properties::default()
    };
    describe(&shape, &mut properties, gazetteer, boundary, rules);
    Some((
        rounded(&shape.geometry, rules.output.tolerance_deg),
        properties,
    ))
}

/// The geometry of a site of the gazetteer, with the properties that say where;
/// `None` when there is no such site.
pub fn at_site(
    site: &str,
    gazetteer: &Gazetteer,
    boundary: &Boundary,
    rules: &GeoRules,
) -> Option<(Geometry<f64>, Properties)> {
    let shape = site_shape(gazetteer.by_id(site)?, gazetteer, boundary, rules);
    let mut properties = Properties::default();
    describe(&shape, &mut properties, gazetteer, boundary, rules);
    Some((
        rounded(&shape.geometry, rules.output.tolerance_deg),
        properties,
    ))
}

/// A point (degrees WGS 84) that was given as such, with the properties that say
/// where; `radius_m`: radius of uncertainty in metres.
pub fn at_point(
    point: Point<f64>,
    radius_m: f64,
    gazetteer: &Gazetteer,
    boundary: &Boundary,
    rules: &GeoRules,
) -> (Geometry<f64>, Properties) {
    let shape = Shape {
        geometry: point.into(),
        extent: Extent::Point,
        site: None,
        names: None,
        relation: None,
        point,
        radius_m,
        geo_precision: 1,
        where_prec: 1,
    };
    let mut properties = Properties::default();
    describe(&shape, &mut properties, gazetteer, boundary, rules);
    (
        rounded(&shape.geometry, rules.output.tolerance_deg),
        properties,
    )
}

/// The places that the anchors of an expression mean, and how sure that is.
fn anchors(
    expr: &PlaceExpr,
    category: &str,
    gazetteer: &Gazetteer,
    rules: &GeoRules,
) -> Option<(Vec<PlaceId>, f64)> {
    let mut certainty = 1.0_f64;
    let mut anchors = Vec::with_capacity(expr.anchors.len());
    for anchor in &expr.anchors {
        let choice = choose(anchor, expr, category, gazetteer, rules)?;
        certainty = certainty.min(choice.certainty);
        anchors.push(choice.place);
    }
    Some((anchors, certainty))
}

struct Stage<'a> {
    report: &'a Report,
    doc: &'a Document,
    gazetteer: &'a Gazetteer,
    boundary: &'a Boundary,
    rules: &'a GeoRules,
    memo: &'a Memo,
    chars: CharIndex,
    sha: String,
}

impl Stage<'_> {
    /// The expression on the map, and how sure that is.
    fn place(&self, expr: &PlaceExpr, category: &str) -> Option<(Arc<Placed>, f64)> {
        let before = if expr.relation == Relation::OnRoad && expr.anchors.len() == 1 {
            self.before(expr)
        } else {
            Vec::new()
        };
        let (anchors, certainty) = anchors(expr, category, self.gazetteer, self.rules)?;
        let key = memo::key(expr, &anchors, &before);
        let placed = self.memo.get(key, || {
            let (gazetteer, boundary, rules) = (self.gazetteer, self.boundary, self.rules);
            let shape = shape(expr, &anchors, &before, gazetteer, boundary, rules)?;
            let mut properties = Properties::default();
            describe(&shape, &mut properties, gazetteer, boundary, rules);
            Some(Placed {
                geometry: rounded(&shape.geometry, rules.output.tolerance_deg),
                properties,
                inside: self.inside(&shape),
            })
        })?;
        Some((placed, certainty))
    }

    /// The places named before an expression as locations, nearest first, within
    /// its paragraph.
    fn before(&self, expr: &PlaceExpr) -> Vec<PlaceId> {
        let paragraph = |at: usize| {
            self.doc
                .sentences
                .iter()
                .find(|s| s.span.start <= at && at < s.span.end)
                .map(|s| s.paragraph)
        };
        let here = paragraph(expr.span.start);
        self.doc
            .places
            .iter()
            .rev()
            .filter(|p| p.span.end <= expr.span.start)
            .take_while(|p| match (paragraph(p.span.start), here) {
                (Some(there), Some(here)) => there == here,
                _ => false,
            })
            .filter(|p| p.role == crate::text::place::PlaceRole::Location)
            .filter_map(|p| choose(p.anchors.first()?, p, "", self.gazetteer, self.rules))
            .map(|c| c.place)
            .collect()
    }

    fn inside(&self, shape: &Shape) -> bool {
        let area = &self.rules.area;
        if let Some(id) = shape.site {
            let place = self.gazetteer.place(id);
            if place.outside {
                return false;
            }
            if area.regions.contains(&place.id) || area.municipalities.contains(&place.municipality)
            {
                return true;
            }
        }
        self.boundary.outline().contains(&shape.point)
            || (self.boundary.side(shape.point, 0.0) == LineSide::Serbia
                && self.boundary.distance_to_line(shape.point) <= area.line_reach_m)
    }

    fn located(&self, incident: &Incident, placed: &Placed, certainty: f64) -> Located {
        let text = self.report.text.as_str();
        let words = |span: crate::text::Span| -> String {
            span.of(text)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        let place_text = words(incident.place.span);
        let evidence = incident.evidence;
        let source = Source {
            report: self.report.id.clone(),
            title: self.report.title.clone(),
            url: self.report.url.clone(),
            publisher: self.report.publisher.clone(),
            published: self.report.published.map(|d| d.to_string()),
            lang: self.doc.lang.code().to_string(),
            text_sha256: self.sha.clone(),
            evidence: evidence.of(text).to_string(),
            evidence_start: self.chars.chars_before(text, evidence.start),
            evidence_end: self.chars.chars_before(text, evidence.end),
            place_text: Some(place_text.clone()),
            date_text: incident.date.span.map(words),
            ..Source::default()
        };
        let mut p = Properties {
            category: incident.category.clone(),
            action: incident.action.clone(),
            place_as_written: Some(place_text),
            date_start: incident.date.start.clone(),
            date_end: incident.date.end.clone(),
            date_precision: Some(incident.date.precision.to_string()),
            time_precision: time_precision(incident.date.precision),
            date_basis: incident.date.basis.map(str::to_string),
            actors: incident.actors.clone(),
            status: Some(incident.status.clone()),
            claimed_by: incident.claimed_by.clone(),
            denied_by: incident.denied_by.clone(),
            confidence: Some(round(incident.confidence * certainty, 1e3)),
            languages: vec![self.doc.lang.code().to_string()],
            source_count: 1,
            sources: vec![source],
            ..placed.properties.clone()
        };
        if let Some((event, sub_event)) = self.rules.acled.get(&incident.category) {
            p.acled_event_type = Some(event.clone());
            p.acled_sub_event_type = Some(sub_event.clone());
        }
        let counts = incident.counts;
        let set = |figure: Option<Figure>| {
            (
                figure.map(|f| f.best),
                figure.map(|f| f.low),
                figure.map(|f| f.high),
            )
        };
        (p.fatalities, p.fatalities_low, p.fatalities_high) = set(counts.fatalities);
        (p.injured, p.injured_low, p.injured_high) = set(counts.injured);
        (p.arrested, p.arrested_low, p.arrested_high) = set(counts.arrested);
        (p.troops, p.troops_low, p.troops_high) = set(counts.troops);
        Located {
            id: String::new(),
            geometry: placed.geometry.clone(),
            properties: p,
        }
    }
}

/// Fills the properties that say where.
fn describe(
    shape: &Shape,
    p: &mut Properties,
    gazetteer: &Gazetteer,
    boundary: &Boundary,
    rules: &GeoRules,
) {
    let at = Point::new(round(shape.point.x(), 1e6), round(shape.point.y(), 1e6));
    if let Some(id) = shape.site {
        let place = gazetteer.place(id);
        p.place = Some(place.name_en.clone());
        p.place_sq = place.name_sq.clone();
        p.place_sr = place.name_sr.clone();
        p.place_sr_cyrl = place.name_sr_cyrl.clone();
        p.site = Some(place.id.clone());
        p.site_kind = Some(place.kind.clone());
    }
    if let Some([en, sq, sr, sr_cyrl]) = shape.names.clone() {
        p.place = en;
        p.place_sq = sq;
        p.place_sr = sr;
        p.place_sr_cyrl = sr_cyrl;
    }
    p.extent = Some(shape.extent.name().to_string());
    p.lat = Some(at.y());
    p.lon = Some(at.x());
    p.radius_m = Some(shape.radius_m.round());
    p.relation = shape.relation.clone();
    p.geo_precision = Some(shape.geo_precision);
    p.where_prec = Some(shape.where_prec);
    p.line_side = Some(side_word(side(shape, gazetteer, boundary, rules)).to_string());
    p.municipality = municipality(shape, gazetteer, boundary);
}

/// The municipality that holds the whole of the shape, as far as its ends tell.
fn municipality(shape: &Shape, gazetteer: &Gazetteer, boundary: &Boundary) -> Option<String> {
    let site = shape.site.map(|id| gazetteer.place(id));
    let here = boundary.municipality(shape.point).map(str::to_string);
    match shape.extent {
        Extent::Point => here.or_else(|| {
            site.filter(|_| !boundary.outline().contains(&shape.point))
                .map(|p| p.municipality.clone())
                .filter(|m| !m.is_empty())
        }),
        Extent::Area => site
            .filter(|p| p.kind == "municipality" || p.kind == "municipality-seat")
            .map(|p| p.municipality.clone())
            .or_else(|| {
                site.filter(|p| p.extent == Extent::Area && p.kind != "region")
                    .and(here)
            }),
        Extent::Line => {
            let ends = ends(&shape.geometry)?;
            let a = boundary.municipality(ends.0)?;
            let b = boundary.municipality(ends.1)?;
            (a == b && here.as_deref() == Some(a)).then(|| a.to_string())
        }
    }
}

fn side(shape: &Shape, gazetteer: &Gazetteer, boundary: &Boundary, rules: &GeoRules) -> LineSide {
    let site = shape.site.map(|id| gazetteer.place(id));
    let on_line = rules.radius.on_line_m;
    match shape.extent {
        Extent::Point => {
            let crossing = site.is_some_and(|p| p.kind == "crossing") && shape.where_prec == 1;
            let reach = site.map_or(on_line, |p| p.radius_m.max(on_line));
            boundary.side(shape.point, if crossing { reach } else { on_line })
        }
        Extent::Area => boundary.side(shape.point, 0.0),
        Extent::Line => {
            let Some((a, b)) = ends(&shape.geometry) else {
                return LineSide::Unknown;
            };
            if boundary.distance_to_line(shape.point) <= on_line
                && boundary.distance_to_line(a) <= on_line
                && boundary.distance_to_line(b) <= on_line
            {
                return LineSide::OnLine;
            }
            // From one side to the other: it meets the line.
            let (a, b) = (boundary.side(a, 0.0), boundary.side(b, 0.0));
            if a == b { a } else { LineSide::OnLine }
        }
    }
}

/// First and last vertex of a line.
fn ends(geometry: &Geometry<f64>) -> Option<(Point<f64>, Point<f64>)> {
    let (first, last) = match geometry {
        Geometry::LineString(l) => (l.0.first()?, l.0.last()?),
        Geometry::MultiLineString(m) => (m.0.first()?.0.first()?, m.0.last()?.0.last()?),
        _ => return None,
    };
    Some((Point::from(*first), Point::from(*last)))
}

fn side_word(side: LineSide) -> &'static str {
    match side {
        LineSide::Kosovo => "kosovo",
        LineSide::Serbia => "serbia",
        LineSide::OnLine => "on-line",
        LineSide::Unknown => "unknown",
    }
}

/// ACLED's time precision: 1 a day, 2 a week, 3 a month or less exact.
fn time_precision(precision: &str) -> Option<u8> {
    match precision {
        "day" => Some(1),
        "week" => Some(2),
        "month" | "year" => Some(3),
        _ => None,
    }
}

/// Coordinates to six decimals (0.1 m), as RFC 7946 advises.
/// A geometry as it is written: six decimals, and no finer than `tolerance` (degrees),
/// so that a mention of the whole country does not carry thousands of vertices.
fn rounded(geometry: &Geometry<f64>, tolerance: f64) -> Geometry<f64> {
    let plain = match geometry {
        Geometry::LineString(line) => Geometry::LineString(line.simplify(tolerance)),
        Geometry::MultiLineString(lines) => Geometry::MultiLineString(lines.simplify(tolerance)),
        Geometry::Polygon(area) => Geometry::Polygon(area.simplify(tolerance)),
        Geometry::MultiPolygon(areas) => Geometry::MultiPolygon(areas.simplify(tolerance)),
        other => other.clone(),
    };
    plain.map_coords(|c| geo::Coord {
        x: round(c.x, 1e6),
        y: round(c.y, 1e6),
    })
}

fn round(value: f64, unit: f64) -> f64 {
    (value * unit).round() / unit
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// Gives each its id: the first 12 hexadecimal digits of a hash of what tells it
/// from the report's other incidents; a number more where that is the same.
fn name(located: &mut [Located], report: &str) {
    let mut seen: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
    for l in located {
        let p = &l.properties;
        let site = match &p.site {
            Some(site) => site.clone(),
            None => format!("{:.4},{:.4}", p.lat.unwrap_or(0.0), p.lon.unwrap_or(0.0)),
        };
        let key = [
            report,
            &p.category,
            p.action.as_deref().unwrap_or(""),
            &site,
            p.date_start.as_deref().unwrap_or(""),
            p.relation.as_deref().unwrap_or(""),
        ]
        .join("\u{1f}");
        let count = seen.entry(key.clone()).or_insert(0);
        let full = if *count == 0 {
            key
        } else {
            format!("{key}\u{1f}{count}")
        };
        *count += 1;
        l.id = hex(&Sha256::digest(full.as_bytes()))[..12].to_string();
    }
}
