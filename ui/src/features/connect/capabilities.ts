import type { Words } from "../../i18n/en";
import type { Effort, RecipeWord } from "./recipes";

export type CapabilityWord = keyof Words["connect"]["capabilities"];

/** Something that services get from the stack, and what it asks of them. */
export interface Capability {
  id: CapabilityWord;
  /** What gives it, by the words of their recipes. */
  by: string[];
  effort: Effort;
  /** Where the how stands in full; nothing where there is nothing to do. */
  recipe: { of: string; title: RecipeWord } | null;
}

const at = (of: string, title: RecipeWord) => ({ of, title });

export const capabilities: Capability[] = [
  { id: "logs", by: ["collector", "loki", "grafana"], effort: "none", recipe: at("loki", "labels") },
  { id: "dashboards", by: ["grafana"], effort: "none", recipe: at("grafana", "dashboards") },
  { id: "tracesSent", by: ["jaeger", "grafana"], effort: "none", recipe: at("jaeger", "otlpEnv") },
  { id: "tracesAuto", by: ["jaeger"], effort: "none", recipe: at("jaeger", "otlpAuto") },
  { id: "requestFigures", by: ["jaeger", "prometheus", "grafana"], effort: "none", recipe: null },
  { id: "metricsServed", by: ["prometheus", "consul"], effort: "none", recipe: at("prometheus", "promTarget") },
  { id: "gateway", by: ["prometheus", "grafana"], effort: "none", recipe: at("prometheus", "kong") },
  { id: "health", by: ["consul"], effort: "none", recipe: at("consul", "consulFile") },
  { id: "alerts", by: ["prometheus", "alertmanager"], effort: "none", recipe: at("prometheus", "alertRule") },
  {
    id: "traceInLogs",
    by: ["loki", "collector", "jaeger", "grafana"],
    effort: "little",
    recipe: at("loki", "traceIds"),
  },
  { id: "logsOutside", by: ["loki", "collector"], effort: "little", recipe: at("loki", "push") },
  { id: "tracesOwn", by: ["jaeger"], effort: "little", recipe: at("jaeger", "otlp") },
  { id: "metricsOwn", by: ["prometheus"], effort: "little", recipe: at("prometheus", "prom") },
  { id: "config", by: ["consul"], effort: "little", recipe: at("consul", "consulKv") },
  { id: "find", by: ["consul"], effort: "little", recipe: at("consul", "consulDiscover") },
  { id: "register", by: ["consul"], effort: "little", recipe: at("consul", "consulRegister") },
  { id: "crashesNode", by: ["sentry"], effort: "little", recipe: at("sentry", "sentryNode") },
  { id: "crashesFlutter", by: ["sentry"], effort: "little", recipe: at("sentry", "sentryFlutter") },
  { id: "crashesNative", by: ["sentry"], effort: "little", recipe: at("sentry", "sentryNative") },
];
