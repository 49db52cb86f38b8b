//! The templates of stages.

/// Whether Promtail can read a template, with the functions that it gives to templates.
#[expect(clippy::unnecessary_wraps, reason = "until templates are read")]
pub(super) fn check(_text: &str) -> Result<(), String> {
    Ok(())
}

/// What a template renders when its source was not found in a line. `None` when it changes nothing then, or when that
/// cannot be told.
pub(super) fn without_value(_text: &str) -> Option<String> {
    None
}
