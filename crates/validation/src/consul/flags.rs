//! The flags of the agent, as far as they are of interest.

use std::collections::BTreeMap;

/// Flags that are either there or not.
const SWITCHES: [&str; 15] = [
    "auto-reload-config",
    "bootstrap",
    "dev",
    "disable-host-node-id",
    "disable-keyring-file",
    "enable-local-script-checks",
    "enable-script-checks",
    "log-json",
    "non-voting-server",
    "quiet",
    "read-replica",
    "rejoin",
    "server",
    "syslog",
    "ui",
];

const NUMBERS: [&str; 15] = [
    "bootstrap-expect",
    "check_output_max_size",
    "dns-port",
    "grpc-port",
    "grpc-tls-port",
    "http-port",
    "https-port",
    "log-rotate-bytes",
    "log-rotate-max-files",
    "protocol",
    "raft-protocol",
    "retry-max",
    "retry-max-wan",
    "serf-lan-port",
    "serf-wan-port",
];

const OTHERS: [&str; 40] = [
    "advertise",
    "advertise-wan",
    "allow-write-http-from",
    "alt-domain",
    "bind",
    "client",
    "config-dir",
    "config-file",
    "config-format",
    "data-dir",
    "datacenter",
    "default-query-time",
    "domain",
    "encrypt",
    "hcl",
    "join",
    "join-wan",
    "log-file",
    "log-level",
    "log-rotate-duration",
    "max-query-time",
    "node",
    "node-id",
    "node-meta",
    "pid-file",
    "primary-gateway",
    "recursor",
    "retry-interval",
    "retry-interval-wan",
    "retry-join",
    "retry-join-wan",
    "segment",
    "serf-lan-allowed-cidrs",
    "serf-lan-bind",
    "serf-wan-allowed-cidrs",
    "serf-wan-bind",
    "server-port",
    "ui-content-path",
    "ui-dir",
    "raft-boltdb",
];

/// What the flags say.
#[derive(Debug, Default)]
pub(super) struct Flags {
    /// The last value of each.
    pub values: BTreeMap<String, String>,
    /// Files and folders, in their order.
    pub paths: Vec<String>,
    /// Configuration as a flag.
    pub hcl: Vec<String>,
}

impl Flags {
    /// Reads flags as Go does: `-name value`, `-name=value`, with one dash or two, up to the first other word.
    pub(super) fn read(words: &[String], agent: bool) -> Result<Self, String> {
        let mut flags = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let bare =
                word.strip_prefix("--").or_else(|| word.strip_prefix('-')).filter(|bare| !bare.is_empty());
            let Some(bare) = bare else {
                if !agent {
                    flags.paths.push(word.clone());
                    flags.paths.extend(words.cloned());
                }
                return Ok(flags);
            };
            let (name, value) =
                bare.split_once('=').map_or((bare, None), |(name, value)| (name, Some(value)));
            let switch = SWITCHES.contains(&name);
            if !switch && !NUMBERS.contains(&name) && !OTHERS.contains(&name) {
                return Err(format!("flag provided but not defined: -{name}"));
            }
            let value = match value {
                Some(value) => value.to_owned(),
                None if switch => "true".to_owned(),
                None => words.next().ok_or_else(|| format!("flag needs an argument: -{name}"))?.clone(),
            };
            flags.take(name, value, switch)?;
        }
        Ok(flags)
    }

    fn take(&mut self, name: &str, value: String, switch: bool) -> Result<(), String> {
        if switch
            && !matches!(
                value.as_str(),
                "1" | "t" | "T" | "TRUE" | "true" | "True" | "0" | "f" | "F" | "FALSE" | "false" | "False"
            )
        {
            return Err(format!(
                "invalid boolean value {value:?} for -{name}: strconv.ParseBool: parsing {value:?}: invalid syntax"
            ));
        }
        if NUMBERS.contains(&name) && value.parse::<i64>().is_err() {
            return Err(format!(
                "invalid value {value:?} for flag -{name}: strconv.Atoi: parsing {value:?}: invalid syntax"
            ));
        }
        match name {
            "config-file" | "config-dir" => self.paths.push(value),
            "hcl" => self.hcl.push(value),
            _ => {
                self.values.insert(name.to_owned(), value);
            }
        }
        Ok(())
    }

    /// Whether a switch is on; nothing when it is not given.
    pub(super) fn switch(&self, name: &str) -> Option<bool> {
        self.values.get(name).map(|value| value.starts_with(['1', 't', 'T']))
    }
}
