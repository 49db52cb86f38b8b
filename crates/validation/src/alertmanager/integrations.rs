//! Where notifications go.

use stack::yaml::Node;

use crate::{
    Complaint, Invocation, ReadError, Stage, http_client,
    place::{at, at_key, has, text},
};

use super::templates;

/// An integration: its key, its word in errors, and what it needs: pairs of which one may be set at most, and sets of
/// which one must be, with the words for both.
struct Integration {
    key: &'static str,
    missing: &'static str,
    at_most_one: &'static [(&'static [&'static str], &'static str)],
    one_of: &'static [(&'static [&'static str], &'static str)],
    /// Settings that the global section has as well, under these names.
    global: &'static [(&'static [&'static str], &'static [&'static str], &'static str)],
}

/// Where Slack takes messages with a token.
pub(super) const SLACK_APP_URL: &str = "https://slack.com/api/chat.postMessage";

const WEBHOOK_URL: (&[&str], &str) =
    (&["webhook_url", "webhook_url_file"], "one of webhook_url or webhook_url_file must be configured");
const ONE_WEBHOOK_URL: (&[&str], &str) = (
    &["webhook_url", "webhook_url_file"],
    "at most one of webhook_url & webhook_url_file must be configured",
);
const ONE_API_KEY: (&[&str], &str) =
    (&["api_key", "api_key_file"], "at most one of api_key & api_key_file must be configured");

