//! `validate`: whether components can read their configuration, by the rules of their own programs.

use serde::Serialize;
use stack::observed::ConfigFault;
use supervisor::configuration;

use super::{Ended, status};
use crate::{
    args::Validate,
    exit::Exit,
    output::{Tone, paint},
    session::Session,
    words::say,
};

/// One fault as programs read it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    component: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    message: &'a str,
    hint: Option<&'a str>,
    /// Whether the component would not start.
    fatal: bool,
}

pub(super) fn run(session: &Session, args: &Validate) -> Ended {
    let folder = session.folder()?;
    let project = &folder.project;
    let chosen = status::chosen(session, project, &args.components)?;
    let mut services = configuration::checkable(project);
    let looked_at = services.len();
    let meant = project.services_of(&chosen.iter().cloned().collect());
    services.retain(|service| chosen.is_empty() || meant.contains(service));
    let faults = configuration::faults(project, &services);
    let all: Vec<(&str, &ConfigFault)> = faults
        .iter()
        .flat_map(|(service, faults)| faults.iter().map(move |fault| (service.as_str(), fault)))
        .collect();
    if session.out.json {
        let shown = all.iter().map(|(component, fault)| Shown {
            component,
            file: &fault.file,
            line: fault.line,
            column: fault.column,
            message: &fault.message,
            hint: fault.hint.as_deref(),
            fatal: fault.fatal,
        });
        session.out.value(&shown.collect::<Vec<_>>());
    } else {
        for (component, fault) in &all {
            let (tone, word) = if fault.fatal {
                (Tone::Bad, session.lang.pick("error", "错误"))
            } else {
                (Tone::Warn, session.lang.pick("warning", "警告"))
            };
            session.out.line(&format!("{}  {}: {fault}", paint(Tone::Strong, component), paint(tone, word)));
        }
        let quiet: Vec<&str> =
            services.iter().map(String::as_str).filter(|service| !faults.contains_key(*service)).collect();
        if !quiet.is_empty() {
            let names = quiet.join(", ");
            session.out.line(&say!(
                session.lang,
                "Nothing is wrong with: {}",
                "以下组件的配置没有问题：{}",
                names
            ));
        }
        if services.is_empty() {
            let note = if looked_at == 0 {
                session.lang.pick(
                    "No component of this stack says by which rules it is checked (x-switchyard: check).",
                    "此栈中没有组件声明按何种规则检查（x-switchyard: check）。",
                )
            } else {
                session.lang.pick("The rules of these components are not known.", "没有这些组件的检查规则。")
            };
            session.out.note(note);
        }
    }
    Ok(if all.iter().any(|(_, fault)| fault.fatal) { Exit::Stack } else { Exit::Ok })
}
