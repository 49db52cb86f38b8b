//! From every crate's own errors to the one that crosses the edge. No wildcard arms: a new failure must
//! choose its code.

use std::error::Error as StdError;

use engine::EngineError;
use stack::{
    components::UnknownComponent,
    compose::{Condition, EnvironmentError, LoadError, LoadErrorKind},
    diagnosis::Diagnosis as Known,
    observed::{ConfigFault, PortHolder},
    plan::{Cause, Consent, Op, Plan, Refusal, Warning},
    wait::Waiting,
};

use crate::api::{
    error::{AppError, Awaited, ErrorCode, Fact, ResourceKind},
    failure::Diagnosis,
    notice::{Notice, Remark},
    operation::{Preview, Step, StepCause, StepState, StepVerb},
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
        .with(Fact::File(error.file.display().to_string()))
        .with(Fact::Line(error.line))
        .with(Fact::Column(error.column))
}

pub(crate) fn environment_error(error: &EnvironmentError) -> AppError {
    AppError::new(ErrorCode::StackInvalid, error.file.display().to_string(), error.to_string())
}

impl From<UnknownComponent> for AppError {
    fn from(error: UnknownComponent) -> Self {
        let known = error.known.join(", ");
        let app = Self::new(ErrorCode::UnknownComponent, error.word, known);
        match error.nearest {
            Some(nearest) => app.with(Fact::Nearest(nearest)),
            None => app,
        }
    }
}

/// What forbids a plan.
pub(crate) fn refusal(project: &str, refusal: &Refusal) -> AppError {
    match refusal {
        Refusal::ForeignProject { name, folder } => {
            AppError::new(ErrorCode::ForeignProject, name, folder).with(Fact::Folder(folder.clone()))
        }
        Refusal::PortTaken { service, ip, port, protocol, holder, free, variable } => {
            let mut error = AppError::new(ErrorCode::PortTaken, service, format!("{ip}:{port}/{protocol}"))
                .with(Fact::Port(*port));
            error = match holder {
                PortHolder::Container { name, project, .. } => {
                    let error = error.with(Fact::Container(name.clone()));
                    if project.is_empty() { error } else { error.with(Fact::Project(project.clone())) }
                }
                PortHolder::Process { pid, name } => {
                    error.with(Fact::Process(name.clone())).with(Fact::Pid(*pid))
                }
                PortHolder::Unknown => error,
            };
            if let Some(free) = free {
                error = error.with(Fact::Free(*free));
            }
            match variable {
                Some(variable) => error.with(Fact::Variable(variable.clone())),
                None => error,
            }
        }
        Refusal::ExternalNetworkMissing { name } => {
            AppError::new(ErrorCode::ExternalMissing, name, "").with(Fact::Kind(ResourceKind::Network))
        }
        Refusal::ExternalVolumeMissing { name } => {
            AppError::new(ErrorCode::ExternalMissing, name, "").with(Fact::Kind(ResourceKind::Volume))
        }
        Refusal::NameTaken { name, service } => {
            AppError::new(ErrorCode::NameTaken, name, "").with(Fact::Service(service.clone()))
        }
        Refusal::Excluded { component, other } => {
            AppError::new(ErrorCode::Excluded, component, "").with(Fact::Other(other.clone()))
        }
        Refusal::ImageMissing { service, image } => {
            AppError::new(ErrorCode::ImageMissing, image, "").with(Fact::Service(service.clone()))
        }
        Refusal::ConfigInvalid { service, fault, more } => config_invalid(service, fault, *more),
        Refusal::NoHealthcheck { service, dependency } => {
            AppError::new(ErrorCode::NoHealthcheck, dependency, "").with(Fact::Service(service.clone()))
        }
    }
    .with(Fact::Stack(project.to_owned()))
}

/// A configuration that a service cannot read: the place and the program's own words.
pub(crate) fn config_invalid(service: &str, fault: &ConfigFault, more: usize) -> AppError {
    let mut error = AppError::new(ErrorCode::ConfigInvalid, service, fault.to_string())
        .with(Fact::File(fault.file.clone()))
        .with(Fact::Line(fault.line))
        .with(Fact::Column(fault.column));
    if more > 0 {
        error = error.with(Fact::Faults(more + 1));
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
        verb: verb(&step.op),
        subject: plan.subject(step),
        service: step.service.clone(),
        cause: cause(&step.cause),
        because_of: step.cause.other().map(str::to_owned),
        after: step
            .after
            .iter()
            .chain(&step.despite)
            .map(|id| u32::try_from(*id).unwrap_or(u32::MAX))
            .collect(),
        state: StepState::Pending,
    };
    plan.steps.iter().map(step).collect()
}

