import type { AppError, ErrorCode, PartState } from "../backend/api";
import type { ErrorWords } from "./en-errors";

const say = (title: string | ((error: AppError) => string), next: string): ErrorWords => ({
  title: typeof title === "string" ? () => title : title,
  next,
});

const parts: Record<PartState, string> = {
  stopped: "未在运行",
  unhealthy: "未通过健康检查",
  paused: "已被暂停",
  restarting: "反复退出",
  gone: "的容器已不存在",
};

export const zhErrors: Record<ErrorCode, ErrorWords> = {
  "no-engine": say("没有找到容器引擎", "请启动已安装的引擎，或安装一个。"),
  "engine-denied": say("当前用户无权使用该引擎", "将用户加入 docker 组后重新登录，或选择其他引擎。"),
  "engine-unreachable": say("引擎没有响应", "请启动引擎，Switchyard 会自动连接。"),
  "engine-too-old": say("引擎版本过旧", "请升级到 Docker Engine 20.10 或更新版本。"),
  "engine-timeout": say("引擎未及时响应", "可能正忙，请稍后重试。"),
  "engine-lost": say("与引擎的连接已断开", "数据没有丢失，Switchyard 会自动重连。"),
  "engine-refused": say((e) => `引擎拒绝了请求：${e.subject}`, "引擎的原话见下方。"),
  "engine-unsupported": say("不支持这种连接引擎的方式", "请选择本地套接字，或使用 ssh、TCP 的 Docker context。"),
  "image-not-found": say((e) => `找不到镜像 ${e.subject}`, "请检查 .env 中的名称和版本，或先登录仓库。"),
  "rate-limited": say("镜像仓库暂时限制了下载", "请登录 Docker Hub、设置仓库前缀，或稍后重试。"),
  "registry-unreachable": say("无法访问镜像仓库", "请检查网络或代理，或在 .env 中设置仓库前缀。"),
  "registry-denied": say("镜像仓库需要其他凭据", "请先运行 docker login，然后重试。"),
  "disk-full": say("引擎的磁盘已满", "请清理不用的镜像和卷，然后重试。"),
  "port-taken": say(
    (e) => (e.facts.port ? `端口 ${e.facts.port} 被占用` : "端口被占用"),
    "请停止占用它的程序，或改用其他端口。",
  ),
  "name-taken": say((e) => `名称 ${e.subject} 已被占用`, "另一个容器正在使用它，请删除或重命名该容器。"),
  "foreign-project": say((e) => `${e.subject} 属于另一个文件夹`, "请打开那个文件夹，或为此栈另取项目名。"),
  "external-missing": say((e) => `${e.subject} 不存在`, "请先创建这个外部网络或卷。"),
  "image-missing": say((e) => `本机没有镜像 ${e.subject}`, "它不允许拉取，请先构建或导入。"),
  "credentials-failed": say(
    (e) => `无法读取 ${e.subject} 的凭据`,
    "请用 docker login 重新登录，凭据程序的输出见下方。",
  ),
  "bad-endpoint": say((e) => `${e.subject} 不是引擎地址`, "请使用 unix:///path 或 tcp://host:2375 这样的格式。"),
  "volume-in-use": say((e) => `卷 ${e.subject} 正在使用中`, "请先删除使用它的容器。"),
  excluded: say((e) => `${e.subject} 不能与 ${e.facts.other ?? "另一个组件"} 同时运行`, "请选择其一。"),
  "no-healthcheck": say((e) => `${e.subject} 没有健康检查`, "其他服务在等待它，请为它添加健康检查。"),
  "consent-needed": say("需要您的同意", "请查看计划并确认。"),
  busy: say((e) => (e.facts.holder ? "另一个 Switchyard 正在操作此栈" : "有操作正在进行"), "请等待它结束，或取消它。"),
  "plan-unknown": say("该计划或选项已失效", "请重新操作。"),
  "file-changed": say((e) => `${e.subject} 已被其他程序修改`, "未写入任何内容。请查看该文件后重试。"),
  "unknown-component": say((e) => `没有组件 ${e.subject}`, "compose 文件可能已更改。"),
  "stack-invalid": say("栈的文件有误", "请按下方位置修正。"),
  "file-unreadable": say((e) => `无法读取 ${e.subject}`, "请检查文件是否存在以及读取权限。"),
  "file-unwritable": say((e) => `无法写入 ${e.subject}`, "请检查权限和磁盘空间。"),
  "no-stack": say("此文件夹中没有 compose 文件", "请打开包含该文件的文件夹。"),
  "variable-missing": say((e) => (e.facts.file ? "未设置所需的变量" : `未设置 ${e.subject}`), "请在 .env 中设置。"),
  exited: say(
    (e) => `${e.subject} 已退出${e.facts.exitCode ? `，退出码 ${e.facts.exitCode}` : ""}`,
    "原因见最后几行日志，修正后重试。",
  ),
  unhealthy: say((e) => `${e.subject} 未通过健康检查`, "检查的输出见下方。"),
  "wait-timeout": say(
    (e) => `${e.subject} 未能${e.facts.seconds ? `在 ${e.facts.seconds} 秒内` : "及时"}就绪`,
    "请查看日志后重试。",
  ),
  gone: say((e) => `${e.subject} 的容器已被删除`, "请重新启动它。"),
  "config-invalid": say((e) => `${e.subject} 无法读取其配置`, "未启动或停止任何组件。请修正文件，然后再次检查。"),
  "part-unwell": say(
    (e) => `其部件 ${e.detail} ${(e.facts.state && parts[e.facts.state]) ?? "不正常"}`,
    "重新启动即可恢复。",
  ),
  "nothing-sent": say((e) => `没有发送日志，但 ${e.detail} 正在输出日志`, "原因见其自身日志。"),
  "probe-failed": say((e) => `${e.subject} 没有应答`, "它在运行，但端口没有给出正确的应答。"),
  "seed-failed": say((e) => `${e.subject} 的初始数据未能写入`, "请重试，已有数据会保留。"),
  "cannot-open": say("无法打开页面", "请复制地址后自行打开。"),
  "no-link": say("该组件没有这个页面", "compose 文件可能已更改。"),
  "not-running": say((e) => `${e.subject} 未运行`, "请先打开它的开关。"),
  "bad-pattern": say("表达式无效", "请检查括号和反斜杠。"),
  "bad-time": say("时间无效", "请使用 10m 或 2026-11-22T10:00 这样的格式。"),
  "settings-damaged": say("设置文件已损坏", "现使用默认设置。下次更改设置时，损坏的文件将另存。"),
  cancelled: say("已取消", "此前已完成的部分会保留。"),
  internal: say("Switchyard 自身出错", "请保存报告并附在问题反馈中。"),
};
