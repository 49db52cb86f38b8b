//! Paths and patterns of files as Go's `filepath` reads them.

use crate::Files;

/// A path as it is written in a file of this folder.
pub(crate) fn join(folder: &str, path: &str) -> String {
    if path.starts_with('/') || path.is_empty() {
        return path.to_owned();
    }
    clean(&format!("{folder}/{path}"))
}

/// Without `.`, `..` and doubled slashes.
fn clean(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The folder of a file.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The files that a pattern stands for, sorted. A folder that cannot be looked into has none.
pub(crate) fn glob(files: &dyn Files, pattern: &str) -> Vec<String> {
    let (folder, last) = pattern.rsplit_once('/').unwrap_or(("", pattern));
    let folders = if is_pattern(folder) { glob(files, folder) } else { vec![folder.to_owned()] };
    let mut found = Vec::new();
    for folder in folders {
        let names = files.list(if folder.is_empty() { "/" } else { &folder }).unwrap_or_default();
        let matching = names.into_iter().filter(|name| matches(last, name));
        found.extend(matching.map(|name| format!("{folder}/{name}")));
    }
    found
}

/// Whether a path stands for more than itself.
pub(crate) fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '[', '\\'])
}

/// Whether a pattern is one that Go can read.
pub(crate) fn check(pattern: &str) -> Result<(), String> {
    let mut rest = pattern.chars();
    while let Some(next) = rest.next() {
        let good = match next {
            '\\' => rest.next().is_some(),
            '[' => class(&mut rest, '\0').is_some(),
            _ => true,
        };
        if !good {
            return Err("syntax error in pattern".to_owned());
        }
    }
    Ok(())
}

/// Whether a name fits a pattern.
fn matches(pattern: &str, name: &str) -> bool {
    let mut pattern = pattern.chars();
    let mut name_left = name.chars();
    while let Some(next) = pattern.next() {
        let fits = match next {
            '*' => {
                let rest = pattern.as_str();
                let mut tail = name_left.as_str();
                loop {
                    if matches(rest, tail) {
                        return true;
                    }
                    let mut shorter = tail.chars();
                    if shorter.next().is_none() {
                        return false;
                    }
                    tail = shorter.as_str();
                }
            }
            '?' => name_left.next().is_some(),
            '[' => name_left.next().is_some_and(|c| class(&mut pattern, c) == Some(true)),
            '\\' => pattern.next().is_some_and(|escaped| name_left.next() == Some(escaped)),
            literal => name_left.next() == Some(literal),
        };
        if !fits {
            return false;
        }
    }
    name_left.as_str().is_empty()
}

/// Whether a character is one of `a-z]` or `^a-z]`; nothing when the class has no end.
fn class(pattern: &mut std::str::Chars<'_>, c: char) -> Option<bool> {
    let mut members = pattern.clone();
    let negated = members.next() == Some('^');
    if negated {
        pattern.next();
    }
    let (mut found, mut first) = (false, true);
    loop {
        let mut low = pattern.next()?;
        if low == ']' && !first {
            return Some(found != negated);
        }
        first = false;
        if low == '\\' {
            low = pattern.next()?;
        }
        let mut high = low;
        if pattern.clone().next() == Some('-') {
            pattern.next();
            high = pattern.next()?;
            if high == '\\' {
                high = pattern.next()?;
            }
        }
        found |= (low..=high).contains(&c);
    }
}

#[cfg(test)]
mod tests {
    use crate::files::Texts;

    use super::*;

    #[test]
    fn relative_paths_begin_in_the_folder() {
        assert_eq!(join("/etc/p", "rules/*.yml"), "/etc/p/rules/*.yml");
        assert_eq!(join("/etc/p", "../r//./a.yml"), "/etc/r/a.yml");
        assert_eq!(join("/etc/p", "/a.yml"), "/a.yml");
        assert_eq!(folder("/etc/p/a.yml"), "/etc/p");
    }

    #[test]
    fn patterns_find_what_go_finds() {
        let files = Texts::one("/r/a.yml", "").and("/r/b.yaml", "").and("/r/[x].yml", "").and("/q/a.yml", "");
        assert_eq!(glob(&files, "/r/*.yml"), ["/r/[x].yml", "/r/a.yml"]);
        assert_eq!(glob(&files, "/r/?.y[ab]*l"), ["/r/b.yaml"]);
        assert_eq!(glob(&files, "/[^q]/a.yml"), ["/r/a.yml"]);
        assert_eq!(glob(&files, r"/r/\[x\].yml"), ["/r/[x].yml"]);
        assert_eq!(glob(&files, "/nowhere/*"), [""; 0]);
        assert_eq!(glob(&files, "/r/a.yml"), ["/r/a.yml"]);
        assert!(check("[a").is_err() && check("a\\").is_err() && check("a[b-c]*").is_ok());
    }
}
