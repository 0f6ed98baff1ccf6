//! JSON Schema (2020-12) of the output and of the NDJSON input.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::Stamp;
use crate::geocode::Properties;
use crate::review::Decision;

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Any of them.
    All,
    /// `incidents.geojson`.
    Incidents,
    /// A line of `mentions.geojsonl`.
    Mention,
    /// A line of the NDJSON input.
    Report,
    /// A line of `decisions.jsonl`.
    Decision,
}

/// The schema. Properties and their meaning come from the types that are written.
pub fn schema(of: Of) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let root = generator.into_root_schema_for::<Properties>().to_value();
    let mut properties = root;
    let mut defs = properties
        .as_object_mut()
        .and_then(|o| o.remove("$defs"))
        .unwrap_or_else(|| json!({}));
    if let Some(object) = properties.as_object_mut() {
        object.remove("$schema");
        // Reading is lenient, but what is written has all members.
        let names: Vec<Value> = object["properties"]
            .as_object()
            .map(|p| p.keys().map(|k| Value::from(k.as_str())).collect())
            .unwrap_or_default();
        object.insert("required".into(), Value::Array(names));
    }
    let mut decision = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Decision>()
        .to_value();
    let more = decision
        .as_object_mut()
        .and_then(|o| {
            o.remove("$schema");
            o.remove("$defs")
        })
        .unwrap_or_default();
    if let (Some(defs), Value::Object(more)) = (defs.as_object_mut(), more) {
        defs.extend(more);
        defs.insert("Decision".into(), decision);
    }
    strip_defaults(&mut properties);
    strip_defaults(&mut defs);
    let stamp = json!({
        "description": "What made the file: versions, never a time.",
        "type": "object",
        "properties": stamp_members(),
    });
    if let Some(defs) = defs.as_object_mut() {
        defs.insert("Properties".into(), properties);
        defs.insert("Stamp".into(), stamp);
        defs.insert("Geometry".into(), geometry());
        defs.insert("Mention".into(), feature("One incident in one report"));
        defs.insert(
            "Incident".into(),
            feature("An incident, with all reports that tell of it"),
        );
        defs.insert("Incidents".into(), incidents());
        defs.insert("Report".into(), report());
    }
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "adminline",
    });
    match of {
        Of::All => {
            schema["anyOf"] = json!([
                {"$ref": "#/$defs/Incidents"},
                {"$ref": "#/$defs/Mention"},
                {"$ref": "#/$defs/Report"},
                {"$ref": "#/$defs/Decision"},
            ]);
        }
        Of::Incidents => schema["$ref"] = json!("#/$defs/Incidents"),
        Of::Mention => schema["$ref"] = json!("#/$defs/Mention"),
        Of::Report => schema["$ref"] = json!("#/$defs/Report"),
        Of::Decision => schema["$ref"] = json!("#/$defs/Decision"),
    }
    schema["$defs"] = defs;
    schema
}

fn stamp_members() -> Value {
    let empty = Stamp {
        version: String::new(),
        gazetteer: String::new(),
        lexicon: String::new(),
        boundary_view: String::new(),
        names: String::new(),
        attribution: String::new(),
    };
    let mut members = serde_json::to_value(empty).unwrap_or_default();
    if let Some(object) = members.as_object_mut() {
        for value in object.values_mut() {
            *value = json!({"type": "string"});
        }
    }
    members
}

fn geometry() -> Value {
    json!({
        "description": "WGS 84 (longitude, latitude), RFC 7946",
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"enum": [
                "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"
            ]},
            "coordinates": {"type": "array", "minItems": 1},
        },
    })
}

fn feature(description: &str) -> Value {
    json!({
        "description": description,
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string", "description": "Stable across runs and for re-ordered input"},
            "geometry": {"$ref": "#/$defs/Geometry"},
            "properties": {"$ref": "#/$defs/Properties"},
        },
    })
}

fn incidents() -> Value {
    json!({
        "description": "incidents.geojson",
        "type": "object",
        "required": ["type", "adminline", "features"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
            "adminline": {"$ref": "#/$defs/Stamp"},
            "features": {"type": "array", "items": {"$ref": "#/$defs/Incident"}},
        },
    })
}

fn report() -> Value {
    let text = |description: &str| json!({"type": ["string", "null"], "description": description});
    json!({
        "description": "A report: one JSON object a line. Unknown members pass.",
        "type": "object",
        "required": ["text"],
        "properties": {
            "id": {"type": ["string", "number", "null"], "description": "The report's own id; else made of file and line"},
            "lang": text("en, sr or sq; else detected"),
            "title": text("Headline"),
            "url": text("Address"),
            "publisher": text("Who published it"),
            "published": text("Day of publication, ISO"),
            "text": {"type": "string", "description": "The text that all offsets count in"},
        },
    })
}

/// Defaults belong to reading; the schema describes what is written.
fn strip_defaults(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("default");
            members.values_mut().for_each(strip_defaults);
        }
        Value::Array(all) => all.iter_mut().for_each(strip_defaults),
        _ => {}
    }
}
