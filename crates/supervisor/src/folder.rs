//! The stack folder: which one is meant, what it says.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use directories::ProjectDirs;
use stack::compose::{self, LoadInput, Project, SourceFile};

use crate::{
    api::error::{AppError, ErrorCode},
    embedded, env_file,
    errors::{environment_error, load_error},
    files::unreadable,
    peer,
    reader::Reader,
};

/// The names under which compose looks for a file, the first one that exists wins.
const NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// What the demo shares with the stack that it shows at work: its own `.env` may say otherwise.
const SHARED_WITH_DEMO: [&str; 5] =
    ["STACK_NETWORK", "HUB_REGISTRY", "HEALTH_INTERVAL", "CONTAINER_LOG_MAX_SIZE", "CONTAINER_LOG_MAX_FILES"];

/// Variables by which a user says which project is meant. He means the stack by them, not the demo beside it.
const NAMES_A_PROJECT: [&str; 3] = ["COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES"];

/// Where Switchyard keeps what is its own on this machine.
#[derive(Debug, Clone)]
pub struct Places {
    /// The shipped stack and the locks.
    pub data: PathBuf,
    /// Settings.
    pub config: PathBuf,
}

impl Places {
    /// The platform's usual folders; `SWITCHYARD_HOME` puts both into one other place.
    pub fn of_this_user() -> Result<Self, AppError> {
        if let Some(home) = std::env::var_os("SWITCHYARD_HOME").filter(|home| !home.is_empty()) {
            let home = std::path::absolute(PathBuf::from(home)).map_err(|error| {
                AppError::new(ErrorCode::FileUnreadable, "SWITCHYARD_HOME", error.to_string())
            })?;
            return Ok(Self { data: home.clone(), config: home });
        }
        let dirs = ProjectDirs::from("dev", "rwa", "switchyard").ok_or_else(|| {
            AppError::new(
                ErrorCode::FileUnreadable,
                "HOME",
                "this user has no home folder; set SWITCHYARD_HOME",
            )
        })?;
        Ok(Self { data: dirs.data_dir().to_owned(), config: dirs.config_dir().to_owned() })
    }

    /// The folder of the shipped stack.
    pub fn shipped_stack(&self) -> PathBuf {
        self.data.join("rwa-observability")
    }

    /// The folder of the demo services.
    pub fn demo(&self) -> PathBuf {
        self.data.join("rwa-demo")
    }

    /// The folder of the locks.
    pub fn locks(&self) -> PathBuf {
        self.data.join("locks")
    }
}

/// A stack folder that was read.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Its absolute path.
    pub path: PathBuf,
    /// What it says.
    pub project: Arc<Project>,
    /// Shipped files that differ from the user's edited ones and were put beside them.
    pub kept: Vec<PathBuf>,
    /// `.env` was made just now, with fresh secrets.
    pub env_created: bool,
}

/// Opens the shipped stack, written or brought up to date first, with a `.env` of its own.
pub fn open_shipped(places: &Places) -> Result<Folder, Vec<AppError>> {
    let path = places.shipped_stack();
    let kept = embedded::write(&embedded::STACK, &path).map_err(|error| vec![error])?;
    let env_created = init(&path)?;
    let folder = open(&path, places)?;
    Ok(Folder { kept, env_created, ..folder })
}

/// Opens the demo services of a stack, written or brought up to date first.
pub fn open_demo(places: &Places, stack: &Project) -> Result<Folder, Vec<AppError>> {
    let path = places.demo();
    let kept = embedded::write(&embedded::DEMO, &path).map_err(|error| vec![error])?;
    let mut process = process_environment();
    process.retain(|name, _| !NAMES_A_PROJECT.contains(&name.as_str()));
    let shared = |name: &str| Some((name.to_owned(), stack.environment.get(name)?.clone()));
    let shared = SHARED_WITH_DEMO.into_iter().filter_map(shared).collect();
    let folder = open_in(&path, places, &process, &shared, &Reader::default())?;
    Ok(Folder { kept, ..folder })
}

/// Gives the folder a `.env` with fresh secrets when it has none. Returns whether it did.
pub fn init(path: &Path) -> Result<bool, Vec<AppError>> {
    if path.join(".env").exists() {
        return Ok(false);
    }
    let mut environment = process_environment();
    let reader = Reader::default();
    for name in compulsory_names(&files(path, &environment, &reader)?) {
        environment.entry(name).or_insert_with(|| "unset".to_owned());
    }
    let project = load(path, &environment, &BTreeMap::new(), &reader)?;
    env_file::create(path, &project.meta.env).map_err(|error| vec![error])
}

/// Reads a stack folder, or the folder of a compose file.
pub fn open(path: &Path, places: &Places) -> Result<Folder, Vec<AppError>> {
    open_with(path, places, &Reader::default())
}

/// The same through a reader.
pub(crate) fn open_with(path: &Path, places: &Places, reader: &Reader) -> Result<Folder, Vec<AppError>> {
    open_in(path, places, &process_environment(), &BTreeMap::new(), reader)
}

fn open_in(
    path: &Path,
    places: &Places,
    process: &BTreeMap<String, String>,
    otherwise: &BTreeMap<String, String>,
    reader: &Reader,
) -> Result<Folder, Vec<AppError>> {
    let path = std::path::absolute(path)
        .and_then(|path| path.canonicalize())
        .map_err(|error| vec![unreadable(path, &error)])?;
    let mut project = load(&path, process, otherwise, reader)?;
    project.dialect = peer::dialect(&places.data);
    let folder = project.working_dir.clone();
    Ok(Folder { path: folder, project: Arc::new(project), kept: vec![], env_created: false })
}

