//! What the command line of the socket proxy says, and how it says that it has understood.

use std::net::IpAddr;

use regex::Regex;

use super::PORT;
use crate::{clock, resolver, settings};

const METHODS: [&str; 9] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

impl Level {
    fn by_name(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "debug" => Self::Debug,
            "warn" => Self::Warn,
            "error" => Self::Error,
            _ => Self::Info,
        }
    }
    fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }
}

pub struct Rules {
    level: Level,
    pub listen: String,
    pub port: u16,
    pub socket: String,
    from: String,
    allowed: Vec<(&'static str, Regex)>,
    pub grace: f64,
    pub watchdog: f64,
    pub stop_on_watchdog: bool,
    pub health_check: bool,
}

impl Rules {
    /// For as long as the process lives. The arguments have passed the checks.
    pub fn read(arguments: &[String]) -> &'static Self {
        let value =
            |name: &str, usual: &str| settings::flag_value(arguments, name).unwrap_or(usual).to_owned();
        let seconds = |name: &str, usual: f64| value(name, "").parse().unwrap_or(usual);
        let mut allowed = Vec::new();
        for method in METHODS {
            let flag = format!("allow{method}=");
            for argument in arguments {
                let Some(pattern) = argument.trim_start_matches('-').strip_prefix(&flag) else { continue };
                // Without parentheses, as the real one does: an alternation at the top is not held together.
                allowed.extend(Regex::new(&format!("^{pattern}$")).ok().map(|regex| (method, regex)));
            }
        }
        Box::leak(Box::new(Self {
            level: Level::by_name(&value("loglevel", "INFO")),
            listen: value("listenip", "127.0.0.1"),
            port: value("proxyport", "").parse().unwrap_or(PORT),
            socket: value("socketpath", "/var/run/docker.sock"),
            from: value("allowfrom", "127.0.0.1/32"),
            allowed,
            grace: seconds("shutdowngracetime", 10.0),
            watchdog: seconds("watchdoginterval", 0.0),
            stop_on_watchdog: settings::has_flag(arguments, "stoponwatchdog"),
            health_check: settings::has_flag(arguments, "allowhealthcheck"),
        }))
    }

    /// A line of the log, on stdout.
    pub fn say(&self, level: Level, rest: &str) {
        if level >= self.level {
            println!("time={} level={} {rest}", clock::rfc3339(clock::nanos(), 3), level.name());
        }
    }

    /// What is said before the socket is looked for.
    pub fn announce(&self) {
        let os = std::env::consts::OS;
        self.say(
            Level::Info,
            &format!(
                "msg=\"starting socket-proxy\" version={} os={os} arch=amd64 runtime=go1.26.8 \
                 URL=github.com/wollomatic/socket-proxy",
                settings::version()
            ),
        );
        self.say(
            Level::Info,
            &format!(
                "msg=\"configuration info\" socketpath={} listenaddress={}:{} loglevel={} logjson=false \
                 allowfrom={} shutdowngracetime={}",
                self.socket,
                self.listen,
                self.port,
                self.level.name(),
                self.from,
                self.grace
            ),
        );
        if self.watchdog > 0.0 {
            self.say(
                Level::Info,
                &format!(
                    "msg=\"watchdog enabled\" interval={} stoponwatchdog={}",
                    self.watchdog, self.stop_on_watchdog
                ),
            );
        } else {
            self.say(Level::Info, "msg=\"watchdog disabled\"");
        }
        println!("Default request allowlist:\n   Method   Regex");
        for (method, regex) in &self.allowed {
            println!("   {method:<8} [{regex}]");
        }
    }

    /// `None` when the method has no rule at all.
    pub fn allows(&self, method: &str, path: &str) -> Option<bool> {
        let mut rules = self.allowed.iter().filter(|(allowed, _)| *allowed == method).peekable();
        rules.peek()?;
        Some(rules.any(|(_, regex)| regex.is_match(path)))
    }

    /// Names are looked up each time: containers come and go.
    pub fn allows_client(&self, client: &str) -> bool {
        let Some(address) = client.rsplit_once(':').and_then(|(host, _)| host.parse::<IpAddr>().ok()) else {
            return false;
        };
        self.from.split(',').map(str::trim).any(|allowed| match allowed.split_once('/') {
            Some((network, bits)) => in_network(address, network, bits),
            None => resolver::lookup(allowed).is_ok_and(|found| found == address),
        })
    }
}

/// What Go's flags say after a command line that they cannot read.
pub fn usage() -> String {
    let line = |method: &&str| {
        format!(
            "  -allow{method} value\n    \tregex for {method} requests (not set means method is not allowed)\n"
        )
    };
    format!("Usage of /socket-proxy:\n{}", METHODS.iter().map(line).collect::<String>())
}

fn in_network(address: IpAddr, network: &str, bits: &str) -> bool {
    let (IpAddr::V4(address), Ok(network), Ok(bits)) =
        (address, network.parse::<std::net::Ipv4Addr>(), bits.parse::<u32>())
    else {
        return false;
    };
    let mask = u32::MAX.checked_shl(32_u32.saturating_sub(bits)).unwrap_or(0);
    address.to_bits() & mask == network.to_bits() & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(arguments: &[&str]) -> &'static Rules {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Rules::read(&arguments)
    }

    #[test]
    fn only_the_whole_path_counts() {
        let rules = rules(&["-allowGET=/(version|containers/[^/]+/json)", "-allowHEAD=/_ping"]);
        assert_eq!(rules.allows("GET", "/version"), Some(true));
        assert_eq!(rules.allows("GET", "/x/version"), Some(false));
        assert_eq!(rules.allows("GET", "/containers/x/../y/json"), Some(false));
        assert_eq!(rules.allows("POST", "/version"), None);
    }

    #[test]
    fn a_client_is_known_by_its_network() {
        assert!(rules(&["-allowfrom=10.0.0.0/8"]).allows_client("10.3.4.5:4711"));
        assert!(!rules(&["-allowfrom=10.0.0.0/8"]).allows_client("11.3.4.5:4711"));
        assert!(rules(&["-allowfrom=0.0.0.0/0"]).allows_client("11.3.4.5:4711"));
    }
}