fn verb(op: &Op) -> StepVerb {
    match op {
        Op::Pull { .. } => StepVerb::Pull,
        Op::CreateNetwork { .. } => StepVerb::CreateNetwork,
        Op::CreateVolume { .. } => StepVerb::CreateVolume,
        Op::CreateContainer { .. } => StepVerb::Create,
        Op::Start(_) => StepVerb::Start,
        Op::Stop(_) => StepVerb::Stop,
        Op::Unpause(_) => StepVerb::Unpause,
        Op::Remove(_) => StepVerb::Remove,
        Op::Rename { .. } => StepVerb::Rename,
        Op::RemoveNetwork { .. } => StepVerb::RemoveNetwork,
        Op::RemoveVolume { .. } => StepVerb::RemoveVolume,
        Op::Await(Condition::Started) => StepVerb::WaitStarted,
        Op::Await(Condition::Healthy) => StepVerb::WaitHealthy,
        Op::Await(Condition::Completed) => StepVerb::WaitCompleted,
        Op::Seed => StepVerb::Seed,
    }
}

fn cause(cause: &Cause) -> StepCause {
    match cause {
        Cause::Missing => StepCause::Missing,
        Cause::ConfigChanged => StepCause::ConfigChanged,
        Cause::ImageChanged => StepCause::ImageChanged,
        Cause::Detached => StepCause::Detached,
        Cause::NotRunning => StepCause::NotRunning,
        Cause::Paused => StepCause::Paused,
        Cause::Requested => StepCause::Requested,
        Cause::NeededBy(_) => StepCause::NeededBy,
        Cause::Needs(_) => StepCause::Needs,
        Cause::Unneeded => StepCause::Unneeded,
        Cause::SwitchedOff => StepCause::SwitchedOff,
        Cause::ExcludedBy(_) => StepCause::ExcludedBy,
        Cause::Surplus => StepCause::Surplus,
        Cause::Orphan => StepCause::Orphan,
        Cause::Follows => StepCause::Follows,
    }
}

pub(crate) fn diagnosis(known: Known) -> Diagnosis {
    match known {
        Known::OutOfMemory => Diagnosis::OutOfMemory,
        Known::Killed => Diagnosis::Killed,
        Known::CommandMissing => Diagnosis::CommandMissing,
        Known::CommandNotExecutable => Diagnosis::CommandNotExecutable,
        Known::DiskFull => Diagnosis::DiskFull,
        Known::PermissionDenied => Diagnosis::PermissionDenied,
        Known::AddressInUse => Diagnosis::AddressInUse,
        Known::DockerClientTooOld => Diagnosis::DockerClientTooOld,
        Known::ConsulConfigReadOnly => Diagnosis::ConsulConfigReadOnly,
        Known::ConfigInvalid => Diagnosis::ConfigInvalid,
        Known::LabelsMissing => Diagnosis::LabelsMissing,
        Known::DataLocked => Diagnosis::DataLocked,
        Known::SpansRefused => Diagnosis::SpansRefused,
    }
}

pub(crate) fn awaited(waiting: Waiting) -> Awaited {
    match waiting {
        Waiting::Start => Awaited::Start,
        Waiting::Health => Awaited::HealthCheck,
        Waiting::Exit => Awaited::Exit,
        Waiting::Restart => Awaited::Restart,
    }
}

fn notice(remark: Remark, subject: &str, other: Option<&str>) -> Notice {
    Notice::new(remark, subject, other.map(str::to_owned))
}

pub(crate) fn consent(consent: &Consent) -> Notice {
    match consent {
        Consent::StopsDependent { component, needs } => {
            notice(Remark::StopsDependent, component, Some(needs))
        }
        Consent::StopsExcluded { component, by } => notice(Remark::StopsExcluded, component, Some(by)),
        Consent::RemovesVolume { name } => notice(Remark::RemovesVolume, name, None),
        Consent::FilesUnreadable { file } => notice(Remark::FilesUnreadable, file, None),
    }
}

pub(crate) fn warning(warning: &Warning) -> Notice {
    match warning {
        Warning::Orphan { container, service } => notice(Remark::Orphan, container, Some(service)),
        Warning::VolumeNotOurs { name } => notice(Remark::VolumeNotOurs, name, None),
        Warning::NetworkNotOurs { name } => notice(Remark::NetworkNotOurs, name, None),
        Warning::VolumeChanged { name } => notice(Remark::VolumeChanged, name, None),
        Warning::NetworkChanged { name } => notice(Remark::NetworkChanged, name, None),
        Warning::OptionalDependencyOff { service, dependency } => {
            notice(Remark::OptionalDependencyOff, service, Some(dependency))
        }
        Warning::NothingToRestart { service } => notice(Remark::NothingToRestart, service, None),
        Warning::RestartKeepsConfig { service } => notice(Remark::RestartKeepsConfig, service, None),
        Warning::ConfigSuspect { service, fault } => {
            notice(Remark::ConfigSuspect, service, Some(&fault.to_string()))
        }
    }
}

/// What the loader accepted and the user should know.
pub(crate) fn load_warning(warning: &stack::compose::LoadWarning) -> Notice {
    use stack::compose::LoadWarning;
    match warning {
        LoadWarning::UnsetVariable { name } => notice(Remark::UnsetVariable, name, None),
        LoadWarning::DriveLikeVolume { volume } => notice(Remark::DriveLikeVolume, volume, None),
        LoadWarning::Obsolete { key } => notice(Remark::ObsoleteKey, key, None),
    }
}
