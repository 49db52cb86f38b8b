import type { enNotices } from "./en-notices";

export const zhNotices: typeof enNotices = {
  "stops-dependent": (a, b) => `${a} 需要 ${b}，也会关闭。`,
  "stops-excluded": (a, b) => `${a} 不能与 ${b} 同时运行，将会关闭。`,
  "removes-volume": (a) => `卷 ${a} 及其全部数据将被删除。`,
  "files-unreadable": (a) => `无法读取 ${a}；将按其之前的内容执行。`,
  orphan: (a, b) => `${a} 属于此栈，但 compose 文件中已没有服务 ${b}，未作处理。`,
  "volume-not-ours": (a) => `卷 ${a} 由其他程序创建，将按原样使用。`,
  "network-not-ours": (a) => `网络 ${a} 由其他程序创建，将按原样使用。`,
  "volume-changed": (a) => `卷 ${a} 的设置已更改；为保留数据继续使用旧卷。`,
  "network-changed": (a) => `网络 ${a} 的设置已更改；使用期间保持不变。`,
  "optional-dependency-off": (a, b) => `${a} 可使用 ${b}，但后者已关闭。`,
  "nothing-to-restart": (a) => `${a} 没有可重启的容器。`,
  "restart-keeps-config": (a) => `重启不会应用 ${a} 更改后的设置，启动才会。`,
  "config-suspect": (a) => `${a} 可以启动，但行为会与其配置的本意不符：`,
  "unset-variable": (a) => `变量 ${a} 未设置，按空值处理。`,
  "drive-like-volume": (a) => `Docker Compose 会把卷 ${a} 当作 Windows 盘符。`,
  "obsolete-key": (a) => `compose 文件中的键 ${a} 已废弃，将被忽略。`,
  "foreign-project": (a, b) =>
    `此引擎上另一个文件夹正在运行名为 ${a} 的栈：${b}。请停止它，或在 .env 中设置 COMPOSE_PROJECT_NAME。`,
  "edited-file": (a) => `您修改过 ${a}，因此予以保留；此版本的文件放在旁边，以 .new 结尾。`,
  "change-waits": () => "对栈文件或引擎的更改将在当前操作结束后生效。",
  "settings-damaged": (a, b) => `设置文件已损坏，现使用默认设置。下次更改设置时，它将另存为 ${b || a}。`,
};
