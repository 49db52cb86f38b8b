//! Whether a component can read its configuration: its form, and what its own program says of it.

use std::{path::Path, time::Duration};

use engine::{Engine, EngineError, Ran};
use stack::{compose::Project, yaml};

use super::details::inside;
use crate::{
    api::{
        error::{AppError, ErrorCode},
        window::{Checker, Validation},
    },
    configuration,
    errors::engine_error,
    files::unreadable,
};

/// How long the component's program may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether the form of such a file can be looked at without its component.
pub(super) fn has_syntax(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "json" || it == "yml" || it == "yaml")
}

/// Looks at the form of a file first, then lets the component's own program read it where that runs.
pub(super) async fn validate(
    project: &Project,
    component: &str,
    path: &str,
    container: Option<(&Engine, &str)>,
) -> Result<Validation, AppError> {
    let service = project
        .services
        .get(component)
        .ok_or_else(|| AppError::new(ErrorCode::UnknownComponent, component, ""))?;
    let full = inside(&project.working_dir, path)?;
    let text = std::fs::read(&full).map_err(|error| unreadable(&full, &error))?;
    let form = syntax(&full, &text);
    let rules = if form.is_ok() { rules(project, component, path, &full) } else { Rules::Silent };
    if let Rules::Broken(output) = rules {
        return Ok(Validation { ok: false, output, by: Checker::Rules });
    }
    // What is said of the file where its program cannot be asked.
    let fine = match (&rules, &form) {
        (Rules::Kept, _) => Some(Checker::Rules),
        (_, Ok(true)) => Some(Checker::Syntax),
        _ => None,
    }
    .map(|by| Validation { ok: true, output: String::new(), by });
    let command = service.meta.as_ref().map(|meta| meta.validate.as_slice()).unwrap_or_default();
    match (form, container) {
        (Err(output), _) => Ok(Validation { ok: false, output, by: Checker::Syntax }),
        (Ok(_), Some((engine, container))) if !command.is_empty() => {
            match (engine.run_inside(container, command, PATIENCE).await, fine) {
                // The image has no such program: what was seen without it has to do.
                (Ok(Ran { exit_code: 126 | 127, .. }) | Err(EngineError::Engine { .. }), Some(fine)) => {
                    Ok(fine)
                }
                (Ok(ran), _) => {
                    let output = ran.output.trim().to_owned();
                    let ok = ran.exit_code == 0 && !says_failed(&output);
                    Ok(Validation { ok, output, by: Checker::Component })
                }
                (Err(error), _) => Err(engine_error(&error)),
            }
        }
        (Ok(_), _) => fine.ok_or_else(|| AppError::new(ErrorCode::NotRunning, component, "")),
    }
}

/// What the rules of the component's program say of a file.
enum Rules {
    /// Nothing: they are not known, or have nothing to do with this file.
    Silent,
    Kept,
    /// One fault a line.
    Broken(String),
}

/// Asks the rules about one file, which is `full` on this machine and `path` in the stack's folder.
fn rules(project: &Project, component: &str, path: &str, full: &Path) -> Rules {
    let Some(look) = configuration::look(project, component) else { return Rules::Silent };
    let of_file: Vec<String> =
        look.faults.iter().filter(|fault| fault.file == path).map(ToString::to_string).collect();
    match (of_file.is_empty(), look.read.contains(full)) {
        (false, _) => Rules::Broken(of_file.join("\n")),
        (true, true) => Rules::Kept,
        (true, false) => Rules::Silent,
    }
}

/// Some programs end with 0 although they have just said that a check failed: promtool does for rules that stand
/// there twice.
fn says_failed(output: &str) -> bool {
    output.lines().any(|line| line.trim_start().starts_with("FAILED"))
}

