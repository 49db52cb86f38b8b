//! The files that the stack brings along.

use crate::alertmanager::inhibition::never_applies;

use super::*;

fn shipped(name: &str) -> String {
    let path = format!("{}/../../assets/stack/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_shipped_file_is_without_fault() {
    let path = "/etc/alertmanager/alertmanager.yml";
    let files = Texts::one(path, shipped("alertmanager/alertmanager.yml"));
    assert_eq!(run(&files, &[&format!("--config.file={path}")]), []);
}

#[test]
fn every_shipped_rule_of_inhibition_can_apply() {
    let (alertmanager, rules) =
        (shipped("alertmanager/alertmanager.yml"), shipped("prometheus/rules/rwa-alerts.yml"));
    assert!(alertmanager.contains("inhibit_rules:") && rules.contains("alert:"));
    assert_eq!(never_applies("alertmanager.yml", &alertmanager, &[&rules]), []);
}
