//! How files look, and what must not stand in them.

use std::collections::{BTreeMap, BTreeSet};

use tests::repository;

use crate::{File, files, none};

const LONGEST: usize = 500;

#[test]
fn no_source_file_has_more_than_500_lines() {
    // One file by the nature of the format.
    const EXEMPT: [&str; 1] = ["assets/stack/docker-compose.yml"];
    let long = |file: &File| file.text.lines().count() > LONGEST;
    let sources =
        files().into_iter().filter(|file| file.is_source() && !EXEMPT.contains(&file.path.as_str()));
    let findings: Vec<String> = sources
        .filter(long)
        .map(|file| format!("{}: {} lines", file.path, file.text.lines().count()))
        .collect();
    none(&findings, "split them");
}

#[test]
fn nothing_is_left_for_later() {
    // Written in parts, or this file would find itself.
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
        concat!("dbg", "!("),
        concat!("todo", "!("),
    ];
    let mut findings = Vec::new();
    for file in files().iter().filter(|file| file.is_source() || file.extension() == "md") {
        for (index, line) in file.text.lines().enumerate() {
            for word in words.iter().filter(|word| line.contains(*word)) {
                findings.push(format!("{}:{}: {word}", file.path, index + 1));
            }
        }
    }
    none(&findings, "do it, or open an issue");
}

#[test]
fn no_file_names_this_machine_or_a_registry() {
    // Where this clone stands, and what stands beside it.
    let here = repository().display().to_string();
    let beside = repository().with_file_name("shared").display().to_string();
    let home = concat!("/ro", "ot/");
    // Hosts that only mean something where they were found.
    let hosts =
        [concat!("index.cr", "ates.io"), concat!("registry.np", "mjs.org"), concat!("artifac", "tory")];
    let user = std::env::var("HOME").unwrap_or_default();
    let mut findings = Vec::new();
    for file in files() {
        for (index, line) in file.text.lines().enumerate() {
            let at = format!("{}:{}", file.path, index + 1);
            if line.contains(&here) || line.contains(&beside) || line.contains(home) {
                findings.push(format!("{at}: a path of this machine"));
            } else if user.len() > 5 && !user.starts_with("/root") && line.contains(&user) {
                findings.push(format!("{at}: a home folder"));
            }
            // Cargo.lock names the registry that everybody has.
            for host in hosts.iter().filter(|host| line.contains(*host) && file.extension() != "lock") {
                findings.push(format!("{at}: {host}"));
            }
        }
    }
    findings.truncate(40);
    none(&findings, "a clone must work anywhere");
}

#[test]
fn files_end_with_a_line_and_lines_with_a_letter() {
    let mut findings = Vec::new();
    for file in files().iter().filter(|file| file.is_source()) {
        if !file.text.is_empty() && !file.text.ends_with('\n') {
            findings.push(format!("{}: no newline at the end", file.path));
        }
        if file.text.contains('\r') && !file.path.contains("golden") {
            findings.push(format!("{}: carriage returns", file.path));
        }
    }
    none(&findings, "as editors leave them");
}

#[test]
fn the_readme_shows_how_to_start_and_to_test() {
    let files = files();
    let read = |name: &str| {
        files.iter().find(|file| file.path == name).map(|file| file.text.as_str()).unwrap_or_default()
    };
    let readme = read("README.md");
    let missing: Vec<String> = ["npm start", "npm test"]
        .iter()
        .filter(|it| !readme.contains(*it))
        .map(|it| (*it).to_owned())
        .collect();
    none(&missing, "README.md says how to start and to test");
    let package = read("package.json");
    for script in ["\"start\"", "\"test\""] {
        assert!(package.contains(script), "package.json has no script {script}");
    }
    for name in ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        assert!(!read(name).is_empty(), "{name} is missing");
    }
}

#[test]
fn every_error_code_is_explained() {
    let files = files();
    let Some(page) = files.iter().find(|file| file.path == "docs/errors.md") else {
        panic!("docs/errors.md is missing");
    };
    let source = files
        .iter()
        .find(|file| file.path == "crates/supervisor/src/api/error.rs")
        .expect("the codes are there");
    let codes: Vec<&str> = source
        .text
        .lines()
        .filter_map(|line| line.trim().strip_suffix("\",")?.split_once(" = \"").map(|(_, code)| code))
        .collect();
    assert!(codes.len() > 30, "{codes:?}");
    let missing: Vec<String> = codes
        .iter()
        .filter(|code| !page.text.contains(&format!("`{code}`")))
        .map(|code| (*code).to_owned())
        .collect();
    none(&missing, "docs/errors.md says what each code means");
}

/// `{ en: "…", zh: "…" }` and `say!(lang, "…", "…")`: where one language stands, the other does.
#[test]
fn both_languages_are_complete() {
    let chinese = |text: &str| text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
    let mut findings = Vec::new();
    let files = files();
    for path in ["assets/stack/docker-compose.yml", "assets/demo/docker-compose.yml"] {
        let project = files.iter().find(|file| file.path == path).expect("what is shipped is there");
        for (index, line) in project.text.lines().enumerate() {
            let after = |key: &str| {
                let (_, rest) = line.split_once(&format!("{key}: \""))?;
                Some(rest.split('"').next().unwrap_or_default())
            };
            if after("{ en").is_some_and(str::is_empty) || after(" zh").is_some_and(str::is_empty) {
                findings.push(format!("{path}:{}: an empty text", index + 1));
            }
        }
        let (en, zh) = (project.text.matches("{ en: ").count(), project.text.matches(" zh: ").count());
        assert!(en == zh && en > 0, "{path}: {en} texts in the one language, {zh} in the other");
    }
    // A pair of texts on one line, as rustfmt leaves short ones: the second one is Chinese.
    for file in files.iter().filter(|file| file.path.starts_with("crates/cli/src/words")) {
        for (number, line) in file.product_lines() {
            let texts: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
            let speaks =
                line.contains("say!(self, \"") || line.contains("pick(\"") || line.contains("pick(self, \"");
            if speaks && texts.len() >= 2 && texts[0].contains(' ') && !chinese(texts[1]) {
                findings.push(format!("{}:{number}: {}", file.path, texts[1]));
            }
        }
    }
    none(&findings, "English and 简体中文 stand side by side");
}

#[test]
fn every_test_name_is_a_sentence_and_stands_once() {
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files().iter().filter(|file| file.path.starts_with("tests/") && file.extension() == "rs") {
        let lines: Vec<&str> = file.text.lines().collect();
        for pair in lines.windows(2).filter(|pair| pair[0] == "#[test]") {
            let name = pair[1].trim_start_matches("fn ").split('(').next().unwrap_or_default();
            seen.entry(name.to_owned()).or_default().insert(file.path.clone());
        }
    }
    let short =
        seen.keys().filter(|name| name.split('_').count() < 3).map(|name| format!("{name}: say what holds"));
    let twice = seen
        .iter()
        .filter(|(_, places)| places.len() > 1)
        .map(|(name, places)| format!("{name}: {places:?}"));
    none(&short.chain(twice).collect::<Vec<_>>(), "test names are what a user can rely on");
}
