//! Merging through the files: parts, order, sources.

use crate::common::{arg, folder, ok, put, reports};

#[test]
fn merging_merged_parts_is_merging_all() {
    let dir = folder();
    let input = put(dir.path(), "in.jsonl", reports());
    let mentions = ok(&["extract", arg(&input)], 0);
    let lines: Vec<&str> = mentions.lines().collect();
    let all = put(dir.path(), "all.geojsonl", &mentions);
    let whole = ok(&["merge", arg(&all)], 0);
    for cut in 1..lines.len() {
        let a = put(dir.path(), "a.geojsonl", lines[..cut].join("\n"));
        let b = put(dir.path(), "b.geojsonl", lines[cut..].join("\n"));
        assert_eq!(ok(&["merge", arg(&b), arg(&a)], 0), whole);
        let a = put(dir.path(), "a.geojson", ok(&["merge", arg(&a)], 0));
        let b = put(dir.path(), "b.geojson", ok(&["merge", arg(&b)], 0));
        assert_eq!(ok(&["merge", arg(&a), arg(&b)], 0), whole);
    }
}
