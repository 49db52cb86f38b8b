use crate::alertmanager::inhibition::never_applies;

use super::*;

const BY_SEVERITY: &str = "inhibit_rules:\n  - source_matchers: ['severity=\"critical\"']\n    target_matchers: ['severity=\"warning\"']\n    equal: [alertname, service]\n";

fn rules(alerts: &[(&str, &str)]) -> String {
    let rule = |(name, labels): &(&str, &str)| {
        format!("      - {{alert: {name}, expr: up, labels: {{{labels}}}}}\n")
    };
    format!("groups:\n  - name: g\n    rules:\n{}", alerts.iter().map(rule).collect::<String>())
}

fn told(inhibit_rules: &str, alerts: &[(&str, &str)]) -> Vec<String> {
    shown(&never_applies(FILE, inhibit_rules, &[&rules(alerts)]))
}

/// The alerts were of two names, one for each severity, so a gateway that was down was told twice.
#[test]
fn severities_of_different_names_never_inhibit_by_name() {
    let alerts = [("GatewayDown", "severity: critical"), ("GatewayErrors", "severity: warning")];
    assert_eq!(
        told(BY_SEVERITY, &alerts),
        [
            "2:5 Accepted inhibit rule 1 never applies: no two alerts that its source and its target match have the same alertname, service"
        ]
    );
}

#[test]
fn severities_of_one_name_inhibit() {
    let alerts = [("Gateway", "severity: critical"), ("Gateway", "severity: warning")];
    assert_eq!(told(BY_SEVERITY, &alerts), [""; 0]);
}

#[test]
fn labels_that_only_the_expression_gives_may_agree() {
    let by_name = "inhibit_rules:\n  - source_matchers: ['alertname=\"ServiceDown\"']\n    target_matchers: ['alertname!=\"ServiceDown\"', 'severity=~\"warning|info\"']\n    equal: [service]\n";
    assert_eq!(told(by_name, &[("ServiceDown", ""), ("Slow", "severity: info")]), [""; 0]);
    assert_eq!(told(by_name, &[("ServiceDown", ""), ("Slow", "severity: \"{{ $labels.s }}\"")]), [""; 0]);
    assert_eq!(told(by_name, &[("ServiceDown", ""), ("Slow", "severity: page")]).len(), 1);
    assert_eq!(
        told(by_name, &[("ServiceDown", "service: a"), ("Slow", "severity: info, service: b")]).len(),
        1
    );
    assert_eq!(told(by_name, &[("ServiceGone", ""), ("Slow", "severity: info")]).len(), 1);
}

#[test]
fn the_older_way_to_write_conditions_is_understood() {
    let older = "inhibit_rules:\n  - source_match: {severity: critical}\n    target_match_re: {severity: warning|info}\n    equal: [alertname]\n";
    assert_eq!(told(older, &[("A", "severity: critical"), ("A", "severity: info")]), [""; 0]);
    assert_eq!(told(older, &[("A", "severity: critical"), ("B", "severity: info")]).len(), 1);
}
