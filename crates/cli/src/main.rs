//! The command `switchyard`: the same engine as the desktop app, for terminals, scripts and servers.

mod args;
mod commands;
mod exit;
mod output;
mod plain;
mod progress;
mod session;
mod words;

use clap::{CommandFactory, FromArgMatches};

use crate::{
    args::{Cli, Command, Language},
    exit::Exit,
    session::{Session, Told},
    words::{Lang, translate, usage_error},
};

fn main() -> std::process::ExitCode {
    let lang = Lang::of_environment(|name| std::env::var(name).ok());
    let chosen = std::env::var("SWITCHYARD_LANG").map(|value| format!("--lang={value}"));
    let lang = asked_language(std::env::args().skip(1).chain(chosen)).unwrap_or(lang);
    let matches = match translate(Cli::command(), lang).try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return wrong_usage(&error, lang),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let lang = match cli.global.lang {
        Some(Language::En) => Lang::En,
        Some(Language::Zh) => Lang::Zh,
        None => lang,
    };
    log_to_stderr(cli.global.verbose);
    // Streams of the engine cost less than half on one thread: nothing crosses between cores.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let exit = match runtime {
        Ok(runtime) => runtime.block_on(run(cli, lang)),
        Err(error) => {
            tracing::error!(%error, "no runtime");
            Exit::Failed
        }
    };
    std::process::ExitCode::from(exit as u8)
}

/// Help, version, or what is wrong with the command line.
fn wrong_usage(error: &clap::Error, lang: Lang) -> std::process::ExitCode {
    match usage_error(error).filter(|_| lang == Lang::Zh) {
        Some(text) => eprintln!("{text}"),
        // A reader who went away is no failure of ours.
        None => drop(error.print()),
    }
    std::process::ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// `--lang` counts for `--help` too, which clap prints before anything is parsed.
fn asked_language(mut words: impl Iterator<Item = String>) -> Option<Lang> {
    let value = loop {
        let word = words.next()?;
        if word == "--lang" {
            break words.next()?;
        } else if let Some(value) = word.strip_prefix("--lang=") {
            break value.to_owned();
        }
    };
    match value.as_str() {
        "zh" => Some(Lang::Zh),
        "en" => Some(Lang::En),
        _ => None,
    }
}

fn log_to_stderr(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "info",
        _ => "debug,hyper=info,reqwest=info",
    };
    let filter = std::env::var("SWITCHYARD_LOG").unwrap_or_else(|_| level.to_owned());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .without_time()
        .compact()
        .init();
}

async fn run(cli: Cli, lang: Lang) -> Exit {
    if let Command::Completions { shell } = cli.command {
        clap_complete::generate(shell, &mut Cli::command(), "switchyard", &mut std::io::stdout());
        return Exit::Ok;
    }
    let result = match Session::new(cli.global, lang) {
        Ok(session) => commands::run(&session, cli.command).await,
        Err(told) => Err(told),
    };
    match result {
        Ok(exit) | Err(Told(exit)) => exit,
    }
}
