//! The programs' own checks of the shipped files, and what they refuse.

use tests::{Program, docker, repository};

use crate::shipped;

#[test]
fn the_programs_themselves_accept_the_shipped_files() {
    let stack = repository().join("assets/stack");
    let check = |program: &str, words: &[&str], file: &str| {
        let ran = Program::new(program).args(words).args([stack.join(file)]).run().ok();
        // Duplicate rules are only said to have failed; the exit code is good all the same.
        assert!(!ran.stdout.contains("FAILED") && !ran.stderr.contains("FAILED"), "{ran}");
        assert!(!ran.stderr.to_lowercase().contains("deprecated"), "{ran}");
    };
    check("promtool", &["check", "config"], "prometheus/prometheus.yml");
    check("promtool", &["check", "rules", "--lint=all", "--lint-fatal"], "prometheus/rules/rwa-alerts.yml");
    check("amtool", &["check-config"], "alertmanager/alertmanager.yml");
    let promtool = Program::new("promtool").args(["--version"]).run().ok();
    let pinned = repository().join("tests/engine-kit/real/prometheus/go.mod");
    let pinned = std::fs::read_to_string(pinned).expect("the pins are there");
    let version =
        pinned.lines().find_map(|line| line.trim().strip_prefix("github.com/prometheus/prometheus v0.3"));
    let version = version.and_then(|rest| rest.split(' ').next()).expect("Prometheus is pinned");
    promtool.says(&format!("version 3.{version}"));
}

#[test]
fn the_check_that_the_stack_names_for_a_component_passes_in_its_container_and_refuses_a_broken_file() {
    let stack = shipped("validate");
    stack.run(["up", "prometheus", "alertmanager", "jaeger", "consul"]).ok();
    let compose = std::fs::read_to_string(stack.folder.join("docker-compose.yml")).expect("it is there");
    for (component, file, broken) in [
        ("prometheus", "prometheus/prometheus.yml", "\nnonsense: true\n"),
        ("alertmanager", "alertmanager/alertmanager.yml", "\nnonsense: true\n"),
        ("jaeger", "jaeger/config.yml", "\nnonsense: {}\n"),
        ("consul", "consul/config/agent.hcl", "\nnonsense = true\n"),
    ] {
        let container = stack.container(component).id;
        let mut words = vec!["exec", &container];
        words.extend(named_check(&compose, component));
        docker(&words);
        let path = stack.folder.join(file);
        let text = std::fs::read_to_string(&path).expect("the file is there");
        stack.write(file, &(text.clone() + broken));
        let ran = Program::new("docker").args(&words).run();
        assert_ne!(ran.code, Some(0), "{component} takes {broken:?}");
        ran.says("nonsense");
        stack.write(file, &text);
    }
}

/// The words of `validate: [a, b]` of a service.
fn named_check<'a>(compose: &'a str, service: &str) -> Vec<&'a str> {
    let (_, service) = compose.split_once(&format!("\n  {service}:\n")).expect("it is a service");
    let mut lines = service
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with("   ") || line.starts_with("  #"));
    let words = lines.find_map(|line| line.trim().strip_prefix("validate: [")?.strip_suffix(']'));
    words.expect("it names a check").split(", ").collect()
}
