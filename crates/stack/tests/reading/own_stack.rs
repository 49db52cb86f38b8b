//! The stack that Switchyard ships with.

use std::{collections::BTreeMap, io, path::PathBuf};

use stack::compose::{LoadInput, Project, SourceFile, hash::service_hash, load};

pub(crate) fn own_stack() -> Project {
    let text = include_str!("../../../../assets/stack/docker-compose.yml");
    let env = BTreeMap::from([
        ("GRAFANA_ADMIN_PASSWORD".to_owned(), "pass-for-the-test".to_owned()),
        ("HOME".to_owned(), "/home/me".to_owned()),
    ]);
    load(LoadInput {
        files: vec![SourceFile { path: PathBuf::from("docker-compose.yml"), text: text.to_owned() }],
        working_dir: PathBuf::from("/srv/rwa"),
        project_name: None,
        env,
        home: Some(PathBuf::from("/home/me")),
        read: &|_| Err(io::Error::from(io::ErrorKind::NotFound)),
    })
    .unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn it_loads_without_a_warning() {
    let project = own_stack();
    assert_eq!(project.warnings, []);
    for name in ["consul", "jaeger", "loki", "promtail", "prometheus", "grafana", "alertmanager"] {
        let service = &project.services[name];
        let meta = service.meta.as_ref().unwrap();
        assert!(!meta.component.title.zh.is_empty() && !meta.component.about.zh.is_empty(), "{name}");
        assert!(meta.probe.is_some() && !meta.links.is_empty(), "{name}");
        assert_eq!(service_hash(service).len(), 64);
    }
    assert!(!project.meta.presets.is_empty() && !project.meta.env.is_empty());
}

#[test]
fn every_variable_of_the_file_is_a_field_of_the_form() {
    let text = include_str!("../../../../assets/stack/docker-compose.yml");
    let project = own_stack();
    let mut missing: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(|line| line.split("${").skip(1))
        .filter_map(|rest| rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next())
        .filter(|name| !project.meta.env.iter().any(|field| field.name == *name))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    assert_eq!(missing, ["HOME"; 0], "add them to x-switchyard env");
}
