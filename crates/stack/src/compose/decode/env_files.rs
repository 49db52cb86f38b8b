//! `env_file`: read, interpolated and put under `environment`.

use std::{collections::BTreeMap, path::Path};

use super::{
    super::{error::LoadErrorKind, field::Field, keys},
    Context,
};
use crate::dotenv;

/// One entry of `env_file`.
struct EnvFile {
    path: String,
    required: bool,
    raw: bool,
}

/// The service's environment: keys without a value get it from the project's environment, and what the
/// `env_file`s say stands below. A key that stays without a value hides theirs, as in compose.
pub(super) fn resolve(
    environment: BTreeMap<String, Option<String>>,
    env_file: Option<&Field<'_>>,
    context: &Context<'_>,
) -> BTreeMap<String, Option<String>> {
    let own: BTreeMap<String, Option<String>> = environment
        .into_iter()
        .map(|(key, value)| {
            let value = value.or_else(|| context.env.get(&key).cloned());
            (key, value)
        })
        .collect();
    let Some(field) = env_file else { return own };
    let mut variables: BTreeMap<String, String> =
        own.iter().filter_map(|(key, value)| Some((key.clone(), value.clone()?))).collect();
    let lookup = |name: &str| context.env.get(name).cloned().or_else(|| own.get(name).cloned().flatten());
    if field.is_sequence() {
        field.items(|item| read(item, &lookup, &mut variables, context));
    } else {
        read(field, &lookup, &mut variables, context);
    }
    let mut merged: BTreeMap<String, Option<String>> =
        variables.into_iter().map(|(key, value)| (key, Some(value))).collect();
    merged.extend(own);
    merged
}

fn read(
    field: &Field<'_>,
    lookup: &dyn Fn(&str) -> Option<String>,
    variables: &mut BTreeMap<String, String>,
    context: &Context<'_>,
) {
    let Some(file) = entry(field) else { return };
    let path = context.absolute(&file.path);
    let text = match (context.read)(Path::new(&path)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !file.required => return,
        Err(error) => {
            field.error(LoadErrorKind::EnvFile, format!("the file {path} cannot be read: {error}"));
            return;
        }
    };
    if file.raw {
        read_raw(&text, lookup, variables);
    } else if let Err(error) = dotenv::parse_into(&text, lookup, variables) {
        let message = format!("{path}:{}:{}: {}", error.line, error.column, error.kind);
        field.error(LoadErrorKind::EnvFile, message);
    }
}

/// `format: raw`: lines `KEY=value`, where every character of the value counts.
fn read_raw(text: &str, lookup: &dyn Fn(&str) -> Option<String>, variables: &mut BTreeMap<String, String>) {
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match line.split_once('=') {
            Some((key, value)) => _ = variables.insert(key.to_owned(), value.to_owned()),
            None => {
                if let Some(value) = lookup(line.trim_end()) {
                    variables.insert(line.trim_end().to_owned(), value);
                }
            }
        }
    }
}

fn entry(field: &Field<'_>) -> Option<EnvFile> {
    let mut file = EnvFile { path: String::new(), required: true, raw: false };
    if field.is_mapping() {
        field.section(&keys::ENV_FILE, |key, field| match key {
            "path" => file.path = field.text().unwrap_or_default(),
            "required" => file.required = field.boolean().unwrap_or(true),
            "format" => file.raw = field.word(&[("raw", true)]).unwrap_or_default(),
            _ => {}
        });
    } else {
        file.path = field.text()?;
    }
    if file.path.is_empty() {
        field.invalid("the path of the file is missing");
        return None;
    }
    Some(file)
}
