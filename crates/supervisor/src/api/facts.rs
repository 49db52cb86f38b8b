//! What the sentence about an error names besides its subject, each under a stable key and with a type of its own.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::codes::codes;

macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident $field:ident: $type:ty = $key:literal),+ $(,)?) => {
        /// One of them.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Fact {
            $($(#[$doc])* $name($type),)+
        }

        impl Fact {
            /// Its name on the wire.
            pub fn key(&self) -> &'static str {
                match self { $(Self::$name(_) => $key),+ }
            }

            /// Its value as a text, as it is on the wire.
            pub fn text(&self) -> String {
                match self { $(Self::$name(value) => value.to_string()),+ }
            }
        }

        impl Facts {
            $($(#[$doc])* pub fn $field(&self) -> Option<&$type> {
                self.0.iter().find_map(|fact| match fact {
                    Fact::$name(value) => Some(value),
                    _ => None,
                })
            })+
        }

        /// What the sentence about an error names besides its subject, as texts.
        #[cfg(test)]
        #[derive(ts_rs::TS)]
        #[ts(rename = "Facts")]
        #[expect(dead_code, reason = "its declaration is generated")]
        pub(crate) struct DeclaredFacts {
            $($(#[$doc])* #[ts(optional, rename = $key)] $field: Option<<$type as OnTheWire>::As>,)+
        }
    };
}

facts! {
    /// The file where something is wrong.
    File file: String = "file",
    /// The line of it.
    Line line: usize = "line",
    /// The column of the line.
    Column column: usize = "column",
    /// How many faults there are, where the error tells the first of several.
    Faults faults: usize = "faults",
    /// How many errors there are besides this one.
    More more: usize = "more",
    /// The word that is most like the unknown one.
    Nearest nearest: String = "nearest",
    /// The stack that it happened in.
    Stack stack: String = "stack",
    /// The folder that has the project's name.
    Folder folder: String = "folder",
    /// A host port that is taken.
    Port port: u16 = "port",
    /// A free one near it.
    Free free: u16 = "free",
    /// The variable of `.env` that sets the port.
    Variable variable: String = "variable",
    /// The container that has the port, or that writes what is not passed on.
    Container container: String = "container",
    /// The project of the container that has the port.
    Project project: String = "project",
    /// The program that has the port.
    Process process: String = "process",
    /// Its number.
    Pid pid: u32 = "pid",
    /// What is missing.
    Kind kind: ResourceKind = "kind",
    /// Whose it is, when it is not for the user to make.
    Owner owner: Owner = "owner",
    /// The service that is in need of it.
    Service service: String = "service",
    /// The component that cannot run beside this one.
    Other other: String = "other",
    /// The part of the component that is not well.
    Part part: String = "part",
    /// How that part is.
    State state: PartState = "state",
    /// What was asked.
    Url url: String = "url",
    /// How long was waited.
    Seconds seconds: u64 = "seconds",
    /// What was waited for.
    Awaited awaited: Awaited = "awaited",
    /// With what its main process has ended.
    ExitCode exit_code: i64 = "exitCode",
    /// Where a damaged file is kept.
    Kept kept: String = "kept",
    /// The other program that changes the stack.
    Holder holder: String = "holder",
}

codes! {
    /// What compose calls external.
    ResourceKind:
    /// A network.
    Network = "network",
    /// A volume.
    Volume = "volume",
}

codes! {
    /// Who makes what is missing.
    Owner:
    /// The stack, when it is brought up.
    Stack = "stack",
}

codes! {
    /// How a part of a component is that is not well.
    PartState:
    /// The engine's health check fails.
    Unhealthy = "unhealthy",
    /// It is frozen.
    Paused = "paused",
    /// It ends again and again.
    Restarting = "restarting",
    /// It does not run.
    Stopped = "stopped",
    /// It has no container.
    Gone = "gone",
}

codes! {
    /// What a wait was for that took too long.
    Awaited:
    /// That its container runs.
    Start = "start",
    /// That its health check passes.
    HealthCheck = "health-check",
    /// That its main process ends.
    Exit = "exit",
    /// That the engine starts it again.
    Restart = "restart",
}

/// The facts of one error, at most one of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts(Vec<Fact>);

impl Facts {
    /// Adds one; it takes the place of one of the same kind.
    pub fn set(&mut self, fact: Fact) {
        self.0.retain(|before| before.key() != fact.key());
        self.0.push(fact);
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.0.iter()
    }
}

/// Scripts have always read texts here.
impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for fact in &self.0 {
            map.serialize_entry(fact.key(), &fact.text())?;
        }
        map.end()
    }
}

/// Numbers are texts on the wire, codes are themselves.
#[cfg(test)]
trait OnTheWire {
    type As: ts_rs::TS;
}

#[cfg(test)]
macro_rules! on_the_wire {
    ($($type:ty as $wire:ty),+ $(,)?) => { $(impl OnTheWire for $type { type As = $wire; })+ };
}

#[cfg(test)]
on_the_wire! {
    String as String, usize as String, u16 as String, u32 as String, u64 as String, i64 as String,
    ResourceKind as ResourceKind, Owner as Owner, PartState as PartState, Awaited as Awaited,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_texts_under_their_keys_on_the_wire_and_typed_in_rust() {
        let mut facts = Facts::default();
        facts.set(Fact::ExitCode(1));
        facts.set(Fact::ExitCode(137));
        facts.set(Fact::State(PartState::Gone));
        assert_eq!(facts.exit_code(), Some(&137));
        assert_eq!(facts.port(), None);
        let wire = serde_json::to_value(&facts).unwrap();
        assert_eq!(wire, serde_json::json!({ "exitCode": "137", "state": "gone" }));
    }
}