const INTEGRATIONS: [Integration; 18] = [
    Integration {
        key: "webhook_configs",
        missing: "missing webhook config",
        at_most_one: &[(&["url", "url_file"], "at most one of url & url_file must be configured")],
        one_of: &[(&["url", "url_file"], "one of url or url_file must be configured")],
        global: &[],
    },
    Integration {
        key: "email_configs",
        missing: "missing email config",
        at_most_one: &[],
        one_of: &[(&["to"], "missing to address in email config")],
        global: &[
            (&["smarthost"], &["smtp_smarthost"], "no global SMTP smarthost set"),
            (&["from"], &["smtp_from"], "no global SMTP from set"),
        ],
    },
    Integration {
        key: "slack_configs",
        missing: "",
        at_most_one: &[
            (&["api_url", "api_url_file"], "at most one of api_url & api_url_file must be configured"),
            (
                &["app_token", "app_token_file"],
                "at most one of app_token & app_token_file must be configured",
            ),
        ],
        one_of: &[],
        global: &[(
            &["api_url", "api_url_file", "app_token", "app_token_file"],
            &["slack_api_url", "slack_api_url_file", "slack_app_token", "slack_app_token_file"],
            "no Slack API URL nor App token set either inline or in a file",
        )],
    },
    Integration {
        key: "pushover_configs",
        missing: "missing pushover config",
        at_most_one: &[
            (&["user_key", "user_key_file"], "at most one of user_key & user_key_file must be configured"),
            (&["token", "token_file"], "at most one of token & token_file must be configured"),
        ],
        one_of: &[
            (&["user_key", "user_key_file"], "one of user_key or user_key_file must be configured"),
            (&["token", "token_file"], "one of token or token_file must be configured"),
        ],
        global: &[],
    },
    Integration {
        key: "pagerduty_configs",
        missing: "missing pagerduty config",
        at_most_one: &[
            (
                &["routing_key", "routing_key_file"],
                "at most one of routing_key & routing_key_file must be configured",
            ),
            (
                &["service_key", "service_key_file"],
                "at most one of service_key & service_key_file must be configured",
            ),
        ],
        one_of: &[(
            &["routing_key", "routing_key_file", "service_key", "service_key_file"],
            "missing service or routing key in PagerDuty config",
        )],
        global: &[],
    },
    Integration {
        key: "incidentio_configs",
        missing: "missing incidentio config",
        at_most_one: &[
            (&["url", "url_file"], "at most one of url & url_file must be configured"),
            (
                &["alert_source_token", "alert_source_token_file"],
                "at most one of alert_source_token & alert_source_token_file must be configured",
            ),
        ],
        one_of: &[(&["url", "url_file"], "one of url or url_file must be configured")],
        global: &[],
    },
    Integration {
        key: "opsgenie_configs",
        missing: "",
        at_most_one: &[ONE_API_KEY],
        one_of: &[],
        global: &[(
            &["api_key", "api_key_file"],
            &["opsgenie_api_key", "opsgenie_api_key_file"],
            "no global OpsGenie API Key set either inline or in a file",
        )],
    },
    Integration {
        key: "wechat_configs",
        missing: "",
        at_most_one: &[(
            &["api_secret", "api_secret_file"],
            "at most one of api_secret & api_secret_file must be configured",
        )],
        one_of: &[],
        global: &[
            (
                &["api_secret", "api_secret_file"],
                &["wechat_api_secret", "wechat_api_secret_file"],
                "no global Wechat Api Secret set either inline or in a file",
            ),
            (&["corp_id"], &["wechat_api_corp_id"], "no global Wechat CorpID set"),
        ],
    },
    Integration {
        key: "victorops_configs",
        missing: "missing victorops config",
        at_most_one: &[ONE_API_KEY],
        one_of: &[(&["routing_key"], "missing Routing key in VictorOps config")],
        global: &[(
            &["api_key", "api_key_file"],
            &["victorops_api_key", "victorops_api_key_file"],
            "no global VictorOps API Key set",
        )],
    },
    Integration {
        key: "sns_configs",
        missing: "missing sns config",
        at_most_one: &[],
        one_of: &[],
        global: &[],
    },
    Integration {
        key: "telegram_configs",
        missing: "missing telegram config",
        at_most_one: &[
            (
                &["bot_token", "bot_token_file"],
                "at most one of bot_token & bot_token_file must be configured",
            ),
            (&["chat_id", "chat_id_file"], "at most one of chat_id & chat_id_file must be configured"),
        ],
        one_of: &[(&["chat_id", "chat_id_file"], "missing chat_id or chat_id_file on telegram_config")],
        global: &[(
            &["bot_token", "bot_token_file"],
            &["telegram_bot_token", "telegram_bot_token_file"],
            "missing bot_token or bot_token_file on telegram_config",
        )],
    },
    Integration {
        key: "discord_configs",
        missing: "missing discord config",
        at_most_one: &[ONE_WEBHOOK_URL],
        one_of: &[WEBHOOK_URL],
        global: &[],
    },
    Integration {
        key: "webex_configs",
        missing: "missing webex config",
        at_most_one: &[],
        one_of: &[(&["room_id"], "missing room_id on webex_config")],
        global: &[],
    },
    Integration {
        key: "msteams_configs",
        missing: "missing msteams config",
        at_most_one: &[ONE_WEBHOOK_URL],
        one_of: &[WEBHOOK_URL],
        global: &[],
    },
    Integration {
        key: "msteamsv2_configs",
        missing: "missing msteamsv2 config",
        at_most_one: &[ONE_WEBHOOK_URL],
        one_of: &[WEBHOOK_URL],
        global: &[],
    },
    Integration {
        key: "jira_configs",
        missing: "missing jira config",
        at_most_one: &[],
        one_of: &[
            (&["project"], "missing project in jira_config"),
            (&["issue_type"], "missing issue_type in jira_config"),
        ],
        global: &[(&["api_url"], &["jira_api_url"], "no global Jira Cloud URL set")],
    },
    Integration {
        key: "rocketchat_configs",
        missing: "",
        at_most_one: &[
            (&["token", "token_file"], "at most one of token & token_file must be configured"),
            (&["token_id", "token_id_file"], "at most one of token_id & token_id_file must be configured"),
        ],
        one_of: &[],
        global: &[
            (
                &["token_id", "token_id_file"],
                &["rocketchat_token_id", "rocketchat_token_id_file"],
                "no global Rocketchat TokenID set either inline or in a file",
            ),
            (
                &["token", "token_file"],
                &["rocketchat_token", "rocketchat_token_file"],
                "no global Rocketchat Token set either inline or in a file",
            ),
        ],
    },
    Integration {
        key: "mattermost_configs",
        missing: "missing mattermost config",
        at_most_one: &[ONE_WEBHOOK_URL],
        one_of: &[],
        global: &[(
            &["webhook_url", "webhook_url_file"],
            &["mattermost_webhook_url", "mattermost_webhook_url_file"],
            "missing webhook_url or webhook_url_file on mattermost_config",
        )],
    },
];

