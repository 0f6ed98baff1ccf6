//! What is written is what the schema says.

use serde_json::Value;

use crate::common::{SAMPLES, arg, features, folder, lines, ok, reports};

/// The faults of a value by the part of JSON Schema that our schema uses; a keyword
/// that is not known here is a fault, so that none is passed over.
fn faults(value: &Value, schema: &Value, root: &Value, at: &str, out: &mut Vec<String>) {
    let Some(schema) = schema.as_object() else {
        return; // `true`
    };
    for (keyword, rule) in schema {
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "format" => {}
            "$ref" => {
                let path = rule.as_str().unwrap().trim_start_matches('#');
                let target = root.pointer(path).unwrap_or_else(|| panic!("{path}"));
                faults(value, target, root, at, out);
            }
            "anyOf" => {
                let fits = rule.as_array().unwrap().iter().any(|option| {
                    let mut inner = Vec::new();
                    faults(value, option, root, at, &mut inner);
                    inner.is_empty()
                });
                if !fits {
                    out.push(format!("{at}: fits none"));
                }
            }
            "type" => {
                let one = [rule.clone()];
                let names = rule.as_array().map_or(&one[..], Vec::as_slice);
                let is = |name: &Value| match name.as_str().unwrap() {
                    "null" => value.is_null(),
                    "string" => value.is_string(),
                    "integer" => value.is_u64() || value.is_i64(),
                    "number" => value.is_number(),
                    "boolean" => value.is_boolean(),
                    "array" => value.is_array(),
                    "object" => value.is_object(),
                    other => panic!("{other}"),
                };
                if !names.iter().any(is) {
                    out.push(format!("{at}: {value} is not {rule}"));
                }
            }
            "const" if value != rule => out.push(format!("{at}: {value} is not {rule}")),
            "enum" if !rule.as_array().unwrap().contains(value) => {
                out.push(format!("{at}: {value} is none of {rule}"));
            }
            "const" | "enum" => {}
            "required" => {
                for name in rule.as_array().unwrap() {
                    if value.get(name.as_str().unwrap()).is_none() {
                        out.push(format!("{at}: no {name}"));
                    }
                }
            }
            "properties" => {
                for (name, rule) in rule.as_object().unwrap() {
                    if let Some(inner) = value.get(name) {
                        faults(inner, rule, root, &format!("{at}.{name}"), out);
                    }
                }
            }
            "items" => {
                for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                    faults(item, rule, root, &format!("{at}[{i}]"), out);
                }
            }
            "minItems" | "maxItems" => {
                let n = value.as_array().map_or(0, Vec::len) as u64;
                let limit = rule.as_u64().unwrap();
                if (keyword == "minItems" && n < limit) || (keyword == "maxItems" && n > limit) {
                    out.push(format!("{at}: {n} items"));
                }
            }
            "minimum" | "maximum" => {
                let (n, limit) = (value.as_f64(), rule.as_f64().unwrap());
                let fits = n.is_none_or(|n| {
                    if keyword == "minimum" {
                        n >= limit
                    } else {
                        n <= limit
                    }
                });
                if !fits {
                    out.push(format!("{at}: {value} is beyond {limit}"));
                }
            }
            "additionalProperties" => assert!(rule.as_bool() == Some(true), "{rule}"),
            other => out.push(format!(
                "{at}: the keyword {other} is not known to this test"
            )),
        }
    }
}

fn check(value: &Value, of: &str) -> Vec<String> {
    let schema: Value = serde_json::from_str(&ok(&["schema", of], 0)).unwrap();
    let mut out = Vec::new();
    faults(value, &schema, &schema, "$", &mut out);
    out
}

#[test]
fn output_and_input_fit_their_schemas() {
    let dir = folder();
    ok(&["run", SAMPLES, "-o", arg(dir.path())], 0);
    let none: [String; 0] = [];
    let text = std::fs::read_to_string(dir.path().join("incidents.geojson")).unwrap();
    let collection: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(check(&collection, "incidents"), none);
    assert_eq!(check(&collection, "all"), none);
    let mentions = lines(&std::fs::read_to_string(dir.path().join("mentions.geojsonl")).unwrap());
    assert_eq!(check(&mentions[0], "mention"), none);
    assert_eq!(check(&mentions[0], "all"), none);
    for report in lines(&reports()) {
        assert_eq!(check(&report, "report"), none);
    }
    // The order of the properties is the contract's.
    let names: Vec<&str> = mentions[0]["properties"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        names[..4],
        [
            "category",
            "acled_event_type",
            "acled_sub_event_type",
            "action"
        ]
    );
    assert_eq!(names.last(), Some(&"sources"));
}

#[test]
fn the_schema_finds_faults() {
    let dir = folder();
    let input = crate::common::put(dir.path(), "in.jsonl", reports());
    ok(&["run", arg(&input), "-o", arg(dir.path())], 0);
    let good = features(&dir.path().join("incidents.geojson")).remove(0);
    for (key, value) in [
        ("category", Value::Null),
        ("fatalities", "four".into()),
        ("actors", "KFOR".into()),
        ("sources", Value::Null),
    ] {
        let mut bad = good.clone();
        bad["properties"][key] = value;
        assert_eq!(check(&bad, "mention").len(), 1, "{key}");
    }
    let mut bad = good;
    bad["properties"].as_object_mut().unwrap().remove("lat");
    assert_eq!(check(&bad, "mention"), ["$.properties: no \"lat\""]);
    assert_eq!(
        check(&serde_json::json!({"id": "x"}), "report"),
        ["$: no \"text\""]
    );
}

#[test]
fn every_property_is_described() {
    let schema: Value = serde_json::from_str(&ok(&["schema"], 0)).unwrap();
    for of in ["Properties", "Source"] {
        let members = schema["$defs"][of]["properties"].as_object().unwrap();
        assert!(members.len() > 10);
        for (name, member) in members {
            assert!(member["description"].is_string(), "{of}.{name}");
        }
    }
}
