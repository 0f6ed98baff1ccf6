//! Drawing: 1,000 and 100,000 incidents, and loading the base map.

use adminline::data::Data;
use adminline::geocode::{Located, Properties};
use adminline::map::{BaseMap, MapOptions, draw};
use geo::{Geometry, Point};

fn main() {
    divan::main();
}

/// Incidents at sites of the gazetteer, in a fixed order that looks random.
fn incidents(base: &BaseMap, n: usize) -> Vec<Located> {
    let mut state = 17_u64;
    let mut below = |n: usize| {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((state >> 33) % n as u64) as usize
    };
    let categories = [
        "armed-clash",
        "explosion",
        "riot",
        "protest",
        "roadblock",
        "arrest",
        "seizure",
    ];
    (0..n)
        .map(|i| {
            let site = &base.sites[below(base.sites.len())];
            let (lon, lat) = base
                .utm
                .inverse(site.at.0, site.at.1)
                .unwrap_or((21.0, 43.0));
            Located {
                id: i.to_string(),
                geometry: Geometry::Point(Point::new(lon, lat)),
                properties: Properties {
                    category: categories[below(categories.len())].to_string(),
                    place: Some(site.names.en.clone()),
                    place_sq: Some(site.names.sq.clone()),
                    place_sr: Some(site.names.sr.clone()),
                    site: Some(site.id.clone()),
                    extent: Some("point".to_string()),
                    lat: Some(lat),
                    lon: Some(lon),
                    radius_m: Some(site.radius_m),
                    date_start: Some(format!("2023-{:02}-{:02}", 1 + below(12), 1 + below(28))),
                    ..Properties::default()
                },
            }
        })
        .collect()
}

#[divan::bench]
fn load_base() -> BaseMap {
    BaseMap::load(&Data::embedded()).expect("embedded data loads")
}

#[divan::bench(args = [0, 12, 300, 1_000, 5_000, 100_000], max_time = 5)]
fn draw_incidents(bencher: divan::Bencher, n: usize) {
    let base = BaseMap::load(&Data::embedded()).expect("embedded data loads");
    let incidents = incidents(&base, n);
    bencher.bench_local(|| {
        draw(&incidents, &base, &MapOptions::default())
            .expect("a map")
            .len()
    });
}
