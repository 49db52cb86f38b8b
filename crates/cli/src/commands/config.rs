//! `config`: the resolved stack, as text or JSON, or its hashes as docker compose prints them.

use stack::compose::render;
use supervisor::folder;

use super::Ended;
use crate::{args::Config, exit::Exit, session::Session};

pub(super) fn run(session: &Session, args: &Config) -> Ended {
    let folder = session.folder()?;
    let words = args.components.iter().map(String::as_str);
    let chosen = folder.project.resolve_words(words).map_err(|error| session.out.fail(&error.into()))?;
    let mut project = folder.project.as_ref().clone();
    if !chosen.is_empty() {
        let services = project.services_of(&chosen);
        project.services.retain(|name, _| services.contains(name));
    }
    let project = &project;
    if let Some(wanted) = &args.hash {
        let all = wanted == "*";
        let names: Vec<&str> = wanted.split(',').collect();
        let words = names.iter().copied().filter(|_| !all);
        let meant = project.resolve_words(words).map_err(|error| session.out.fail(&error.into()))?;
        let meant = project.services_of(&meant);
        for (name, service) in &project.services {
            if (all && service.is_active(&project.profiles)) || meant.contains(name) {
                session.out.line(&format!("{name} {}", project.config_hash(service)));
            }
        }
    } else if args.services {
        for name in project.services.keys() {
            session.out.line(name);
        }
    } else if args.images {
        let images: std::collections::BTreeSet<&str> =
            project.services.values().map(|it| it.image.as_str()).collect();
        for image in images {
            session.out.line(image);
        }
    } else {
        let options = render::RenderOptions {
            profiles: vec!["*".to_owned()],
            reveal_secrets: args.show_secrets,
            secrets: folder::secrets(project),
        };
        let text = if session.out.json {
            escaped(&render::json(project, &options))
        } else {
            render::yaml(project, &options)
        };
        session.out.line(text.trim_end());
    }
    Ok(Exit::Ok)
}

/// Values are final here; whoever reads them as a compose file again must not take a dollar for a variable.
fn escaped(json: &str) -> String {
    json.replace('$', "$$")
}
