//! Checks that all readers make on a report's fields.

use super::Lang;
use super::limits::MAX_FIELD;
use super::reject::Reason;
use super::rules::Rules;

/// What a date should have been.
pub const A_DATE: &str = "a date (write 2023-09-24)";

/// The reason for a date that is none.
pub fn not_a_date(value: &str) -> Reason {
    Reason::field("published", value, A_DATE)
}

/// The language that a field names.
///
/// # Errors
/// When it is none of the three that are read.
pub fn lang(value: &str, rules: &Rules) -> Result<Lang, Reason> {
    rules
        .language(value)
        .ok_or_else(|| Reason::field("lang", value, "one of en, sr, sq"))
}

/// Refuses a field that is too long.
///
/// # Errors
/// When it is.
pub fn check(field: &'static str, value: &str) -> Result<(), Reason> {
    if value.len() > MAX_FIELD {
        return Err(Reason::TooLong {
            what: field,
            limit: MAX_FIELD,
        });
    }
    Ok(())
}

/// The value as the report's own, if it is not too long.
///
/// # Errors
/// When it is.
pub fn checked(field: &'static str, value: &str) -> Result<String, Reason> {
    check(field, value)?;
    Ok(value.to_string())
}
