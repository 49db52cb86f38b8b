use std::io::{Read, Write};
use std::net::TcpStream;

use crate::engine::{COLLECTED, Engine};
use crate::program::{Program, address, command, unheard};
use crate::{Verdict, WHOLE, assert_command, commands, every_recording_has_a_verdict, play, recording};

const PORT: u16 = 2375;
const VERSION: (&str, &str) = ("STANDIN_VERSION", "1.13.1");
const RULES: [&str; 4] = [
    "-allowHEAD=/_ping",
    "-allowGET=(/v[0-9.]+)?/(_ping|version|events|networks(/[^/]+)?|containers/json|containers/[^/]+/(json|logs))",
    "-allowfrom=127.0.0.0/8",
    "-listenip=0.0.0.0",
];

const SAID: Verdict = Verdict::In("it_says_nothing_that_was_not_recorded");
const ENDS: Verdict = Verdict::In("it_does_not_start_without_a_socket_or_with_bad_flags");

const VERDICTS: &[(&str, Verdict)] = &[
    ("ping-head.http", WHOLE),
    ("ping.http", WHOLE),
    ("version.http", WHOLE),
    ("containers-json.http", WHOLE),
    ("engine-404.http", WHOLE),
    ("refused-method-post.http", WHOLE),
    ("refused-method-delete.http", WHOLE),
    ("refused-method-put.http", WHOLE),
    ("refused-path-images.http", WHOLE),
    ("refused-path-archive.http", WHOLE),
    ("refused-path-info.http", WHOLE),
    ("refused-path-exec.http", WHOLE),
    ("refused-path-health.http", WHOLE),
    ("refused-head-path.http", WHOLE),
    ("refused-traversal.http", WHOLE),
    ("refused-encoded.http", WHOLE),
    ("refused-unversioned-double-slash.http", WHOLE),
    ("refused-client.http", Verdict::In("a_client_that_is_not_named_is_refused")),
    ("requests-debug-log.txt", SAID),
    ("requests-warn-log.txt", SAID),
    ("start-info-and-refused-client-log.txt", SAID),
    ("stop-log.txt", Verdict::In("a_stop_waits_for_those_who_follow")),
    ("health-check.txt", Verdict::In("its_health_check_fails_when_nobody_listens")),
    ("start-bad.txt", ENDS),
    ("start-no-socket.txt", ENDS),
];

#[test]
fn every_recording_of_the_socket_proxy_has_a_verdict() {
    every_recording_has_a_verdict("socket-proxy", VERDICTS);
}

fn start(engine: &Engine, more: &[&str]) -> Program {
    let socket = format!("-socketpath={}", engine.socket());
    let arguments = [&RULES, more, &[socket.as_str()]].concat();
    Program::start("socket-proxy", &arguments, &[VERSION], PORT)
}

#[test]
fn the_recordings_of_the_socket_proxy_are_answered() {
    let engine = Engine::start();
    play(&start(&engine, &[]), "socket-proxy", VERDICTS, |_| PORT, |_, _| {});
}

#[test]
fn a_client_that_is_not_named_is_refused() {
    let engine = Engine::start();
    let proxy = start(&engine, &["-allowfrom=10.9.9.9"]);
    play(&proxy, "socket-proxy", &[("refused-client.http", WHOLE)], |_| PORT, |_, _| {});
}

#[test]
fn it_says_nothing_that_was_not_recorded() {
    let engine = Engine::start();
    let mut proxy = start(&engine, &["-loglevel=debug"]);
    play(&proxy, "socket-proxy", VERDICTS, |_| PORT, |_, _| {});
    assert_eq!(proxy.stop(), Some(0));
    // The last lines stand in a recording of commands.
    let recorded = [
        "requests-debug-log.txt",
        "requests-warn-log.txt",
        "start-info-and-refused-client-log.txt",
        "start-bad.txt",
    ]
    .map(|name| recording::text("socket-proxy", name));
    assert_eq!(unheard(&proxy.said(), &recorded), [""; 0]);
}

#[test]
fn a_stop_waits_for_those_who_follow() {
    let engine = Engine::start();
    let mut proxy = start(&engine, &["-loglevel=warn", "-shutdowngracetime=200"]);
    let mut follower = TcpStream::connect((proxy.address.as_str(), PORT)).expect("a connection");
    write!(follower, "GET /containers/{COLLECTED}/logs?follow=1 HTTP/1.1\r\nHost: x\r\n\r\n")
        .expect("a request");
    let mut first = [0; 12];
    follower.read_exact(&mut first).expect("the beginning of an answer");
    assert_eq!(&first, b"HTTP/1.1 200");
    assert_eq!(proxy.stop(), Some(0));
    let recorded = recording::text("socket-proxy", "stop-log.txt");
    assert!(proxy.said().contains("msg=\"timeout stopping server\" error=\"context deadline exceeded\""));
    assert_eq!(unheard(&proxy.said(), &[recorded]), [""; 0]);

    // Nobody follows: nothing to wait for, and nothing to say.
    let mut proxy = start(&engine, &["-loglevel=warn"]);
    assert_eq!(proxy.stop(), Some(0));
    assert!(!proxy.said().contains("timeout stopping server"), "{}", proxy.said());
}

#[test]
fn it_does_not_start_without_a_socket_or_with_bad_flags() {
    let run = |arguments: &[&str]| {
        command("socket-proxy", &address(), arguments).env(VERSION.0, VERSION.1).output().expect("it runs")
    };
    let output = run(&["-socketpath=/nothing.sock", "-allowGET=/version"]);
    assert_command(&recording::text("socket-proxy", "start-no-socket.txt"), &output);
    let bad = recording::text("socket-proxy", "start-bad.txt");
    let parts = commands(&bad);
    assert_command(parts[0], &run(&["-allowGET=("]));
    let unknown = run(&["-nonsense"]);
    assert_eq!(unknown.status.code(), Some(2));
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(
        said.starts_with("flag provided but not defined: -nonsense\nUsage of /socket-proxy:\n"),
        "{said}"
    );
}

#[test]
fn its_health_check_fails_when_nobody_listens() {
    let engine = Engine::start();
    let proxy = start(&engine, &["-allowhealthcheck"]);
    let probe = |address: &str| command("healthcheck", address, &[]).output().expect("it runs");
    assert_eq!(probe(&proxy.address).status.code(), Some(0));
    let nobody = probe(&address());
    assert_eq!(nobody.status.code(), Some(1));
    let said = String::from_utf8_lossy(&nobody.stderr).into_owned();
    assert!(said.contains("error doing health check: Head \"http://"), "{said}");
    assert!(said.ends_with("connect: connection refused\n"), "{said}");
}

#[test]
fn it_ends_when_the_socket_is_gone_and_it_is_told_to() {
    let engine = Engine::start();
    let mut proxy = start(&engine, &["-watchdoginterval=1", "-stoponwatchdog"]);
    drop(engine);
    assert_eq!(proxy.ended(), Some(10));
    assert!(proxy.said().contains("socket is unavailable"), "{}", proxy.said());
}
