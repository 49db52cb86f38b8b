/** Words of the pages that tell how a service uses a component. */
export const enConnect = {
  lead: (name: string) => `How a service or app uses ${name}.`,
  live: " The addresses are those of this machine now.",
  offHint: (name: string) => `${name} is off. These are its usual ports; those of .env show once it is on.`,
  offOnly: (name: string) => `${name} is off; its addresses show once it is on.`,
  noPorts: "It publishes no port on this machine.",
  sentryHint: (address: string) =>
    `Switchyard does not install Sentry yet. This is for one that answers at ${address}; its project’s page shows the DSN.`,
  fromHost: "From this machine",
  fromContainer: "From a container in the same network",
  addresses: "Addresses",
  copyCode: (what: string) => `Copy: ${what}`,
  effort: "What it takes",
  none: "No code change",
  little: "A little code",
  table: {
    caption: "What works with no code change, and what needs a little",
    what: "What you get",
    with: "With",
    how: "How",
    goTo: (recipe: string) => `To: ${recipe}`,
  },
  recipes: {
    network: "From containers of another project",
    networkText:
      "They join the stack’s network, here by its usual name (STACK_NETWORK in .env), and use the component’s name in place of an address.",
    otlpEnv: "Services that send traces already",
    otlpEnvText:
      "Only the address is needed, as variables of the process. Give the service the name of its compose service, so that it has one name in traces, logs and metrics. Jaeger takes traces, no metrics and no logs.",
    otlpAuto: "Node services, code unchanged",
    otlpAutoText:
      "Two packages and an option of Node: HTTP, NestJS and database calls are traced by themselves. Without app.enableShutdownHooks() such a process no longer ends on SIGTERM, so docker stop waits ten seconds.",
    otlp: "NestJS by OpenTelemetry, with own settings",
    otlpText: "main.ts imports the file before anything else; what is loaded earlier is not traced.",
    thrift: "The older form (port 14268)",
    thriftText:
      "Services with the Jaeger exporter or jaeger-client go on as they are. Upstream has given both up: new services use OTLP.",
    curlTrace: "Try it with one span",
    curlTraceText: "Jaeger then lists the service hello.",
    promTarget: "Services that serve /metrics",
    promTargetText:
      "Prometheus scrapes whatever has scrape = true in Consul, within a minute. The RWA services have it: check their ports. A service outside of containers must listen on 0.0.0.0. The last line says what Prometheus sees.",
    promFile: "Services that serve /metrics, without Consul",
    promFileText:
      "The dashboards and alerts take service and instance from this file. Not for services that Consul knows: they would count twice. Prometheus reads it by itself within half a minute.",
    prom: "A metrics middleware for NestJS",
    promText: "Serves /metrics with the process’s own figures and a histogram of requests, before guards and prefixes.",
    kong: "Figures of Kong",
    kongText:
      "Settings of the gateway, none of a service. Without the shared network the target is host.docker.internal:8100, and Kong publishes that port on all addresses; the check of kong in services.json asks there too.",
    alertRule: "An alert of your own",
    alertRuleText: "Every file in prometheus/rules is read by itself within half a minute.",
    consulFile: "Services known beforehand",
    consulFileText:
      "One entry in the file: Consul asks for its health, Prometheus scrapes it, others find it. In a container of the stack’s network, address is the container’s name.",
    consulRegister: "A service that registers itself",
    consulRegisterText:
      "Consul keeps it until it is deregistered, across restarts too. Not for names of services.json.",
    consulKv: "Read and write configuration",
    consulKvText:
      "Switchyard writes the keys of consul/config/kv-defaults.json that are not there yet and never overwrites one.",
    consulDiscover: "Find healthy instances",
    consulDiscoverText:
      "Services of services.json have the address host.docker.internal. On Linux a container knows that name only by extra_hosts.",
    labels: "Labels that make logs found",
    labelsText:
      'Everything that containers write is collected. Compose projects whose name begins with rwa (RWA_PROJECTS in .env) get job="rwa-backend", and the compose service is the label service. Without compose, a container named rwa-identity-service gets the same. rwa.logs: ignore leaves one out.',
    logql: "Questions in LogQL",
    logqlText:
      "For Grafana’s Explore, or the API. Labels are job, service, level, container, stream and compose_project. A line in which the collector finds no level has no such label; Loki then guesses one, detected_level.",
    logqlTrace: "The lines of one trace",
    logqlTraceText:
      '{trace_id="…"} finds nothing: the id is stored beside a line, not as a label, so it stands behind a bar. The collector finds ids of 6 to 32 hexadecimal digits after trace_id, traceId or traceparent; any other text is found with |=. The variable makes the id a label, and each trace a stream of its own: with about 5000 traces in half an hour Loki refuses lines. It counts from the next start of the collector, and for new lines.',
    logqlJson: "Fields of JSON lines",
    logqlJsonText:
      "The level is a label already and needs no | json: that marks every line that is not JSON, plain ERROR lines too, with __error__, and a query that counts such lines fails. The second leaves them out, the third keeps them without the mark.",
    traceIds: "From a log line to its trace",
    traceIdsText:
      "Beside OpenTelemetry, pino and winston write trace_id into each line; the collector finds it. The link back from a trace finds the lines of all services by that id.",
    push: "Lines of a process outside of containers",
    pushText:
      "Only containers are collected. Other processes send their lines themselves: with labels, or they end up in unknown_service, and at most 16 MB at a time.",
    alert: "Raise an alert by hand",
    alertText: "Shows routing at work; it ends by itself after five minutes.",
    dashboards: "Add a dashboard",
    dashboardsText:
      "Exported as JSON, with a uid and without an id, in this folder of the stack: it appears within half a minute.",
    sentryNode: "NestJS services",
    sentryNodeText:
      "Reports what no exception filter handles. A filter of your own that catches everything needs @SentryExceptionCaptured() instead of the provider.",
    sentryFlutter: "Flutter apps",
    sentryFlutterText:
      "Catches Dart errors, and native crashes on Android and iOS. Sentry speaks plain HTTP here: a debug build of Android has to allow it, one of iOS needs NSAllowsLocalNetworking. adb reverse brings the port to a phone or emulator.",
    sentryNative: "Native crashes",
    sentryNativeText:
      "C and C++ code links the SDK and names its release; crashpad_handler lies beside the program. Upload symbols, so that stacks have names.",
  },
  capabilities: {
    logs: [
      "Logs of all containers, by job, service and level",
      'The collector reads them through the engine. Compose projects that begin with rwa are job="rwa-backend".',
    ],
    logsOutside: ["Logs of a process outside of containers", "Nobody collects them: it sends its lines itself."],
    traceInLogs: [
      "From a log line to its trace, and back",
      "Every line needs a trace_id: pino and winston write one beside OpenTelemetry.",
    ],
    tracesSent: [
      "Traces of services that send them already",
      "The address as variables: OTLP. Senders to port 14268 go on as they are.",
    ],
    tracesAuto: ["Traces of Node services that send none", "Two packages and NODE_OPTIONS."],
    tracesOwn: ["Own spans, attributes and sampling", "A tracing.ts that main.ts imports first."],
    requestFigures: [
      "Request rate, errors and duration of every service",
      "Jaeger computes them from spans, for dashboards and alerts.",
    ],
    gateway: ["Figures of the gateway", "Kong’s prometheus plugin: a setting of Kong."],
    metricsServed: [
      "Metrics of services that serve /metrics",
      "An entry in Consul with scrape = true; the RWA services have one.",
    ],
    metricsOwn: ["A service’s own metrics", "prom-client and a middleware."],
    health: ["Health of services", "Consul asks every service of services.json for /health."],
    register: ["A service that registers itself", "One request to Consul when it starts."],
    config: ["Configuration from Consul", "One request for each key."],
    find: ["Addresses of other services", "One request to Consul."],
    dashboards: ["Dashboards; logs, traces and metrics in one place", "They are there; your own are JSON files."],
    alerts: ["Alerts", "Rules are there; your own are YAML files."],
    crashesNode: ["Errors of NestJS services", "@sentry/nestjs, imported first."],
    crashesFlutter: ["Crashes of Flutter apps", "sentry_flutter around runApp."],
    crashesNative: ["Crashes of native code", "The SDK, and symbols for each release."],
  } satisfies Record<string, readonly [what: string, how: string]>,
  page: {
    title: "Connect your services",
    lead: "How services and apps use the stack: what works with no code change, what needs a little, and texts to copy. The window shows the same in the tab “Connect” of each component, with the addresses of your machine; here they are the usual ones.",
    generated: "Written by `UPDATE_DOCS=1 npm run ui:test`; a test fails while it is stale.",
    other: "简体中文",
    sentry: "Switchyard does not install Sentry yet. This is for one that answers on port 9000.",
  },
};
