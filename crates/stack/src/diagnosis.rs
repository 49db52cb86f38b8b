//! Known signatures of failures, so that a user reads what happened and not only what was printed.

use std::fmt;

/// A failure with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Diagnosis {
    /// The kernel killed it for using more memory than its limit.
    OutOfMemory,
    /// Somebody killed it.
    Killed,
    /// Its command or health check names a program that the image does not have.
    CommandMissing,
    /// Its command or health check names a program that may not be executed.
    CommandNotExecutable,
    /// The disk of the engine is full.
    DiskFull,
    /// It may not write where its data should go.
    PermissionDenied,
    /// A port inside it, or on the host, is taken.
    AddressInUse,
    /// It speaks an older Docker API than the engine accepts.
    DockerClientTooOld,
    /// Consul's entry point cannot take over a read-only config folder.
    ConsulConfigReadOnly,
    /// It refuses its configuration file.
    ConfigInvalid,
    /// Log lines arrive without labels.
    LabelsMissing,
    /// Two programs share one data folder.
    DataLocked,
    /// Jaeger's memory is full, and it takes no span any more.
    SpansRefused,
}

impl Diagnosis {
    /// A stable kebab-case word.
    pub fn code(self) -> &'static str {
        match self {
            Self::OutOfMemory => "out-of-memory",
            Self::Killed => "killed",
            Self::CommandMissing => "command-missing",
            Self::CommandNotExecutable => "command-not-executable",
            Self::DiskFull => "disk-full",
            Self::PermissionDenied => "permission-denied",
            Self::AddressInUse => "address-in-use",
            Self::DockerClientTooOld => "docker-client-too-old",
            Self::ConsulConfigReadOnly => "consul-config-read-only",
            Self::ConfigInvalid => "config-invalid",
            Self::LabelsMissing => "labels-missing",
            Self::DataLocked => "data-locked",
            Self::SpansRefused => "spans-refused",
        }
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Marks in the output of a program, most telling first.
const SIGNATURES: &[(&str, Diagnosis)] = &[
    ("/consul/config: Read-only file system", Diagnosis::ConsulConfigReadOnly),
    ("no space left on device", Diagnosis::DiskFull),
    ("executable file not found", Diagnosis::CommandMissing),
    ("Minimum supported API version", Diagnosis::DockerClientTooOld),
    ("resource temporarily unavailable", Diagnosis::DataLocked),
    ("spans are refused until", Diagnosis::SpansRefused),
    ("above soft limit. Refusing data", Diagnosis::SpansRefused),
    ("CONFIG ERROR", Diagnosis::ConfigInvalid),
    ("Error loading config", Diagnosis::ConfigInvalid),
    ("failed parsing config", Diagnosis::ConfigInvalid),
    ("Unable to parse config", Diagnosis::ConfigInvalid),
    ("error creating promtail", Diagnosis::ConfigInvalid),
    ("could not perform the initial load", Diagnosis::ConfigInvalid),
    ("failed to get config:", Diagnosis::ConfigInvalid),
    ("error loading configuration file", Diagnosis::ConfigInvalid),
    ("==> failed to parse", Diagnosis::ConfigInvalid),
    ("Datasource provisioning error", Diagnosis::ConfigInvalid),
    ("address already in use", Diagnosis::AddressInUse),
    ("port is already allocated", Diagnosis::AddressInUse),
    ("missing_labels", Diagnosis::LabelsMissing),
    ("permission denied", Diagnosis::PermissionDenied),
    ("is not writable", Diagnosis::PermissionDenied),
];

/// The name of a failure, as far as exit code and output tell.
///
/// `output` is whatever text there is: the last log lines, the last output of the health check and the
/// engine's own message.
pub fn diagnose<'a>(
    exit_code: Option<i64>,
    oom_killed: bool,
    output: impl IntoIterator<Item = &'a str>,
) -> Option<Diagnosis> {
    if oom_killed {
        return Some(Diagnosis::OutOfMemory);
    }
    let lines: Vec<&str> = output.into_iter().collect();
    // The runtime says so when it may not execute what it was told to; a program's own words never name `exec:`.
    if lines.iter().any(|line| line.contains("exec: \"") && line.contains("permission denied")) {
        return Some(Diagnosis::CommandNotExecutable);
    }
    let known = SIGNATURES.iter().find(|(mark, _)| lines.iter().any(|line| line.contains(mark)));
    match (known, exit_code) {
        (Some((_, diagnosis)), _) => Some(*diagnosis),
        (None, Some(126)) => Some(Diagnosis::CommandNotExecutable),
        (None, Some(127)) => Some(Diagnosis::CommandMissing),
        (None, Some(137)) => Some(Diagnosis::Killed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_and_a_kill_are_told_apart() {
        assert_eq!(diagnose(Some(137), true, []), Some(Diagnosis::OutOfMemory));
        assert_eq!(diagnose(Some(137), false, []), Some(Diagnosis::Killed));
    }

    #[test]
    fn output_says_more_than_an_exit_code() {
        let line = "mkdir /loki/rules: permission denied";
        assert_eq!(diagnose(Some(1), false, [line]), Some(Diagnosis::PermissionDenied));
        assert_eq!(diagnose(Some(1), false, ["all is well"]), None);
    }

    #[test]
    fn a_program_that_may_not_be_executed_is_no_matter_of_data() {
        let line = "runc create failed: exec: \"/1\": permission denied: unknown";
        assert_eq!(diagnose(None, false, [line]), Some(Diagnosis::CommandNotExecutable));
        let line = "exec: \"serve\": executable file not found in $PATH: unknown";
        assert_eq!(diagnose(Some(127), false, [line]), Some(Diagnosis::CommandMissing));
    }

    #[test]
    fn a_refused_configuration_is_known_by_the_words_of_each_program() {
        for line in [
            "failed parsing config: /etc/loki/loki-config.yml: yaml: line 7: found character that cannot start any token",
            "Unable to parse config: missing closing brace",
            "level=error msg=\"error creating promtail\" error=\"failed to create client manager\"",
            "Error: could not perform the initial load successfully",
            "Error: failed to get config: cannot unmarshal the configuration",
            "level=ERROR msg=\"alertmanager exited with error\" err=\"error loading configuration file: yaml\"",
            "level=ERROR msg=\"Error loading config (--config.file=/p/x.yml)\"",
            "==> failed to parse /x/kv.json: decoding failed due to the following error(s):",
        ] {
            assert_eq!(diagnose(Some(1), false, [line]), Some(Diagnosis::ConfigInvalid), "{line}");
        }
        let full = "memory is full: spans are refused until Jaeger is restarted";
        assert_eq!(diagnose(None, false, [full]), Some(Diagnosis::SpansRefused));
    }

    #[test]
    fn a_full_disk_is_not_taken_for_a_permission() {
        let lines = ["permission denied", "write /loki/wal: no space left on device"];
        assert_eq!(diagnose(None, false, lines), Some(Diagnosis::DiskFull));
    }
}
