import type { LogBatch, LogLine, LogRequest } from "../contract";

const esc = "\u001b";

const samples: Record<string, string[]> = {
  consul: [
    "[INFO]  agent: Synced service: service=identity-service-1",
    "[INFO]  agent: Synced check: check=service:wallet-service",
    "[WARN]  agent: Check is now critical: check=service:mpc-service",
    '[DEBUG] agent.http: Request finished: method=GET url=/v1/health/service/identity from=172.19.0.6:52210 latency="412.7µs"',
  ],
  jaeger: [
    '{"level":"info","msg":"Traces","resource spans":2,"spans":12,"service":"identity-service"}',
    '{"level":"info","msg":"Everything is ready. Begin running and processing data."}',
    '{"level":"warn","msg":"Sampling strategy not found","service":"presence-service"}',
  ],
  loki: [
    'level=info ts=2026-11-22T10:41:08Z caller=metrics.go:223 component=querier latency=fast query="{job=\\"rwa-backend\\"}" status=200',
    'level=warn ts=2026-11-22T10:41:09Z caller=ingester.go:311 msg="ring not ready" err="waiting for 15s after being ready"',
    'level=error ts=2026-11-22T10:41:09Z caller=flush.go:143 org_id=fake msg="failed to flush" err="store put chunk: no such file"',
  ],
  promtail: [
    'level=info ts=2026-11-22T10:41:07Z caller=filetargetmanager.go:361 msg="Adding target" key="{container=\\"rwa-identity-1\\"}"',
  ],
  "docker-proxy": [
    'level=INFO msg="starting socket-proxy" version=1.13.1',
    'level=WARN msg="blocked request" method=POST path=/containers/prune',
  ],
  prometheus: [
    'time=2026-11-22T10:41:08Z level=INFO source=main.go:1519 msg="Completed loading of configuration file" totalDuration=14.3ms',
    'time=2026-11-22T10:41:10Z level=WARN source=scrape.go:1851 msg="Error on ingesting samples with different value" target=http://host.docker.internal:3001/metrics',
  ],
  alertmanager: [
    'ts=2026-11-22T10:41:08Z level=info component=dispatcher msg="Notify success" receiver=default attempts=1',
  ],
  grafana: [
    `${esc}[32mINFO${esc}[0m [11-22|10:41:08] Request Completed  logger=context method=GET path=/api/live/ws status=${esc}[1;33m-1${esc}[0m`,
    `${esc}[31mEROR${esc}[0m [11-22|10:41:09] Failed to look up plugin logger=plugin.signature err="not found"`,
  ],
};

const hostile = [
  "<script>alert('from a container')</script> <img src=x onerror=alert(1)>",
  `${esc}[41;97mwhite on red${esc}[0m ${esc}[38;5;208morange${esc}[0m ${esc}[38;2;90;200;250mtrue colour${esc}[0m ${esc}[1mbold${esc}[0m ${esc}[4munderlined${esc}[0m`,
  `cursor games ${esc}[2J${esc}[1;1H${esc}]0;title\u0007 stay text`,
  "bytes that are not UTF-8: \ufffd\ufffd\ufffd end",
  "right to left: تم تسجيل الدخول 用户登录成功 שלום",
];

/** Streams lines at a rate; `hostile` mixes in what a container should not write. */
export function follow(
  request: LogRequest,
  running: () => string[],
  rate: number,
  next: (batch: LogBatch) => void,
  options: { hostile: boolean; pace: number },
): () => void {
  let seq = 0;
  let owed = 0;
  const make = (at: number): LogLine | null => {
    const chosen = running().filter((id) => !request.services.length || request.services.includes(id));
    const service = chosen[(seq * 7 + Math.floor(seq / 5)) % Math.max(1, chosen.length)];
    if (service === undefined) return null;
    const texts = samples[service] ?? ['level=info msg="tick"'];
    let text = texts[seq % texts.length] ?? "";
    let cut = 0;
    if (options.hostile && seq % 6 === 3) text = hostile[Math.floor(seq / 6) % hostile.length] ?? "";
    if (options.hostile && seq % 40 === 20) {
      text = `one line of a megabyte ${"x".repeat(16_000)}`;
      cut = 1_048_576 - text.length;
    }
    seq += 1;
    return { seq, service, stream: text.includes("rror") ? "stderr" : "stdout", at, text, cut };
  };
  const batch = (count: number, from: number, step: number): LogBatch => {
    const lines: LogLine[] = [];
    for (let index = 0; index < count; index += 1) {
      const line = make(from + index * step);
      if (line) lines.push(line);
    }
    return { lines, notices: [], dropped: 0 };
  };
  next(batch(request.tail, Date.now() - request.tail * 400, 400));
  if (options.pace === 0) return () => undefined;
  const timer = setInterval(() => {
    owed += rate / 10;
    const count = Math.floor(owed);
    owed -= count;
    if (count > 0) next(batch(count, Date.now() - 100, 100 / count));
  }, 100);
  return () => clearInterval(timer);
}
