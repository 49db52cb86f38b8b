//! What the environment sets, as far as it names files.

use crate::{Complaint, Invocation, ReadError, Stage};

const HOME: &str = "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH";

pub(super) fn check(of: &Invocation<'_>) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (name, path) in of.environment {
        let Some(setting) =
            name.strip_suffix("__FILE").filter(|it| it.starts_with("GF_") && !path.is_empty())
        else {
            continue;
        };
        if of.environment.get(setting).is_some_and(|value| !value.is_empty()) {
            let message = format!("ERROR: Both {setting} and {name} are set (but are exclusive)");
            complaints.push(Complaint::whole(path, Stage::Start, message));
        } else if let Err(error @ (ReadError::Absent | ReadError::Folder | ReadError::Denied)) =
            of.files.read(path)
        {
            let message = format!("{path}: {}", capitalised(&error.to_string()));
            complaints.push(Complaint::whole(path, Stage::Accepted, message));
        }
    }
    if let Some(path) = of.environment.get(HOME).filter(|path| !path.is_empty())
        && let Err(error @ (ReadError::Absent | ReadError::Folder | ReadError::Denied)) = of.files.read(path)
    {
        let message = crate::document::unreadable(path, &error);
        complaints.push(Complaint::whole(path, Stage::Accepted, message).hint("the page after login"));
    }
    complaints
}

/// As the shell writes what Go writes in lower case.
fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
}
