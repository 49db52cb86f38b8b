//! From every crate's own errors to the one that crosses the edge. No wildcard arms: a new failure must
//! choose its code.

use std::error::Error as StdError;

use engine::EngineError;
use stack::{
    components::UnknownComponent,
    compose::{EnvironmentError, LoadError, LoadErrorKind},
    observed::{ConfigFault, PortHolder},
    plan::{Consent, Plan, Refusal, Warning},
};

use crate::api::{
    error::{AppError, ErrorCode},
    snapshot::{Notice, Preview, Step, StepState},
};

/// The engine's failure, in the words of the edge.
pub fn engine_error(error: &EngineError) -> AppError {
    if let EngineError::NoEngine { tried } = error {
        // Where only one place came into question, that one does not answer.
        return match &tried[..] {
            [only] => AppError::new(ErrorCode::EngineUnreachable, only, ""),
            _ => AppError::new(ErrorCode::NoEngine, "", tried.join(", ")),
        };
    }
    let detail = chain(error);
    let (code, subject) = match error {
        EngineError::NoEngine { .. } => (ErrorCode::NoEngine, String::new()),
        EngineError::BadEndpoint { what, .. } => (ErrorCode::BadEndpoint, what.clone()),
        EngineError::Denied { path, .. } => (ErrorCode::EngineDenied, path.clone()),
        EngineError::Unreachable { uri, .. } => (ErrorCode::EngineUnreachable, uri.clone()),
        EngineError::TooOld { api } => (ErrorCode::EngineTooOld, api.clone()),
        EngineError::TimedOut { operation, .. } => (ErrorCode::EngineTimeout, (*operation).to_owned()),
        EngineError::Lost { operation, .. } => (ErrorCode::EngineLost, (*operation).to_owned()),
        EngineError::Malformed { operation, .. } | EngineError::Engine { operation, .. } => {
            (ErrorCode::EngineRefused, (*operation).to_owned())
        }
        EngineError::ImageNotFound { image } => (ErrorCode::ImageNotFound, image.clone()),
        EngineError::RateLimited { image } => (ErrorCode::RateLimited, image.clone()),
        EngineError::RegistryDenied { image } => (ErrorCode::RegistryDenied, image.clone()),
        EngineError::RegistryUnreachable { image, .. } => (ErrorCode::RegistryUnreachable, image.clone()),
        EngineError::Credentials { helper, .. } => (ErrorCode::CredentialsFailed, helper.clone()),
        EngineError::PortTaken { .. } => (ErrorCode::PortTaken, String::new()),
        EngineError::NameTaken { name } => (ErrorCode::NameTaken, name.clone()),
        EngineError::DiskFull { .. } => (ErrorCode::DiskFull, String::new()),
        EngineError::NoSuchContainer { id } => (ErrorCode::Gone, id.clone()),
        EngineError::VolumeInUse { name } => (ErrorCode::VolumeInUse, name.clone()),
        EngineError::Cancelled => (ErrorCode::Cancelled, String::new()),
        EngineError::Unsupported { what } => (ErrorCode::EngineUnsupported, what.clone()),
        EngineError::BadStep { what } => (ErrorCode::Internal, what.clone()),
    };
    AppError::new(code, subject, detail)
}

/// An error with everything that led to it, without saying anything twice.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let words = source.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        next = source.source();
    }
    text
}

/// One fault of a compose file.
pub fn load_error(error: &LoadError) -> AppError {
    let code = match error.kind {
        LoadErrorKind::Variable => ErrorCode::VariableMissing,
        LoadErrorKind::EnvFile => ErrorCode::FileUnreadable,
        LoadErrorKind::Syntax
        | LoadErrorKind::UnknownKey
        | LoadErrorKind::NotSupported
        | LoadErrorKind::Value
        | LoadErrorKind::Reference
        | LoadErrorKind::Cycle
        | LoadErrorKind::Project => ErrorCode::StackInvalid,
    };
    AppError::new(code, error.path.clone(), error.to_string())
        .with("file", error.file.display().to_string())
        .with("line", error.line.to_string())
        .with("column", error.column.to_string())
}

pub(crate) fn environment_error(error: &EnvironmentError) -> AppError {
    AppError::new(ErrorCode::StackInvalid, error.file.display().to_string(), error.to_string())
}

impl From<UnknownComponent> for AppError {
    fn from(error: UnknownComponent) -> Self {
        let known = error.known.join(", ");
        let app = Self::new(ErrorCode::UnknownComponent, error.word, known);
        match error.nearest {
            Some(nearest) => app.with("nearest", nearest),
            None => app,
        }
    }
}

