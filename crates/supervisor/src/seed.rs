//! Initial data of components: whether they are complete, and writing them.

use std::{collections::BTreeSet, time::Duration};

use clients::{
    Http,
    consul::{Consul, Seed},
};
use stack::{compose::Project, meta, observed::Observed};

use crate::{
    api::error::{AppError, ErrorCode},
    files::unreadable,
    state::seed_base,
};

/// How long one request to the store may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// The services whose initial data are there, as far as they can be asked.
pub(crate) async fn complete(
    http: &Http,
    project: &Project,
    observed: &Observed,
    host: &str,
) -> BTreeSet<String> {
    let mut complete = BTreeSet::new();
    for service in project.services.values() {
        let runs = observed.containers.iter().any(|it| it.service == service.name && it.is_up());
        let Some(Ok(seed)) = read(project, &service.name).filter(|_| runs) else { continue };
        let consul = Consul::new(http.clone(), seed_base(host, project, observed, &service.name), DEADLINE);
        if let Ok(Some(version)) = consul.seed_version().await
            && version >= seed.version
        {
            complete.insert(service.name.clone());
        }
    }
    complete
}

/// Writes the initial data of a service where they are missing.
pub(crate) async fn write(
    http: Option<Http>,
    project: &Project,
    service: &str,
    base: String,
) -> Result<(), AppError> {
    let failed = |detail: String| AppError::new(ErrorCode::SeedFailed, service, detail);
    let http = http.ok_or_else(|| failed("no HTTP client".to_owned()))?;
    let Some(seed) = read(project, service) else { return Ok(()) };
    let consul = Consul::new(http, base, DEADLINE);
    consul.seed(&seed?).await.map(|_| ()).map_err(|error| failed(error.to_string()))
}

/// The seed file of a service, when it has one.
fn read(project: &Project, service: &str) -> Option<Result<Seed, AppError>> {
    let meta::Seed::ConsulKv { file, .. } = project.services.get(service)?.meta.as_ref()?.seed.as_ref()?;
    let path = project.working_dir.join(file);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => return Some(Err(unreadable(&path, &error))),
    };
    let seed = Seed::parse(&path.display().to_string(), &text);
    Some(seed.map_err(|error| AppError::new(ErrorCode::SeedFailed, service, error.to_string())))
}
