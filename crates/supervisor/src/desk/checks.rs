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
    if form.is_ok()
        && let Some(output) = rules(project, component, path)
    {
        return Ok(Validation { ok: false, output, by: Checker::Rules });
    }
    let command = service.meta.as_ref().map(|meta| meta.validate.as_slice()).unwrap_or_default();
    match (form, container) {
        (Err(output), _) => Ok(Validation { ok: false, output, by: Checker::Syntax }),
        (Ok(known), Some((engine, container))) if !command.is_empty() => {
            match engine.run_inside(container, command, PATIENCE).await {
                // The image has no such program: the form has to do.
                Ok(Ran { exit_code: 126 | 127, .. }) | Err(EngineError::Engine { .. }) if known => {
                    Ok(well_formed())
                }
                Ok(ran) => {
                    let output = ran.output.trim().to_owned();
                    let ok = ran.exit_code == 0 && !says_failed(&output);
                    Ok(Validation { ok, output, by: Checker::Component })
                }
                Err(error) => Err(engine_error(&error)),
            }
        }
        (Ok(true), _) => Ok(well_formed()),
        (Ok(false), _) => Err(AppError::new(ErrorCode::NotRunning, component, "")),
    }
}

/// What the rules of the component's program have against a file, one fault a line; `None` when that is nothing.
fn rules(project: &Project, component: &str, path: &str) -> Option<String> {
    let faults = configuration::of(project, component)?;
    let of_file: Vec<String> =
        faults.iter().filter(|fault| fault.file == path).map(ToString::to_string).collect();
    (!of_file.is_empty()).then(|| of_file.join("\n"))
}

/// Some programs end with 0 although they have just said that a check failed: promtool does for rules that stand
/// there twice.
fn says_failed(output: &str) -> bool {
    output.lines().any(|line| line.trim_start().starts_with("FAILED"))
}

fn well_formed() -> Validation {
    Validation { ok: true, output: String::new(), by: Checker::Syntax }
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
    use std::path::Path;

    use super::{says_failed, syntax};

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
