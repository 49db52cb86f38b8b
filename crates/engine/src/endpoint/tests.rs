use std::{collections::BTreeMap, fs};

use super::*;

const HOME_OF_NOBODY: &str = "/nowhere";

fn variables(env: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> + use<> {
    let env: BTreeMap<String, String> =
        env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    move |name| env.get(name).cloned()
}

fn resolve_with(host: Option<&str>, env: &[(&str, &str)], home: &Path) -> Result<Endpoint, EngineError> {
    resolve(host, &variables(env), home)
}

/// Writes a context as Docker does; returns the folder for its certificates.
fn write_context(home: &Path, name: &str, host: &str) -> PathBuf {
    let meta = format!(r#"{{"Name":"{name}","Endpoints":{{"docker":{{"Host":"{host}"}}}}}}"#);
    write_meta(home, name, &meta)
}

fn write_meta(home: &Path, name: &str, meta: &str) -> PathBuf {
    let hash = context::folder_of(name);
    let folder = home.join(".docker/contexts/meta").join(&hash);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("meta.json"), meta).unwrap();
    home.join(".docker/contexts/tls").join(hash).join("docker")
}

fn write_certificates(folder: &Path) -> TlsFiles {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("ca.pem"), "").unwrap();
    TlsFiles::in_folder(folder)
}

fn said(endpoint: &Endpoint) -> (&str, &Origin) {
    (endpoint.uri(), endpoint.origin())
}

#[test]
fn the_flag_wins_over_the_environment_and_the_environment_over_the_context() {
    let home = tempfile::tempdir().unwrap();
    write_context(home.path(), "far", "tcp://far:2375");
    let env = [("DOCKER_HOST", "tcp://here:2375"), ("DOCKER_CONTEXT", "far")];

    let endpoint = resolve_with(Some("/run/x.sock"), &env, home.path()).unwrap();
    assert_eq!(said(&endpoint), ("unix:///run/x.sock", &Origin::Flag));
    let endpoint = resolve_with(None, &env, home.path()).unwrap();
    assert_eq!(said(&endpoint), ("tcp://here:2375", &Origin::DockerHost));
    let endpoint = resolve_with(None, &env[1..], home.path()).unwrap();
    assert_eq!(said(&endpoint), ("tcp://far:2375", &Origin::Context("far".into())));
}

#[test]
fn a_context_comes_with_its_certificates_whoever_names_it() {
    let home = tempfile::tempdir().unwrap();
    let tls = write_certificates(&write_context(home.path(), "safe", "tcp://safe:2376"));
    let config = r#"{"currentContext":"safe","auths":{}}"#;
    fs::write(home.path().join(".docker/config.json"), config).unwrap();

    let current = resolve_with(None, &[], home.path()).unwrap();
    assert_eq!(current.origin(), &Origin::Context("safe".into()));
    assert_eq!(current.tls(), Some(&tls));
    assert_eq!(current.docker_config(), home.path().join(".docker"));
    assert_eq!(resolve_with(Some("safe"), &[], home.path()).unwrap(), current, "by the user's word");
    let found = candidates(&variables(&[]), home.path());
    let found = found.iter().find(|it| it.origin() == current.origin()).unwrap();
    assert_eq!(pick(&found.id(), &variables(&[]), home.path()).unwrap(), current, "chosen among the found");
}

#[test]
fn a_context_that_cannot_be_used_is_an_error_and_not_another_engine() {
    let home = tempfile::tempdir().unwrap();
    let missing = resolve_with(None, &[("DOCKER_CONTEXT", "gone")], home.path()).unwrap_err();
    assert!(missing.to_string().starts_with("Docker context \"gone\": "), "{missing}");

    let meta = r#"{"Name":"loose","Endpoints":{"docker":{"Host":"tcp://x:2376","SkipTLSVerify":true}}}"#;
    write_meta(home.path(), "loose", meta);
    for loose in [
        resolve_with(None, &[("DOCKER_CONTEXT", "loose")], home.path()),
        resolve_with(Some("loose"), &[], home.path()),
    ] {
        assert!(matches!(loose, Err(EngineError::BadEndpoint { .. })), "{loose:?}");
    }
}

#[test]
fn tls_comes_from_the_environment_as_for_docker() {
    let env = [("DOCKER_HOST", "tcp://x"), ("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", "/certs")];
    let endpoint = resolve_with(None, &env, Path::new(HOME_OF_NOBODY)).unwrap();
    assert_eq!(endpoint.tls(), Some(&TlsFiles::in_folder(Path::new("/certs"))));
    assert_eq!(endpoint.uri(), "tcp://x:2376");
    let socket = resolve_with(Some("/run/x.sock"), &env, Path::new(HOME_OF_NOBODY)).unwrap();
    assert_eq!(socket.tls(), None);
}