/// What forbids a plan.
pub(crate) fn refusal(project: &str, refusal: &Refusal) -> AppError {
    match refusal {
        Refusal::ForeignProject { name, folder } => {
            AppError::new(ErrorCode::ForeignProject, name, folder).with("folder", folder)
        }
        Refusal::PortTaken { service, ip, port, protocol, holder, free, variable } => {
            let mut error = AppError::new(ErrorCode::PortTaken, service, format!("{ip}:{port}/{protocol}"))
                .with("port", port.to_string());
            error = match holder {
                PortHolder::Container { name, project, .. } => {
                    let error = error.with("container", name);
                    if project.is_empty() { error } else { error.with("project", project) }
                }
                PortHolder::Process { pid, name } => error.with("process", name).with("pid", pid.to_string()),
                PortHolder::Unknown => error,
            };
            if let Some(free) = free {
                error = error.with("free", free.to_string());
            }
            match variable {
                Some(variable) => error.with("variable", variable),
                None => error,
            }
        }
        Refusal::ExternalNetworkMissing { name } => {
            AppError::new(ErrorCode::ExternalMissing, name, "").with("kind", "network")
        }
        Refusal::ExternalVolumeMissing { name } => {
            AppError::new(ErrorCode::ExternalMissing, name, "").with("kind", "volume")
        }
        Refusal::NameTaken { name, service } => {
            AppError::new(ErrorCode::NameTaken, name, "").with("service", service)
        }
        Refusal::Excluded { component, other } => {
            AppError::new(ErrorCode::Excluded, component, "").with("other", other)
        }
        Refusal::ImageMissing { service, image } => {
            AppError::new(ErrorCode::ImageMissing, image, "").with("service", service)
        }
        Refusal::ConfigInvalid { service, fault, more } => config_invalid(service, fault, *more),
        Refusal::NoHealthcheck { service, dependency } => {
            AppError::new(ErrorCode::NoHealthcheck, dependency, "").with("service", service)
        }
    }
    .with("stack", project)
}

/// A configuration that a service cannot read: the place and the program's own words.
pub(crate) fn config_invalid(service: &str, fault: &ConfigFault, more: usize) -> AppError {
    let mut error = AppError::new(ErrorCode::ConfigInvalid, service, fault.to_string())
        .with("file", &fault.file)
        .with("line", fault.line.to_string())
        .with("column", fault.column.to_string());
    if more > 0 {
        error = error.with("faults", (more + 1).to_string());
    }
    error
}

/// A plan as faces show it before anything is done.
pub fn plan_preview(project: &str, plan: &Plan) -> Preview {
    Preview {
        steps: steps(plan),
        consents: plan.consents.iter().map(consent).collect(),
        warnings: plan.warnings.iter().map(warning).collect(),
        refusals: plan.refusals.iter().map(|it| refusal(project, it)).collect(),
    }
}

/// The steps of a plan, none of them begun.
pub(crate) fn steps(plan: &Plan) -> Vec<Step> {
    let step = |step: &stack::plan::Step| Step {
        verb: step.op.verb().to_owned(),
        subject: plan.subject(step),
        service: step.service.clone(),
        cause: step.cause.code().to_owned(),
        because_of: step.cause.other().map(str::to_owned),
        after: step.after.iter().map(|id| u32::try_from(*id).unwrap_or(u32::MAX)).collect(),
        state: StepState::Pending,
    };
    plan.steps.iter().map(step).collect()
}

fn notice(code: &str, subject: &str, other: Option<&str>) -> Notice {
    Notice { code: code.to_owned(), subject: subject.to_owned(), other: other.map(str::to_owned) }
}

pub(crate) fn consent(consent: &Consent) -> Notice {
    match consent {
        Consent::StopsDependent { component, needs } => notice("stops-dependent", component, Some(needs)),
        Consent::StopsExcluded { component, by } => notice("stops-excluded", component, Some(by)),
        Consent::RemovesVolume { name } => notice("removes-volume", name, None),
        Consent::FilesUnreadable { file } => notice("files-unreadable", file, None),
    }
}

pub(crate) fn warning(warning: &Warning) -> Notice {
    match warning {
        Warning::Orphan { container, service } => notice("orphan", container, Some(service)),
        Warning::VolumeNotOurs { name } => notice("volume-not-ours", name, None),
        Warning::NetworkNotOurs { name } => notice("network-not-ours", name, None),
        Warning::VolumeChanged { name } => notice("volume-changed", name, None),
        Warning::NetworkChanged { name } => notice("network-changed", name, None),
        Warning::OptionalDependencyOff { service, dependency } => {
            notice("optional-dependency-off", service, Some(dependency))
        }
        Warning::NothingToRestart { service } => notice("nothing-to-restart", service, None),
        Warning::RestartKeepsConfig { service } => notice("restart-keeps-config", service, None),
        Warning::ConfigSuspect { service, fault } => {
            notice("config-suspect", service, Some(&fault.to_string()))
        }
    }
}

/// What the loader accepted and the user should know.
pub(crate) fn load_warning(warning: &stack::compose::LoadWarning) -> Notice {
    use stack::compose::LoadWarning;
    match warning {
        LoadWarning::UnsetVariable { name } => notice("unset-variable", name, None),
        LoadWarning::DriveLikeVolume { volume } => notice("drive-like-volume", volume, None),
        LoadWarning::Obsolete { key } => notice("obsolete-key", key, None),
    }
}
