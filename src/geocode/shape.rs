//! From a relation and its chosen anchors to a geometry.

use geo::{
    BoundingRect, Contains, Destination, Geodesic, Geometry, InteriorPoint, LineString,
    MultiLineString, MultiPolygon, Point,
};

use super::choose::{is_kind, metres};
use super::rules::{GeoRules, Names, Template};
use crate::gazetteer::boundary::{Boundary, circle, length, metres_between};
use crate::gazetteer::{Extent, Gazetteer, Place, PlaceId};
use crate::text::{PlaceExpr, Relation};

/// What a place is on the map, before it is dated and counted.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub geometry: Geometry<f64>,
    pub extent: Extent,
    /// The site whose names are shown; none for what lies between two.
    pub site: Option<PlaceId>,
    /// Names made up for what has none: English, Albanian, Serbian Latin, Cyrillic.
    pub names: Option<[Option<String>; 4]>,
    pub relation: Option<String>,
    /// A point on or in the geometry.
    pub point: Point<f64>,
    pub radius_m: f64,
    pub geo_precision: u8,
    pub where_prec: u8,
}

/// A second place that a relation may need: what the text named before.
pub(super) type Before<'a> = &'a [PlaceId];

/// Shapes an expression whose anchors are chosen; `before`: places named before
/// it, nearest first, for "the road to X".
pub(super) fn shape(
    expr: &PlaceExpr,
    anchors: &[PlaceId],
    before: Before<'_>,
    gazetteer: &Gazetteer,
    boundary: &Boundary,
    rules: &GeoRules,
) -> Option<Shape> {
    let ctx = Ctx {
        gazetteer,
        boundary,
        rules,
    };
    let &first = anchors.first()?;
    let place = gazetteer.place(first);
    match &expr.relation {
        Relation::At => Some(ctx.at(ctx.of_kind(first, expr).unwrap_or(first))),
        Relation::Near => Some(ctx.near(ctx.of_kind(first, expr).unwrap_or(first))),
        Relation::Offset {
            metres,
            bearing,
            vague,
        } => Some(ctx.offset(first, *metres, *bearing, *vague)),
        Relation::Part { bearing } => Some(ctx.part(first, *bearing)),
        Relation::Side { bearing } => Some(ctx.side(first, *bearing)),
        Relation::Between | Relation::OnRoad if anchors.len() > 1 => {
            Some(ctx.between(first, anchors[1], expr.relation == Relation::OnRoad))
        }
        Relation::Between => Some(ctx.near(first)),
        Relation::OnRoad => Some(ctx.road_to(first, before)),
        Relation::AlongLine => Some(ctx.along(anchors, expr)),
        Relation::Municipality => Some(ctx.municipality(place, first)),
        Relation::KindAt { kind } => Some(ctx.kind_at(first, kind)),
    }
}

struct Ctx<'a> {
    gazetteer: &'a Gazetteer,
    boundary: &'a Boundary,
    rules: &'a GeoRules,
}

/// The shape of a site by itself.
pub(super) fn site_shape(
    id: PlaceId,
    gazetteer: &Gazetteer,
    boundary: &Boundary,
    rules: &GeoRules,
) -> Shape {
    let ctx = Ctx {
        gazetteer,
        boundary,
        rules,
    };
    ctx.at(id)
}

fn point(place: &Place) -> Point<f64> {
    Point::new(place.lon, place.lat)
}

