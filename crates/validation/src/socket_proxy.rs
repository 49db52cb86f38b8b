//! The proxy of the Docker socket, which has no file: its flags, and variables that stand for them.

use crate::{Complaint, Invocation, Stage, go_regex};

/// What stands for a file.
const COMMAND: &str = "command";

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "TRACE", "OPTIONS"];

/// What a flag takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Switch,
    Number,
    Text,
}

const FLAGS: [(&str, Kind); 14] = [
    ("allowbindmountfrom", Kind::Text),
    ("allowfrom", Kind::Text),
    ("allowhealthcheck", Kind::Switch),
    ("listenip", Kind::Text),
    ("logjson", Kind::Switch),
    ("loglevel", Kind::Text),
    ("proxycontainername", Kind::Text),
    ("proxyport", Kind::Number),
    ("proxysocketendpoint", Kind::Text),
    ("proxysocketendpointfilemode", Kind::Number),
    ("shutdowngracetime", Kind::Number),
    ("socketpath", Kind::Text),
    ("stoponwatchdog", Kind::Switch),
    ("watchdoginterval", Kind::Number),
];

/// What the proxy would end with at once.
pub(crate) fn check(of: &Invocation<'_>) -> Vec<Complaint> {
    let flags = match read(of.arguments) {
        Ok(flags) => flags,
        Err(words) => {
            // A newer version may have more flags.
            let unknown = words.starts_with("flag provided but not defined") && !of.knows_fields();
            let stage = if unknown { Stage::Accepted } else { Stage::Parse };
            return vec![Complaint::whole(COMMAND, stage, words)];
        }
    };
    let mut found = Vec::new();
    let mut add = |place: &str, words: String| found.push(Complaint::whole(place, Stage::Parse, words));
    let given = |name: &str| {
        let flag =
            flags.iter().rev().find(|(flag, _)| *flag == name).map(|(_, value)| (COMMAND.to_owned(), *value));
        let variable = format!("SP_{}", name.to_uppercase());
        flag.or_else(|| {
            let value = of.environment.get(&variable).filter(|value| !value.is_empty())?;
            Some((variable, value.as_str()))
        })
    };
    if let Some((place, port)) = given("proxyport")
        && number(port).is_some_and(|port| !(1..=65535).contains(&port))
    {
        add(&place, "port number has to be between 1 and 65535".to_owned());
    }
    if let Some((place, address)) = given("listenip")
        && address.parse::<std::net::IpAddr>().is_err()
    {
        add(&place, format!("invalid IP \"{address}\" for listenip"));
    }
    if let Some((place, level)) = given("loglevel")
        && !["DEBUG", "INFO", "WARN", "ERROR"].contains(&level.to_uppercase().as_str())
    {
        add(&place, format!("invalid log level {level}: Supported levels are DEBUG, INFO, WARN, ERROR"));
    }
    if let Some((place, mode)) = given("proxysocketendpointfilemode")
        && place == COMMAND
        && number(mode).is_some_and(|mode| mode > 0o777)
    {
        add(&place, "file mode has to be between 0 and 0o777".to_owned());
    }
    found.extend(expressions(of, &flags));
    found
}

/// Flags and their values in the order of the command.
type Given<'a> = Vec<(&'a str, &'a str)>;

/// Reads flags as Go does: `-name value`, `-name=value`, with one dash or two, up to the first other word.
fn read(words: &[String]) -> Result<Given<'_>, String> {
    let mut given = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let bare = word.strip_prefix("--").or_else(|| word.strip_prefix('-')).filter(|bare| !bare.is_empty());
        let Some(bare) = bare else { break };
        let (name, value) = bare.split_once('=').map_or((bare, None), |(name, value)| (name, Some(value)));
        let kind = if name.strip_prefix("allow").is_some_and(|method| METHODS.contains(&method)) {
            Kind::Text
        } else {
            let known = FLAGS.iter().find(|(known, _)| *known == name);
            known.ok_or_else(|| format!("flag provided but not defined: -{name}"))?.1
        };
        let value = match value {
            Some(value) => value,
            None if kind == Kind::Switch => "true",
            None => words.next().ok_or_else(|| format!("flag needs an argument: -{name}"))?,
        };
        match kind {
            Kind::Switch if !is_bool(value) => {
                return Err(format!("invalid boolean value {value:?} for -{name}: parse error"));
            }
            Kind::Number if number(value).is_none() => {
                return Err(format!("invalid value {value:?} for flag -{name}: parse error"));
            }
            _ => given.push((name, value)),
        }
    }
    Ok(given)
}

fn is_bool(value: &str) -> bool {
    matches!(
        value,
        "1" | "t" | "T" | "true" | "TRUE" | "True" | "0" | "f" | "F" | "false" | "FALSE" | "False"
    )
}

/// A whole number as Go's flags read it: `10`, `0x1f`, `0600`.
fn number(value: &str) -> Option<u64> {
    let digits = value.replace('_', "");
    match digits.get(..2) {
        Some("0x" | "0X") => u64::from_str_radix(&digits[2..], 16).ok(),
        Some("0b" | "0B") => u64::from_str_radix(&digits[2..], 2).ok(),
        Some("0o" | "0O") => u64::from_str_radix(&digits[2..], 8).ok(),
        Some(start) if start.starts_with('0') => u64::from_str_radix(&digits, 8).ok(),
        _ => digits.parse().ok(),
    }
}

