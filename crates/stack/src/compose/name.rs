//! The project's name: the prefix of everything that belongs to it.

use std::path::Path;

/// A name as compose makes it from a folder's name: lower case, only `[a-z0-9_-]`, first a letter or digit.
pub fn normalise(name: &str) -> String {
    let kept: String = name
        .to_lowercase()
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'))
        .collect();
    kept.trim_start_matches(['_', '-']).to_owned()
}

/// Whether a name can be a project's as it is.
pub fn is_normalised(name: &str) -> bool {
    !name.is_empty() && normalise(name) == name
}

/// The name that a folder gives to its project.
pub(super) fn of_folder(folder: &Path) -> String {
    folder.file_name().map(|name| normalise(&name.to_string_lossy())).unwrap_or_default()
}
