//! One file a command. Each says what happened and returns how it ended.

mod change;
mod config;
mod demo;
mod doctor;
mod init;
mod logs;
mod open;
mod plan;
mod status;
mod table;
mod validate;

use crate::{
    args::Command,
    exit::Exit,
    session::{Session, Told},
};

/// How a command ends; an error has been told already.
pub(crate) type Ended = Result<Exit, Told>;

pub(crate) async fn run(session: &Session, command: Command) -> Ended {
    match command {
        Command::Up(args) => change::up(session, args).await,
        Command::Down(args) => change::down(session, args).await,
        Command::Restart(args) => change::restart(session, args).await,
        Command::Status(args) => status::status(session, args).await,
        Command::Health(args) => status::health(session, args).await,
        Command::Logs(args) => logs::run(session, args).await,
        Command::Plan(args) => plan::run(session, args).await,
        Command::Open(args) => open::run(session, args).await,
        Command::Config(args) => config::run(session, &args),
        Command::Validate(args) => validate::run(session, &args),
        Command::Doctor => doctor::run(session).await,
        Command::Init => init::run(session),
        Command::Demo(args) => demo::run(session, args).await,
        // Handled before a session was needed.
        Command::Completions { .. } => Ok(Exit::Ok),
    }
}
