//! Stable words as enumerations: Rust matches on them, the user interface gets them as a union, scripts read the word.

/// Declares an enumeration of words that never change: scripts and translations hang on them.
macro_rules! codes {
    ($(#[$about:meta])* $type:ident: $($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        pub enum $type {
            $($(#[$doc])* #[serde(rename = $code)] #[cfg_attr(test, ts(rename = $code))] $name,)+
        }

        impl $type {
            /// All of them, for tables that must be complete.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The kebab-case word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(super) use codes;
