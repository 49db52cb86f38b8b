//! `config`: the resolved stack, as text or JSON, or its hashes as docker compose prints them.

use stack::compose::render;
use supervisor::folder;

use super::Ended;
use crate::{args::Config, exit::Exit, session::Session};

pub(super) fn run(session: &Session, args: &Config) -> Ended {
    let folder = session.folder()?;
    let project = &folder.project;
    if let Some(wanted) = &args.hash {
        let all = wanted == "*";
        let names: Vec<&str> = wanted.split(',').collect();
        if !all {
            project.resolve_words(names.iter().copied()).map_err(|error| session.out.fail(&error.into()))?;
        }
        let active =
            |name: &str| project.services.get(name).is_some_and(|service| service.profiles.is_empty());
        for (name, service) in &project.services {
            if (all && active(name)) || names.contains(&name.as_str()) {
                session.out.line(&format!("{name} {}", project.config_hash(service, folder.dialect)));
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
