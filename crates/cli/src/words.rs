//! Every word that users read, in both languages side by side, so that neither can be forgotten.

mod errors;
mod help;
mod notices;
mod phases;

pub(crate) use help::{translate, usage_error};

/// A language that messages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    /// English.
    En,
    /// 简体中文.
    Zh,
}

/// What is said of an error: what happened, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// One sentence.
    pub(crate) what: String,
    /// What to do, as far as there is something; may have several lines.
    pub(crate) remedy: Option<String>,
}

impl Lang {
    /// The language that the environment asks for: `LC_ALL`, `LC_MESSAGES`, `LANG`, the first that is set.
    pub(crate) fn of_environment(get: impl Fn(&str) -> Option<String>) -> Self {
        let locale =
            ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(get).find(|value| !value.is_empty());
        if locale.is_some_and(|locale| locale.starts_with("zh")) { Self::Zh } else { Self::En }
    }

    /// The text in this language.
    pub(crate) fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    /// The text of the stack in this language.
    pub(crate) fn text(self, text: &supervisor::api::snapshot::Text) -> &str {
        if self == Self::Zh && !text.zh.is_empty() { &text.zh } else { &text.en }
    }
}

/// Chooses between two format strings with the same arguments.
macro_rules! say {
    ($lang:expr, $en:literal, $zh:literal $(, $arg:expr)* $(,)?) => {
        match $lang {
            $crate::words::Lang::En => format!($en $(, $arg)*),
            $crate::words::Lang::Zh => format!($zh $(, $arg)*),
        }
    };
}
pub(crate) use say;

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn the_locale_chooses_the_language() {
        let with = |pairs: &'static [(&str, &str)]| {
            Lang::of_environment(|name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(with(&[("LANG", "zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(with(&[("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")]), Lang::En);
        assert_eq!(with(&[("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(with(&[]), Lang::En);
    }
}
