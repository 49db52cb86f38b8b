//! From the texts of compose files to a project.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use super::{
    check,
    decode::{self, Context},
    error::{LoadErrorKind, LoadErrors, Problems},
    field::Field,
    interpolate, keys, merge,
    model::Project,
    name,
};
use crate::yaml::{
    self, Node, Span,
    scalar::{self, Scalar},
};

/// A file that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path, as errors shall name it.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// Everything that a project's model depends on.
pub struct LoadInput<'a> {
    /// The compose files in the order in which they are laid over each other.
    pub files: Vec<SourceFile>,
    /// Absolute path of the project folder: where relative paths begin.
    pub working_dir: PathBuf,
    /// The name that the user asked for; `None` leaves it to `COMPOSE_PROJECT_NAME`, the files and the folder.
    pub project_name: Option<String>,
    /// The effective environment, see [`super::environment`].
    pub env: BTreeMap<String, String>,
    /// The user's home folder, for `~`.
    pub home: Option<PathBuf>,
    /// Reads an `env_file`.
    pub read: &'a dyn Fn(&Path) -> io::Result<String>,
}

/// Name of the variable that names the project.
const NAME_VARIABLE: &str = "COMPOSE_PROJECT_NAME";
/// Name of the variable that lists the active profiles.
const PROFILES_VARIABLE: &str = "COMPOSE_PROFILES";

/// Loads a project. On failure every fault that could be found is told, not only the first one.
pub fn load(input: LoadInput<'_>) -> Result<Project, LoadErrors> {
    let LoadInput { files, working_dir, project_name, mut env, home, read } = input;
    let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
    let problems = Problems::new(paths.clone());
    if files.is_empty() {
        problems.project("there is no compose file");
    }
    let mut documents = Vec::new();
    for (index, file) in files.iter().enumerate() {
        match yaml::parse(&file.text, index) {
            Ok(found) => documents.extend(found),
            Err(errors) => {
                for error in errors {
                    problems.error(error.span, String::new(), LoadErrorKind::Syntax, error.message);
                }
            }
        }
    }
    problems.check()?;

    let name = resolve_name(project_name, &documents, &working_dir, &env, &problems);
    problems.check()?;
    env.insert(NAME_VARIABLE.to_owned(), name.clone());
    for document in &mut documents {
        interpolate::interpolate(document, &env, &problems);
    }
    problems.check()?;

    let mut documents = documents.into_iter();
    let mut root = documents.next().unwrap_or_else(|| Node::mapping(Vec::new(), Span::default()));
    for document in documents {
        merge::merge(&mut root, document, &problems);
    }
    merge::strip_resets(&mut root);
    if root.get("services").is_none_or(Node::is_null) {
        problems.error(root.span, String::new(), LoadErrorKind::Value, missing_services(&root));
        problems.check()?;
    }
    let context = Context {
        name: &name,
        working_dir: &working_dir,
        home: home.as_deref(),
        env: &env,
        read,
        problems: &problems,
    };
    let mut project = decode::project(&Field::root(&root, &problems), &context);
    check::check(&project, &root, &problems);
    problems.check()?;
    let declared = project.meta.env.iter().filter_map(|field| env.get_key_value(&field.name));
    project.environment = declared.map(|(name, value)| (name.clone(), value.clone())).collect();
    project.warnings = problems.warnings();
    project.profiles = profiles(&env);
    project.files = paths;
    project.working_dir = working_dir;
    Ok(project)
}

/// The profiles of `COMPOSE_PROFILES`, which docker compose reads as well.
fn profiles(env: &BTreeMap<String, String>) -> Vec<String> {
    let listed = env.get(PROFILES_VARIABLE).map(String::as_str).unwrap_or_default();
    listed.split(',').map(str::trim).filter(|profile| !profile.is_empty()).map(str::to_owned).collect()
}

/// A misspelt `services` deserves better than "no services".
fn missing_services(root: &Node) -> String {
    let slip = root
        .entries()
        .iter()
        .find(|entry| entry.key != "services" && keys::nearest(&entry.key, ["services"]).is_some());
    match slip {
        Some(entry) => format!("there are no services; is {} meant to be services?", entry.key),
        None => "there are no services".to_owned(),
    }
}

/// The name asked for, else `COMPOSE_PROJECT_NAME`, else the last `name:` in the files, else the folder's.
fn resolve_name(
    asked: Option<String>,
    documents: &[Node],
    working_dir: &Path,
    env: &BTreeMap<String, String>,
    problems: &Problems,
) -> String {
    let given = asked.or_else(|| env.get(NAME_VARIABLE).filter(|name| !name.is_empty()).cloned());
    if let Some(given) = given {
        if !name::is_normalised(&given) {
            problems.project(format!(
                "{given:?} cannot be a project name: it has lower-case letters, digits, dashes and underscores \
                 only, and begins with a letter or digit{}",
                match name::normalise(&given) {
                    similar if similar.is_empty() => String::new(),
                    similar => format!("; {similar} would do"),
                }
            ));
        }
        return given;
    }
    let in_files = documents.iter().rev().find_map(|document| document.get("name"));
    if let Some(node) = in_files {
        let mut node = node.clone();
        interpolate::interpolate(&mut node, env, problems);
        match scalar::resolve(&node) {
            Some(Scalar::Text(text)) => {
                let normalised = name::normalise(text);
                if !normalised.is_empty() {
                    return normalised;
                }
            }
            // A faulty variable has been told already.
            _ => problems.error(node.span, "name".to_owned(), LoadErrorKind::Value, "the name is not a text"),
        }
    }
    let of_folder = name::of_folder(working_dir);
    if of_folder.is_empty() {
        problems.project(format!(
            "the folder {} gives no project name; add name: to the compose file or set {NAME_VARIABLE}",
            working_dir.display()
        ));
    }
    of_folder
}