fn process_environment() -> BTreeMap<String, String> {
    // A variable that is not Unicode cannot be meant for a compose file.
    std::env::vars_os()
        .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// `otherwise` are the values of variables that neither the process nor `.env` has.
fn load(
    path: &Path,
    process: &BTreeMap<String, String>,
    otherwise: &BTreeMap<String, String>,
    reader: &Reader,
) -> Result<Project, Vec<AppError>> {
    let folder = if path.is_file() { path.parent().unwrap_or(path) } else { path };
    let dotenv = folder.join(".env");
    let dotenv = match reader.read(&dotenv) {
        Ok(text) => vec![SourceFile { path: dotenv, text }],
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => vec![],
        Err(error) => return Err(vec![unreadable(&dotenv, &error)]),
    };
    let mut env = compose::environment(process, &dotenv).map_err(|error| vec![environment_error(&error)])?;
    for (name, value) in otherwise {
        env.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let home = env.get("HOME").or_else(|| env.get("USERPROFILE")).map(PathBuf::from);
    let input = LoadInput {
        files: files(path, &env, reader)?,
        working_dir: folder.to_owned(),
        project_name: None,
        env,
        home,
        read: &|path| reader.read(path),
    };
    compose::load(input).map_err(|errors| errors.0.iter().map(load_error).collect())
}

/// The compose files of a folder, by compose's rules, with their texts.
fn files(
    path: &Path,
    env: &BTreeMap<String, String>,
    reader: &Reader,
) -> Result<Vec<SourceFile>, Vec<AppError>> {
    let texts = |paths: Vec<PathBuf>| {
        let read = |path: PathBuf| match reader.read(&path) {
            Ok(text) => Ok(SourceFile { path, text }),
            Err(error) => Err(vec![unreadable(&path, &error)]),
        };
        paths.into_iter().map(read).collect()
    };
    if path.is_file() {
        return texts(vec![path.to_owned()]);
    }
    if let Some(list) = env.get("COMPOSE_FILE").filter(|list| !list.is_empty()) {
        let separator =
            env.get("COMPOSE_PATH_SEPARATOR").map_or(if cfg!(windows) { ";" } else { ":" }, String::as_str);
        return texts(list.split(separator).map(|name| path.join(name)).collect());
    }
    let Some(name) = NAMES.iter().find(|name| reader.is_file(&path.join(name))) else {
        return Err(vec![AppError::new(ErrorCode::NoStack, path.display().to_string(), NAMES.join(", "))]);
    };
    let mut paths = vec![path.join(name)];
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "yml"));
    let twins = [extension, "yml", "yaml"].map(|extension| path.join(format!("{stem}.override.{extension}")));
    paths.extend(twins.into_iter().find(|twin| reader.is_file(twin)));
    texts(paths)
}

/// Names that `${NAME:?…}` makes compulsory, as the texts show them: `.env` does not exist yet, and the
/// loader would stop at the first of them before it could tell which fields `.env` has.
fn compulsory_names(files: &[SourceFile]) -> Vec<String> {
    let name = |rest: &str| {
        let end = rest.find(['?', '}'])?;
        let name = rest[..end].trim_end_matches(':');
        let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        (rest[end..].starts_with('?') && plain).then(|| name.to_owned())
    };
    files.iter().flat_map(|file| file.text.split("${").skip(1).filter_map(name)).collect()
}

/// The values that must never be shown: what the secret fields of `.env` hold now.
pub fn secrets(project: &Project) -> Vec<String> {
    compose::render::secret_values(project, &project.environment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(home: &Path) -> Places {
        Places { data: home.to_owned(), config: home.to_owned() }
    }

    #[test]
    fn the_demo_joins_the_network_of_its_stack_unless_its_own_env_says_otherwise() {
        let home = tempfile::tempdir().unwrap();
        let places = places(home.path());
        let mut stack = Project::clone(&open_shipped(&places).unwrap().project);
        let network = |stack: &Project| {
            let demo = open_demo(&places, stack).unwrap().project;
            (demo.networks["observability"].name.clone(), demo.networks["observability"].external)
        };
        assert_eq!(network(&stack), ("rwa-observability".to_owned(), true));
        stack.environment.insert("STACK_NETWORK".to_owned(), "other".to_owned());
        stack.environment.insert("COMPOSE_PROJECT_NAME".to_owned(), "the-stack".to_owned());
        assert_eq!(network(&stack).0, "other");
        assert_eq!(open_demo(&places, &stack).unwrap().project.name, "rwa-demo");
        std::fs::write(places.demo().join(".env"), "STACK_NETWORK=mine\n").unwrap();
        assert_eq!(network(&stack).0, "mine");
    }

    #[test]
    fn the_demo_publishes_nothing_and_runs_without_rights() {
        let home = tempfile::tempdir().unwrap();
        let places = places(home.path());
        let demo = open_demo(&places, &open_shipped(&places).unwrap().project).unwrap().project;
        assert_eq!(demo.services.len(), 5);
        for service in demo.services.values() {
            assert!(service.ports.is_empty(), "{}", service.name);
            assert!(service.read_only && service.cap_drop == ["ALL"] && service.cap_add.is_empty());
            assert!(service.security_opt.iter().any(|it| it.starts_with("no-new-privileges")));
            assert!(service.volumes.iter().all(|mount| mount.read_only), "{}", service.name);
            assert!(
                service
                    .meta
                    .as_ref()
                    .is_some_and(|meta| meta.component.default_on && !meta.component.title.zh.is_empty())
            );
        }
    }
}
