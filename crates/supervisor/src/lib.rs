//! Runs a stack: owns its state, carries out plans, asks the components, and tells every face.
//!
//! One loop owns everything ([`run`]). Whatever happens comes in as one closed `Input`; `State::apply`
//! is pure and answers with effects; the loop carries them out and publishes a whole new snapshot.

pub mod api;
mod clock;
pub mod configuration;
pub mod desk;
mod embedded;
mod env_file;
mod errors;
mod files;
mod flow;
pub mod folder;
pub mod lock;
pub mod logs;
mod options;
mod peer;
mod reader;
mod ready;
mod run;
mod seed;
mod settings;
pub mod source;
mod state;
mod watcher;
mod world;

pub use env_file::create as create_env_file;
pub use errors::{engine_error, load_error, plan_preview};
pub use options::{Choice, Options, Stack};
pub use run::Supervisor;
pub use settings::Settings;
pub use state::Probing;
