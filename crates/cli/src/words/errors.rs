//! What each error code means to a user, and what he can do.

use supervisor::api::error::{AppError, ErrorCode, Owner, PartState, ResourceKind};

use super::{Lang, Said, say};

impl Lang {
    /// An error in words. No wildcard arm: a new code must find its sentence.
    pub(crate) fn error(self, error: &AppError) -> Said {
        let (subject, detail) = (&error.subject, &error.detail);
        let facts = &error.facts;
        let said = |what: String, remedy: &str| {
            let remedy = (!remedy.is_empty()).then(|| remedy.to_owned());
            Said { what, remedy }
        };
        match error.code {
            ErrorCode::NoEngine => said(
                say!(self, "No Docker engine was found at {}.", "没有找到 Docker 引擎；已查找：{}。", detail),
                self.pick(
                    "Start Docker Desktop, OrbStack, Colima or Rancher Desktop, or install Docker Engine\n(Debian, Ubuntu: sudo apt install docker.io). Another address: --host or DOCKER_HOST.",
                    "请启动 Docker Desktop、OrbStack、Colima 或 Rancher Desktop，或安装 Docker Engine\n（Debian、Ubuntu：sudo apt install docker.io）。其他地址：--host 或 DOCKER_HOST。",
                ),
            ),
            ErrorCode::BadEndpoint => said(
                say!(self, "{} does not name an engine: {}", "{} 不是有效的引擎地址：{}", subject, detail),
                self.pick("See the choices with: docker context ls", "用 docker context ls 查看可选项"),
            ),
            ErrorCode::EngineDenied => said(
                say!(self, "You may not use the engine's socket {}.", "没有权限使用引擎套接字 {}。", subject),
                self.pick(
                    "Add yourself to its group and log in again: sudo usermod -aG docker \"$USER\"\nOr use rootless Docker.",
                    "请把自己加入它的用户组并重新登录：sudo usermod -aG docker \"$USER\"\n或使用无 root 的 Docker。",
                ),
            ),
            ErrorCode::EngineUnreachable => said(
                say!(self, "The Docker engine at {} does not answer.", "位于 {} 的 Docker 引擎没有应答。", subject),
                self.pick(
                    "Start it (sudo systemctl start docker, or open Docker Desktop), then try again.",
                    "请启动它（sudo systemctl start docker，或打开 Docker Desktop），然后重试。",
                ),
            ),
            ErrorCode::EngineTooOld => said(
                say!(self, "The engine is too old: it speaks API {}.", "引擎太旧：API 版本为 {}。", subject),
                self.pick("Docker 20.10 (API 1.41) or newer is needed.", "需要 Docker 20.10（API 1.41）或更新版本。"),
            ),
            ErrorCode::EngineTimeout => said(
                say!(self, "The engine did not answer in time: {}.", "引擎没有及时应答：{}。", detail),
                self.pick("It may be overloaded or hang; restarting it usually helps.", "它可能过载或已挂起；通常重启即可恢复。"),
            ),
            ErrorCode::EngineLost => said(
                say!(self, "The connection to the engine broke: {}.", "与引擎的连接中断：{}。", detail),
                self.pick("Once it is back, run the same command again; nothing is done twice.", "引擎恢复后再次运行同一命令即可，不会重复执行。"),
            ),
            ErrorCode::EngineRefused => said(say!(self, "The engine refused: {}", "引擎拒绝了请求：{}", detail), ""),
            ErrorCode::EngineUnsupported => said(say!(self, "Not supported: {}", "不支持：{}", subject), ""),
            ErrorCode::ImageNotFound => said(
                say!(self, "The image {} does not exist.", "镜像 {} 不存在。", subject),
                self.pick(
                    "Check its name and version, and HUB_REGISTRY in .env.",
                    "请检查它的名称与版本，以及 .env 中的 HUB_REGISTRY。",
                ),
            ),
            ErrorCode::RateLimited => said(
                say!(self, "The registry's pull limit is reached: {}.", "已达到镜像仓库的拉取上限：{}。", subject),
                self.pick(
                    "Wait, log in (docker login), or set a mirror: HUB_REGISTRY in .env.",
                    "请稍候、登录（docker login），或设置镜像加速：.env 中的 HUB_REGISTRY。",
                ),
            ),
            ErrorCode::RegistryUnreachable => said(
                say!(self, "The registry of {} cannot be reached: {}", "无法连接 {} 的镜像仓库：{}", subject, detail),
                self.pick(
                    "Check network, proxy and mirror (HUB_REGISTRY in .env). Offline: docker load the images.",
                    "请检查网络、代理与镜像加速（.env 中的 HUB_REGISTRY）。离线时：用 docker load 导入镜像。",
                ),
            ),
            ErrorCode::RegistryDenied => said(
                say!(self, "The registry denies access to {}.", "镜像仓库拒绝访问 {}。", subject),
                self.pick("Log in with docker login, or check the image's name.", "请用 docker login 登录，或检查镜像名称。"),
            ),
            ErrorCode::CredentialsFailed => {
                said(say!(self, "The credential helper failed: {}", "凭据助手失败：{}", detail), "")
            }
            ErrorCode::VolumeInUse => said(say!(self, "The volume {} is in use.", "卷 {} 正在使用中。", subject), ""),
            ErrorCode::DiskFull => said(
                say!(self, "The disk is full: {}", "磁盘已满：{}", detail),
                self.pick("docker system df shows what takes the space.", "docker system df 可查看占用情况。"),
            ),
            ErrorCode::PortTaken => self.port_taken(error),
            ErrorCode::NameTaken => said(
                say!(self, "A container that does not belong to this stack is called {}.", "已有不属于本栈的容器名为 {}。", subject),
                &say!(self, "Remove or rename it: docker rename {} other-name", "请删除或改名：docker rename {} other-name", subject),
            ),
            ErrorCode::ForeignProject => said(
                say!(self, "Another folder runs a stack called {} on this engine: {}", "此引擎上另一个文件夹正在运行名为 {} 的栈：{}", subject, detail),
                self.pick(
                    "Take that one down first, or give this one another name: COMPOSE_PROJECT_NAME in .env.",
                    "请先停止那一个，或为这一个另取名称：.env 中的 COMPOSE_PROJECT_NAME。",
                ),
            ),
            ErrorCode::ExternalMissing if facts.owner() == Some(&Owner::Stack) => said(
                say!(self, "The stack's network {} does not exist: the stack is not up.", "栈的网络 {} 不存在：栈尚未启动。", subject),
                self.pick("Bring it up first: switchyard up", "请先启动它：switchyard up"),
            ),
            ErrorCode::ExternalMissing => {
                let (kind, word) = match facts.kind() {
                    Some(ResourceKind::Volume) => ("volume", self.pick("volume", "卷")),
                    Some(ResourceKind::Network) | None => ("network", self.pick("network", "网络")),
                };
                let create = format!("docker {kind} create {subject}");
                said(say!(self, "The external {} {} does not exist.", "外部{} {} 不存在。", word, subject), &create)
            }
            ErrorCode::ImageMissing => said(
                say!(self, "The image {} is not here, and its pull_policy is never.", "本地没有镜像 {}，且其 pull_policy 为 never。", subject),
                "",
            ),
            ErrorCode::Excluded => said(
                say!(self, "{} and {} cannot run side by side.", "{} 与 {} 不能同时运行。", subject, shown(facts.other())),
                self.pick("Name only one of them.", "请只指定其中一个。"),
            ),
            ErrorCode::NoHealthcheck => said(
                say!(self, "{} is waited for until it is healthy, but it has no health check.", "需要等待 {} 健康，但它没有健康检查。", subject),
                "",
            ),
            ErrorCode::ConsentNeeded => said(
                self.pick("This does more than was asked for.", "此操作会影响到未指定的内容。").to_owned(),
                self.pick("Look at it with `switchyard plan`, then agree with --yes.", "请先用 switchyard plan 查看，再以 --yes 确认。"),
            ),
            ErrorCode::Busy => said(
                say!(self, "Another Switchyard is working on {}: {}", "另一个 Switchyard 正在操作 {}：{}", subject, detail),
                self.pick("Wait until it is done.", "请等待其完成。"),
            ),
            ErrorCode::PlanUnknown => said(
                self.pick("This plan or offer does not hold any more.", "该计划或选项已失效。").to_owned(),
                self.pick("Ask for it again.", "请重新操作。"),
            ),
            ErrorCode::FileChanged => said(
                say!(self, "{} was changed by another program in the meantime; nothing was written.", "{} 已被其他程序修改；未写入任何内容。", subject),
                self.pick("Look at the file, then try again.", "请查看该文件后重试。"),
            ),
            ErrorCode::UnknownComponent => {
                let remedy = match facts.nearest() {
                    None => say!(self, "There are: {}", "可选：{}", detail),
                    Some(nearest) => say!(self, "Did you mean {}? There are: {}", "是否指 {}？可选：{}", nearest, detail),
                };
                said(say!(self, "No component or preset is called {}.", "没有名为 {} 的组件或预设。", subject), &remedy)
            }
            ErrorCode::StackInvalid => said(detail.clone(), ""),
            ErrorCode::FileUnreadable => {
                said(say!(self, "Cannot read {}: {}", "无法读取 {}：{}", subject, detail), "")
            }
            ErrorCode::FileUnwritable => {
                said(say!(self, "Cannot write {}: {}", "无法写入 {}：{}", subject, detail), "")
            }
            ErrorCode::NoStack => said(
                say!(self, "There is no compose file in {}.", "{} 中没有 compose 文件。", subject),
                &say!(self, "One of these is looked for: {}", "会查找以下文件：{}", detail),
            ),
            ErrorCode::VariableMissing => said(
                detail.clone(),
                self.pick(
                    "Set it in .env; `switchyard init` writes one with fresh secrets.",
                    "请在 .env 中设置；switchyard init 会生成带新密钥的 .env。",
                ),
            ),
            ErrorCode::Exited => {
                said(say!(self, "{} exited with code {}.", "{} 已退出，退出码 {}。", subject, shown(facts.exit_code())), "")
            }
            ErrorCode::Unhealthy => said(say!(self, "{} is unhealthy.", "{} 不健康。", subject), ""),
            ErrorCode::WaitTimeout => {
                let awaited = facts.awaited().map_or(detail.as_str(), |awaited| self.awaited(*awaited));
                said(
                say!(self, "{} was not healthy within {} s; it waited for: {}.", "{} 在 {} 秒内未就绪；等待的是：{}。", subject, shown(facts.seconds()), awaited),
                self.pick("Give it longer with --timeout, or look at its logs.", "可用 --timeout 延长，或查看其日志。"),
            )}
            ErrorCode::Gone => said(say!(self, "{} is gone.", "{} 已不存在。", subject), ""),
            ErrorCode::ProbeFailed => said(
                say!(self, "{} does not answer as it should: {}", "{} 的应答不正常：{}", subject, detail),
                facts.url().map_or("", String::as_str),
            ),
            ErrorCode::ConfigInvalid => {
                let more = facts.faults().copied().unwrap_or(1);
                let remedy = if more > 1 {
                    say!(self, "Nothing was started. There are {} faults; all of them: switchyard validate {}\nTo start it all the same: --no-check", "尚未启动任何组件。共有 {} 处错误；全部列出：switchyard validate {}\n如仍要启动：--no-check", more, subject)
                } else {
                    say!(self, "Nothing was started. Correct the file, then check it: switchyard validate {}\nTo start it all the same: --no-check", "尚未启动任何组件。请修正文件，然后检查：switchyard validate {}\n如仍要启动：--no-check", subject)
                };
                said(say!(self, "{} cannot read its configuration: {}", "{} 无法读取其配置：{}", subject, detail), &remedy)
            }
            ErrorCode::PartUnwell => {
                let state = match facts.state() {
                    Some(PartState::Unhealthy) => self.pick("is unhealthy", "不健康"),
                    Some(PartState::Paused) => self.pick("is frozen", "已被冻结"),
                    Some(PartState::Restarting) => self.pick("ends again and again", "反复退出"),
                    Some(PartState::Gone) => self.pick("is gone", "已不存在"),
                    Some(PartState::Stopped) | None => self.pick("does not run", "未在运行"),
                };
                said(
                    say!(self, "{}, a part of {}, {}.", "{}（{} 的一部分）{}。", detail, subject, state),
                    &say!(self, "Bring it back: switchyard up {}", "恢复：switchyard up {}", subject),
                )
            }
            ErrorCode::NothingSent => said(
                say!(self, "{} sends no log lines although {} writes some.", "{} 没有发送任何日志，但 {} 正在输出日志。", subject, detail),
                &say!(self, "Its own log says why: switchyard logs {}", "原因见其自身日志：switchyard logs {}", subject),
            ),
            ErrorCode::SeedFailed => said(
                say!(self, "The initial data of {} could not be written: {}", "无法写入 {} 的初始数据：{}", subject, detail),
                self.pick("Run `switchyard up` again; what is there is never overwritten.", "请再次运行 switchyard up；已有的值不会被覆盖。"),
            ),
            ErrorCode::CannotOpen => said(
                say!(self, "The browser could not be opened: {}", "无法打开浏览器：{}", detail),
                subject,
            ),
            ErrorCode::NoLink => said(
                say!(self, "{} has no page of that name.", "{} 没有这个页面。", subject),
                &say!(self, "There are: {}", "可选：{}", detail),
            ),
            ErrorCode::NotRunning => said(
                say!(self, "{} is not running.", "{} 未运行。", subject),
                &say!(self, "Start it: switchyard up {}", "启动它：switchyard up {}", subject),
            ),
            ErrorCode::BadPattern => said(say!(self, "Not a regular expression: {}", "不是有效的正则表达式：{}", detail), ""),
            ErrorCode::BadTime => said(
                say!(self, "Not a time: {}", "不是有效的时间：{}", subject),
                self.pick("Write 10m, 2h, 3d, or 2026-11-22T08:00:00Z.", "请写作 10m、2h、3d 或 2026-11-22T08:00:00Z。"),
            ),
            ErrorCode::SettingsDamaged => said(
                say!(self, "The settings {} are damaged, so the defaults hold.", "设置文件 {} 已损坏，现使用默认设置。", subject),
                &say!(self, "Mend them, or leave them: the next change keeps them as {}.", "请修复它；否则下次更改设置时，它将另存为 {}。", shown(facts.kept())),
            ),
            ErrorCode::Cancelled => said(self.pick("Cancelled.", "已取消。").to_owned(), ""),
            ErrorCode::Internal => said(
                say!(self, "A fault of Switchyard itself: {} {}", "Switchyard 自身的错误：{} {}", subject, detail),
                self.pick("Please report it with the output of -vv.", "请附上 -vv 的输出进行反馈。"),
            ),
        }
    }

