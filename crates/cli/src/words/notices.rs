//! Consents, warnings and notices in words.

use supervisor::api::{
    error::AppError,
    notice::{Notice, NoticeCode, Remark},
};

use super::{Lang, say};

impl Lang {
    /// What a user agrees to, should know, or is told.
    pub(crate) fn notice(self, notice: &Notice) -> String {
        let (subject, other) = (&notice.subject, notice.other.as_deref().unwrap_or_default());
        let remark = match notice.code {
            NoticeCode::Remark(remark) => remark,
            NoticeCode::Error(code) => return self.error(&AppError::new(code, subject, other)).what,
        };
        match remark {
            Remark::StopsDependent => {
                say!(self, "{} stops too: it cannot do without {}", "{} 也会停止：它依赖 {}", subject, other)
            }
            Remark::StopsExcluded => say!(
                self,
                "{} stops: it cannot run beside {}",
                "{} 会停止：它不能与 {} 同时运行",
                subject,
                other
            ),
            Remark::RemovesVolume => say!(
                self,
                "the volume {} is DELETED with all its data",
                "卷 {} 及其全部数据将被删除",
                subject
            ),
            Remark::FilesUnreadable => say!(
                self,
                "{} cannot be read; this follows what it said before",
                "无法读取 {}；将按其之前的内容执行",
                subject
            ),
            Remark::ChangeWaits => self
                .pick(
                    "a change of the stack's files, or another engine, is used once this has ended",
                    "对栈文件或引擎的更改将在当前操作结束后生效",
                )
                .to_owned(),
            Remark::Orphan => say!(
                self,
                "container {} belongs to this stack, but the file has no service {} (down --remove-orphans removes it)",
                "容器 {} 属于本栈，但文件中没有服务 {}（down --remove-orphans 可将其删除）",
                subject,
                other
            ),
            Remark::VolumeNotOurs => say!(
                self,
                "the volume {} was made by something else; it is used as it is",
                "卷 {} 并非由本栈创建；将直接使用",
                subject
            ),
            Remark::NetworkNotOurs => say!(
                self,
                "the network {} was made by something else; it is used as it is",
                "网络 {} 并非由本栈创建；将直接使用",
                subject
            ),
            Remark::VolumeChanged => say!(
                self,
                "the definition of volume {} changed; the old one is kept, since its data would be lost",
                "卷 {} 的定义已更改；为避免丢失数据，保留旧卷",
                subject
            ),
            Remark::NetworkChanged => say!(
                self,
                "the definition of network {} changed; `down` and `up` apply it",
                "网络 {} 的定义已更改；先 down 再 up 以应用",
                subject
            ),
            Remark::OptionalDependencyOff => {
                say!(self, "{} would use {}, which is off", "{} 可使用 {}，但它处于关闭状态", subject, other)
            }
            Remark::NothingToRestart => {
                say!(self, "{} has no container to restart", "{} 没有可重启的容器", subject)
            }
            Remark::RestartKeepsConfig => say!(
                self,
                "the configuration of {} changed; `up` applies it, a restart does not",
                "{} 的配置已更改；需要 up 才会生效，重启不会应用",
                subject
            ),
            Remark::ConfigSuspect => {
                say!(
                    self,
                    "{} would not do what its configuration means: {}",
                    "{} 的行为将与其配置的本意不符：{}",
                    subject,
                    other
                )
            }
            Remark::UnsetVariable => say!(
                self,
                "the variable {} is not set; it counts as empty",
                "变量 {} 未设置；按空值处理",
                subject
            ),
            Remark::DriveLikeVolume => say!(
                self,
                "docker compose reads the volume {} as a Windows drive",
                "docker compose 会把卷 {} 当作 Windows 盘符",
                subject
            ),
            Remark::ObsoleteKey => {
                say!(self, "the key {} is obsolete and ignored", "键 {} 已废弃，将被忽略", subject)
            }
            Remark::ForeignProject => say!(
                self,
                "another folder runs a stack called {} on this engine: {} (take it down, or set COMPOSE_PROJECT_NAME in .env)",
                "此引擎上另一个文件夹正在运行名为 {} 的栈：{}（请先停止它，或在 .env 中设置 COMPOSE_PROJECT_NAME）",
                subject,
                other
            ),
            Remark::SettingsDamaged => say!(
                self,
                "the settings are damaged, so the defaults hold; the next change keeps the damaged file as {}",
                "设置文件已损坏，现使用默认设置；下次更改设置时，损坏的文件将另存为 {}",
                other
            ),
            Remark::EditedFile => say!(
                self,
                "you have edited {}, so it is kept; the one of this version lies beside it, with .new at its end",
                "您修改过 {}，因此予以保留；本版本的文件在其旁，以 .new 结尾",
                subject
            ),
        }
    }
}
