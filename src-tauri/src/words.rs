//! Everything the shell says outside of the window, in both languages.

use supervisor::api::{
    snapshot::{Overall, OverallState, Text},
    window::Language,
};
use tauri::{AppHandle, Manager};

use crate::host::Host;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    En,
    Zh,
}

macro_rules! words {
    ($($name:ident: $en:literal, $zh:literal;)+) => {
        impl Lang {
            $(pub(crate) fn $name(self) -> &'static str {
                match self { Self::En => $en, Self::Zh => $zh }
            })+
        }
    };
}

words! {
    open_window: "Open Switchyard", "打开 Switchyard";
    quit: "Quit", "退出";
    stack_menu: "Stack", "栈";
    up: "Start what is switched on", "启动已打开的组件";
    down: "Stop everything", "全部停止";
    refresh: "Look again", "重新检查";
    view_menu: "View", "视图";
    cards: "Components", "组件";
    logs: "Logs", "日志";
    palette: "Command palette", "命令面板";
    settings: "Settings", "设置";
    close_window: "Close the window", "关闭窗口";
    edit_menu: "Edit", "编辑";
    containers_go_on: "Your containers go on running. `switchyard down` stops them.",
        "您的容器会继续运行。可用 `switchyard down` 停止。";
    stays_in_tray: "Switchyard goes on in the tray. Start it again to bring the window back.",
        "Switchyard 在托盘中继续运行。再次启动即可重新打开窗口。";
    no_display: "switchyard: there is no display here; use the command `switchyard`",
        "switchyard：此处没有显示器；请使用命令 `switchyard`";
    refused: "That needs a look at the window", "请在窗口中确认";
}

impl Lang {
    /// The language that the user chose for the window, or the system's.
    pub(crate) fn of(app: &AppHandle) -> Self {
        match app.state::<Host>().desk.settings().language {
            Language::En => Self::En,
            Language::Zh => Self::Zh,
            Language::System => Self::of_system(),
        }
    }

    pub(crate) fn of_system() -> Self {
        let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let value = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set).unwrap_or_default();
        if value.starts_with("zh") { Self::Zh } else { Self::En }
    }

    pub(crate) fn pick(self, text: &Text) -> &str {
        match self {
            Self::Zh if !text.zh.is_empty() => &text.zh,
            _ => &text.en,
        }
    }

    pub(crate) fn overall(self, overall: Overall) -> String {
        let Overall { well, attention, .. } = overall;
        match (self, overall.state) {
            (Self::En, OverallState::Connecting) => "Connecting…".to_owned(),
            (Self::Zh, OverallState::Connecting) => "正在连接…".to_owned(),
            (Self::En, OverallState::Lost) => "No Docker engine".to_owned(),
            (Self::Zh, OverallState::Lost) => "没有 Docker 引擎".to_owned(),
            (Self::En, OverallState::Off) => "Everything is off".to_owned(),
            (Self::Zh, OverallState::Off) => "全部关闭".to_owned(),
            (Self::En, OverallState::Working | OverallState::Waiting) => "Working…".to_owned(),
            (Self::Zh, OverallState::Working | OverallState::Waiting) => "正在进行…".to_owned(),
            (Self::En, OverallState::Attention) if attention == 1 => "1 component needs attention".to_owned(),
            (Self::En, OverallState::Attention) => format!("{attention} components need attention"),
            (Self::Zh, OverallState::Attention) => format!("{attention} 个组件需要处理"),
            (Self::En, OverallState::Well) => format!("{well} healthy"),
            (Self::Zh, OverallState::Well) => format!("{well} 个组件正常"),
        }
    }

    pub(crate) fn failed(self, title: &str) -> String {
        match self {
            Self::En => format!("{title} has failed"),
            Self::Zh => format!("{title} 出现故障"),
        }
    }

    pub(crate) fn recovered(self, title: &str) -> String {
        match self {
            Self::En => format!("{title} is healthy again"),
            Self::Zh => format!("{title} 已恢复正常"),
        }
    }
}
