//! One report as a JSON object.

use super::Report;
use super::date;
use super::fields;
use super::limits::MAX_TEXT;
use super::reject::Reason;
use super::rules::Rules;
use serde::Deserialize;
use serde_json::Value;

/// The fields that are read; all others pass.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Fields {
    id: Value,
    lang: Value,
    title: Value,
    url: Value,
    publisher: Value,
    published: Value,
    text: Value,
}

/// Reads a JSON object with the fields `id, lang, title, url, publisher,
/// published, text`, of which only `text` must be there. `null` and an empty
/// string are the same as no field. `id` may be a number.
///
/// # Errors
/// When it is not JSON, not an object, or a field holds what it must not.
pub fn report(bytes: &[u8], id: &str, rules: &Rules) -> Result<Report, Reason> {
    if super::decode::is_binary(bytes) {
        return Err(Reason::Binary);
    }
    if let Err(error) = std::str::from_utf8(bytes) {
        return Err(Reason::NotUtf8(error.valid_up_to()));
    }
    if bytes.first() == Some(&b'[') {
        return Err(syntax(&"an object is expected, not an array"));
    }
    let fields: Fields = serde_json::from_slice(bytes).map_err(|error| syntax(&error))?;
    let title = string("title", fields.title)?;
    let url = string("url", fields.url)?;
    let publisher = string("publisher", fields.publisher)?;
    let own_id = match fields.id {
        Value::Number(number) => number.to_string(),
        other => string("id", other)?,
    };
    for (field, value) in [
        ("title", &title),
        ("url", &url),
        ("publisher", &publisher),
        ("id", &own_id),
    ] {
        fields::check(field, value)?;
    }
    let lang = string("lang", fields.lang)?;
    let published = string("published", fields.published)?;
    let text = string("text", fields.text)?;
    if text.trim().is_empty() {
        return Err(Reason::NoText);
    }
    if text.len() > MAX_TEXT {
        return Err(Reason::TooLong {
            what: "text",
            limit: MAX_TEXT,
        });
    }
    Ok(Report {
        id: if own_id.trim().is_empty() {
            id.to_string()
        } else {
            own_id
        },
        lang: match lang.trim() {
            "" | "auto" => None,
            lang => Some(fields::lang(lang, rules)?),
        },
        title,
        url,
        publisher,
        published: match published.trim() {
            "" => None,
            value => Some(date::published(value, rules).ok_or_else(|| fields::not_a_date(value))?),
        },
        text,
    })
}

/// The reason for JSON that is none.
pub fn syntax(detail: &dyn std::fmt::Display) -> Reason {
    Reason::Syntax {
        format: "JSON",
        detail: detail.to_string(),
    }
}

fn string(field: &'static str, value: Value) -> Result<String, Reason> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(value) => Ok(value),
        other => Err(Reason::field(field, &other.to_string(), "a string")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;
    use crate::report::Lang;

    #[test]
    fn fields_of_the_contract() {
        let rules = Rules::load(&Data::embedded()).unwrap();
        let read = |json: &str| report(json.as_bytes(), "f#1", &rules);
        let full = read(
            r#"{"id": 7, "lang": "sr-Cyrl", "title": "T", "url": "u", "publisher": null,
                "published": "24.9.2023.", "text": " a\n", "extra": [1, {"text": 2}]}"#,
        )
        .unwrap();
        assert_eq!((full.id.as_str(), full.lang), ("7", Some(Lang::Sr)));
        assert_eq!(full.published, Some(jiff::civil::date(2023, 9, 24)));
        assert_eq!(full.text, " a\n");
        assert_eq!(read(r#"{"text": "a"}"#).unwrap().id, "f#1");
        assert_eq!(read(r#"{"title": "a"}"#), Err(Reason::NoText));
        for (json, message) in [
            (
                r#"{"text": "a"#,
                "not valid JSON: EOF while parsing a string at line 1 column 11",
            ),
            (
                r#"["a"]"#,
                "not valid JSON: an object is expected, not an array",
            ),
            (r#"{"text": 5}"#, "field `text`: \"5\" is not a string"),
            (
                r#"{"text": "a", "published": "2023-02-30"}"#,
                "field `published`: \"2023-02-30\" is not a date (write 2023-09-24)",
            ),
            (
                r#"{"text": "a", "lang": "de"}"#,
                "field `lang`: \"de\" is not one of en, sr, sq",
            ),
        ] {
            assert_eq!(read(json).unwrap_err().to_string(), message);
        }
    }
}
