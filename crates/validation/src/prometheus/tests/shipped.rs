//! The files that the stack brings along.

use std::path::PathBuf;

use super::*;

/// `/etc/prometheus` as the container has it.
struct Shipped;

impl Shipped {
    fn place(path: &str) -> Option<PathBuf> {
        let inside = path.strip_prefix("/etc/prometheus/").or(path.strip_prefix("/etc/prometheus"))?;
        let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        Some(repository.join("assets/stack/prometheus").join(inside))
    }
}

impl Files for Shipped {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let place = Self::place(path).ok_or(ReadError::Absent)?;
        std::fs::read(place).map_err(|_| ReadError::Absent)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let place = Self::place(folder).ok_or(ReadError::Absent)?;
        let entries = std::fs::read_dir(place).map_err(|_| ReadError::Absent)?;
        let mut names: Vec<String> =
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        Ok(names)
    }
}

#[test]
fn the_shipped_files_are_without_fault() {
    assert_eq!(run(&Shipped, &["--config.file=/etc/prometheus/prometheus.yml"], &[]), []);
    let rules = Shipped.list("/etc/prometheus/rules").expect("there are rules");
    assert!(rules.contains(&"rwa-alerts.yml".to_owned()), "{rules:?}");
}
