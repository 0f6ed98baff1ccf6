use geo::{Point, polygon};
use proptest::prelude::*;

use super::*;
use crate::geocode::{Properties, Source};

fn mention(report: &str, category: &str, site: &str, at: (f64, f64), day: &str) -> Located {
    Located {
        id: String::new(),
        geometry: Point::new(at.0, at.1).into(),
        properties: Properties {
            category: category.into(),
            site: Some(site.into()),
            place: Some(site.into()),
            extent: Some("point".into()),
            lon: Some(at.0),
            lat: Some(at.1),
            radius_m: Some(800.0),
            date_start: (!day.is_empty()).then(|| day.into()),
            date_end: (!day.is_empty()).then(|| day.into()),
            date_precision: Some(
                match day.len() {
                    10 => "day",
                    7 => "month",
                    4 => "year",
                    _ => "unknown",
                }
                .into(),
            ),
            status: Some("reported".into()),
            languages: vec!["en".into()],
            source_count: 1,
            confidence: Some(0.8),
            sources: vec![Source {
                report: report.into(),
                lang: "en".into(),
                text_sha256: report.into(),
                published: Some("2023-10-01".into()),
                ..Source::default()
            }],
            ..Properties::default()
        },
    }
}

const BANJSKA: (f64, f64) = (20.7808, 42.9733);
const MONASTERY: (f64, f64) = (20.7830, 42.9760);
const ZVECAN: (f64, f64) = (20.8403, 42.9075);

fn merged(all: Vec<Located>) -> Vec<Located> {
    merge(all).unwrap()
}

fn reports(incident: &Located) -> Vec<&str> {
    incident
        .properties
        .sources
        .iter()
        .map(|s| s.report.as_str())
        .collect()
}

#[test]
fn the_same_place_and_day_is_one_incident_with_its_range_of_figures() {
    let mut a = mention("a", "armed-clash", "banjska", BANJSKA, "2023-09-24");
    a.properties.fatalities = Some(3);
    let mut b = mention("b", "armed-clash", "monastery", MONASTERY, "2023-09-24");
    b.properties.fatalities = Some(4);
    b.properties.sources[0].published = Some("2023-10-02".into());
    let all = merged(vec![b, a]);
    assert_eq!(all.len(), 1);
    let p = &all[0].properties;
    assert_eq!(
        (p.fatalities, p.fatalities_low, p.fatalities_high),
        (Some(4), Some(3), Some(4))
    );
    assert_eq!(p.source_count, 2);
    assert_eq!(reports(&all[0]), ["a", "b"]);
}

#[test]
fn two_days_two_actions_and_two_categories_stay_apart() {
    let monday = mention("a", "protest", "zvecan", ZVECAN, "2023-05-29");
    let tuesday = mention("b", "protest", "zvecan", ZVECAN, "2023-05-30");
    assert_eq!(merged(vec![monday.clone(), tuesday]).len(), 2);
    let riot = mention("b", "riot", "zvecan", ZVECAN, "2023-05-29");
    assert_eq!(merged(vec![monday, riot]).len(), 2);
    let mut up = mention("a", "roadblock", "zvecan", ZVECAN, "2023-05-29");
    up.properties.action = Some("set-up".into());
    let mut down = mention("b", "roadblock", "zvecan", ZVECAN, "2023-05-29");
    down.properties.action = Some("removed".into());
    assert_eq!(merged(vec![up, down]).len(), 2);
}

#[test]
fn a_span_does_not_tie_the_days_of_a_protest_together_but_of_a_roadblock_it_does() {
    let over = |category: &str| {
        let mut span = mention("s", category, "zvecan", ZVECAN, "2023-05-01");
        span.properties.date_end = Some("2023-05-20".into());
        let a = mention("a", category, "zvecan", ZVECAN, "2023-05-02");
        let b = mention("b", category, "zvecan", ZVECAN, "2023-05-09");
        merged(vec![span, a, b]).len()
    };
    assert_eq!(over("protest"), 2);
    assert_eq!(over("roadblock"), 1);
}