/// What is wrong with the form of a file; `Ok(false)` for one whose form is not known here.
fn syntax(path: &Path, text: &[u8]) -> Result<bool, String> {
    if !has_syntax(path) {
        return Ok(false);
    }
    if path.extension().is_some_and(|it| it == "json") {
        let parsed = serde_json::from_slice::<serde_json::Value>(text);
        return parsed.map(|_| true).map_err(|error| error.to_string());
    }
    let text = str::from_utf8(text).map_err(|error| error.to_string())?;
    yaml::parse(text, 0).map(|_| true).map_err(|errors| {
        let lines = errors
            .iter()
            .map(|error| format!("{}:{}: {}", error.span.line, error.span.column, error.message));
        lines.collect::<Vec<_>>().join("\n")
    })
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, path::Path};

    use stack::compose::{LoadInput, Project, SourceFile, load};

    use super::{Checker, ErrorCode, Validation, says_failed, syntax, validate};

    const STACK: &str = "
name: p
services:
  alloy:
    image: grafana/alloy:v1.19.2
    command: [run, /etc/alloy/config.alloy]
    volumes: [./alloy:/etc/alloy:ro]
    x-switchyard: { title: Alloy, check: alloy }
  other:
    image: other:1
    volumes: [./alloy:/etc/other:ro]
    x-switchyard: { title: Other }
";

    fn project(folder: &Path) -> Project {
        std::fs::create_dir(folder.join("alloy")).unwrap();
        let read = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
        load(LoadInput {
            files: vec![SourceFile { path: folder.join("compose.yaml"), text: STACK.to_owned() }],
            working_dir: folder.to_owned(),
            project_name: None,
            env: BTreeMap::new(),
            home: None,
            read: &read,
        })
        .unwrap()
    }

    #[tokio::test]
    async fn what_does_not_run_is_checked_by_its_rules_and_what_they_do_not_concern_by_its_form() {
        let folder = tempfile::tempdir().unwrap();
        let project = project(folder.path());
        let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).unwrap();
        let said = |by| Validation { ok: true, output: String::new(), by };

        write("alloy/config.alloy", "logging {\n  level = \"info\"\n}\n");
        let fine = validate(&project, "alloy", "alloy/config.alloy", None).await.unwrap();
        assert_eq!(fine, said(Checker::Rules));

        write("alloy/notes.yml", "a: 1\n");
        let form = validate(&project, "alloy", "alloy/notes.yml", None).await.unwrap();
        assert_eq!(form, said(Checker::Syntax));

        write("alloy/config.alloy", "logging {\n  level = \"info\"\n}\n\nnonsense \"x\" { }\n");
        let broken = validate(&project, "alloy", "alloy/config.alloy", None).await.unwrap();
        assert_eq!((broken.ok, broken.by), (false, Checker::Rules), "{}", broken.output);
        assert!(broken.output.starts_with("alloy/config.alloy:5:1: "), "{}", broken.output);

        // Without rules there is nobody to say anything of a form that is not known here.
        let error = validate(&project, "other", "alloy/config.alloy", None).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::NotRunning);
    }

    #[test]
    fn an_exit_code_is_not_believed_when_the_output_says_otherwise() {
        assert!(says_failed("Checking rules.yml\n  FAILED:\nlint error 1 duplicate rule(s) found.\n"));
        assert!(!says_failed("Checking prometheus.yml\n SUCCESS: it is valid, none FAILED\n"));
    }

    #[test]
    fn a_broken_form_is_named_with_its_place() {
        assert_eq!(syntax(Path::new("a.json"), b"{}"), Ok(true));
        assert!(syntax(Path::new("a.json"), b"{ half").unwrap_err().contains("line 1"));
        assert_eq!(syntax(Path::new("a.yml"), b"a: 1\nb: [2]\n"), Ok(true));
        let twice = syntax(Path::new("a.yaml"), b"a: 1\na: 2\n").unwrap_err();
        assert!(twice.starts_with("2:1: "), "{twice}");
        assert!(syntax(Path::new("a.yml"), b"a: \xff").is_err());
        assert_eq!(syntax(Path::new("agent.hcl"), b"{ half"), Ok(false));
    }
}
