//! `doctor`: everything that usually goes wrong, looked at before it does.

use std::path::Path;

use engine::{Engine, SystemInfo};
use jiff::Timestamp;
use serde::Serialize;
use stack::{
    compose::Project,
    meta::EnvKind,
    observed::Observed,
    plan::{Goal, plan},
};
use supervisor::{
    api::error::{AppError, ErrorCode},
    configuration, engine_error,
    folder::Folder,
    plan_preview,
};

use super::Ended;
use crate::{
    exit::Exit,
    output::{Tone, paint},
    session::Session,
    words::{Lang, say},
};

/// The clock of the engine may be off by so much before queries for "the last minutes" come back empty.
const CLOCK_SECONDS: i64 = 5;
/// Less free space than this does not hold the stack's images and a week of data.
const DISK_GIB: u64 = 6;

/// How one check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    Ok,
    Warning,
    Failed,
}

/// One check.
#[derive(Debug, Serialize)]
struct Check {
    /// Stable kebab-case word.
    id: &'static str,
    verdict: Verdict,
    /// What was found.
    found: String,
    /// What to do about it.
    fix: Option<String>,
}

struct Doctor {
    lang: Lang,
    checks: Vec<Check>,
    exit: Exit,
}

pub(super) async fn run(session: &Session) -> Ended {
    let mut doctor = Doctor { lang: session.lang, checks: vec![], exit: Exit::Ok };
    let opened = match &session.global.stack {
        Some(path) => session.open(path),
        None => session.open_shipped(),
    };
    let folder = match opened {
        Ok(folder) => {
            doctor.stack(&folder);
            doctor.env_file(&folder);
            doctor.configuration(&folder.project);
            Some(folder)
        }
        Err(errors) => {
            for error in &errors {
                doctor.error("stack", error);
            }
            None
        }
    };
    match session.introduced_engine().await {
        Ok(engine) => doctor.engine(&engine, folder.as_ref()).await,
        Err(error) => doctor.error("engine", &error),
    }
    if session.out.json {
        #[derive(Serialize)]
        struct Report<'a> {
            checks: &'a [Check],
        }
        session.out.value(&Report { checks: &doctor.checks });
        return Ok(doctor.exit);
    }
    for check in &doctor.checks {
        let (sign, tone) = match check.verdict {
            Verdict::Ok => ("✓", Tone::Good),
            Verdict::Warning => ("▲", Tone::Warn),
            Verdict::Failed => ("✗", Tone::Bad),
        };
        session.out.line(&format!("{} {}", paint(tone, sign), check.found));
        for line in check.fix.iter().flat_map(|fix| fix.lines()) {
            session.out.line(&format!("    {line}"));
        }
    }
    Ok(doctor.exit)
}

impl Doctor {
    fn ok(&mut self, id: &'static str, found: String) {
        self.checks.push(Check { id, verdict: Verdict::Ok, found, fix: None });
    }

    fn warn(&mut self, id: &'static str, found: String, fix: String) {
        self.checks.push(Check { id, verdict: Verdict::Warning, found, fix: Some(fix) });
    }

    fn fail(&mut self, id: &'static str, found: String, fix: String, exit: Exit) {
        self.checks.push(Check { id, verdict: Verdict::Failed, found, fix: Some(fix) });
        if self.exit == Exit::Ok {
            self.exit = exit;
        }
    }

    fn error(&mut self, id: &'static str, error: &AppError) {
        let said = self.lang.error(error);
        self.checks.push(Check { id, verdict: Verdict::Failed, found: said.what, fix: said.remedy });
        if self.exit == Exit::Ok {
            self.exit = Exit::of(error);
        }
    }

    fn stack(&mut self, folder: &Folder) {
        let (count, path) = (folder.project.components().len(), folder.path.display());
        self.ok("stack", say!(self.lang, "{} components in {}", "{} 个组件，位于 {}", count, path));
        for kept in &folder.kept {
            let kept = kept.display();
            self.warn(
                "edited-file",
                say!(
                    self.lang,
                    "{} was edited; this release has another version",
                    "{} 已被修改；此版本有新内容",
                    kept
                ),
                say!(self.lang, "compare it with {}.new", "请与 {}.new 比较", kept),
            );
        }
    }

    fn env_file(&mut self, folder: &Folder) {
        let path = folder.path.join(".env");
        let Ok(metadata) = std::fs::metadata(&path) else {
            return self.warn(
                "env-file",
                say!(self.lang, "there is no {}", "没有 {}", path.display()),
                self.lang.pick("run: switchyard init", "请运行：switchyard init").to_owned(),
            );
        };
        #[cfg(unix)]
        if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0 {
            return self.warn(
                "env-file",
                say!(
                    self.lang,
                    "others may read {}, which holds secrets",
                    "其他用户可读取含有密钥的 {}",
                    path.display()
                ),
                format!("chmod 600 {}", path.display()),
            );
        }
        let _ = metadata;
        let weak =
            folder.project.meta.env.iter().filter(|field| field.kind == EnvKind::Secret).find(|field| {
                let value = folder.project.environment.get(&field.name).map_or("", String::as_str);
                !value.is_empty() && value.len() < 8
            });
        match weak {
            Some(field) => self.warn(
                "env-file",
                say!(self.lang, "{} is short", "{} 过短", field.name),
                self.lang.pick("use 8 characters or more", "请使用至少 8 个字符").to_owned(),
            ),
            None => self.ok(
                "env-file",
                say!(self.lang, "{} is readable by you alone", "{} 仅您可读", path.display()),
            ),
        }
    }

