//! `init`: the stack's folder, ready to use.

use serde::Serialize;
use supervisor::folder;

use super::Ended;
use crate::{exit::Exit, session::Session, words::say};

pub(super) fn run(session: &Session) -> Ended {
    let (path, created) = if let Some(path) = &session.global.stack {
        let created = folder::init(path).map_err(|errors| session.out.fail_all(&errors))?;
        (session.open(path).map_err(|errors| session.out.fail_all(&errors))?.path, created)
    } else {
        let folder = session.folder()?;
        (folder.path, folder.env_created)
    };
    if session.out.json {
        #[derive(Serialize)]
        struct Made {
            folder: String,
            env_created: bool,
        }
        session.out.value(&Made { folder: path.display().to_string(), env_created: created });
        return Ok(Exit::Ok);
    }
    session.out.line(&path.display().to_string());
    let env = path.join(".env");
    session.out.note(&if created {
        say!(
            session.lang,
            "{} holds fresh secrets, readable by you alone.",
            "{} 已写入新的密钥，仅您可读。",
            env.display()
        )
    } else {
        say!(session.lang, "{} is there already and was not touched.", "{} 已存在，未作改动。", env.display())
    });
    Ok(Exit::Ok)
}