impl Ctx<'_> {
    fn place(&self, id: PlaceId) -> &Place {
        self.gazetteer.place(id)
    }

    fn at(&self, id: PlaceId) -> Shape {
        let place = self.place(id);
        match place.extent {
            Extent::Point => self.point(id, point(place), place.radius_m, 1, 1, None),
            Extent::Area => self.area(id),
            Extent::Line => self.line(id),
        }
    }

    fn point(
        &self,
        id: PlaceId,
        at: Point<f64>,
        radius_m: f64,
        geo_precision: u8,
        where_prec: u8,
        relation: Option<String>,
    ) -> Shape {
        Shape {
            geometry: Geometry::Point(at),
            extent: Extent::Point,
            site: Some(id),
            names: None,
            relation,
            point: at,
            radius_m,
            geo_precision,
            where_prec,
        }
    }

    /// An area of the gazetteer: its polygon, the lake's outline, or a circle.
    fn area(&self, id: PlaceId) -> Shape {
        let place = self.place(id);
        let ground = self
            .boundary
            .region_area(&place.id)
            .cloned()
            .or_else(|| self.lake(place))
            .unwrap_or_else(|| MultiPolygon(vec![circle(point(place), place.radius_m)]));
        let (geo_precision, where_prec) = match place.kind.as_str() {
            "municipality" => (2, 3),
            "lake" | "mountain" => (2, 2),
            _ if place.id == "kosovo" => (3, 6),
            _ if place.radius_m <= 16_000.0 => (2, 3),
            _ => (3, 4),
        };
        self.ground(Some(id), place, ground, geo_precision, where_prec)
    }

    fn lake(&self, place: &Place) -> Option<MultiPolygon<f64>> {
        if place.kind != "lake" {
            return None;
        }
        match self.boundary.ways_named("lake", &names(place))? {
            Geometry::Polygon(p) => Some(MultiPolygon(vec![p])),
            Geometry::MultiPolygon(m) => Some(m),
            _ => None,
        }
    }

    fn ground(
        &self,
        site: Option<PlaceId>,
        place: &Place,
        ground: MultiPolygon<f64>,
        geo_precision: u8,
        where_prec: u8,
    ) -> Shape {
        let middle = point(place);
        let at = if ground.contains(&middle) {
            middle
        } else {
            ground.interior_point().unwrap_or(middle)
        };
        let radius_m = farthest(at, ground.0.iter().flat_map(|p| p.exterior().0.iter()));
        let geometry = match <[_; 1]>::try_from(ground.0) {
            Ok([only]) => Geometry::Polygon(only),
            Err(many) => Geometry::MultiPolygon(MultiPolygon(many)),
        };
        Shape {
            geometry,
            extent: Extent::Area,
            site,
            names: None,
            relation: None,
            point: at,
            radius_m,
            geo_precision,
            where_prec,
        }
    }

    /// A river or the whole administrative line.
    fn line(&self, id: PlaceId) -> Shape {
        let place = self.place(id);
        if self.boundary.is_line(&place.id) || place.kind == "boundary" || place.kind == "line" {
            let line = self.boundary.line().clone();
            return self.lines(
                Some(id),
                MultiLineString(vec![line]),
                3,
                5,
                None,
                Some(point(place)),
            );
        }
        let found = self.boundary.ways_named(&place.kind, &names(place));
        let lines = match found {
            Some(Geometry::LineString(l)) => MultiLineString(vec![l]),
            Some(Geometry::MultiLineString(m)) => m,
            // Not on the base map: the point is all that is known.
            _ => return self.point(id, point(place), place.radius_m, 2, 5, None),
        };
        self.lines(Some(id), lines, 2, 5, None, Some(point(place)))
    }

    fn lines(
        &self,
        site: Option<PlaceId>,
        lines: MultiLineString<f64>,
        geo_precision: u8,
        where_prec: u8,
        relation: Option<String>,
        near: Option<Point<f64>>,
    ) -> Shape {
        let at = representative(&lines, near);
        let radius_m = farthest(at, lines.0.iter().flat_map(|l| l.0.iter()));
        let geometry = match <[_; 1]>::try_from(lines.0) {
            Ok([only]) => Geometry::LineString(only),
            Err(many) => Geometry::MultiLineString(MultiLineString(many)),
        };
        Shape {
            geometry,
            extent: Extent::Line,
            site,
            names: None,
            relation,
            point: at,
            radius_m,
            geo_precision,
            where_prec,
        }
    }

    fn near(&self, id: PlaceId) -> Shape {
        let mut shape = self.at(id);
        shape.relation = Some("near".to_string());
        if shape.extent == Extent::Point {
            shape.radius_m += self.rules.radius.near_m;
            shape.geo_precision = shape.geo_precision.max(2);
            shape.where_prec = shape.where_prec.max(2);
        }
        shape
    }

    fn offset(&self, id: PlaceId, metres: f64, bearing: Option<f64>, vague: bool) -> Shape {
        let place = self.place(id);
        let from = match place.extent {
            Extent::Point => point(place),
            _ => self.at(id).point,
        };
        let r = &self.rules.radius;
        let label = distance_label(metres, vague);
        let Some(bearing) = bearing else {
            // Anywhere on a circle: its middle, with the circle inside the radius.
            let (precision, prec) = if metres <= 2000.0 { (1, 2) } else { (2, 2) };
            let relation = Some(format!("{label} from"));
            let radius = place.radius_m.min(5000.0) + metres;
            return self.point(id, from, radius, precision, prec, relation);
        };
        let at = Geodesic.destination(from, bearing, metres);
        let along = metres * if vague { r.along_vague } else { r.along };
        let across = metres * r.bearing_deg.to_radians().tan();
        let radius = place.radius_m.min(5000.0) + along.hypot(across);
        let relation = Some(format!("{label} {} of", wind(bearing)));
        let prec = if metres <= 25_000.0 { 2 } else { 4 };
        self.point(id, at, radius, 2, prec, relation)
    }

    fn part(&self, id: PlaceId, bearing: Option<f64>) -> Shape {
        let Some(bearing) = bearing else {
            return self.at(id);
        };
        let place = self.place(id);
        if let Some(part) = self
            .rules
            .part(&place.id, bearing)
            .and_then(|site| self.gazetteer.by_id(site))
        {
            return self.at(part);
        }
        let relation = Some(format!("{} part of", wind(bearing)));
        if place.extent != Extent::Point {
            let mut shape = self.at(id);
            shape.relation = relation;
            return shape;
        }
        let at = Geodesic.destination(point(place), bearing, place.radius_m * 0.7);
        self.point(id, at, place.radius_m * 0.7, 1, 1, relation)
    }

    fn side(&self, id: PlaceId, bearing: f64) -> Shape {
        let place = self.place(id);
        if let Some(side) = self
            .rules
            .side(&place.id, bearing)
            .or_else(|| {
                self.rules
                    .part(&place.id, bearing)
                    .filter(|_| place.extent != Extent::Point)
            })
            .and_then(|site| self.gazetteer.by_id(site))
        {
            return self.at(side);
        }
        let relation = Some(format!("{} of", wind(bearing)));
        if place.extent != Extent::Point {
            let mut shape = self.at(id);
            shape.relation = relation;
            return shape;
        }
        let r = &self.rules.radius;
        let away = place.radius_m + r.side_m;
        let at = Geodesic.destination(point(place), bearing, away);
        self.point(id, at, away + place.radius_m, 2, 2, relation)
    }

    fn between(&self, a: PlaceId, b: PlaceId, road: bool) -> Shape {
        let (pa, pb) = (self.place(a), self.place(b));
        let (from, to) = (point(pa), point(pb));
        let stretch = self
            .boundary
            .road_between(from, to)
            .unwrap_or_else(|| LineString(vec![from.into(), to.into()]));
        let relation = if road { "on the road" } else { "between" };
        let lines = MultiLineString(vec![stretch]);
        let mut shape = self.lines(None, lines, 2, 5, Some(relation.to_string()), None);
        let template = if road {
            &self.rules.names.road
        } else {
            &self.rules.names.between
        };
        // Either order of the ends is the same stretch.
        let (x, y) = if pa.id <= pb.id { (pa, pb) } else { (pb, pa) };
        shape.names = Some(joined(&self.rules.names, template, x, y));
        shape
    }

    fn road_to(&self, id: PlaceId, before: Before<'_>) -> Shape {
        let place = self.place(id);
        if place.kind == "crossing" {
            let mut shape = self.near(id);
            shape.relation = Some("on the road to".to_string());
            return shape;
        }
        let start = before.iter().copied().find(|&b| {
            let p = self.place(b);
            let away = metres(p, place);
            p.extent == Extent::Point && !p.outside && away > 3000.0 && away < 30_000.0
        });
        if let Some(start) = start {
            let mut shape = self.between(start, id, true);
            shape.relation = Some("on the road".to_string());
            return shape;
        }
        let mut shape = self.near(id);
        shape.relation = Some("on the road to".to_string());
        shape
    }

    fn along(&self, anchors: &[PlaceId], expr: &PlaceExpr) -> Shape {
        let line = anchors[0];
        let name = |id: PlaceId| {
            let place = self.place(id);
            match place.kind.as_str() {
                "municipality" => place.municipality.clone(),
                _ => place.name_en.clone(),
            }
        };
        let wide = expr.kinds.iter().any(|k| k == "municipality");
        match anchors {
            [_, a, b, ..] => {
                let part = self
                    .boundary
                    .stretch(point(self.place(*a)), point(self.place(*b)));
                let relation = Some(format!("between {} and {}", name(*a), name(*b)));
                self.lines(
                    Some(line),
                    MultiLineString(vec![part]),
                    2,
                    5,
                    relation,
                    None,
                )
            }
            [_, a] => {
                let place = self.place(*a);
                let seat = matches!(place.kind.as_str(), "municipality-seat" | "municipality");
                let part = (seat || wide)
                    .then(|| self.boundary.within(&place.municipality))
                    .flatten()
                    .unwrap_or_else(|| {
                        self.boundary
                            .stretch_near(point(place), self.rules.radius.line_near_m)
                    });
                let relation = Some(format!("near {}", name(*a)));
                self.lines(Some(line), part, 2, 5, relation, Some(point(place)))
            }
            _ => self.line(line),
        }
    }

    fn municipality(&self, place: &Place, id: PlaceId) -> Shape {
        if place.extent == Extent::Area {
            return self.area(id);
        }
        // The municipality's own record, where there is one.
        let own = self
            .gazetteer
            .places()
            .iter()
            .position(|p| p.kind == "municipality" && p.municipality == place.municipality)
            .map(|at| PlaceId(at as u32));
        if let Some(own) = own
            && !place.municipality.is_empty()
        {
            return self.area(own);
        }
        let ground = self
            .boundary
            .municipality_area(&place.municipality)
            .cloned()
            .unwrap_or_else(|| {
                MultiPolygon(vec![circle(point(place), self.rules.radius.municipality_m)])
            });
        let mut shape = self.ground(Some(id), place, ground, 2, 3);
        shape.relation = Some("municipality of".to_string());
        shape
    }

    /// The site of a kind named beside a settlement whose name it bears: "Lake
    /// Gazivode", "the substation of Valac"; none where the words of kind name
    /// nothing that the gazetteer holds.
    fn of_kind(&self, id: PlaceId, expr: &PlaceExpr) -> Option<PlaceId> {
        const REACH_M: f64 = 15_000.0;
        let place = self.place(id);
        if place.extent != Extent::Point {
            return None;
        }
        let kind = expr
            .kinds
            .iter()
            .find(|k| !matches!(k.as_str(), "settlement" | "municipality" | "region"))?;
        if is_kind(&place.kind, kind) {
            return None;
        }
        let mut found: Vec<(f64, PlaceId)> = self
            .gazetteer
            .places()
            .iter()
            .enumerate()
            .filter(|(_, p)| is_kind(&p.kind, kind) && bears(p, place))
            .map(|(at, p)| (metres(p, place), PlaceId(at as u32)))
            .filter(|(away, _)| *away <= REACH_M)
            .collect();
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        // Of two power stations neither is meant more than the town.
        match found[..] {
            [(_, only)] => Some(only),
            [(near, first), (far, _), ..] if far - near < 1500.0 => Some(first),
            _ => None,
        }
    }

    /// The site of a kind that bears the anchor's name or lies nearest to it.
    fn kind_at(&self, id: PlaceId, kind: &str) -> Shape {
        let place = self.place(id);
        let best = self
            .gazetteer
            .places()
            .iter()
            .enumerate()
            .filter(|(_, p)| {
                is_kind(&p.kind, kind) && (bears(p, place) || metres(p, place) <= 5000.0)
            })
            .min_by(|(_, a), (_, b)| {
                bears(b, place)
                    .cmp(&bears(a, place))
                    .then_with(|| metres(a, place).total_cmp(&metres(b, place)))
                    .then_with(|| a.id.cmp(&b.id))
            });
        match best {
            Some((at, _)) => self.at(PlaceId(at as u32)),
            None => self.near(id),
        }
    }
}