    fn port_taken(self, error: &AppError) -> Said {
        let facts = &error.facts;
        if facts.port().is_none() {
            // The engine found it out while starting: only its own words say which port.
            let what = say!(self, "A port is taken: {}", "端口被占用：{}", error.detail);
            return Said { what, remedy: None };
        }
        let holder = match (facts.container(), facts.project(), facts.process()) {
            (Some(container), Some(project), _) => {
                say!(self, "container {} of {}", "{1} 的容器 {0}", container, project)
            }
            (Some(container), None, _) => say!(self, "container {}", "容器 {}", container),
            (None, _, Some(process)) => {
                say!(self, "{} (process {})", "{}（进程 {}）", process, shown(facts.pid()))
            }
            _ => self.pick("another program", "另一个程序").to_owned(),
        };
        let what = say!(
            self,
            "{} needs {}, and {} has it.",
            "{} 需要 {}，但它被{}占用。",
            error.subject,
            error.detail,
            holder
        );
        let remedy = match (facts.variable(), facts.free()) {
            (Some(variable), Some(free)) => Some(say!(
                self,
                "Stop that one, or set {}={} in .env.",
                "请停止占用者，或在 .env 中设置 {}={}。",
                variable,
                free
            )),
            (None, Some(free)) => {
                Some(say!(self, "Stop that one, or use port {}.", "请停止占用者，或改用端口 {}。", free))
            }
            _ => None,
        };
        Said { what, remedy }
    }
}