/// What each method allows. The proxy puts an expression between `^` and `$`.
fn expressions(of: &Invocation<'_>, flags: &Given<'_>) -> Vec<Complaint> {
    let mut found = Vec::new();
    for method in METHODS {
        let flag = format!("allow{method}");
        let variable = format!("SP_ALLOW_{method}");
        let by_flag = flags.iter().filter(|(name, _)| *name == flag);
        let by_flag = by_flag.map(|(_, value)| (COMMAND, "command line parameter", *value));
        let own = |name: &str| {
            name == variable || name.strip_prefix(&variable).is_some_and(|rest| rest.starts_with('_'))
        };
        let by_variable = of.environment.iter().filter(|(name, value)| own(name) && !value.is_empty());
        let by_variable = by_variable.map(|(name, value)| (name.as_str(), "env variable", value.as_str()));
        for (place, source, expression) in by_flag.chain(by_variable) {
            let anchored = format!("^{expression}$");
            if let Err(words) = go_regex::check(&anchored) {
                let words =
                    format!("invalid regex \"{expression}\" for method {method} in {source}: {words}");
                found.push(Complaint::whole(place, Stage::Parse, words));
            } else if has_alternatives(expression) {
                let words = format!(
                    "{anchored} allows every path that its first alternative begins and its last one ends"
                );
                let complaint = Complaint::whole(place, Stage::Accepted, words);
                found.push(complaint.hint(format!("put the alternatives into brackets: ({expression})")));
            }
        }
    }
    found
}

/// Whether there is a `|` outside of all brackets, which `^` and `$` do not embrace.
fn has_alternatives(expression: &str) -> bool {
    let (mut depth, mut class) = (0_usize, false);
    let mut letters = expression.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '[' => class = true,
            ']' => class = false,
            '(' if !class => depth += 1,
            ')' if !class => depth = depth.saturating_sub(1),
            '|' if !class && depth == 0 => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::{Invocation, Program, check, files::Texts};

    fn told(arguments: &[&str], environment: &[(&str, &str)]) -> Vec<String> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let environment: BTreeMap<String, String> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let found = check(&Invocation {
            program: Program::SocketProxy,
            version: Some("1.13.1"),
            arguments: &arguments,
            environment: &environment,
            files: &Texts::default(),
        });
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_shipped_flags_are_accepted() {
        let shipped = [
            "-loglevel=warn",
            "-listenip=0.0.0.0",
            "-allowfrom=log-collector",
            "-allowhealthcheck",
            "-allowHEAD=/_ping",
            "-allowGET=(/v[0-9.]+)?/(_ping|version|events|networks(/[^/]+)?|containers/json|containers/[^/]+/(json|logs))",
            "-watchdoginterval=60",
            "-stoponwatchdog",
            "-shutdowngracetime=1",
        ];
        assert_eq!(told(&shipped, &[]), [""; 0]);
        assert_eq!(told(&["-allowfrom=x.y.z"], &[]), [""; 0]);
    }

    #[test]
    fn what_the_proxy_refuses_is_refused_in_its_words() {
        for (argument, words) in [
            (
                "-allowGET=(",
                "invalid regex \"(\" for method GET in command line parameter: error parsing regexp: missing closing ): `^($`",
            ),
            (
                "-allowPOST=(?=a)",
                "invalid regex \"(?=a)\" for method POST in command line parameter: error parsing regexp: invalid or unsupported Perl syntax: `(?=`",
            ),
            ("-nonsense", "flag provided but not defined: -nonsense"),
            ("-allowfrom", "flag needs an argument: -allowfrom"),
            ("-loglevel=loud", "invalid log level loud: Supported levels are DEBUG, INFO, WARN, ERROR"),
            ("-listenip=here", "invalid IP \"here\" for listenip"),
            ("-proxyport=0", "port number has to be between 1 and 65535"),
            ("-watchdoginterval=1m", "invalid value \"1m\" for flag -watchdoginterval: parse error"),
            ("-allowhealthcheck=yes", "invalid boolean value \"yes\" for -allowhealthcheck: parse error"),
        ] {
            assert_eq!(told(&[argument], &[]), [format!("command: {words}")], "{argument}");
        }
    }

    #[test]
    fn variables_stand_for_flags() {
        assert_eq!(
            told(&[], &[("SP_ALLOW_GET", "[")]),
            [
                "SP_ALLOW_GET: invalid regex \"[\" for method GET in env variable: error parsing regexp: missing closing ]: `[$`"
            ]
        );
        assert_eq!(
            told(&[], &[("SP_LOGLEVEL", "loud")]),
            ["SP_LOGLEVEL: invalid log level loud: Supported levels are DEBUG, INFO, WARN, ERROR"]
        );
        assert_eq!(told(&["-loglevel=info"], &[("SP_LOGLEVEL", "loud")]), [""; 0]);
    }

    #[test]
    fn alternatives_outside_of_brackets_allow_more_than_they_say() {
        assert_eq!(
            told(&["-allowGET=/version|/_ping"], &[]),
            [
                "command: ^/version|/_ping$ allows every path that its first alternative begins and its last one ends (put the alternatives into brackets: (/version|/_ping))"
            ]
        );
        assert_eq!(told(&["-allowGET=/(version|_ping)[a|b]\\|"], &[]), [""; 0]);
    }
}