#[test]
fn addresses_are_read_as_docker_reads_them() {
    let uri = |text: &str| match resolve_with(Some(text), &[], Path::new(HOME_OF_NOBODY)) {
        Ok(endpoint) => endpoint.uri().to_owned(),
        Err(EngineError::BadEndpoint { what, .. }) => format!("bad: {what}"),
        Err(error) => panic!("{error:?}"),
    };
    assert_eq!(uri("Far"), "tcp://far:2375");
    assert_eq!(uri("far:80"), "tcp://far:80");
    assert_eq!(uri("tcp://far:2375/"), "tcp://far:2375");
    assert_eq!(uri("http://[::1]:2375"), "http://[::1]:2375");
    assert_eq!(uri("https://far"), "https://far:2376");
    assert_eq!(uri("ssh://me@far"), "ssh://me@far");
    assert_eq!(uri("tcp://far:port"), "bad: tcp://far:port");
    assert_eq!(uri("tcp://"), "bad: tcp://");
    assert_eq!(uri("far/path"), "bad: tcp://far/path");
}

#[test]
fn every_place_is_a_candidate_once() {
    let home = tempfile::tempdir().unwrap();
    let socket = home.path().join(".colima/default/docker.sock");
    write_context(home.path(), "colima", &format!("unix://{}", socket.display()));
    write_context(home.path(), "plain", "tcp://safe:2376");
    write_certificates(&write_context(home.path(), "safe", "tcp://safe:2376"));
    write_context(home.path(), "far", "ssh://me@far");
    write_meta(home.path(), "broken", "{");

    let env = [("DOCKER_HOST", "/var/run/docker.sock")];
    let found = candidates(&variables(&env), home.path());
    let by = |origin: Origin| found.iter().filter(|it| *it.origin() == origin).count();
    assert_eq!((by(Origin::DockerHost), by(Origin::Context("colima".into()))), (0, 0), "named already");
    assert_eq!(
        found.iter().find(|it| it.uri().contains(".colima")).unwrap().origin(),
        &Origin::Found("Colima")
    );
    assert_eq!((by(Origin::Context("safe".into())), by(Origin::Context("plain".into()))), (1, 1));
    assert_eq!((by(Origin::Context("far".into())), by(Origin::Context("broken".into()))), (0, 0));
}

#[cfg(unix)]
#[test]
fn an_engine_has_one_address_and_one_id_whichever_way_it_is_named() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().canonicalize().unwrap();
    let (socket, link) = (home.join("engine.sock"), home.join("link.sock"));
    std::os::unix::fs::symlink("engine.sock", &link).unwrap();
    write_context(&home, "linked", &format!("unix://{}", link.display()));

    let direct = resolve_with(Some(socket.to_str().unwrap()), &[], &home).unwrap();
    let linked = resolve_with(Some("linked"), &[], &home).unwrap();
    assert_eq!((linked.address(), linked.id()), (direct.address(), direct.id()), "the engine is not started");
    fs::write(&socket, "").unwrap();
    let started = resolve_with(Some("linked"), &[], &home).unwrap();
    assert_eq!((started.address(), started.id()), (direct.address(), direct.id()));

    let other = resolve_with(Some("/run/other.sock"), &[], &home).unwrap();
    assert_ne!(other.id(), direct.id());
    let plain = resolve_with(Some("tcp://far:2376"), &[], &home).unwrap();
    let safe = resolve_with(Some("tcp://far:2376"), &[("DOCKER_TLS_VERIFY", "1")], &home).unwrap();
    assert_eq!(plain.address(), safe.address(), "one engine");
    assert_ne!(plain.id(), safe.id(), "two ways to it");
}

#[cfg(unix)]
#[test]
fn a_socket_on_which_somebody_listens_wins_over_a_dead_one() {
    let home = tempfile::tempdir().unwrap();
    let (dead, alive) = (home.path().join("dead.sock"), home.path().join("alive.sock"));
    fs::write(&dead, "").unwrap();
    let candidates = [(dead.clone(), Origin::Default), (alive.clone(), Origin::Found("Colima"))];

    assert_eq!(places::first(&candidates).unwrap(), (dead.clone(), Origin::Default));
    let _listener = std::os::unix::net::UnixListener::bind(&alive).unwrap();
    assert_eq!(places::first(&candidates).unwrap(), (alive, Origin::Found("Colima")));
    fs::remove_file(&dead).unwrap();
    let none = places::first(&candidates[..1]).unwrap_err();
    assert!(matches!(none, EngineError::NoEngine { tried } if tried == [dead.display().to_string()]));
}
