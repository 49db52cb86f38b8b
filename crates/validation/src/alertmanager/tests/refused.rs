use super::*;

/// Alertmanager's own check refused these files with these words; the place is where the fault is.
#[rustfmt::skip]
const REFUSED: &[(&str, &str)] = &[
    ("route:\n  receiver: a\n  nonsense: 1\nreceivers:\n  - name: a\n", "3:3 Parse field nonsense not found in type config.plain"),
    ("route:\n  receiver: b\nreceivers:\n  - name: a\n", "2:13 Validate undefined receiver \"b\" used in route"),
    ("route:\n  receiver: a\n  routes:\n    - receiver: a\n      matchers: [\"a=~(\"]\nreceivers:\n  - name: a\n", "5:17 Parse error parsing regexp: missing closing ): `^(?:()$`"),
    ("receivers:\n  - name: a\n", "1:1 Validate no routes provided"),
    ("route:\n  receiver: a\n  group_wait: 30\nreceivers:\n  - name: a\n", "3:15 Parse not a valid duration string: \"30\""),
    ("route:\n  receiver: a\n  continue: true\nreceivers:\n  - name: a\n", "3:13 Validate cannot have continue in root route"),
    ("route:\n  receiver: a\n  matchers: [a=b]\nreceivers:\n  - name: a\n", "3:13 Validate root route must not have any matchers"),
    ("route:\n  receiver: a\n  match: {a: b}\nreceivers:\n  - name: a\n", "3:10 Validate root route must not have any matchers"),
    ("route: {}\nreceivers:\n  - name: a\n", "1:8 Validate root route must specify a default receiver"),
    ("route:\nreceivers:\n  - name: a\n", "1:1 Validate no routes provided"),
    ("route:\n  receiver: a\n  group_interval: 0s\nreceivers:\n  - name: a\n", "3:19 Validate group_interval cannot be zero"),
    ("route:\n  receiver: a\n  repeat_interval: 0s\nreceivers:\n  - name: a\n", "3:20 Validate repeat_interval cannot be zero"),
    ("route:\n  receiver: a\n  group_by: [a, a]\nreceivers:\n  - name: a\n", "3:17 Validate duplicated label \"a\" in group_by"),
    ("route:\n  receiver: a\n  group_by: [\"...\", a]\nreceivers:\n  - name: a\n", "3:21 Validate cannot have wildcard group_by (`...`) and other labels at the same time"),
    ("route:\n  receiver: a\n  group_by: [\"\"]\nreceivers:\n  - name: a\n", "3:14 Validate invalid label name \"\" in group_by list"),
    ("route:\n  receiver: a\nreceivers:\n  - name: a\n  - name: a\n", "5:11 Validate notification config name \"a\" is not unique"),
    ("route:\n  receiver: a\nreceivers:\n  - name: a\n  - webhook_configs: []\n", "5:5 Validate missing name in receiver"),
    ("route:\n  receiver: a\n  routes: [{matchers: [\"a\"]}]\nreceivers:\n  - name: a\n", "3:23 Parse bad matcher format: a"),
    ("route:\n  receiver: a\n  routes: [{matchers: ['a=\"b']}]\nreceivers:\n  - name: a\n", "3:23 Parse matcher value contains unescaped double quote: \"b"),
    ("route:\n  receiver: a\n  routes: [{matchers: [\"a=\\\"b\\\"c\"]}]\nreceivers:\n  - name: a\n", "3:23 Parse matcher value contains unescaped double quote: \"b\"c"),
    ("route:\n  receiver: a\n  routes: [{matchers: \"a=b\"}]\nreceivers:\n  - name: a\n", "3:23 Parse cannot unmarshal !!str `a=b` into []string"),
    ("route:\n  receiver: a\n  routes: [{matchers: [\"=b\"]}]\nreceivers:\n  - name: a\n", "3:23 Parse bad matcher format: =b"),
    ("route:\n  receiver: a\n  routes: [{matchers: [\"a=b,,c=d\"]}]\nreceivers:\n  - name: a\n", "3:23 Parse bad matcher format: "),
    ("route:\n  receiver: a\n  routes: [{matchers: [\"a=~[x\"]}]\nreceivers:\n  - name: a\n", "3:23 Parse error parsing regexp: missing closing ]: `[x)$`"),
    ("route:\n  receiver: a\n  routes: [{match_re: {a: \"(\"}}]\nreceivers:\n  - name: a\n", "3:23 Parse error parsing regexp: missing closing ): `^(?:()$`"),
    ("route:\n  receiver: a\n  routes: [{match_re: {a-b: \"x\"}}]\nreceivers:\n  - name: a\n", "3:23 Parse invalid label name \"a-b\""),
    ("route:\n  receiver: a\n  routes: [{match: {a-b: x}}]\nreceivers:\n  - name: a\n", "3:26 Validate invalid label name \"a-b\""),
    ("route:\n  receiver: a\n  routes: [{mute_time_intervals: [x]}]\nreceivers:\n  - name: a\n", "3:35 Validate undefined time interval \"x\" used in route"),
    ("route:\n  receiver: a\nreceivers:\n  - name: a\ntime_intervals: [{name: x, time_intervals: [{weekdays: [foo]}]}]\n", "5:57 Parse foo is not a valid weekday"),
    ("route:\n  receiver: a\nreceivers:\n  - name: a\ntime_intervals: [{name: x, time_intervals: [{weekdays: [\"friday:monday\"]}]}]\n", "5:57 Parse start day cannot be before end day"),
    ("route:\n  receiver: a\nreceivers:\n  - name: a\ntime_intervals: [{name: x, time_intervals: [{times: [{start_time: \"09:00\", end_time: \"8:00\"}]}]}]\n", "5:54 Parse couldn't parse timestamp 8:00, invalid format"),
    ("route:\n  receiver: a\nreceivers:\n  - name: a\ntime_intervals: [{name: x, time_intervals: [{times: [{start_time: \"09:00\", end_time: \"08:00\"}]}]}]\n", "5:54 Parse start time cannot be equal or greater than end time"),
    ("route:\n  receiver: a\nreceivers:\n  - name: a\ntime_intervals: [{name: x, time_intervals: [{times: [{start_time: \"09:00\"}]}]}]\n", "5:54 Parse both start and end times must be provided"),
    ("route:\n  receiver: a\nreceivers:\n  - name: a\ntime_intervals: [{name: x, time_intervals: [{days_of_month: [\"0\"], months: [\"1:3\", may], years: [\"2020:2022\"], location: UTC, times: [{start_time: \"00:00\", end_time: \"24:00\"}]}]}]\n", "5:62 Parse 0 is not a valid day of the month: out of range"),
    ("route:\n  receiver: a\nreceivers:\n  - name: a\ntime_intervals: [{name: x},{name: x}]\n", "5:35 Validate time interval \"x\" is not unique"),
    ("route:\n  receiver: a\nreceivers:\n  - name: a\ntime_intervals: [{}]\n", "5:18 Validate missing name in time interval"),
    ("route:\n  receiver: a\nreceivers:\n  - name: a\ntime_intervals: [{name: x, time_intervals: [{months: [\"june:may\"]}]}]\n", "5:55 Parse end month may is before start month june"),
    ("route:\n  receiver: a\nreceivers:\n  - name: a\ntime_intervals: [{name: x, time_intervals: [{days_of_month: [\"10:5\"]}]}]\n", "5:62 Parse end day 5 is always before start day 10"),
    ("route:\n  receiver: a\nreceivers:\n  - name: a\ntime_intervals: [{name: x, time_intervals: [{times: [{start: \"09:00\"}]}]}]\n", "5:54 Parse field start not found in type timeinterval.yamlTimeRange"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    webhook_configs: [{}]\n", "4:23 Validate one of url or url_file must be configured"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    webhook_configs: [{url: foo}]\n", "4:29 Parse invalid URL: unsupported scheme \"\" for URL"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    webhook_configs: [{url: \"http://a\", url_file: b}]\n", "4:51 Validate at most one of url & url_file must be configured"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    webhook_configs: [null]\n", "4:23 Validate missing webhook config"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    webhook_configs: [{url: \"http://{{ .x }\"}]\n", "4:29 Parse invalid template syntax: template: :1: unexpected \"}\" in operand"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    webhook_configs: [{url: \"http:///x\", timeout: 5}]\n", "4:29 Parse invalid URL: missing host for URL"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    webhook_configs: [{url: \"http://a\", timeout: 5d}]\n", "4:50 Parse cannot unmarshal !!str `5d` into time.Duration"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    webhook_configs: [{url: \"http://a\", http_config: {basic_auth: {username: a}, bearer_token: x}}]\n", "4:96 Validate at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    email_configs: [{}]\n", "4:21 Validate missing to address in email config"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    email_configs: [{to: a}]\n", "4:21 Validate no global SMTP smarthost set"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    email_configs: [{to: a, smarthost: x}]\n", "4:40 Parse address x: missing port in address"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    email_configs: [{to: a, smarthost: \"x:25\"}]\n", "4:21 Validate no global SMTP from set"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    email_configs: [{to: a, smarthost: \"x:\", from: b}]\n", "4:40 Parse address \"x:\": port cannot be empty"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    slack_configs: [{}]\n", "4:21 Validate no Slack API URL nor App token set either inline or in a file"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    slack_configs: [{api_url: \"http://a\", api_url_file: b}]\n", "4:57 Validate at most one of api_url & api_url_file must be configured"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    slack_configs: [null]\n", "4:21 Validate no Slack API URL nor App token set either inline or in a file"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    pagerduty_configs: [{}]\n", "4:25 Validate missing service or routing key in PagerDuty config"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    opsgenie_configs: [{}]\n", "4:24 Validate no global OpsGenie API Key set either inline or in a file"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    wechat_configs: [{}]\n", "4:22 Validate no global Wechat Api Secret set either inline or in a file"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    wechat_configs: [{api_secret: a}]\n", "4:22 Validate no global Wechat CorpID set"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    victorops_configs: [{}]\n", "4:25 Validate missing Routing key in VictorOps config"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    victorops_configs: [{routing_key: a}]\n", "4:25 Validate no global VictorOps API Key set"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    telegram_configs: [{}]\n", "4:24 Validate missing chat_id or chat_id_file on telegram_config"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    telegram_configs: [{chat_id: 1}]\n", "4:24 Validate missing bot_token or bot_token_file on telegram_config"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    telegram_configs: [{chat_id: x}]\n", "4:34 Parse cannot unmarshal !!str `x` into int64"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    discord_configs: [{}]\n", "4:23 Validate one of webhook_url or webhook_url_file must be configured"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    pushover_configs: [{}]\n", "4:24 Validate one of user_key or user_key_file must be configured"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    pushover_configs: [{user_key: a}]\n", "4:24 Validate one of token or token_file must be configured"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    webex_configs: [{}]\n", "4:21 Validate missing room_id on webex_config"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    msteams_configs: [{}]\n", "4:23 Validate one of webhook_url or webhook_url_file must be configured"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    jira_configs: [{}]\n", "4:20 Validate missing project in jira_config"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    rocketchat_configs: [{}]\n", "4:26 Validate no global Rocketchat TokenID set either inline or in a file"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    mattermost_configs: [{}]\n", "4:26 Validate missing webhook_url or webhook_url_file on mattermost_config"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    sns_configs: [{}]\n", "4:19 Validate must provide either a Target ARN, Topic ARN, or Phone Number for SNS config"),
    ("route: {receiver: a}\nreceivers:\n  - name: a\n    incidentio_configs: [{}]\n", "4:26 Validate one of url or url_file must be configured"),
    ("global: {slack_api_url: \"http://a\", slack_api_url_file: b}\nroute:\n  receiver: a\nreceivers:\n  - name: a\n", "1:57 Validate at most one of slack_api_url & slack_api_url_file must be configured"),
    ("global: {smtp_auth_password: a, smtp_auth_password_file: b}\nroute:\n  receiver: a\nreceivers:\n  - name: a\n", "1:58 Validate at most one of smtp_auth_password & smtp_auth_password_file must be configured"),
    ("global: {resolve_timeout: 5}\nroute:\n  receiver: a\nreceivers:\n  - name: a\n", "1:27 Parse not a valid duration string: \"5\""),
    ("global: {smtp_smarthost: \"x\"}\nroute:\n  receiver: a\nreceivers:\n  - name: a\n", "1:26 Parse address x: missing port in address"),
    ("global: {pagerduty_url: \"ftp://x\"}\nroute:\n  receiver: a\nreceivers:\n  - name: a\n", "1:25 Parse unsupported scheme \"ftp\" for URL"),
    ("global: {slack_api_url: \":x\"}\nroute:\n  receiver: a\nreceivers:\n  - name: a\n", "1:25 Parse parse \":x\": missing protocol scheme"),
    ("inhibit_rules: [{source_matchers: [a], target_matchers: []}]\nroute:\n  receiver: a\nreceivers:\n  - name: a\n", "1:35 Parse bad matcher format: a"),
    ("inhibit_rules: [{equal: [\"\"]}]\nroute:\n  receiver: a\nreceivers:\n  - name: a\n", "1:26 Validate invalid label name \"\" in equal list"),
    ("inhibit_rules: [{source_match: {a-b: c}}]\nroute:\n  receiver: a\nreceivers:\n  - name: a\n", "1:38 Validate invalid label name \"a-b\""),
    ("inhibit_rules: [{foo: c}]\nroute:\n  receiver: a\nreceivers:\n  - name: a\n", "1:18 Parse field foo not found in type common.plain"),
    ("- a\n", "1:1 Parse cannot unmarshal !!seq into config.plain"),
    ("route:\n	receiver: a\n", "2:1 Parse yaml: line 2: found character that cannot start any token"),
    ("route: []\nreceivers:\n  - name: a\n", "1:8 Parse cannot unmarshal !!seq into config.plain"),
    ("route: {receiver: [a]}\nreceivers:\n  - name: a\n", "1:19 Parse cannot unmarshal !!seq into string"),
    ("route: {receiver: a}\nreceivers: {}\n", "2:12 Parse cannot unmarshal !!map into []config.Receiver"),
];

/// Alertmanager's own check passed these.
#[rustfmt::skip]
const PASSED: &[&str] = &[
    "route:\n  receiver: a\nreceivers:\n  - name: a\n",
    "route:\n  receiver: a\n  group_by: [a-b, \"..c\"]\nreceivers:\n  - name: a\n",
    "route:\n  receiver: a\n  routes: [{matchers: [\"a=b c=d\"]}]\nreceivers:\n  - name: a\n",
    "route:\n  receiver: a\n  routes: [{matchers: ['{a=\"b\", c=~\"d|e\"}', \"x-y=z\", \"é!~x\"]}]\nreceivers:\n  - name: a\n",
    "route:\n  receiver: a\n  routes: [{matchers: [\"{a=b\"]}]\nreceivers:\n  - name: a\n",
    "route:\n  receiver: a\n  routes: [{matchers: [\"1a=b\"]}]\nreceivers:\n  - name: a\n",
    "route:\n  receiver: a\n  routes: [{matchers: [\"a =\"]}]\nreceivers:\n  - name: a\n",
    "route:\n  receiver: a\n  routes: [{matchers: [\"\"]}]\nreceivers:\n  - name: a\n",
    "route:\n  receiver: a\n  routes: [{matchers: [\"a='b'\"]}]\nreceivers:\n  - name: a\n",
    "route:\n  receiver: a\n  routes: [{matchers: [\"a=b}\"]}]\nreceivers:\n  - name: a\n",
    "route:\n  receiver: a\n  routes: [{mute_time_intervals: [x]}]\nreceivers:\n  - name: a\ntime_intervals: [{name: x, time_intervals: [{days_of_month: [\"1:-1\", \"-3:-1\"], weekdays: [\"monday:friday\", Sunday]}]}]\n",
    "route: {receiver: a}\nreceivers:\n  - name: a\n    email_configs: [{to: a, smarthost: \"x:25\", from: b, auth_password: p}]\n",
];

#[test]
fn what_alertmanager_refuses_is_refused_in_its_words() {
    for (text, words) in REFUSED {
        assert_eq!(shown(&config(text)), [*words], "{text}");
    }
}

#[test]
fn what_alertmanager_passes_is_passed() {
    for text in PASSED {
        assert_eq!(config(text), [], "{text}");
    }
}
