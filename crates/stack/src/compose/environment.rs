//! The environment that variables in compose files are looked up in.

use std::{collections::BTreeMap, path::PathBuf};

use super::SourceFile;
use crate::dotenv::{self, DotenvError};

/// A `.env` file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{}:{}: {}", file.display(), error.line, error.column, error.kind)]
pub struct EnvironmentError {
    /// The file.
    pub file: PathBuf,
    /// What is wrong in it.
    pub error: DotenvError,
}

/// The environment of the process over what the `.env` files say, of which the later ones count more.
pub fn environment(
    process: &BTreeMap<String, String>,
    dotenv_files: &[SourceFile],
) -> Result<BTreeMap<String, String>, EnvironmentError> {
    let mut variables = BTreeMap::new();
    for SourceFile { path, text } in dotenv_files {
        dotenv::parse_into(text, &|name| process.get(name).cloned(), &mut variables)
            .map_err(|error| EnvironmentError { file: path.clone(), error })?;
    }
    variables.extend(process.iter().map(|(key, value)| (key.clone(), value.clone())));
    Ok(variables)
}
