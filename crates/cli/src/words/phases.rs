//! Phases, drifts, waits and diagnoses in words.

use supervisor::api::{
    error::Awaited,
    failure::Diagnosis,
    operation::{StepCause, StepState, StepVerb},
    snapshot::{Component, Drift, Phase, WaitReason},
};

use super::{Lang, say};

impl Lang {
    /// The phase in one word.
    pub(crate) fn phase(self, phase: &Phase) -> &'static str {
        match phase {
            Phase::Off => self.pick("off", "关闭"),
            Phase::Pulling { .. } => self.pick("pulling", "拉取中"),
            Phase::Creating => self.pick("creating", "创建中"),
            Phase::Starting => self.pick("starting", "启动中"),
            Phase::Waiting { .. } => self.pick("waiting", "等待中"),
            Phase::Healthy => self.pick("healthy", "健康"),
            Phase::Degraded { .. } => self.pick("degraded", "异常"),
            Phase::Failed { .. } => self.pick("failed", "失败"),
            Phase::Stopping => self.pick("stopping", "停止中"),
            Phase::Completed => self.pick("completed", "已完成"),
            Phase::Drifted { .. } => self.pick("drifted", "已偏离"),
            Phase::Unknown => self.pick("unknown", "未知"),
        }
    }

    /// What the word leaves open: the cause, the reason, what to do. Empty when all is said.
    pub(crate) fn phase_detail(self, phase: &Phase) -> String {
        match phase {
            Phase::Pulling { current, total } if *total > 0.0 => format!("{:.0} %", 100.0 * current / total),
            Phase::Waiting { reason, .. } => self.wait(reason),
            Phase::Degraded { cause } | Phase::Failed { cause } => self.error(&cause.error).what,
            Phase::Drifted { drift } => self.drift(drift).to_owned(),
            _ => String::new(),
        }
    }

    /// The same of a component, with the part that it is about where the cause does not name it.
    pub(crate) fn component_detail(self, component: &Component) -> String {
        let detail = self.phase_detail(&component.phase);
        match (&component.worst, &component.phase) {
            (Some(part), Phase::Waiting { .. } | Phase::Drifted { .. }) => format!("{part}: {detail}"),
            (Some(part), Phase::Starting | Phase::Creating | Phase::Stopping) => part.clone(),
            _ => detail,
        }
    }

    pub(crate) fn wait(self, reason: &WaitReason) -> String {
        match reason {
            WaitReason::Turn => self.pick("for its turn", "等待轮到它").to_owned(),
            WaitReason::Dependency { component } => say!(self, "for {}", "等待 {}", component),
            WaitReason::HealthCheck => self.pick("for its health check", "等待健康检查").to_owned(),
            WaitReason::Probe => self.pick("for an answer", "等待应答").to_owned(),
            WaitReason::Restart => {
                self.pick("it died and is started again", "已退出，正在重新启动").to_owned()
            }
            WaitReason::Exit => self.pick("until it is done", "等待其完成").to_owned(),
        }
    }

    fn drift(self, drift: &Drift) -> &'static str {
        match drift {
            Drift::Stopped => self.pick("switched on, but not running", "已打开，但未在运行"),
            Drift::Gone => self.pick("switched on, but its container is gone", "已打开，但容器已不存在"),
            Drift::Running => self.pick("switched off, but running", "已关闭，但仍在运行"),
            Drift::Outdated => {
                self.pick("the files changed; `up` applies them", "配置已更改；运行 up 以应用")
            }
            Drift::Paused => self.pick("frozen from outside", "被外部冻结"),
        }
    }

    /// A diagnosis with what to do.
    pub(crate) fn diagnosis(self, diagnosis: Diagnosis) -> &'static str {
        match diagnosis {
            Diagnosis::OutOfMemory => self.pick(
                "It used more memory than its limit; raise its …_MEMORY in .env.",
                "内存超过上限；请在 .env 中调高其 …_MEMORY。",
            ),
            Diagnosis::Killed => self.pick("It was killed from outside (SIGKILL).", "被外部强制终止（SIGKILL）。"),
            Diagnosis::CommandMissing => {
                self.pick("Its image lacks the program that is called.", "镜像中没有所调用的程序。")
            }
            Diagnosis::CommandNotExecutable => {
                self.pick("The program that is called may not be executed.", "所调用的程序不可执行。")
            }
            Diagnosis::DiskFull => self.pick(
                "The engine's disk is full; docker system df shows why.",
                "引擎磁盘已满；docker system df 可查看原因。",
            ),
            Diagnosis::PermissionDenied => self.pick(
                "It may not write to its data; a named volume has the right owner.",
                "无法写入数据目录；请使用命名卷以获得正确的属主。",
            ),
            Diagnosis::AddressInUse => self.pick("A port that it needs is taken.", "它需要的端口已被占用。"),
            Diagnosis::DockerClientTooOld => self.pick(
                "It speaks an older Docker API than this engine accepts.",
                "它使用的 Docker API 版本低于引擎要求。",
            ),
            Diagnosis::ConsulConfigReadOnly => self.pick(
                "Its config folder is mounted read-only at /consul/config; mount it elsewhere.",
                "配置目录以只读方式挂载在 /consul/config；请挂载到其他路径。",
            ),
            Diagnosis::ConfigInvalid => self.pick(
                "It refuses its configuration file; see its last lines.",
                "它拒绝了配置文件；请看最后几行日志。",
            ),
            Diagnosis::LabelsMissing => self.pick(
                "Log lines arrive without labels; check the collector's rules.",
                "日志缺少标签；请检查采集规则。",
            ),
            Diagnosis::SpansRefused => self.pick(
                "Its memory is full, and it takes no spans until it is restarted; JAEGER_MAX_TRACES and JAEGER_MEMORY in .env set how much fits.",
                "内存已满，重启之前不再接收 Span；可在 .env 中用 JAEGER_MAX_TRACES 与 JAEGER_MEMORY 调整。",
            ),
            Diagnosis::DataLocked => {
                self.pick("Another instance uses the same data volume.", "另一个实例正在使用同一数据卷。")
            }
        }
    }

    /// A step's kind, in words.
    pub(crate) fn verb(self, verb: StepVerb) -> &'static str {
        match verb {
            StepVerb::Pull => self.pick("pull", "拉取"),
            StepVerb::CreateNetwork => self.pick("create network", "创建网络"),
            StepVerb::CreateVolume => self.pick("create volume", "创建卷"),
            StepVerb::Create => self.pick("create", "创建"),
            StepVerb::Start => self.pick("start", "启动"),
            StepVerb::Stop => self.pick("stop", "停止"),
            StepVerb::Unpause => self.pick("unfreeze", "解冻"),
            StepVerb::Remove => self.pick("remove", "删除"),
            StepVerb::Rename => self.pick("rename", "重命名"),
            StepVerb::RemoveNetwork => self.pick("remove network", "删除网络"),
            StepVerb::RemoveVolume => self.pick("delete volume", "删除卷"),
            StepVerb::WaitStarted => self.pick("wait for start of", "等待启动"),
            StepVerb::WaitHealthy => self.pick("wait for health of", "等待健康"),
            StepVerb::WaitCompleted => self.pick("wait for the end of", "等待完成"),
            StepVerb::Seed => self.pick("write initial data of", "写入初始数据"),
            StepVerb::Plan => self.pick("plan", "计划"),
        }
    }

    /// How far a step is.
    pub(crate) fn step_state(self, state: &StepState) -> String {
        match state {
            StepState::Pending => self.pick("pending", "待执行").to_owned(),
            StepState::Running { .. } => self.pick("…", "…").to_owned(),
            StepState::Done { millis } => say!(self, "done ({:.1} s)", "完成（{:.1} 秒）", millis / 1000.0),
            StepState::Failed { error } => say!(self, "failed: {}", "失败：{}", self.error(error).what),
            StepState::Skipped => self.pick("skipped", "已跳过").to_owned(),
        }
    }

    /// Why a step is in the plan.
    pub(crate) fn cause(self, cause: StepCause, other: Option<&str>) -> String {
        let other = other.unwrap_or_default();
        match cause {
            StepCause::Missing => self.pick("it is not there", "尚不存在").to_owned(),
            StepCause::ConfigChanged => self.pick("its configuration changed", "配置已更改").to_owned(),
            StepCause::ImageChanged => self.pick("its image changed", "镜像已更改").to_owned(),
            StepCause::Detached => self.pick("it lacks a network or a volume", "缺少网络或卷").to_owned(),
            StepCause::NotRunning => self.pick("it is not running", "未在运行").to_owned(),
            StepCause::Paused => self.pick("it is frozen", "已被冻结").to_owned(),
            StepCause::Requested => self.pick("you asked for it", "按您的要求").to_owned(),
            StepCause::NeededBy => say!(self, "{} needs it", "{} 需要它", other),
            StepCause::Needs => say!(self, "it cannot do without {}", "它依赖 {}", other),
            StepCause::Unneeded => self.pick("nothing needs it any more", "不再被需要").to_owned(),
            StepCause::SwitchedOff => self.pick("it is switched off", "已关闭").to_owned(),
            StepCause::ExcludedBy => say!(self, "it cannot run beside {}", "不能与 {} 同时运行", other),
            StepCause::Surplus => self.pick("there is one too many", "数量过多").to_owned(),
            StepCause::Orphan => self.pick("the file no longer has it", "文件中已没有它").to_owned(),
            StepCause::Follows => String::new(),
        }
    }

    /// What a wait was for.
    pub(crate) fn awaited(self, awaited: Awaited) -> &'static str {
        match awaited {
            Awaited::Start => self.pick("its start", "启动"),
            Awaited::HealthCheck => self.pick("its health check", "健康检查"),
            Awaited::Exit => self.pick("its end", "结束"),
            Awaited::Restart => self.pick("another start after it died", "退出后重新启动"),
        }
    }
}