/// All names of a place.
fn names(place: &Place) -> Vec<&str> {
    let mut all = vec![place.name_en.as_str()];
    all.extend(
        [&place.name_sq, &place.name_sr, &place.name_sr_cyrl]
            .into_iter()
            .flatten()
            .map(String::as_str),
    );
    all.extend(place.aliases.iter().map(String::as_str));
    all
}

/// Whether a name of `site` holds a name of `of` as words of its own.
fn bears(site: &Place, of: &Place) -> bool {
    let wanted: Vec<String> = names(of).iter().map(|n| n.to_lowercase()).collect();
    names(site).iter().any(|n| {
        let n = format!(
            " {} ",
            n.to_lowercase()
                .replace(|c: char| !c.is_alphanumeric(), " ")
        );
        wanted.iter().any(|w| n.contains(&format!(" {w} ")))
    })
}

fn joined(names_rule: &Names, template: &Template, a: &Place, b: &Place) -> [Option<String>; 4] {
    // "Merdare crossing" is one end of "the Podujevo-Merdare road".
    let bare = |name: &str| {
        names_rule
            .kind_words
            .iter()
            .fold(name.to_string(), |n, word| n.replace(word.as_str(), ""))
            .trim()
            .to_string()
    };
    let fill = |t: &str, a: Option<&str>, b: Option<&str>| {
        Some(t.replace("{a}", &bare(a?)).replace("{b}", &bare(b?)))
    };
    [
        fill(&template.en, Some(&a.name_en), Some(&b.name_en)),
        fill(&template.sq, a.name_sq.as_deref(), b.name_sq.as_deref()),
        fill(&template.sr, a.name_sr.as_deref(), b.name_sr.as_deref()),
        fill(
            &template.sr_cyrl,
            a.name_sr_cyrl.as_deref(),
            b.name_sr_cyrl.as_deref(),
        ),
    ]
}

