//! Which addresses may be opened: those of the stack that is shown, and no other ones.

use crate::api::{
    error::{AppError, ErrorCode},
    snapshot::Snapshot,
};

/// The address, when it is a page of the stack: on the host and port of one of the links that are shown.
pub(super) fn of_the_stack(snapshot: &Snapshot, url: &str) -> Result<String, AppError> {
    let links = snapshot.components.iter().flat_map(|component| &component.links);
    let wanted = authority(url);
    if wanted.is_some() && links.into_iter().any(|link| authority(&link.url) == wanted) {
        return Ok(url.to_owned());
    }
    Err(AppError::new(ErrorCode::NoLink, url, ""))
}

/// Scheme, host and port, of an address in which nothing can be read in two ways.
fn authority(url: &str) -> Option<(&str, &str)> {
    let odd = |letter: char| letter.is_control() || letter.is_whitespace() || letter == '\\';
    if url.contains(odd) {
        return None;
    }
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = !authority.is_empty() && !authority.contains('@');
    (matches!(scheme, "http" | "https") && plain).then_some((scheme, authority))
}

#[cfg(test)]
mod tests {
    use super::authority;

    #[test]
    fn an_address_is_known_by_scheme_host_and_port() {
        let grafana = authority("http://127.0.0.1:3030/");
        assert!(grafana.is_some());
        assert_eq!(authority("http://127.0.0.1:3030/d/rwa?from=now-1h#panel"), grafana);
        for other in [
            "http://127.0.0.1:3031/",
            "https://127.0.0.1:3030/",
            "http://127.0.0.1:3030@evil.example/",
            "http://127.0.0.1:3030\\@evil.example/",
            "file:///etc/passwd",
            "javascript://127.0.0.1:3030/%0aalert(1)",
            "http:///",
            "",
        ] {
            assert_ne!(authority(other), grafana, "{other}");
        }
    }
}
