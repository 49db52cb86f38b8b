//! What a user changes beside starting and stopping.

use std::path::Path;

use stack::meta::Reload;

use super::{
    AppError, Change, Choice, Desk, Duration, Errand, ErrorCode, Privacy, Reply, details, engine_error,
    engines, links, write_atomically,
};

/// How long a component may take to read its configuration anew.
const RELOAD: Duration = Duration::from_secs(10);

impl Desk {
    pub(super) async fn change(&self, change: Change) -> Result<Errand, AppError> {
        let project = self.0.place.borrow().project.clone();
        match change {
            Change::OpenLink { url } => {
                links::of_the_stack(&self.0.supervisor.snapshot(), &url).map(Errand::OpenUrl)
            }
            Change::OpenFile { path } => details::inside(&project.working_dir, &path).map(Errand::OpenPath),
            Change::SaveText { name, text } => save(&name, &text).map(|()| Errand::Reply(Reply::Done)),
            Change::SaveSettings { settings } => {
                self.0.settings.save_window(&settings)?;
                Ok(Errand::Settings(settings))
            }
            Change::StartEngine { id } => engines::launch(&id).map(Errand::StartEngine),
            Change::UseEngine { endpoint } => {
                // What is none is refused here: the usual engine must not take its place without a word.
                let endpoint = engine::pick(&endpoint, &super::environment, &super::home())
                    .map_err(|error| engine_error(&error))?;
                self.0.supervisor.use_engine(Choice::This(endpoint));
                Ok(Errand::Reply(Reply::Done))
            }
            Change::Reload { service } => self.reload(&service).await.map(|()| Errand::Reply(Reply::Done)),
        }
    }

    async fn reload(&self, name: &str) -> Result<(), AppError> {
        let project = self.0.place.borrow().project.clone();
        let service =
            project.services.get(name).ok_or_else(|| AppError::new(ErrorCode::UnknownComponent, name, ""))?;
        let (method, port, path) = match service.meta.as_ref().and_then(|it| it.reload.as_ref()) {
            Some(Reload::Http { method, port, path }) => (method, port, path),
            Some(Reload::Signal(signal)) => {
                let place = self.0.place.borrow().clone();
                let (engine, container) =
                    place.container_of(name).ok_or_else(|| AppError::new(ErrorCode::NotRunning, name, ""))?;
                return engine.signal(container, signal).await.map_err(|error| engine_error(&error));
            }
            None => return Err(AppError::new(ErrorCode::EngineUnsupported, name, "")),
        };
        let public = {
            let shown = self.0.supervisor.snapshot();
            let mut parts = shown.components.iter().flat_map(|component| &component.parts);
            let found = parts.find(|part| part.service == name);
            let container = found.and_then(|it| it.container.as_ref());
            container.and_then(|it| it.ports.iter().find(|it| it.private == *port)).map(|it| it.public)
        };
        let public = public.ok_or_else(|| AppError::new(ErrorCode::NotRunning, name, ""))?;
        let host = crate::state::host_of(self.0.supervisor.endpoint().uri());
        let failed =
            |error: clients::ClientError| AppError::new(ErrorCode::ProbeFailed, name, error.to_string());
        let http = clients::Http::new().map_err(failed)?;
        let url = format!("http://{host}:{public}{path}");
        clients::reload::reload(&http, method, &url, RELOAD).await.map_err(failed)
    }
}

/// Into the folder for downloads, under a name that is free.
fn save(name: &str, text: &str) -> Result<(), AppError> {
    let dirs = directories::UserDirs::new();
    let folder = dirs.as_ref().map(|dirs| dirs.download_dir().unwrap_or(dirs.home_dir()));
    save_in(folder.unwrap_or_else(|| Path::new(".")), name, text)
}

fn save_in(folder: &Path, name: &str, text: &str) -> Result<(), AppError> {
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let name: String = name.chars().map(|letter| if plain(letter) { letter } else { '-' }).collect();
    let name = name.trim_start_matches('.');
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "txt"));
    let stem = if stem.is_empty() { "switchyard" } else { stem };
    let candidates = (1_u32..).map(|number| match number {
        1 => format!("{stem}.{extension}"),
        _ => format!("{stem}-{number}.{extension}"),
    });
    let free = candidates.map(|name| folder.join(name)).find(|path| !path.exists());
    let path = free.unwrap_or_else(|| folder.join(name));
    write_atomically(&path, text.as_bytes(), Privacy::Private)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_text_replaces_nothing_and_stays_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        save_in(folder.path(), "../logs.txt", "a").unwrap();
        save_in(folder.path(), "../logs.txt", "b").unwrap();
        let mut names: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        assert_eq!(names, ["-logs-2.txt", "-logs.txt"]);
    }
}