#[test]
fn a_month_joins_the_day_that_most_reports_tell_of_and_else_stays() {
    let month = mention("m", "riot", "zvecan", ZVECAN, "2023-05");
    let a = mention("a", "riot", "zvecan", ZVECAN, "2023-05-26");
    let b = mention("b", "riot", "zvecan", ZVECAN, "2023-05-29");
    let c = mention("c", "riot", "zvecan", ZVECAN, "2023-05-29");
    assert_eq!(merged(vec![month.clone(), a.clone(), b.clone()]).len(), 3);
    let all = merged(vec![month, a, b, c]);
    assert_eq!(all.len(), 2);
    assert_eq!(reports(&all[1]), ["b", "c", "m"]);
    assert_eq!(all[1].properties.date_start.as_deref(), Some("2023-05-29"));
}

#[test]
fn an_area_joins_the_point_inside_unless_one_report_tells_of_both() {
    let area = |report: &str| {
        let mut m = mention(report, "police-operation", "north", ZVECAN, "2023-09-24");
        m.properties.extent = Some("area".into());
        m.properties.radius_m = Some(20_000.0);
        m.geometry = polygon![(x: 20.5, y: 42.8), (x: 21.0, y: 42.8), (x: 21.0, y: 43.2), (x: 20.5, y: 43.2)].into();
        m
    };
    let point = mention("a", "police-operation", "banjska", BANJSKA, "2023-09-24");
    let all = merged(vec![area("b"), point.clone()]);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].properties.site.as_deref(), Some("banjska"));
    assert_eq!(merged(vec![area("a"), point.clone()]).len(), 2);
    let far = mention("c", "police-operation", "zvecan", ZVECAN, "2023-09-24");
    assert_eq!(merged(vec![area("b"), point, far]).len(), 3);
}

#[test]
fn an_arrest_that_the_other_side_calls_an_abduction_is_disputed() {
    let actors = vec!["Kosovo Police".to_string(), "Serbian police".to_string()];
    let mut a = mention("a", "arrest", "gnjilica", (20.6353, 43.2513), "2023-06-14");
    let mut b = mention("a", "abduction", "bare", (20.6172, 43.1881), "2023-06-14");
    a.properties.actors.clone_from(&actors);
    b.properties.actors.clone_from(&actors);
    let mut other = mention("c", "arrest", "gnjilica", (20.6353, 43.2513), "2023-06-14");
    other.properties.actors = actors;
    let all = merged(vec![a, b, other]);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].properties.category, "arrest");
    assert_eq!(all[0].properties.status.as_deref(), Some("disputed"));
    // What the one source alone says is kept.
    let rival = all[0]
        .properties
        .sources
        .iter()
        .find(|s| s.coded.contains_key("category"))
        .unwrap();
    assert_eq!(rival.coded["category"], "abduction");
    assert!(rival.coded.contains_key("geometry"));
}

#[test]
fn a_supposed_date_may_be_that_of_the_day_before() {
    let stated = mention("a", "riot", "zvecan", ZVECAN, "2023-05-29");
    let mut supposed = mention("b", "riot", "zvecan", ZVECAN, "2023-05-30");
    supposed.properties.date_basis = Some("publication".into());
    assert_eq!(merged(vec![stated.clone(), supposed.clone()]).len(), 2);
    let with = |mut m: Located, actor: &str| {
        m.properties.actors = vec![actor.into()];
        m
    };
    let pair = vec![with(stated.clone(), "KFOR"), with(supposed.clone(), "NATO")];
    let all = merged(pair);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].properties.date_start.as_deref(), Some("2023-05-29"));
    // Not when there is one on the day itself.
    let same_day = mention("c", "riot", "zvecan", ZVECAN, "2023-05-30");
    let all = merged(vec![with(stated, "KFOR"), with(supposed, "NATO"), same_day]);
    assert_eq!(all.len(), 2);
    assert_eq!(reports(&all[1]), ["b", "c"]);
}

