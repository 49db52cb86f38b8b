//! Image references: what a compose file writes, and the full name that it stands for.

/// A reference in parts: `registry/repository[:tag][@digest]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference<'a> {
    /// As written, without tag and digest.
    pub(crate) name: &'a str,
    /// `None` means `latest`, unless there is a digest.
    pub(crate) tag: Option<&'a str>,
    /// `sha256:…`.
    pub(crate) digest: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// Splits a reference. Nothing is checked: the engine does that.
    pub(crate) fn parse(text: &'a str) -> Self {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        // A colon before the last slash belongs to the registry's port.
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (rest, None),
        };
        Self { name, tag, digest }
    }

    /// The registry's host, `docker.io` when none is written, and the repository there.
    pub(crate) fn registry(&self) -> (&'a str, String) {
        match self.name.split_once('/') {
            Some(("index.docker.io" | "docker.io", repository)) => ("docker.io", official(repository)),
            Some((host, repository)) if host.contains(['.', ':']) || host == "localhost" => {
                (host, repository.to_owned())
            }
            _ => ("docker.io", official(self.name)),
        }
    }

    /// The one spelling that equal references share: with registry, and with a digest or a tag.
    pub(crate) fn canonical(&self) -> String {
        let (registry, repository) = self.registry();
        match (self.digest, self.tag) {
            // With both, engines look at the digest only.
            (Some(digest), _) => format!("{registry}/{repository}@{digest}"),
            (None, tag) => format!("{registry}/{repository}:{}", tag.unwrap_or("latest")),
        }
    }
}

/// Docker Hub's own images live in `library/`.
fn official(repository: &str) -> String {
    if repository.contains('/') { repository.to_owned() } else { format!("library/{repository}") }
}

/// Whether a reference is an image id, in full.
pub(crate) fn is_id(reference: &str) -> bool {
    let hex = reference.strip_prefix("sha256:").unwrap_or(reference);
    hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_references_have_one_spelling() {
        let canonical = |text| Reference::parse(text).canonical();
        assert_eq!(canonical("redis"), "docker.io/library/redis:latest");
        assert_eq!(canonical("docker.io/library/redis:latest"), "docker.io/library/redis:latest");
        assert_eq!(canonical("index.docker.io/redis:7"), "docker.io/library/redis:7");
        assert_eq!(canonical("grafana/loki:3.1"), "docker.io/grafana/loki:3.1");
        assert_eq!(canonical("quay.io/a/b/c"), "quay.io/a/b/c:latest");
        assert_eq!(canonical("localhost/x:1"), "localhost/x:1");
        assert_eq!(canonical("127.0.0.1:5000/x"), "127.0.0.1:5000/x:latest");
        assert_eq!(canonical("redis:7@sha256:abc"), "docker.io/library/redis@sha256:abc");
    }

    #[test]
    fn ids_are_told_from_names() {
        assert!(is_id(&format!("sha256:{}", "a".repeat(64))));
        assert!(!is_id("redis:7"));
    }
}
