//! The stand-ins beside what the real programs were recorded to answer, to say and to end with. Every recording has a
//! verdict: it is played, or it says why not.

mod alloy;
mod collectors;
mod compare;
mod engine;
mod jaeger;
mod loki;
mod program;
mod promtail;
mod recording;
mod refusals;
mod socket_proxy;

use std::collections::BTreeMap;

use compare::{Depth, differences};
use program::Program;
use recording::Recording;

/// What is done with a recording.
#[derive(Clone, Copy)]
enum Verdict {
    /// Played, and compared as deep as this.
    Play(Depth),
    /// Looked at by a test that is named.
    In(&'static str),
    Left(&'static str),
}

const WHOLE: Verdict = Verdict::Play(Depth::Whole);
const HEAD: Verdict = Verdict::Play(Depth::Head);

/// Fails when a file has no verdict, or a verdict no file.
fn every_recording_has_a_verdict(program: &str, verdicts: &[(&str, Verdict)]) {
    let known: BTreeMap<&str, Verdict> = verdicts.iter().copied().collect();
    assert_eq!(known.len(), verdicts.len(), "a recording of {program} has two verdicts");
    let files = recording::names(program);
    let without: Vec<&String> = files.iter().filter(|name| !known.contains_key(name.as_str())).collect();
    let gone: Vec<&&str> = known.keys().filter(|name| !files.contains(**name)).collect();
    assert!(
        without.is_empty() && gone.is_empty(),
        "{program}: without a verdict {without:?}, without a file {gone:?}"
    );
    for (name, verdict) in verdicts {
        match verdict {
            Verdict::In(test) => assert!(is_there(test), "{program}/{name} is in {test}, which is not there"),
            Verdict::Left(why) => println!("{program}/{name} is not played: {why}"),
            Verdict::Play(_) => {}
        }
    }
}

/// Whether a test of this name exists, or a file of tests.
fn is_there(test: &str) -> bool {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/as_recorded");
    let mut files = std::fs::read_dir(folder).expect("the tests").flatten();
    files.any(|file| {
        let text = std::fs::read_to_string(file.path()).unwrap_or_default();
        file.file_name() == *format!("{test}.rs") || text.contains(&format!("fn {test}()"))
    })
}

/// Plays those that are to be played, in the order of the list.
fn play(
    program: &Program,
    name: &str,
    verdicts: &[(&str, Verdict)],
    port: impl Fn(&str) -> u16,
    mut before: impl FnMut(&Program, &mut Recording),
) {
    let mut found = Vec::new();
    for (file, verdict) in verdicts {
        let Verdict::Play(depth) = verdict else { continue };
        let mut recording = recording::read(name, file);
        before(program, &mut recording);
        let answer = program.ask(port(file), &recording);
        found.extend(
            differences(&recording, &answer, *depth).iter().map(|what| format!("{}: {what}", recording.name)),
        );
    }
    assert!(found.is_empty(), "{name} is not as recorded:\n{}", found.join("\n"));
}

/// A command, what it wrote and its exit code, from a recording of one; blank lines aside.
fn assert_command(recorded: &str, output: &std::process::Output) {
    let (mut part, mut wanted) =
        ("", BTreeMap::from([("[stdout]", String::new()), ("[stderr]", String::new())]));
    let mut code = 0;
    for line in recorded.lines().filter(|line| !line.starts_with("# ")) {
        match line {
            "[stdout]" | "[stderr]" => part = if line == "[stdout]" { "[stdout]" } else { "[stderr]" },
            _ if line.starts_with("$ ") => {}
            _ if line.starts_with("[exit ") => {
                let number: String = line[6..].chars().take_while(char::is_ascii_digit).collect();
                code = number.parse().expect("an exit code");
            }
            _ => {
                if let Some(text) = wanted.get_mut(part) {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
    }
    let clean = |text: &str| {
        let lines: Vec<String> = text.lines().map(compare::loose).filter(|line| !line.is_empty()).collect();
        lines.join("\n")
    };
    let here = |bytes: &[u8]| clean(&String::from_utf8_lossy(bytes));
    assert_eq!(here(&output.stdout), clean(&wanted["[stdout]"]), "stdout of:\n{recorded}");
    assert_eq!(here(&output.stderr), clean(&wanted["[stderr]"]), "stderr of:\n{recorded}");
    assert_eq!(output.status.code(), Some(code), "exit code of:\n{recorded}");
}

/// The parts of a file that holds several commands.
fn commands(text: &str) -> Vec<&str> {
    text.split("\n\n$ ").map(|part| part.trim_start_matches("$ ")).collect()
}
