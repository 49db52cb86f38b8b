//! The first `.env`: a copy of `.env.example` in which every secret has a random value.

use std::path::Path;

use stack::{
    dotenv,
    meta::{EnvField, EnvKind},
};

use crate::{
    api::error::{AppError, ErrorCode},
    files::{Privacy, unreadable, write_atomically},
};

/// Letters and digits that nobody mistakes for each other.
const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Writes `.env` into a stack folder that has none, readable by its owner alone. Returns whether it did.
pub fn create(folder: &Path, fields: &[EnvField]) -> Result<bool, AppError> {
    let target = folder.join(".env");
    if target.exists() {
        return Ok(false);
    }
    let example = folder.join(".env.example");
    let mut text = match std::fs::read_to_string(&example) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unreadable(&example, &error)),
    };
    for field in fields.iter().filter(|field| field.kind == EnvKind::Secret) {
        if let Some(length) = field.generate {
            text = dotenv::set(&text, &field.name, &random(length)?);
        }
    }
    write_atomically(&target, text.as_bytes(), Privacy::Private)?;
    Ok(true)
}

/// A random word from the operating system's source.
fn random(length: u8) -> Result<String, AppError> {
    let mut word = String::with_capacity(length.into());
    while word.len() < length.into() {
        let mut bytes = [0_u8; 64];
        getrandom::fill(&mut bytes)
            .map_err(|error| AppError::new(ErrorCode::Internal, "random numbers", error.to_string()))?;
        // Bytes beyond the last multiple of the alphabet's length would favour its beginning.
        let fair = 256 - 256 % ALPHABET.len();
        let letters = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        word.extend(letters.map(|byte| char::from(ALPHABET[byte % ALPHABET.len()])));
    }
    word.truncate(length.into());
    Ok(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use stack::meta::Text;

    fn secret(name: &str) -> EnvField {
        EnvField {
            name: name.into(),
            kind: EnvKind::Secret,
            default: String::new(),
            generate: Some(24),
            choices: vec![],
            group: String::new(),
            title: Text::default(),
            help: Text::default(),
        }
    }

    #[test]
    fn every_first_run_has_its_own_password_and_keeps_the_comments() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let texts = folders.each_ref().map(|folder| {
            std::fs::write(folder.path().join(".env.example"), "# the admin\nPASSWORD=\nPORT=3030\n")
                .unwrap();
            assert!(create(folder.path(), &[secret("PASSWORD")]).unwrap());
            std::fs::read_to_string(folder.path().join(".env")).unwrap()
        });
        assert_ne!(texts[0], texts[1]);
        assert!(texts[0].starts_with("# the admin\nPASSWORD="), "{}", texts[0]);
        assert!(texts[0].ends_with("\nPORT=3030\n"), "{}", texts[0]);
    }

    #[test]
    fn an_existing_env_is_never_touched() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".env"), "PASSWORD=mine\n").unwrap();
        assert!(!create(folder.path(), &[secret("PASSWORD")]).unwrap());
        assert_eq!(std::fs::read_to_string(folder.path().join(".env")).unwrap(), "PASSWORD=mine\n");
    }

    #[test]
    fn random_words_use_the_whole_alphabet() {
        let word = random(255).unwrap();
        assert_eq!(word.len(), 255);
        let letters: std::collections::BTreeSet<u8> = word.bytes().collect();
        assert!(letters.len() > 40, "{letters:?}");
    }
}
