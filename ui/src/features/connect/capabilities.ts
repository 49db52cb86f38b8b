import type { Words } from "../../i18n/en";
import type { Effort, RecipeWord } from "./recipes";

export type CapabilityWord = keyof Words["connect"]["capabilities"];

/** Something that services get from the stack, and what it asks of them. */
export interface Capability {
  id: CapabilityWord;
  /** The components that give it. */
  components: string[];
  effort: Effort;
  /** Where the how stands in full; nothing where there is nothing to do. */
  recipe: { component: string; title: RecipeWord } | null;
}

const at = (component: string, title: RecipeWord) => ({ component, title });

export const capabilities: Capability[] = [
  { id: "logs", components: ["promtail", "alloy", "loki", "grafana"], effort: "none", recipe: at("loki", "labels") },
  { id: "dashboards", components: ["grafana"], effort: "none", recipe: at("grafana", "dashboards") },
  { id: "tracesSent", components: ["jaeger", "grafana"], effort: "none", recipe: at("jaeger", "otlpEnv") },
  { id: "tracesAuto", components: ["jaeger"], effort: "none", recipe: at("jaeger", "otlpAuto") },
  { id: "requestFigures", components: ["jaeger", "prometheus", "grafana"], effort: "none", recipe: null },
  { id: "metricsServed", components: ["prometheus", "consul"], effort: "none", recipe: at("prometheus", "promTarget") },
  { id: "gateway", components: ["prometheus", "grafana"], effort: "none", recipe: at("prometheus", "kong") },
  { id: "health", components: ["consul"], effort: "none", recipe: at("consul", "consulFile") },
  { id: "alerts", components: ["prometheus", "alertmanager"], effort: "none", recipe: at("prometheus", "alertRule") },
  {
    id: "traceInLogs",
    components: ["loki", "promtail", "alloy", "jaeger", "grafana"],
    effort: "little",
    recipe: at("loki", "traceIds"),
  },
  { id: "logsOutside", components: ["loki", "promtail", "alloy"], effort: "little", recipe: at("loki", "push") },
  { id: "tracesOwn", components: ["jaeger"], effort: "little", recipe: at("jaeger", "otlp") },
  { id: "metricsOwn", components: ["prometheus"], effort: "little", recipe: at("prometheus", "prom") },
  { id: "config", components: ["consul"], effort: "little", recipe: at("consul", "consulKv") },
  { id: "find", components: ["consul"], effort: "little", recipe: at("consul", "consulDiscover") },
  { id: "register", components: ["consul"], effort: "little", recipe: at("consul", "consulRegister") },
  { id: "crashesNode", components: ["sentry"], effort: "little", recipe: at("sentry", "sentryNode") },
  { id: "crashesFlutter", components: ["sentry"], effort: "little", recipe: at("sentry", "sentryFlutter") },
  { id: "crashesNative", components: ["sentry"], effort: "little", recipe: at("sentry", "sentryNative") },
];
