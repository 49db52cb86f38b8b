import type { enParts } from "./en-parts";

export const zhParts: typeof enParts = {
  title: "部件",
  count: (n) => `${n} 个部件`,
  choose: "部件",
  all: (n) => `全部 ${n} 个部件`,
  name: "服务",
  phase: "阶段",
  health: "健康",
  shared: (others) => `与 ${others} 共用`,
  reason: (part, reason) => `${part}：${reason}`,
  historyOfOne: "选择一个部件，查看其健康记录。",
};
