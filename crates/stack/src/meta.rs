//! What `x-switchyard` adds to a compose file: how components are shown, probed, linked and seeded.
//!
//! Compose ignores every `x-` key, so the file stays a valid compose project.

use serde::Serialize;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Text {
    /// English.
    pub en: String,
    /// 简体中文.
    pub zh: String,
}

/// The programs whose rules for configuration are known.
pub const CHECKS: [&str; 9] = [
    "consul",
    "jaeger",
    "loki",
    "promtail",
    "alloy",
    "prometheus",
    "alertmanager",
    "grafana",
    "socket-proxy",
];

/// `x-switchyard` at the top of the compose file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct StackMeta {
    /// Name of the stack for people; empty means the project name is shown.
    pub title: Text,
    /// Purposes by which components are grouped, in display order.
    pub groups: Vec<Group>,
    /// Named sets of components.
    pub presets: Vec<Preset>,
    /// Components that no service has the name of: their services say `part_of`.
    pub components: Vec<DeclaredComponent>,
    /// The variables of `.env`, typed, in display order.
    pub env: Vec<EnvField>,
}

/// A purpose such as "Tracing".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Referred to by [`ComponentMeta::group`].
    pub id: String,
    /// Heading.
    pub title: Text,
}

/// A named set of components, switched on together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preset {
    /// The word on the command line.
    pub id: String,
    /// Name for people.
    pub title: Text,
    /// Ids of components.
    pub components: Vec<String>,
}

/// One variable of `.env` as a form field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnvField {
    /// The variable.
    pub name: String,
    /// What a valid value looks like.
    #[serde(rename = "type")]
    pub kind: EnvKind,
    /// The value used when the variable is not set.
    pub default: String,
    /// Length of the random value written at first run; only for secrets.
    pub generate: Option<u8>,
    /// Allowed values; only for choices.
    pub choices: Vec<String>,
    /// Heading under which the form shows it; usually a component.
    pub group: String,
    /// Label.
    pub title: Text,
    /// One sentence of help; may be empty.
    pub help: Text,
}

/// The types of `.env` values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EnvKind {
    /// Free text.
    String,
    /// Masked everywhere.
    Secret,
    /// 1 to 65535.
    Port,
    /// An IP address of this machine.
    Address,
    /// A size such as `512m`.
    Bytes,
    /// Cores, such as `0.5`.
    Cpus,
    /// A duration such as `7d` or `168h`.
    Duration,
    /// A path.
    Path,
    /// One of [`EnvField::choices`].
    Choice,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Number,
}

/// A component of which no service has the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeclaredComponent {
    /// The word on the command line, and what its services name in `part_of`.
    pub id: String,
    /// How it is shown, and beside what it can run.
    pub component: ComponentMeta,
}

/// What belongs to a component as a whole, however many services it has.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ComponentMeta {
    /// Name for people.
    pub title: Text,
    /// One sentence on what it is for.
    pub about: Text,
    /// A [`Group::id`].
    pub group: String,
    /// Name of an icon the faces have.
    pub icon: String,
    /// The word for how services use it, of those that the window can tell; none when it is empty.
    pub recipe: String,
    /// On at the first `up` without arguments.
    pub default_on: bool,
    /// Components that cannot be on at the same time.
    pub excludes: Vec<String>,
    /// Components it makes use of when they are on. Never started for it.
    pub uses: Vec<String>,
    /// The component that takes this one's place.
    pub replacement: Option<Replacement>,
}

/// `x-switchyard` of a service: it makes the service a component with a card and a switch, or a part of others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ServiceMeta {
    /// The component that is named after this service. Of a part only title and sentence are shown.
    pub component: ComponentMeta,
    /// The components that this service is a part of. A part has no card and no switch of its own; a component is no
    /// better than its parts.
    pub part_of: Vec<String>,
    /// How Switchyard asks the component itself whether it is ready.
    pub probe: Option<Probe>,
    /// Pages a user wants to open.
    pub links: Vec<Link>,
    /// How the component reads its configuration anew.
    pub reload: Option<Reload>,
    /// Program and arguments that check the configuration inside of the running container; empty when it has none.
    pub validate: Vec<String>,
    /// The program whose rules its configuration has to keep: a word of [`CHECKS`].
    pub check: Option<String>,
    /// How to see whether something that it should pass on gets through.
    pub flow: Option<Flow>,
    /// Initial data.
    pub seed: Option<Seed>,
}

/// A question over HTTP whose answer says whether the component is ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Probe {
    /// Port in the container; asked at its published side.
    pub port: u16,
    /// Path with query.
    pub path: String,
    /// Status that means ready.
    pub status: u16,
    /// A regular expression that the body must match.
    pub body: Option<String>,
}

/// A log collector's count of the lines that it has sent. While containers write, it has to grow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flow {
    /// Port in the container that serves its metrics; asked at its published side.
    pub port: u16,
    /// Path with query.
    pub path: String,
    /// Name of the counter, in Prometheus' text format. The series of all labels are added up.
    pub sent: String,
    /// Label `name=value` of the containers whose output is not collected.
    pub ignore: Option<String>,
}

/// A page of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Stable word, such as `ui` or `targets`.
    pub id: String,
    /// Name for people.
    pub title: Text,
    /// The service that serves it, when that is another one.
    pub component: Option<String>,
    /// Port in the container that serves it; opened at its published side.
    pub port: u16,
    /// Path with query.
    pub path: String,
}

/// How a component is told to read its configuration anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reload {
    /// A request to the component.
    Http {
        /// `POST` or `PUT`.
        method: String,
        /// Port in the container.
        port: u16,
        /// Path with query.
        path: String,
    },
    /// A signal to the container's main process, such as `SIGHUP`.
    Signal(String),
}

/// Initial data of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Seed {
    /// Keys of Consul's KV store that are written when they do not exist.
    ConsulKv {
        /// Path relative to the project folder.
        file: String,
        /// Port of Consul's HTTP API in the container.
        port: u16,
    },
}

/// Which component takes the place of one that upstream has given up, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replacement {
    /// Its id.
    pub component: String,
    /// One sentence.
    pub reason: Text,
}

impl Text {
    /// The text in the given language, English when it has none.
    pub fn get(&self, chinese: bool) -> &str {
        if chinese && !self.zh.is_empty() { &self.zh } else { &self.en }
    }
}