/// What is wrong with the integrations of a receiver.
pub(super) fn check(
    of: &Invocation<'_>,
    path: &str,
    receiver: &Node,
    global: Option<&Node>,
) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for integration in &INTEGRATIONS {
        for one in receiver.get(integration.key).map(Node::items).unwrap_or_default() {
            if one.is_null() && !integration.missing.is_empty() {
                complaints.push(at(path, one, Stage::Validate, integration.missing));
                continue;
            }
            complaints.extend(fault(path, one, integration, global));
            if let Some(client) = one.get("http_config") {
                let faults = http_client::faults(client).into_iter();
                complaints.extend(faults.map(|(node, words)| at(path, node, Stage::Validate, words)));
            }
            complaints.extend(templates::texts(path, one));
            complaints.extend(absent_files(of, path, one));
        }
    }
    complaints
}

fn fault(path: &str, one: &Node, integration: &Integration, global: Option<&Node>) -> Option<Complaint> {
    let count = |keys: &[&str]| keys.iter().filter(|key| has(one, key)).count();
    for (keys, words) in integration.at_most_one {
        if count(keys) > 1 {
            return Some(at_key(path, one, keys[keys.len() - 1], Stage::Validate, *words));
        }
    }
    if integration.key == "sns_configs" {
        // One of the three, as Alertmanager counts them.
        let unset = ["target_arn", "topic_arn", "phone_number"].iter().filter(|key| text(one, key).is_none());
        let words = "must provide either a Target ARN, Topic ARN, or Phone Number for SNS config";
        return (unset.count() % 2 == 1).then(|| at(path, one, Stage::Validate, words));
    }
    if integration.key == "slack_configs"
        && matches!(text(one, "update_message"), Some("true" | "yes" | "on"))
        && text(one, "api_url") != Some(SLACK_APP_URL)
    {
        let words = "update_message can only be used with bot tokens. api_url must be set to";
        return Some(at_key(
            path,
            one,
            "update_message",
            Stage::Validate,
            format!("{words} {SLACK_APP_URL}"),
        ));
    }
    for (keys, words) in integration.one_of {
        if count(keys) == 0 || keys.iter().all(|key| text(one, key).is_none()) {
            return Some(at(path, one, Stage::Validate, *words));
        }
    }
    for (keys, globals, words) in integration.global {
        let set = global.is_some_and(|global| globals.iter().any(|key| text(global, key).is_some()));
        if count(keys) == 0 && !set {
            return Some(at(path, one, Stage::Validate, *words));
        }
    }
    None
}

/// Files with secrets that are not there: nothing says so until a notification is to be sent.
pub(super) fn absent_files(of: &Invocation<'_>, path: &str, section: &Node) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for entry in section.entries().iter().filter(|entry| entry.key.ends_with("_file")) {
        let Some(file) = text(section, &entry.key).filter(|file| file.starts_with('/')) else { continue };
        if of.files.read(file) == Err(ReadError::Absent) {
            let words = format!("open {file}: no such file or directory");
            complaints.push(at(path, &entry.value, Stage::Accepted, words));
        }
    }
    complaints
}
