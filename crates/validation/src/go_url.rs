//! Addresses as Go reads them. It takes nearly everything, `loki:3100` as an address of the scheme `loki` too.

/// What the programs look at of an address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Url {
    /// The scheme, in small letters; empty for none.
    pub scheme: String,
    /// Host and port; empty for none.
    pub host: String,
    /// The path.
    pub path: String,
}

/// Reads an address, or says with Go's words why not.
pub fn parse(text: &str) -> Result<Url, String> {
    parts(text).map_err(|words| format!("parse {text:?}: {words}"))
}

fn parts(text: &str) -> Result<Url, String> {
    if text.chars().any(|letter| letter.is_ascii_control()) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    let (scheme, rest) = scheme(text)?;
    let rest = rest.split('#').next().unwrap_or_default().split('?').next().unwrap_or_default();
    if !rest.starts_with('/') {
        if !scheme.is_empty() {
            return Ok(Url { scheme, ..Url::default() });
        }
        if rest.split('/').next().is_some_and(|first| first.contains(':')) {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let (host, path) = match rest.strip_prefix("//") {
        Some(authority) if !scheme.is_empty() || !rest.starts_with("///") => {
            let end = authority.find('/').unwrap_or(authority.len());
            let host = authority[..end].rsplit('@').next().unwrap_or_default();
            check_host(&scheme, host)?;
            (host.to_owned(), &authority[end..])
        }
        _ => (String::new(), rest),
    };
    check_escapes(path, |_| false)?;
    Ok(Url { scheme, host, path: path.to_owned() })
}

fn scheme(text: &str) -> Result<(String, &str), String> {
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '+' | '-' | '.'));
    match end.filter(|end| text[*end..].starts_with(':')) {
        Some(0) => Err("missing protocol scheme".to_owned()),
        Some(end) if text.starts_with(|first: char| first.is_ascii_alphabetic()) => {
            Ok((text[..end].to_lowercase(), &text[end + 1..]))
        }
        _ => Ok((String::new(), text)),
    }
}

fn check_host(scheme: &str, host: &str) -> Result<(), String> {
    let port = if let Some(inner) = host.strip_prefix('[') {
        let Some((_, port)) = inner.rsplit_once(']') else { return Err("missing ']' in host".to_owned()) };
        port
    } else {
        // Of several colons, only these two take the first one for that of the port.
        let strict = matches!(scheme, "http" | "https");
        let at = if strict { host.find(':') } else { host.rfind(':') };
        at.map_or("", |at| &host[at..])
    };
    let digits = port.strip_prefix(':').unwrap_or(if port.is_empty() { "" } else { "x" });
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("invalid port {port:?} after host"));
    }
    check_escapes(host, |letter| {
        letter.is_ascii() && !letter.is_ascii_alphanumeric() && !"-_.~!$&'()*+,;=:[]<>\"%".contains(letter)
    })
}

fn check_escapes(text: &str, refused: impl Fn(char) -> bool) -> Result<(), String> {
    for (at, letter) in text.char_indices() {
        if letter == '%' {
            let digits = text[at + 1..].chars().take(2).filter(char::is_ascii_hexdigit).count();
            if digits < 2 {
                let part: String = text[at..].chars().take(3).collect();
                return Err(format!("invalid URL escape {part:?}"));
            }
        } else if refused(letter) {
            return Err(format!("invalid character {:?} in host name", letter.to_string()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let url = parse("http://user:secret@loki:3100/loki/api/v1/push?x=1").expect("can be read");
        assert_eq!((url.scheme.as_str(), url.host.as_str()), ("http", "loki:3100"));
        assert_eq!(url.path, "/loki/api/v1/push");
        assert_eq!(parse("loki:3100/x").map(|url| url.scheme), Ok("loki".into()));
        assert_eq!(parse("tcp://[::1]:2375").map(|url| url.host), Ok("[::1]:2375".into()));
        assert_eq!(parse("/only/a/path").map(|url| url.path), Ok("/only/a/path".into()));
    }

    #[test]
    fn what_go_refuses_is_refused_in_its_words() {
        for (text, words) in [
            ("127.0.0.1:3100/x", "first path segment in URL cannot contain colon"),
            (":3100", "missing protocol scheme"),
            ("http://loki:31OO/", "invalid port \":31OO\" after host"),
            ("http://lo ki/", "invalid character \" \" in host name"),
            ("http://loki/%zz", "invalid URL escape \"%zz\""),
            ("http://[::1", "missing ']' in host"),
            ("http://loki\n", "net/url: invalid control character in URL"),
        ] {
            assert_eq!(parse(text), Err(format!("parse {text:?}: {words}")), "{text}");
        }
    }
}
