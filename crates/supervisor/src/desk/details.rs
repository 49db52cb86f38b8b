//! One service in depth, with every secret masked.

use std::path::{Path, PathBuf};

use engine::{Details, Engine};
use stack::compose::{
    MountKind as Kind, Project, Service,
    render::{self, MASK},
};

use super::{checks, engines::float};
use crate::{
    api::{
        error::{AppError, ErrorCode},
        window::{ConfigFile, Detail, EnvironmentVariable, HealthEvent, Mount, MountKind, VariableSource},
    },
    files::unreadable,
    folder,
};

/// Files that are listed of one component, and how deep folders are searched.
const MOST_FILES: usize = 200;
const DEEPEST: usize = 4;

/// Everything about a service; what only its container knows is left out without one.
pub(super) async fn detail(
    project: &Project,
    name: &str,
    container: Option<(&Engine, &str)>,
    history: Vec<HealthEvent>,
) -> Result<Detail, AppError> {
    let service =
        project.services.get(name).ok_or_else(|| AppError::new(ErrorCode::UnknownComponent, name, ""))?;
    let details = match container {
        // A container that went away meanwhile is as good as none.
        Some((engine, id)) => engine.details(id).await.ok(),
        None => None,
    };
    let mounts = service.volumes.iter().map(|mount| Mount {
        kind: match mount.kind {
            Kind::Volume => MountKind::Volume,
            Kind::Bind => MountKind::Bind,
            Kind::Tmpfs => MountKind::Tmpfs,
        },
        source: match mount.kind {
            Kind::Volume => {
                project.volumes.get(&mount.source).map_or(&mount.source, |volume| &volume.name).clone()
            }
            Kind::Bind | Kind::Tmpfs => relative(&project.working_dir, Path::new(&mount.source)),
        },
        target: mount.target.clone(),
        read_only: mount.read_only,
    });
    Ok(Detail {
        service: name.to_owned(),
        image_id: details.as_ref().map(|details| details.image_id.clone()).unwrap_or_default(),
        environment: environment(project, service, details.as_ref()),
        resolved: resolved(project, name),
        files: files(project, service, container.is_some()),
        mounts: mounts.collect(),
        history,
    })
}

fn environment(project: &Project, service: &Service, details: Option<&Details>) -> Vec<EnvironmentVariable> {
    let secrets = folder::secrets(project);
    let mut variables: Vec<EnvironmentVariable> = service
        .environment
        .iter()
        .map(|(name, value)| {
            let value = value.clone().unwrap_or_default();
            // A secret inside of another value, such as the address of a database, hides all of it.
            let masked = !value.is_empty()
                && (render::is_secret(project, name)
                    || secrets.iter().any(|secret| value.contains(secret.as_str())));
            let from_env = project.environment.get(name).is_some_and(|set| *set == value);
            let source = if from_env { VariableSource::EnvFile } else { VariableSource::Compose };
            let value = if masked { MASK.to_owned() } else { value };
            EnvironmentVariable { name: name.clone(), value, masked, source }
        })
        .collect();
    let known = |name: &String| service.environment.contains_key(name);
    let image = details.iter().flat_map(|details| &details.env_names).filter(|name| !known(name));
    variables.extend(image.map(|name| EnvironmentVariable {
        name: name.clone(),
        value: MASK.to_owned(),
        masked: true,
        source: VariableSource::Image,
    }));
    variables.sort_by(|one, other| one.name.cmp(&other.name));
    variables
}

fn resolved(project: &Project, service: &str) -> String {
    let mut alone = project.clone();
    alone.services.retain(|name, _| name == service);
    alone.networks.clear();
    alone.volumes.clear();
    alone.extensions.clear();
    let options = render::RenderOptions {
        profiles: vec!["*".to_owned()],
        reveal_secrets: false,
        secrets: folder::secrets(project),
    };
    render::yaml(&alone, &options)
}

fn files(project: &Project, service: &Service, runs: bool) -> Vec<ConfigFile> {
    let own_check = runs && service.meta.as_ref().is_some_and(|meta| !meta.validate.is_empty());
    let rules = service.meta.as_ref().is_some_and(|meta| meta.check.is_some());
    let reloads = service.meta.as_ref().is_some_and(|meta| meta.reload.is_some());
    let mut paths = Vec::new();
    for mount in service.volumes.iter().filter(|mount| mount.kind == Kind::Bind) {
        let path = Path::new(&mount.source);
        if path.starts_with(&project.working_dir) {
            collect(path, DEEPEST, &mut paths);
        }
    }
    paths.sort();
    paths.dedup();
    paths
        .into_iter()
        .map(|(path, bytes)| ConfigFile {
            path: relative(&project.working_dir, &path),
            bytes: float(bytes),
            validates: own_check || rules || checks::has_syntax(&path),
            reloads,
        })
        .collect()
}

fn collect(path: &Path, depth: usize, found: &mut Vec<(PathBuf, u64)>) {
    let Ok(metadata) = path.symlink_metadata() else { return };
    if metadata.is_file() && found.len() < MOST_FILES {
        found.push((path.to_owned(), metadata.len()));
    } else if metadata.is_dir() && depth > 0 {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        entries.for_each(|entry| collect(&entry.path(), depth - 1, found));
    }
}

fn relative(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// A file of the stack's folder; nothing outside of it, links included.
pub(super) fn inside(folder: &Path, path: &str) -> Result<PathBuf, AppError> {
    let full = folder.join(path);
    let canonical = full.canonicalize().map_err(|error| unreadable(&full, &error))?;
    let root = folder.canonicalize().map_err(|error| unreadable(folder, &error))?;
    if canonical.starts_with(&root) && canonical.is_file() {
        return Ok(canonical);
    }
    Err(AppError::new(ErrorCode::FileUnreadable, path, "not a file of the stack's folder"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_stack_are_opened() {
        let outside = tempfile::tempdir().unwrap();
        let stack = outside.path().join("stack");
        std::fs::create_dir(&stack).unwrap();
        std::fs::write(outside.path().join("secret"), "x").unwrap();
        std::fs::write(stack.join("a.json"), "{}").unwrap();
        assert!(inside(&stack, "a.json").is_ok());
        assert!(inside(&stack, "../secret").is_err());
        assert!(inside(&stack, outside.path().join("secret").to_str().unwrap()).is_err());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outside.path().join("secret"), stack.join("link")).unwrap();
            assert!(inside(&stack, "link").is_err());
        }
    }
}