#[test]
fn every_join_and_the_nearest_apart_are_explained() {
    let rules = Rules::load(&Data::embedded()).unwrap();
    let a = mention("a", "armed-clash", "banjska", BANJSKA, "2023-09-24");
    let same = mention("b", "armed-clash", "banjska", BANJSKA, "2023-09-24");
    let near = mention("c", "armed-clash", "monastery", MONASTERY, "2023-09-24");
    let month = mention("d", "armed-clash", "banjska", BANJSKA, "2023-09");
    let next = mention("e", "armed-clash", "banjska", BANJSKA, "2023-09-25");
    let (all, why) = explained(vec![next, month, near, same, a], &rules);
    assert_eq!(all.len(), 2);
    let by: Vec<(&str, &str)> = why.iter().map(|e| (e.decision, e.by)).collect();
    assert_eq!(
        by,
        [
            ("joined", "coding"),
            ("joined", "score"),
            ("joined", "vaguer"),
            ("apart", "fits-another"),
            ("apart", "fits-another"),
        ]
    );
    let points = why[1].points.as_ref().unwrap();
    assert_eq!(
        (points.place, points.date, points.total),
        (Some(2.0), Some(2.0), Some(4.0))
    );
    assert_eq!(why[3].nearest.as_deref(), Some(all[1].id.as_str()));
    assert_eq!(why[4].nearest.as_deref(), Some(all[0].id.as_str()));
}

#[test]
fn a_spanning_roadblock_is_one_whoever_tells_of_which_day() {
    let of = |report: &str, start: &str, end: &str, action: Option<&str>| {
        let mut m = mention(report, "roadblock", "zvecan", ZVECAN, start);
        m.properties.date_end = Some(end.into());
        m.properties.action = action.map(Into::into);
        m
    };
    let all = merged(vec![
        of("a", "2022-12-10", "2022-12-29", Some("set-up")),
        of("b", "2022-12-10", "2022-12-10", Some("set-up")),
        of("c", "2022-12-20", "2022-12-20", None),
        of("d", "2022-12-29", "2022-12-29", Some("removed")),
    ]);
    assert_eq!(all.len(), 2);
    assert_eq!(reports(&all[0]), ["a", "b", "c"]);
    assert_eq!(reports(&all[1]), ["d"]);
}

#[test]
fn near_copies_of_one_text_count_once_and_are_listed() {
    let text = |start: usize, extra: &str| {
        let words: Vec<String> = (start..start + 200).map(|n| format!("word{n}")).collect();
        crate::text::sketch::sketch(&format!("{extra} {}", words.join(" ")))
    };
    let of = |report: &str, sketch: String| {
        let mut m = mention(report, "riot", "zvecan", ZVECAN, "2023-05-29");
        m.properties.sources[0].text_sketch = sketch;
        m
    };
    let agency = of("b", text(0, ""));
    let carried = of("c", text(0, "our own line at the head of it"));
    let cut = of("d", text(20, ""));
    let apart = of("a", text(1000, ""));
    let none = of("e", String::new());
    let parts = [agency, carried, cut, apart, none];
    let all = merged(parts.to_vec());
    assert_eq!(all.len(), 1);
    let p = &all[0].properties;
    assert_eq!(p.source_count, 3);
    let copies: Vec<(&str, Option<&str>)> = p
        .sources
        .iter()
        .map(|s| (s.report.as_str(), s.copy_of.as_deref()))
        .collect();
    assert_eq!(
        copies,
        [
            ("a", None),
            ("b", None),
            ("c", Some("b")),
            ("d", Some("b")),
            ("e", None)
        ]
    );
    // Three texts of 0.8 each: a third of the doubt less for each after the first.
    assert_eq!(p.confidence, Some(0.911));
    let mut some = merged(parts[..2].to_vec());
    some.extend(merged(parts[2..].to_vec()));
    assert_eq!(merged(some), all);
}

