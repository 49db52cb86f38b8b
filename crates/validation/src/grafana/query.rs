//! Queries in the languages of their data sources.

use crate::{
    logql,
    promql::{self, Features},
};

use super::variables::{self, CANDIDATES, Variables};

/// The language that a data source is asked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Promql,
    Logql,
}

impl Language {
    /// That of a type of data source, where it is known here.
    pub(crate) fn of(kind: &str) -> Option<Self> {
        match kind {
            "prometheus" => Some(Self::Promql),
            "loki" => Some(Self::Logql),
            _ => None,
        }
    }

    /// Whether a query without variables is one.
    pub(crate) fn check(self, query: &str) -> Result<(), String> {
        // Which features a Prometheus is started with, Grafana does not know.
        let features = Features {
            experimental_functions: true,
            duration_expressions: true,
            extended_range_selectors: true,
            fill_modifiers: true,
        };
        match self {
            Self::Promql => promql::check_with(query, features)
                .or_else(|_| promql::check(query))
                .map_err(|error| error.message),
            Self::Logql => logql::check(query).map(|_| ()).map_err(|error| error.message),
        }
    }
}

/// Whether a query is one with some value in the place of each variable; otherwise what the source says of it.
pub(super) fn check(language: Language, query: &str, variables: &Variables) -> Result<(), String> {
    let first = language.check(&variables::fill(query, variables, 0));
    let any = first.is_ok()
        || (1..CANDIDATES)
            .any(|candidate| language.check(&variables::fill(query, variables, candidate)).is_ok());
    if any { Ok(()) } else { first }
}