    /// Whether the components will be able to read their files.
    fn configuration(&mut self, project: &Project) {
        let faults = configuration::faults(project, &configuration::checkable(project));
        for fault in faults.values().flatten() {
            let fix = self.lang.pick("see switchyard validate", "见 switchyard validate").to_owned();
            if fault.fatal {
                self.fail("configuration", fault.to_string(), fix, Exit::Stack);
            } else {
                self.warn("configuration", fault.to_string(), fix);
            }
        }
        if faults.is_empty() {
            let found = self.lang.pick("every component can read its files", "所有组件都能读取其配置文件");
            self.ok("configuration", found.to_owned());
        }
    }

    async fn engine(&mut self, engine: &Engine, folder: Option<&Folder>) {
        let info = engine.info();
        self.ok(
            "engine",
            say!(
                self.lang,
                "{} {} (API {}) at {}",
                "{} {}（API {}），位于 {}",
                info.product,
                info.version,
                info.api,
                info.uri
            ),
        );
        let system = match engine.system().await {
            Ok(system) => system,
            Err(error) => return self.error("engine", &engine_error(&error)),
        };
        self.clock(&system);
        if info.local {
            self.disk(Path::new(&system.root_dir));
        }
        let Some(folder) = folder else { return };
        self.memory(&system, &folder.project);
        match engine.observe(&folder.project).await {
            Ok(observed) => self.world(&folder.project, &observed),
            Err(error) => self.error("engine", &engine_error(&error)),
        }
    }

    fn clock(&mut self, system: &SystemInfo) {
        let Ok(theirs) = system.system_time.parse::<Timestamp>() else { return };
        let seconds = (Timestamp::now().as_second() - theirs.as_second()).abs();
        if seconds <= CLOCK_SECONDS {
            return self.ok(
                "clock",
                self.lang
                    .pick("the engine's clock agrees with this machine's", "引擎时钟与本机一致")
                    .to_owned(),
            );
        }
        self.warn(
            "clock",
            say!(self.lang, "the engine's clock is {} s off", "引擎时钟相差 {} 秒", seconds),
            self.lang
                .pick(
                    "logs and metrics would seem missing; restart the engine (on WSL: wsl --shutdown)",
                    "日志与指标会显得缺失；请重启引擎（WSL：wsl --shutdown）",
                )
                .to_owned(),
        );
    }

    fn disk(&mut self, folder: &Path) {
        let Some(free) = free_bytes(folder) else { return };
        let gib = free >> 30;
        let found =
            say!(self.lang, "{} GiB free where the engine keeps its data", "引擎数据目录剩余 {} GiB", gib);
        if gib >= DISK_GIB {
            return self.ok("disk", found);
        }
        let fix =
            self.lang.pick("docker system df shows what takes the space", "docker system df 可查看占用情况");
        self.warn("disk", found, fix.to_owned());
    }

    fn memory(&mut self, system: &SystemInfo, project: &Project) {
        let wanted = project.with_needs(&project.default_components());
        let limits =
            wanted.keys().filter_map(|name| project.services.get(name)).map(|it| it.mem_limit.bytes());
        let sum: i64 = limits.sum();
        let (sum, there) = (u64::try_from(sum).unwrap_or_default() >> 20, system.memory >> 20);
        let found = say!(
            self.lang,
            "the stack may use up to {} MiB of the engine's {} MiB",
            "本栈最多使用 {} MiB，引擎共有 {} MiB",
            sum,
            there
        );
        if sum <= there {
            return self.ok("memory", found);
        }
        let fix = self.lang.pick(
            "give the engine more memory, or switch on fewer components",
            "请为引擎分配更多内存，或减少打开的组件",
        );
        self.warn("memory", found, fix.to_owned());
    }

    /// What `up` would meet.
    fn world(&mut self, project: &Project, observed: &Observed) {
        let goal = Goal::Up { services: project.default_components(), recreate: false, wait: true };
        let preview = plan_preview(&project.name, &plan(project, observed, &goal));
        let refused: Vec<ErrorCode> = preview.refusals.iter().map(|refusal| refusal.code).collect();
        for refusal in &preview.refusals {
            self.error("up", refusal);
        }
        if !refused.contains(&ErrorCode::PortTaken) {
            self.ok(
                "ports",
                self.lang.pick("all ports are free or ours", "所有端口均可用或由本栈占用").to_owned(),
            );
        }
        for warning in &preview.warnings {
            let fix = String::new();
            self.warn("up", self.lang.notice(warning), fix);
        }
        for component in project.components() {
            let runs = observed.containers.iter().any(|container| {
                container.is_up() && component.own().any(|part| part.name == container.service)
            });
            if let (true, Some(replacement)) = (runs, &component.meta.replacement) {
                let reason = replacement.reason.get(self.lang == Lang::Zh).to_owned();
                self.warn("replacement", reason, format!("switchyard up {}", replacement.component));
            }
        }
        let wanted = project.with_needs(&project.default_components());
        let images: std::collections::BTreeSet<&str> = wanted
            .keys()
            .filter_map(|name| project.services.get(name))
            .map(|service| service.image.as_str())
            .collect();
        let here = images.iter().filter(|image| observed.images.contains_key(**image)).count();
        self.ok(
            "images",
            say!(self.lang, "{} of {} images are here", "本地已有 {} / {} 个镜像", here, images.len()),
        );
    }
}

#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    Some(stat.f_bavail * stat.f_frsize)
}
#[cfg(not(unix))]
fn free_bytes(_: &Path) -> Option<u64> {
    None
}
