//! Phases, drifts, waits and diagnoses in words.

use supervisor::api::snapshot::{Component, Drift, Phase, StepState, WaitReason};

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

    /// A diagnosis with what to do, by its code; nothing for a code that this version does not know.
    pub(crate) fn diagnosis(self, code: &str) -> Option<&'static str> {
        Some(match code {
            "out-of-memory" => self.pick(
                "It used more memory than its limit; raise its …_MEMORY in .env.",
                "内存超过上限；请在 .env 中调高其 …_MEMORY。",
            ),
            "killed" => self.pick("It was killed from outside (SIGKILL).", "被外部强制终止（SIGKILL）。"),
            "command-missing" => {
                self.pick("Its image lacks the program that is called.", "镜像中没有所调用的程序。")
            }
            "command-not-executable" => {
                self.pick("The program that is called may not be executed.", "所调用的程序不可执行。")
            }
            "disk-full" => self.pick(
                "The engine's disk is full; docker system df shows why.",
                "引擎磁盘已满；docker system df 可查看原因。",
            ),
            "permission-denied" => self.pick(
                "It may not write to its data; a named volume has the right owner.",
                "无法写入数据目录；请使用命名卷以获得正确的属主。",
            ),
            "address-in-use" => self.pick("A port that it needs is taken.", "它需要的端口已被占用。"),
            "docker-client-too-old" => self.pick(
                "It speaks an older Docker API than this engine accepts.",
                "它使用的 Docker API 版本低于引擎要求。",
            ),
            "consul-config-read-only" => self.pick(
                "Its config folder is mounted read-only at /consul/config; mount it elsewhere.",
                "配置目录以只读方式挂载在 /consul/config；请挂载到其他路径。",
            ),
            "config-invalid" => self.pick(
                "It refuses its configuration file; see its last lines.",
                "它拒绝了配置文件；请看最后几行日志。",
            ),
            "labels-missing" => self.pick(
                "Log lines arrive without labels; check the collector's rules.",
                "日志缺少标签；请检查采集规则。",
            ),
            "spans-refused" => self.pick(
                "Its memory is full, and it takes no spans until it is restarted; JAEGER_MAX_TRACES and JAEGER_MEMORY in .env set how much fits.",
                "内存已满，重启之前不再接收 Span；可在 .env 中用 JAEGER_MAX_TRACES 与 JAEGER_MEMORY 调整。",
            ),
            "data-locked" => {
                self.pick("Another instance uses the same data volume.", "另一个实例正在使用同一数据卷。")
            }
            _ => return None,
        })
    }

    /// A step's kind, in words.
    pub(crate) fn verb(self, verb: &str) -> &'static str {
        match verb {
            "pull" => self.pick("pull", "拉取"),
            "create-network" => self.pick("create network", "创建网络"),
            "create-volume" => self.pick("create volume", "创建卷"),
            "create" => self.pick("create", "创建"),
            "start" => self.pick("start", "启动"),
            "stop" => self.pick("stop", "停止"),
            "unpause" => self.pick("unfreeze", "解冻"),
            "remove" => self.pick("remove", "删除"),
            "rename" => self.pick("rename", "重命名"),
            "remove-network" => self.pick("remove network", "删除网络"),
            "remove-volume" => self.pick("delete volume", "删除卷"),
            "wait-started" => self.pick("wait for start of", "等待启动"),
            "wait-healthy" => self.pick("wait for health of", "等待健康"),
            "wait-completed" => self.pick("wait for the end of", "等待完成"),
            "seed" => self.pick("write initial data of", "写入初始数据"),
            _ => self.pick("do", "执行"),
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
    pub(crate) fn cause(self, cause: &str, other: Option<&str>) -> String {
        let other = other.unwrap_or_default();
        match cause {
            "missing" => self.pick("it is not there", "尚不存在").to_owned(),
            "config-changed" => self.pick("its configuration changed", "配置已更改").to_owned(),
            "image-changed" => self.pick("its image changed", "镜像已更改").to_owned(),
            "detached" => self.pick("it lacks a network or a volume", "缺少网络或卷").to_owned(),
            "not-running" => self.pick("it is not running", "未在运行").to_owned(),
            "paused" => self.pick("it is frozen", "已被冻结").to_owned(),
            "requested" => self.pick("you asked for it", "按您的要求").to_owned(),
            "needed-by" => say!(self, "{} needs it", "{} 需要它", other),
            "needs" => say!(self, "it cannot do without {}", "它依赖 {}", other),
            "unneeded" => self.pick("nothing needs it any more", "不再被需要").to_owned(),
            "switched-off" => self.pick("it is switched off", "已关闭").to_owned(),
            "excluded-by" => say!(self, "it cannot run beside {}", "不能与 {} 同时运行", other),
            "surplus" => self.pick("there is one too many", "数量过多").to_owned(),
            "orphan" => self.pick("the file no longer has it", "文件中已没有它").to_owned(),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stack::diagnosis::Diagnosis;

    #[test]
    fn every_diagnosis_has_words() {
        use Diagnosis as D;
        let all = [
            D::OutOfMemory,
            D::Killed,
            D::CommandMissing,
            D::CommandNotExecutable,
            D::DiskFull,
            D::PermissionDenied,
            D::AddressInUse,
            D::DockerClientTooOld,
            D::ConsulConfigReadOnly,
            D::ConfigInvalid,
            D::LabelsMissing,
            D::DataLocked,
            D::SpansRefused,
        ];
        for diagnosis in all {
            assert!(Lang::Zh.diagnosis(diagnosis.code()).is_some(), "{diagnosis}");
        }
    }
}
