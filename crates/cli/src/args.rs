//! The command line: what can be said.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

/// Run an infrastructure stack: bring components up, watch their health, open their pages.
///
/// A COMPONENT is a service of the stack such as `loki`, or a preset such as `tracing`.
#[derive(Debug, Parser)]
#[command(name = "switchyard", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "\
Examples:
  switchyard up                    start everything that is switched on, and wait until it is healthy
  switchyard up tracing            start Jaeger and Grafana
  switchyard status --watch        see how everything is, live
  switchyard logs -f --since 5m    follow the logs of all components
  switchyard open grafana          open Grafana in the browser
  switchyard down loki             stop Loki and what cannot do without it
  switchyard demo up               start small services that give the stack something to show

Exit codes:
  0 all is well · 1 something failed · 2 wrong usage · 3 the stack's files are wrong
  4 no engine · 5 refused (port taken, other folder, consent needed, busy) · 6 not all is healthy
  130 ended by Ctrl-C")]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Folder of the stack, or its compose file [default: the stack that Switchyard ships with]
    #[arg(long, global = true, value_name = "DIR", env = "SWITCHYARD_STACK", value_hint = ValueHint::AnyPath)]
    pub(crate) stack: Option<PathBuf>,
    /// Address of the Docker engine [default: `DOCKER_HOST`, the current context, or what is found]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) host: Option<String>,
    /// Write JSON for programs in place of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of the messages [default: by locale]
    #[arg(long, global = true, value_enum, env = "SWITCHYARD_LANG")]
    pub(crate) lang: Option<Language>,
    /// Say more on standard error: -v what is done, -vv every call to the engine
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// The languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// English
    En,
    /// Simplified Chinese
    Zh,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start components and what they need, and wait until they are healthy
    Up(Up),
    /// Stop and remove components; volumes and their data stay
    Down(Down),
    /// Stop and start components as they are
    Restart(Restart),
    /// Show how every component is
    Status(Status),
    /// Ask every component whether it is healthy, and show what it answered
    Health(Health),
    /// Show the logs of components
    Logs(Logs),
    /// Show what `up` or `down` would do, without doing it
    Plan(Plan),
    /// Open a page of a component in the browser
    Open(Open),
    /// Show the resolved configuration of the stack
    Config(Config),
    /// Check the configuration of components by the rules of their own programs, without starting anything
    Validate(Validate),
    /// Look for problems of this machine, the engine and the stack, and say how to fix them
    Doctor,
    /// Prepare the stack's folder: write its `.env` with fresh secrets
    Init,
    /// Small services that log, trace, count and fail, to see the stack at work
    Demo(Demo),
    /// Write the completions for a shell to standard output
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Components or presets [default: those that are switched on]
    #[arg(value_name = "COMPONENT")]
    pub(crate) components: Vec<String>,
    /// Do not wait until the components are healthy
    #[arg(long, overrides_with = "wait")]
    pub(crate) no_wait: bool,
    /// Wait until the components are healthy (the default)
    #[arg(long, overrides_with = "no_wait")]
    pub(crate) wait: bool,
    /// Replace containers even when nothing changed
    #[arg(long)]
    pub(crate) recreate: bool,
    /// Ask the registry for newer images first
    #[arg(long)]
    pub(crate) pull: bool,
    /// Start components even when their configuration seems to be wrong
    #[arg(long)]
    pub(crate) no_check: bool,
    /// How long a component may take to get healthy, in seconds [default: as long as its health check takes to give up]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: Option<u64>,
    /// Agree to everything that the plan asks for
    #[arg(short, long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Down {
    /// Components or presets [default: the whole stack with its networks]
    #[arg(value_name = "COMPONENT")]
    pub(crate) components: Vec<String>,
    /// Delete the named volumes too, with all their data (asks first)
    #[arg(long)]
    pub(crate) volumes: bool,
    /// Remove containers too whose service the file no longer has
    #[arg(long)]
    pub(crate) remove_orphans: bool,
    /// Agree to everything that the plan asks for
    #[arg(short, long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// What to do with them.
    #[command(subcommand)]
    pub(crate) command: DemoCommand,
}

/// The demo is a project of its own: the same can be said of it as of the stack.
#[derive(Debug, Subcommand)]
pub(crate) enum DemoCommand {
    /// Start the demo services beside the stack, wait until they are healthy, and say where to look
    Up(Up),
    /// Stop and remove the demo services
    Down(Down),
    /// Show how the demo services are
    Status(Status),
}

#[derive(Debug, Args)]
pub(crate) struct Restart {
    /// Components or presets [default: everything that is up]
    #[arg(value_name = "COMPONENT")]
    pub(crate) components: Vec<String>,
    /// Do not wait until the components are healthy
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// Start components even when their configuration seems to be wrong
    #[arg(long)]
    pub(crate) no_check: bool,
    /// How long a component may take to get healthy, in seconds [default: as long as its health check takes to give up]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Components or presets [default: all]
    #[arg(value_name = "COMPONENT")]
    pub(crate) components: Vec<String>,
    /// Go on and show every change
    #[arg(short, long)]
    pub(crate) watch: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Health {
    /// Components or presets [default: all that are on]
    #[arg(value_name = "COMPONENT")]
    pub(crate) components: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Logs {
    /// Components or presets [default: all]
    #[arg(value_name = "COMPONENT")]
    pub(crate) components: Vec<String>,
    /// Go on with new lines as they come, across restarts
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// Only lines since then: a duration such as 10m, or a time such as 2026-11-22T08:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only the last lines of each container
    #[arg(short = 'n', long, value_name = "LINES")]
    pub(crate) tail: Option<u64>,
    /// Only lines that match this regular expression
    #[arg(short, long, value_name = "REGEX", allow_hyphen_values = true)]
    pub(crate) grep: Option<String>,
    /// Show the time of each line
    #[arg(short, long)]
    pub(crate) timestamps: bool,
    /// Do not put the component's name before each line
    #[arg(long)]
    pub(crate) no_prefix: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// Components or presets [default: those that are switched on]
    #[arg(value_name = "COMPONENT")]
    pub(crate) components: Vec<String>,
    /// Show the plan of `down`
    #[arg(long)]
    pub(crate) down: bool,
    /// With --down: delete the named volumes too
    #[arg(long, requires = "down")]
    pub(crate) volumes: bool,
    /// Replace containers even when nothing changed
    #[arg(long, conflicts_with = "down")]
    pub(crate) recreate: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The component
    #[arg(value_name = "COMPONENT")]
    pub(crate) component: String,
    /// One of its pages [default: the first]
    #[arg(value_name = "PAGE")]
    pub(crate) page: Option<String>,
    /// Print the address in place of opening it
    #[arg(short, long)]
    pub(crate) print: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// Components or presets [default: all]
    #[arg(value_name = "COMPONENT")]
    pub(crate) components: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Config {
    /// Components or presets [default: all]
    #[arg(value_name = "COMPONENT", conflicts_with = "hash")]
    pub(crate) components: Vec<String>,
    /// Print `service hash` lines as docker compose does: '*' or names with commas
    #[arg(long, value_name = "SERVICES")]
    pub(crate) hash: Option<String>,
    /// Print the names of the services
    #[arg(long, conflicts_with = "hash")]
    pub(crate) services: bool,
    /// Print the images
    #[arg(long, conflicts_with_all = ["hash", "services"])]
    pub(crate) images: bool,
    /// Show secrets in place of ********
    #[arg(long)]
    pub(crate) show_secrets: bool,
}
