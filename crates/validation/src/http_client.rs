//! The settings of an HTTP client that Prometheus and Alertmanager share: how it proves who it is, TLS and proxies.

use stack::yaml::Node;

use crate::place::{entry, has, text};

/// What is wrong with the client's settings in a mapping: the node and the program's words.
pub(crate) fn faults(client: &Node) -> Vec<(&Node, String)> {
    let mut found = Vec::new();
    let at = |keys: &[&str]| keys.iter().find_map(|key| client.get(key)).unwrap_or(client);
    let set = |key: &str| has(client, key);
    let bearer = set("bearer_token") || set("bearer_token_file");
    let mut say = |node, words: &str| found.push((node, words.to_owned()));
    if set("bearer_token") && set("bearer_token_file") {
        say(at(&["bearer_token_file"]), "at most one of bearer_token & bearer_token_file must be configured");
    } else if (set("basic_auth") || set("oauth2")) && bearer {
        let words = "at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured";
        say(at(&["bearer_token", "bearer_token_file"]), words);
    } else if set("authorization") && bearer {
        let words = "authorization is not compatible with bearer_token & bearer_token_file";
        say(at(&["authorization"]), words);
    } else if ["basic_auth", "oauth2", "authorization"].iter().filter(|key| set(key)).count() > 1 {
        say(
            at(&["authorization", "oauth2"]),
            "at most one of basic_auth, oauth2 & authorization must be configured",
        );
    }
    if let Some(basic) = client.get("basic_auth") {
        if several(basic, &["username", "username_file", "username_ref"]) {
            say(basic, "at most one of basic_auth username, username_file & username_ref must be configured");
        }
        if several(basic, &["password", "password_file", "password_ref"]) {
            say(basic, "at most one of basic_auth password, password_file & password_ref must be configured");
        }
    }
    if let Some(authorization) = client.get("authorization") {
        if several(authorization, &["credentials", "credentials_file", "credentials_ref"]) {
            say(
                authorization,
                "at most one of authorization credentials & credentials_file must be configured",
            );
        }
        if text(authorization, "type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("basic")) {
            let words = "authorization type cannot be set to \"basic\", use \"basic_auth\" instead";
            say(authorization, words);
        }
    }
    if let Some(oauth2) = client.get("oauth2").filter(|node| !node.is_null()) {
        if text(oauth2, "client_id").is_none() {
            say(oauth2, "oauth2 client_id must be configured");
        } else if text(oauth2, "token_url").is_none() {
            say(oauth2, "oauth2 token_url must be configured");
        }
    }
    proxy(client, &mut say);
    for mapping in [Some(client), client.get("oauth2")].into_iter().flatten() {
        if let Some(tls) = mapping.get("tls_config") {
            found.extend(tls_fault(tls).map(|words| (tls, words.to_owned())));
        }
    }
    found
}

fn proxy<'a>(client: &'a Node, say: &mut dyn FnMut(&'a Node, &str)) {
    let url = text(client, "proxy_url").is_some();
    let environment = text(client, "proxy_from_environment").is_some_and(|value| value == "true");
    if let Some(header) = entry(client, "proxy_connect_header").filter(|it| !it.value.entries().is_empty())
        && !url
        && !environment
    {
        let words = "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured";
        say(&header.value, words);
    }
    if let Some(no_proxy) = client.get("no_proxy").filter(|node| !node.is_null()) {
        if environment {
            say(no_proxy, "if proxy_from_environment is configured, no_proxy must not be configured");
        } else if !url {
            say(no_proxy, "if no_proxy is configured, proxy_url must also be configured");
        }
    }
    if environment && let Some(url) = client.get("proxy_url").filter(|node| !node.is_null()) {
        say(url, "if proxy_from_environment is configured, proxy_url must not be configured");
    }
}

/// Whether more than one of some keys is set.
fn several(node: &Node, keys: &[&str]) -> bool {
    keys.iter().filter(|key| text(node, key).is_some()).count() > 1
}

fn tls_fault(tls: &Node) -> Option<&'static str> {
    let any = |keys: &[&str]| keys.iter().any(|key| text(tls, key).is_some());
    if several(tls, &["ca", "ca_file", "ca_ref"]) {
        return Some("at most one of ca, ca_file & ca_ref must be configured");
    }
    if several(tls, &["cert", "cert_file", "cert_ref"]) {
        return Some("at most one of cert, cert_file & cert_ref must be configured");
    }
    if several(tls, &["key", "key_file", "key_ref"]) {
        return Some("at most one of key and key_file must be configured");
    }
    let certificate = any(&["cert", "cert_file", "cert_ref"]);
    let key = any(&["key", "key_file", "key_ref"]);
    if certificate && !key {
        return Some(
            "exactly one of key or key_file must be configured when a client certificate is configured",
        );
    }
    (key && !certificate)
        .then_some("exactly one of cert or cert_file must be configured when a client key is configured")
}

/// What the types of the client's settings make of a value, for [`crate::schema::Custom`].
pub(crate) fn custom(kind: &str, node: &Node) -> Option<Result<(), String>> {
    let stack::yaml::Value::Scalar(value) = &node.value else { return None };
    match kind {
        "config.TLSVersion" => {
            let known = matches!(value.as_str(), "TLS10" | "TLS11" | "TLS12" | "TLS13");
            Some(if known { Ok(()) } else { Err(format!("unknown TLS version: {value}")) })
        }
        "config.URL" if value.starts_with(':') => {
            Some(Err(format!("parse {value:?}: missing protocol scheme")))
        }
        "config.URL" | "config.Secret" => Some(Ok(())),
        _ => None,
    }
}
