//! What the program was started with.

use std::{ffi::OsString, path::PathBuf};

/// Tells a start by the desktop session from one by the user.
pub(crate) const AUTOSTARTED: &str = "--autostarted";

const USAGE: &str = "usage: switchyard-app [--stack DIR] [--host URL]

  --stack DIR   opens this compose project instead of the shipped stack (or SWITCHYARD_STACK)
  --host URL    works on this Docker engine

The command for terminals is `switchyard`.";

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) stack: Option<PathBuf>,
    pub(crate) host: Option<String>,
    pub(crate) autostarted: bool,
}

impl Arguments {
    /// The error is for the user.
    pub(crate) fn read(words: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let stack = std::env::var_os("SWITCHYARD_STACK").filter(|path| !path.is_empty());
        let mut arguments = Self { stack: stack.map(PathBuf::from), ..Self::default() };
        let mut words = words;
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("--stack") => arguments.stack = Some(words.next().ok_or(USAGE)?.into()),
                Some("--host") => {
                    arguments.host = Some(words.next().and_then(|it| it.into_string().ok()).ok_or(USAGE)?);
                }
                Some(AUTOSTARTED) => arguments.autostarted = true,
                _ => return Err(USAGE.to_owned()),
            }
        }
        Ok(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    #[test]
    fn a_word_that_is_not_known_is_answered_with_the_usage() {
        let read = |words: &[&str]| Arguments::read(words.iter().map(Into::into));
        let told = read(&["--host", "tcp://x:1", "--autostarted"]).unwrap();
        assert_eq!((told.host.as_deref(), told.autostarted), (Some("tcp://x:1"), true));
        assert!(read(&["--stack"]).is_err());
        assert!(read(&["up"]).unwrap_err().contains("usage:"));
    }
}
