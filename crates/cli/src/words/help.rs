//! `--help` in Chinese. The English texts stand beside the definitions in `args.rs`; a test sees to it that
//! none is missing here.

use clap::{Arg, ArgAction, Command, error::ContextKind};

use super::Lang;

const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

const ABOUT: &str = "运行一个基础设施栈：启动组件、查看健康状况、打开页面。\n\nCOMPONENT 是栈中的一个服务，例如 loki，或一个预设，例如 tracing。";

const AFTER: &str = "\
示例：
  switchyard up                    启动所有已打开的组件，并等待其健康
  switchyard up tracing            启动 Jaeger 与 Grafana
  switchyard status --watch        实时查看各组件状态
  switchyard logs -f --since 5m    跟踪所有组件的日志
  switchyard open grafana          在浏览器中打开 Grafana
  switchyard down loki             停止 Loki 以及依赖它的组件
  switchyard demo up               启动小型演示服务，让栈有内容可看

退出码：
  0 一切正常 · 1 有失败 · 2 用法错误 · 3 栈文件有误
  4 没有引擎 · 5 被拒绝（端口占用、其他文件夹、需要确认、忙） · 6 并非全部健康
  130 被 Ctrl-C 中止";

/// Texts by the id of an argument.
type Texts = &'static [(&'static str, &'static str)];

/// Command, its text, and the texts of its own arguments by id.
const COMMANDS: &[(&str, &str, Texts)] = &[
    (
        "up",
        "启动组件及其所需的组件，并等待其健康",
        &[
            ("components", "组件或预设 [默认：已打开的组件]"),
            ("no_wait", "不等待组件健康"),
            ("wait", "等待组件健康（默认）"),
            ("recreate", "即使没有变化也替换容器"),
            ("pull", "先向镜像仓库查询更新的镜像"),
            ("no_check", "即使配置似乎有误也启动组件"),
            ("timeout", "组件达到健康状态的最长时间（秒）[默认：直到其健康检查放弃为止]"),
            ("yes", "同意计划中需要确认的一切"),
        ],
    ),
    (
        "down",
        "停止并删除组件；卷及其数据保留",
        &[
            ("components", "组件或预设 [默认：整个栈及其网络]"),
            ("volumes", "同时删除命名卷及其全部数据（会先询问）"),
            ("remove_orphans", "同时删除文件中已没有对应服务的容器"),
            ("yes", "同意计划中需要确认的一切"),
        ],
    ),
    (
        "restart",
        "按现有配置停止并重新启动组件",
        &[
            ("components", "组件或预设 [默认：所有运行中的组件]"),
            ("no_wait", "不等待组件健康"),
            ("no_check", "即使配置似乎有误也启动组件"),
            ("timeout", "组件达到健康状态的最长时间（秒）[默认：直到其健康检查放弃为止]"),
        ],
    ),
    (
        "status",
        "显示各组件的状态",
        &[("components", "组件或预设 [默认：全部]"), ("watch", "持续显示每次变化")],
    ),
    ("health", "询问各组件是否健康，并显示其应答", &[("components", "组件或预设 [默认：所有已打开的组件]")]),
    (
        "logs",
        "显示组件的日志",
        &[
            ("components", "组件或预设 [默认：全部]"),
            ("follow", "持续显示新的日志，跨越重启"),
            ("since", "仅显示此后的日志：时长如 10m，或时间如 2026-11-22T08:00:00Z"),
            ("tail", "每个容器仅显示最后若干行"),
            ("grep", "仅显示匹配此正则表达式的行"),
            ("timestamps", "显示每行的时间"),
            ("no_prefix", "行首不显示组件名"),
        ],
    ),
    (
        "plan",
        "显示 up 或 down 将执行的步骤，但不执行",
        &[
            ("components", "组件或预设 [默认：已打开的组件]"),
            ("down", "显示 down 的计划"),
            ("volumes", "与 --down 一起使用：同时删除命名卷"),
            ("recreate", "即使没有变化也替换容器"),
        ],
    ),
    (
        "open",
        "在浏览器中打开组件的页面",
        &[("component", "组件"), ("page", "它的某个页面 [默认：第一个]"), ("print", "只打印地址，不打开")],
    ),
    (
        "config",
        "显示栈的最终配置",
        &[
            ("components", "组件或预设 [默认：全部]"),
            ("hash", "像 docker compose 一样打印“服务 哈希”：'*' 或以逗号分隔的名称"),
            ("services", "打印服务名称"),
            ("images", "打印镜像"),
            ("show_secrets", "显示密钥，而不是 ********"),
        ],
    ),
    (
        "validate",
        "按各组件自身程序的规则检查其配置，不启动任何组件",
        &[("components", "组件或预设 [默认：全部]")],
    ),
    ("doctor", "检查本机、引擎与栈的问题，并给出解决办法", &[]),
    ("init", "准备栈文件夹：写入带有新密钥的 .env", &[]),
    ("demo", "小型演示服务：产生日志、链路、指标与失败，用于观察栈的运作", &[]),
    (
        "completions",
        "将某个 shell 的补全脚本写到标准输出",
        &[("shell", "bash、elvish、fish、powershell 或 zsh")],
    ),
];

/// The commands of `demo`. Their arguments are those of the commands of the same name.
const DEMO: &[(&str, &str)] = &[
    ("up", "在栈旁启动演示服务，等待其健康，并说明到哪里查看"),
    ("down", "停止并删除演示服务"),
    ("status", "显示各演示服务的状态"),
];