#[test]
fn unknown_dates_of_two_reports_stay_apart() {
    let a = mention("a", "riot", "zvecan", ZVECAN, "");
    let b = mention("b", "riot", "zvecan", ZVECAN, "");
    assert_eq!(merged(vec![a.clone(), b]).len(), 2);
    assert_eq!(merged(vec![a.clone(), a]).len(), 1);
}

#[test]
fn an_id_stays_when_reports_are_added() {
    let a = mention("x", "riot", "zvecan", ZVECAN, "2023-05-29");
    let before = merged(vec![a.clone()]);
    let after = merged(vec![
        a,
        mention("a", "riot", "zvecan", ZVECAN, "2023-05-29"),
    ]);
    assert_eq!(before[0].id, after[0].id);
    assert!(
        before[0].id.starts_with("2023-05-29-riot-"),
        "{}",
        before[0].id
    );
}

#[test]
fn nonsense_does_not_panic() {
    let mut odd = mention("a", "", "", (0.0, 0.0), "0001");
    odd.properties.date_end = Some("9999-12-31".into());
    odd.properties.lat = None;
    odd.properties.confidence = Some(f64::NAN);
    let mut swapped = odd.clone();
    swapped.properties.date_start = Some("9999-99-99".into());
    swapped.properties.sources.clear();
    merged(vec![odd, swapped]);
    assert!(merged(Vec::new()).is_empty());
}

prop_compose! {
    fn any_mention()(
        report in 0u8..6,
        category in prop::sample::select(vec!["riot", "roadblock", "arrest", "abduction"]),
        place in prop::sample::select(vec![("banjska", BANJSKA), ("monastery", MONASTERY), ("zvecan", ZVECAN)]),
        day in prop::sample::select(vec!["2023-09-24", "2023-09-25", "2023-09-26", "2023-09", "2023", ""]),
        length in 0u8..3,
        area in any::<bool>(),
        action in prop::option::of(prop::sample::select(vec!["set-up", "removed"])),
        figure in prop::option::of(0u32..4),
        actors in prop::sample::subsequence(vec!["A", "B", "C"], 0..=3),
        start in 0usize..3,
        supposed in any::<bool>(),
    ) -> Located {
        let mut m = mention(&format!("r{report}"), category, place.0, place.1, day);
        if day.len() == 10 && length > 0 {
            m.properties.date_end = Some(format!("2023-09-2{}", 6 + length));
        }
        if area {
            m.properties.extent = Some("area".into());
            m.properties.site = Some("area".into());
            m.geometry = polygon![(x: 20.75, y: 42.9), (x: 20.9, y: 42.9), (x: 20.9, y: 43.0), (x: 20.75, y: 43.0)].into();
        }
        m.properties.date_basis = supposed.then(|| "publication".into());
        m.properties.action = action.map(Into::into);
        m.properties.fatalities = figure;
        m.properties.actors = actors.into_iter().map(Into::into).collect();
        m.properties.sources[0].evidence_start = start;
        // Odd reports carry a text of each other's.
        m.properties.sources[0].text_sketch = format!("{:04x}", report % 2).repeat(32);
        m.properties.sources[0].published = (report % 2 == 0).then(|| format!("2023-10-0{}", report + 1));
        m
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn order_does_not_matter((all, shuffled) in prop::collection::vec(any_mention(), 0..14)
        .prop_flat_map(|v| (Just(v.clone()), Just(v).prop_shuffle())))
    {
        prop_assert_eq!(merged(all), merged(shuffled));
    }

    #[test]
    fn merging_merged_parts_is_merging_all(all in prop::collection::vec(any_mention(), 0..14), cut in 0usize..14) {
        let cut = cut.min(all.len());
        let mut parts = merged(all[..cut].to_vec());
        parts.extend(merged(all[cut..].to_vec()));
        prop_assert_eq!(merged(parts), merged(all.clone()));
        // Also through the file.
        let again = merged(merged(all.clone()));
        prop_assert_eq!(again, merged(all));
    }
}