/// The point of the lines nearest to `near`; else the middle of the longest.
fn representative(lines: &MultiLineString<f64>, near: Option<Point<f64>>) -> Point<f64> {
    use crate::gazetteer::boundary::{middle, nearest};
    if let Some(near) = near {
        let at = lines
            .0
            .iter()
            .map(|l| nearest(l, near))
            .min_by(|a, b| a.metres.total_cmp(&b.metres));
        if let Some(at) = at {
            return at.point;
        }
    }
    lines
        .0
        .iter()
        .max_by(|a, b| length(a).total_cmp(&length(b)))
        .and_then(middle)
        .or_else(|| lines.bounding_rect().map(|r| Point::from(r.center())))
        .unwrap_or(Point::new(0.0, 0.0))
}

fn farthest<'c>(from: Point<f64>, vertices: impl Iterator<Item = &'c geo::Coord<f64>>) -> f64 {
    vertices
        .map(|c| metres_between(from, Point::from(*c)))
        .fold(0.0, f64::max)
}

/// "10 km", "about 300 m".
fn distance_label(metres: f64, vague: bool) -> String {
    let about = if vague { "about " } else { "" };
    if metres >= 1000.0 {
        let km = (metres / 100.0).round() / 10.0;
        format!("{about}{km} km")
    } else {
        format!("{about}{} m", metres.round())
    }
}

/// The wind of the 16-wind rose nearest to a bearing.
fn wind(bearing: f64) -> &'static str {
    const ROSE: [&str; 16] = [
        "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW",
        "NW", "NNW",
    ];
    ROSE[(bearing.rem_euclid(360.0) / 22.5).round() as usize % 16]
}
