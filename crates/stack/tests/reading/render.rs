use stack::compose::{
    Project,
    render::{RenderOptions, is_secret, json, secret_values, yaml},
};

use crate::{load_files, loading::obs, own_stack::own_stack, variables};

fn all() -> RenderOptions {
    RenderOptions { profiles: vec!["*".to_owned()], reveal_secrets: true, secrets: Vec::new() }
}

#[test]
fn json_is_that_of_compose() {
    let options = RenderOptions { reveal_secrets: true, ..RenderOptions::default() };
    assert_eq!(json(&obs(), &options).trim(), include_str!("../golden/obs.config.golden.json").trim());
}

/// What is read back of a rendered project has to be the project, but for what only the files knew.
fn check_round_trip(mut project: Project) {
    let text = yaml(&project, &all());
    let mut again =
        load_files(&[("again.yml", &text)], &[]).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    assert_eq!(again.warnings, []);
    for project in [&mut project, &mut again] {
        project.services.values_mut().for_each(|service| service.meta = None);
        project.files.clear();
        project.warnings.clear();
        project.name.clear();
        project.working_dir.clear();
        // The text has the values of variables, not where they came from.
        project.environment.clear();
        // As docker compose does, it lists services by name.
        project.order.clear();
    }
    assert_eq!(again, project, "{text}");
}

#[test]
fn yaml_reads_back_as_the_same_model() {
    check_round_trip(obs());
    check_round_trip(own_stack());
    let forms =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/forms/forms.yaml"))
            .unwrap();
    let forms = forms.replace("env_file: one.env", "").replace("env_file: [one.env, {path: ./one.env}]", "");
    check_round_trip(
        load_files(&[("forms.yaml", &forms)], &[("N", "7"), ("YES", "true"), ("FROM_HOST", "1")]).unwrap(),
    );
}

#[test]
fn texts_that_look_like_something_else_are_quoted() {
    let odd = [
        "",
        " ",
        "a ",
        " a",
        "-",
        "- a",
        "?",
        ":",
        "a: b",
        "a:",
        "a #b",
        "#",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "%",
        "@",
        "`",
        "'",
        "\"",
        "[",
        "{",
        "}",
        "]",
        ",",
        "~",
        "null",
        "true",
        "yes",
        "0644",
        "1_000",
        "1e3",
        "0x1f",
        "1:30",
        "2001-01-01",
        ".5",
        ".inf",
        "=",
        "<<",
        "---",
        "...",
        "a\nb",
        "a\r\nb",
        "\t",
        "\u{1}",
        "\u{7f}",
        "\u{85}",
        "\u{a0}",
        "\u{2028}",
        "\u{feff}",
        "漢字",
        "😀",
        "$",
        "$$",
        "${A}",
        "a$b",
        "\\",
        "\\n",
        "a\\",
        "end\n",
        "\n",
    ];
    let listed: Vec<String> =
        odd.iter().map(|text| serde_json::to_string(&text.replace('$', "$$")).unwrap()).collect();
    let listed = listed.join(", ").replace('\u{7f}', "\\u007f");
    let text = format!("services: {{a: {{image: i, command: [{listed}]}}}}\n");
    let project = load_files(&[("c.yml", &text)], &[]).unwrap();
    assert_eq!(project.services["a"].command.as_deref().unwrap(), odd);
    check_round_trip(project);
}

#[test]
fn secrets_are_masked_unless_asked_for() {
    let text = "
x-switchyard:
  env: [{name: DB_PASS, type: secret}, {name: NOT_A_TOKEN, type: string}]
services:
  a:
    image: i
    command: [\"--url=postgres://u:${DB_PASS}@h\"]
    environment: {MY_API_KEY: abc, KEYBOARD: qwerty, NOT_A_TOKEN: shown, EMPTY_SECRET: '', URL: '${DB_PASS}'}
";
    let env = [("DB_PASS", "correct horse")];
    let project = load_files(&[("c.yml", text)], &env).unwrap();
    let secrets = secret_values(&project, &variables(&env));
    for shown in [
        yaml(&project, &RenderOptions { secrets: secrets.clone(), ..RenderOptions::default() }),
        json(&project, &RenderOptions { secrets, ..RenderOptions::default() }),
    ] {
        assert!(!shown.contains("correct horse") && !shown.contains("abc"), "{shown}");
        assert!(shown.contains("qwerty") && shown.contains("shown"), "{shown}");
        assert!(shown.contains("postgres://u:********@h"), "{shown}");
    }
    assert!(yaml(&project, &all()).contains("correct horse"));
    assert!(
        is_secret(&project, "DB_PASS")
            && !is_secret(&project, "NOT_A_TOKEN")
            && is_secret(&project, "github_token")
    );
}

#[test]
fn services_of_inactive_profiles_are_left_out() {
    let project = obs();
    assert!(!yaml(&project, &RenderOptions::default()).contains("promtail"));
    let logs = RenderOptions { profiles: vec!["logs".to_owned()], ..RenderOptions::default() };
    assert!(yaml(&project, &logs).contains("promtail"));
}