const GLOBAL: Texts = &[
    ("stack", "栈所在的文件夹或其 compose 文件 [默认：Switchyard 自带的栈]"),
    ("host", "Docker 引擎的地址 [默认：DOCKER_HOST、当前 context，或自动查找]"),
    ("json", "输出供程序使用的 JSON"),
    ("lang", "消息的语言：en 或 zh [默认：按系统区域设置]"),
    ("verbose", "在标准错误上输出更多：-v 显示所做的事，-vv 显示对引擎的每次调用"),
];

/// The command line in the user's language.
pub(crate) fn translate(command: Command, lang: Lang) -> Command {
    if lang == Lang::En {
        return command;
    }
    let mut command = texts(command, GLOBAL)
        .about(ABOUT)
        .long_about(ABOUT)
        .after_help(AFTER)
        .subcommand_help_heading("命令")
        .disable_help_subcommand(true);
    for (name, about, arguments) in COMMANDS {
        command = command.mut_subcommand(name, |sub| texts(sub, arguments).about(*about).long_about(*about));
    }
    command.mut_subcommand("demo", |demo| {
        let mut demo = demo.subcommand_help_heading("命令").disable_help_subcommand(true);
        for (name, about) in DEMO {
            let arguments = COMMANDS.iter().find(|(known, ..)| known == name).map_or(&[][..], |it| it.2);
            demo = demo.mut_subcommand(name, |sub| texts(sub, arguments).about(*about).long_about(*about));
        }
        demo
    })
}

fn texts(command: Command, arguments: &[(&'static str, &'static str)]) -> Command {
    let mut command = command.help_template(TEMPLATE).disable_help_flag(true).disable_version_flag(true);
    for (id, text) in arguments {
        command = command.mut_arg(id, |arg| {
            let takes_a_value = arg.get_action().takes_values();
            arg.help(*text).long_help(*text).hide_possible_values(takes_a_value)
        });
    }
    command = command.mut_args(|arg| {
        let heading = match (arg.get_help_heading(), arg.is_positional()) {
            (Some(_), _) => "全局选项",
            (None, true) => "参数",
            (None, false) => "选项",
        };
        arg.help_heading(heading)
    });
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help("显示帮助");
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help("显示版本");
    command.arg(help.help_heading("选项")).arg(version.help_heading("选项"))
}

/// What is wrong with a command line, in Chinese; nothing where clap's own words have to do.
pub(crate) fn usage_error(error: &clap::Error) -> Option<String> {
    use clap::error::ErrorKind;
    let get = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let what = match error.kind() {
        ErrorKind::UnknownArgument => format!("未知的参数：{}", get(ContextKind::InvalidArg)),
        ErrorKind::InvalidSubcommand => format!("未知的命令：{}", get(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("缺少参数：{}", get(ContextKind::InvalidArg)),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let (value, argument) = (get(ContextKind::InvalidValue), get(ContextKind::InvalidArg));
            format!("{argument} 的值无效：{value}")
        }
        ErrorKind::ArgumentConflict => {
            format!("{} 与 {} 不能同时使用", get(ContextKind::InvalidArg), get(ContextKind::PriorArg))
        }
        _ => return None,
    };
    let suggestion =
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
            .into_iter()
            .map(get)
            .find(|text| !text.is_empty());
    let suggestion = suggestion.map_or(String::new(), |text| format!("\n  是否指 {text}？"));
    Some(format!("错误：{what}{suggestion}\n  更多信息：--help"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn every_command_and_argument_has_a_chinese_text() {
        let english = crate::args::Cli::command();
        for sub in english.get_subcommands() {
            let (_, _, texts) = COMMANDS
                .iter()
                .find(|(name, ..)| *name == sub.get_name())
                .unwrap_or_else(|| panic!("{}", sub.get_name()));
            for arg in sub.get_arguments() {
                let id = arg.get_id().as_str();
                assert!(texts.iter().any(|(known, _)| *known == id), "{} {id}", sub.get_name());
            }
        }
        let demo = english.find_subcommand("demo").unwrap();
        let (here, there): (Vec<_>, Vec<_>) = (
            demo.get_subcommands().map(clap::Command::get_name).collect(),
            DEMO.iter().map(|it| it.0).collect(),
        );
        assert_eq!(here, there);
        for arg in english.get_arguments() {
            assert!(GLOBAL.iter().any(|(known, _)| *known == arg.get_id().as_str()), "{}", arg.get_id());
        }
    }

    #[test]
    fn the_translated_command_line_is_valid_and_says_no_english_heading() {
        let mut command = translate(crate::args::Cli::command(), Lang::Zh);
        command.clone().debug_assert();
        let help = command.render_long_help().to_string();
        assert!(help.contains("用法：") && help.contains("命令") && help.contains("全局选项"), "{help}");
        assert!(!help.contains("Options") && !help.contains("Usage"), "{help}");
        command.build();
        for path in [&["demo"][..], &["demo", "up"]] {
            let mut sub = &mut command;
            for name in path {
                sub = sub.find_subcommand_mut(name).unwrap();
            }
            let help = sub.render_long_help().to_string();
            let english = ["Options", "Usage", "Commands", "Start ", "Stop "];
            assert!(help.contains("用法：") && !english.iter().any(|word| help.contains(word)), "{help}");
        }
    }

    #[test]
    fn wrong_usage_is_explained_in_chinese() {
        let command = translate(crate::args::Cli::command(), Lang::Zh);
        let error = command.try_get_matches_from(["switchyard", "stats"]).unwrap_err();
        assert_eq!(usage_error(&error).unwrap().lines().next(), Some("错误：未知的命令：stats"));
    }
}
