//! A template with `{{key}}` in it.

use super::PageError;

/// Puts a value in place of every `{{key}}`. What is put in is not looked at again,
/// so that a report cannot ask for anything.
///
/// # Errors
/// When there is no value for a key.
pub fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, PageError> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (key, after) = after
            .split_once("}}")
            .ok_or_else(|| PageError::Template(after.chars().take(20).collect()))?;
        out.push_str(before);
        out.push_str(&value(key).ok_or_else(|| PageError::Template(key.to_string()))?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Text for HTML, within and between tags.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// JSON for a `<script>` element: the same value, without a character that HTML or
/// an old reader of scripts would take for its own. All of them occur in JSON only
/// within strings, where `\u` may stand for them.
pub fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 50);
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_once_and_names_what_is_missing() {
        let value = |key: &str| (key == "a").then(|| "{{b}}".to_string());
        assert_eq!(fill("x {{a}} y", value).unwrap(), "x {{b}} y");
        assert!(fill("{{c}}", value).is_err());
        assert!(fill("{{a", value).is_err());
    }

    #[test]
    fn inert_json_is_the_same_value() {
        let text = "</script><!-- & \u{2028} \u{2029} \"\\";
        let json = serde_json::to_string(text).unwrap();
        let safe = inert(&json);
        assert!(
            !safe.contains(['<', '>', '&', '\u{2028}', '\u{2029}']),
            "{safe}"
        );
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
    }
}
