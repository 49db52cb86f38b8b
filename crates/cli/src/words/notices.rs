//! Consents, warnings and notices in words.

use supervisor::api::snapshot::Notice;

use super::{Lang, say};

impl Lang {
    /// What a user is asked to agree to.
    pub(crate) fn consent(self, notice: &Notice) -> String {
        let (subject, other) = (&notice.subject, notice.other.as_deref().unwrap_or_default());
        match notice.code.as_str() {
            "stops-dependent" => {
                say!(self, "{} stops too: it cannot do without {}", "{} 也会停止：它依赖 {}", subject, other)
            }
            "stops-excluded" => say!(
                self,
                "{} stops: it cannot run beside {}",
                "{} 会停止：它不能与 {} 同时运行",
                subject,
                other
            ),
            "removes-volume" => say!(
                self,
                "the volume {} is DELETED with all its data",
                "卷 {} 及其全部数据将被删除",
                subject
            ),
            "files-unreadable" => say!(
                self,
                "{} cannot be read; this follows what it said before",
                "无法读取 {}；将按其之前的内容执行",
                subject
            ),
            _ => format!("{} {subject} {other}", notice.code),
        }
    }

    /// What a user should know.
    pub(crate) fn notice(self, notice: &Notice) -> String {
        let (subject, other) = (&notice.subject, notice.other.as_deref().unwrap_or_default());
        match notice.code.as_str() {
            "orphan" => say!(
                self,
                "container {} belongs to this stack, but the file has no service {} (down --remove-orphans removes it)",
                "容器 {} 属于本栈，但文件中没有服务 {}（down --remove-orphans 可将其删除）",
                subject,
                other
            ),
            "volume-not-ours" => say!(
                self,
                "the volume {} was made by something else; it is used as it is",
                "卷 {} 并非由本栈创建；将直接使用",
                subject
            ),
            "network-not-ours" => say!(
                self,
                "the network {} was made by something else; it is used as it is",
                "网络 {} 并非由本栈创建；将直接使用",
                subject
            ),
            "volume-changed" => say!(
                self,
                "the definition of volume {} changed; the old one is kept, since its data would be lost",
                "卷 {} 的定义已更改；为避免丢失数据，保留旧卷",
                subject
            ),
            "network-changed" => say!(
                self,
                "the definition of network {} changed; `down` and `up` apply it",
                "网络 {} 的定义已更改；先 down 再 up 以应用",
                subject
            ),
            "optional-dependency-off" => {
                say!(self, "{} would use {}, which is off", "{} 可使用 {}，但它处于关闭状态", subject, other)
            }
            "nothing-to-restart" => {
                say!(self, "{} has no container to restart", "{} 没有可重启的容器", subject)
            }
            "restart-keeps-config" => say!(
                self,
                "the configuration of {} changed; `up` applies it, a restart does not",
                "{} 的配置已更改；需要 up 才会生效，重启不会应用",
                subject
            ),
            "config-suspect" => {
                say!(
                    self,
                    "{} would not do what its configuration means: {}",
                    "{} 的行为将与其配置的本意不符：{}",
                    subject,
                    other
                )
            }
            "unset-variable" => say!(
                self,
                "the variable {} is not set; it counts as empty",
                "变量 {} 未设置；按空值处理",
                subject
            ),
            "drive-like-volume" => say!(
                self,
                "docker compose reads the volume {} as a Windows drive",
                "docker compose 会把卷 {} 当作 Windows 盘符",
                subject
            ),
            "obsolete-key" => {
                say!(self, "the key {} is obsolete and ignored", "键 {} 已废弃，将被忽略", subject)
            }
            "foreign-project" => say!(
                self,
                "another folder runs a stack called {} on this engine: {} (take it down, or set COMPOSE_PROJECT_NAME in .env)",
                "此引擎上另一个文件夹正在运行名为 {} 的栈：{}（请先停止它，或在 .env 中设置 COMPOSE_PROJECT_NAME）",
                subject,
                other
            ),
            "settings-damaged" => say!(
                self,
                "the settings are damaged, so the defaults hold; the next change keeps the damaged file as {}",
                "设置文件已损坏，现使用默认设置；下次更改设置时，损坏的文件将另存为 {}",
                other
            ),
            _ => format!("{} {subject} {other}", notice.code),
        }
    }
}