/// A fact, or nothing where it is not known.
fn shown<T: ToString>(fact: Option<&T>) -> String {
    fact.map(T::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use supervisor::api::error::Fact;

    use super::*;

    #[test]
    fn every_code_has_a_sentence_in_both_languages() {
        for code in ErrorCode::ALL {
            let error = AppError::new(*code, "the-subject", "the-detail");
            for lang in [Lang::En, Lang::Zh] {
                let said = lang.error(&error);
                assert!(!said.what.is_empty(), "{code:?} {lang:?}");
            }
        }
    }

    #[test]
    fn a_taken_port_names_its_holder_and_the_way_out() {
        let error = AppError::new(ErrorCode::PortTaken, "grafana", "127.0.0.1:3030/tcp")
            .with(Fact::Port(3030))
            .with(Fact::Process("node".into()))
            .with(Fact::Pid(41))
            .with(Fact::Free(3031))
            .with(Fact::Variable("GRAFANA_PORT".into()));
        let said = Lang::En.error(&error);
        assert_eq!(said.what, "grafana needs 127.0.0.1:3030/tcp, and node (process 41) has it.");
        assert_eq!(said.remedy.as_deref(), Some("Stop that one, or set GRAFANA_PORT=3031 in .env."));
        let said = Lang::Zh.error(&error);
        assert_eq!(said.what, "grafana 需要 127.0.0.1:3030/tcp，但它被node（进程 41）占用。");
    }
}
