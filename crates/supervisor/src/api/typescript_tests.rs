//! The contract in TypeScript: one committed file that this test compares, or writes with `UPDATE_TS=1`.

use ts_rs::{Config, TS};

use super::{
    error::{AppError, Awaited, ErrorCode, Owner, PartState, ResourceKind},
    facts::DeclaredFacts,
    failure, intent, notice, operation, snapshot, window,
};

macro_rules! declarations {
    ($config:expr, $($type:ty),+ $(,)?) => {
        vec![$(declaration::<$type>($config)),+]
    };
}

fn declaration<T: TS + ?Sized + 'static>(config: &Config) -> String {
    let docs = T::docs().unwrap_or_default();
    format!("{docs}export {}\n", T::decl(config))
}

#[test]
fn the_types_of_the_user_interface_are_those_of_the_contract() {
    let config = Config::default();
    let declared = declarations!(
        &config,
        ErrorCode,
        ResourceKind,
        Owner,
        PartState,
        Awaited,
        DeclaredFacts,
        AppError,
        intent::Intent,
        intent::Edit,
        intent::Review,
        intent::Offer,
        intent::Reply,
        intent::Added,
        snapshot::Snapshot,
        snapshot::Stack,
        snapshot::Text,
        snapshot::Named,
        snapshot::Preset,
        snapshot::Engine,
        snapshot::Overall,
        snapshot::OverallState,
        snapshot::Component,
        snapshot::Part,
        snapshot::Limits,
        snapshot::Replacement,
        snapshot::Phase,
        snapshot::PhaseKind,
        snapshot::WaitReason,
        snapshot::Drift,
        failure::Cause,
        failure::Diagnosis,
        failure::Evidence,
        snapshot::Health,
        snapshot::ReadyBy,
        snapshot::EngineHealth,
        snapshot::ProbeResult,
        snapshot::Container,
        snapshot::Port,
        snapshot::Link,
        operation::OperationVerb,
        operation::Operation,
        operation::Waiting,
        operation::Outcome,
        operation::StepVerb,
        operation::StepCause,
        operation::Step,
        operation::StepState,
        operation::PullProgress,
        notice::Remark,
        notice::NoticeCode,
        notice::Notice,
        operation::Preview,
        window::EngineFacts,
        window::Stats,
        window::StatsBatch,
        window::LogSource,
        window::LogLine,
        window::LogNoticeKind,
        window::LogNotice,
        window::LogBatch,
        window::LogRequest,
        window::EnvironmentVariable,
        window::VariableSource,
        window::ConfigFile,
        window::Mount,
        window::MountKind,
        window::HealthEvent,
        window::HealthSource,
        window::Detail,
        window::EngineCandidate,
        window::EngineState,
        window::Language,
        window::Theme,
        window::Settings,
        window::Validation,
        window::Checker,
        window::Change,
        window::View,
        window::Request,
        window::Question,
    );
    let text = format!(
        "// Generated from crates/supervisor/src/api by `UPDATE_TS=1 cargo test -p supervisor`. Not to be edited.\n\n{}",
        declared.join("\n")
    );
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/backend/api.ts");
    if std::env::var_os("UPDATE_TS").is_some() {
        std::fs::write(&path, &text).expect("the file can be written");
    }
    let committed = std::fs::read_to_string(&path).expect("the file can be read");
    assert!(committed == text, "ui/src/backend/api.ts is stale: UPDATE_TS=1 cargo test -p supervisor");
}
