// Brings spans to Jaeger, in batches. While nobody takes them it keeps the newest and asks less and less often.
import * as otlp from "./otlp.mjs";
import * as thrift from "./thrift.mjs";
import { Patience } from "./patience.mjs";

const BATCH = 200;
const MOST = 1000;
const EVERY = 1000;

/** The two ways, each with the variable that usually names its address. */
const WAYS = {
  otlp: { ...otlp, url: `${process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? "http://jaeger:4318"}/v1/traces` },
  thrift: { ...thrift, url: process.env.JAEGER_ENDPOINT ?? "http://jaeger:14268/api/traces" },
};

export class SpanSender {
  #service;
  #way;
  #log;
  #spans;
  #waiting = [];
  #patience = new Patience();
  #away = false;
  #timer;
  #sending = Promise.resolve();

  constructor(service, way, { log, metrics }) {
    this.#service = service;
    this.#way = WAYS[way];
    this.#log = log;
    this.#spans = metrics.counter("demo_spans_total", "Spans by what became of them", ["protocol", "result"]);
    this.count = (result, number) => this.#spans.add({ protocol: way, result }, number);
    this.#timer = setInterval(() => this.#tick(), EVERY).unref();
  }

  add(span) {
    this.#waiting.push(span);
    if (this.#waiting.length > MOST) {
      this.#waiting.shift();
      this.count("dropped", 1);
    }
  }

  /** Sends what is there, once, and no more afterwards. */
  async end() {
    clearInterval(this.#timer);
    await this.#sending;
    if (!this.#away) await this.#send();
  }

  #tick() {
    if (this.#waiting.length === 0 || !this.#patience.isOver()) return;
    // One after the other, however long one takes.
    this.#patience.hold();
    this.#sending = this.#send();
  }

  async #send() {
    const batch = this.#waiting.splice(0, BATCH);
    if (batch.length === 0) return;
    const { encode, contentType, url } = this.#way;
    const body = encode(this.#service, { "service.namespace": "rwa-demo" }, batch);
    const headers = { "Content-Type": contentType };
    let status = 0;
    try {
      const response = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(2000) });
      await response.arrayBuffer();
      status = response.status;
    } catch {
      // Switched off, or not up yet.
    }
    if (status >= 200 && status < 300) {
      this.count("sent", batch.length);
      this.#patience.reset();
    } else if (status >= 400 && status < 500) {
      // It will not be taken the next time either.
      this.count("refused", batch.length);
      this.#log.error(`Jaeger refused ${batch.length} spans`, { status });
      this.#patience.reset();
    } else {
      this.#waiting.unshift(...batch);
      this.#patience.grow();
    }
    this.#tell(this.#patience.isGrown());
  }

  /** Said once each time that it changes. */
  #tell(away) {
    if (away !== this.#away) {
      this.#log.info(away ? "Jaeger takes no spans; going on without" : "Jaeger takes spans");
    }
    this.#away = away;
  }
}
