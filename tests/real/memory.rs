//! Jaeger keeps its traces in memory. When it is full, the oldest must go; it must never refuse the new ones.

use tests::{Stack, docker, eventually, inspect};

use crate::{
    shipped,
    spans::{Span, otlp, send_otlp, spans_of},
};

/// One of Jaeger's own counters. Its port is not published.
fn counted(stack: &Stack, metric: &str) -> f64 {
    let container = stack.container("jaeger");
    let text = docker(&["exec", &container.id, "wget", "-q", "-O-", "http://127.0.0.1:8888/metrics"]);
    let lines = text.lines().filter(|line| {
        line.strip_prefix(metric).is_some_and(|rest| rest.trim_start_matches("_total").starts_with('{'))
    });
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

/// What a request through several services leaves, with statements and URLs in its tags: about 30 KB.
fn large_trace(trace: u64) -> Vec<Span<'static>> {
    const NAMES: [&str; 5] = ["GET /balance", "POST /pay", "SELECT wallets", "redis GET", "POST /webhook"];
    let span = |id: u64| {
        let name = NAMES[usize::try_from(id).unwrap_or_default() % NAMES.len()];
        let mut span = Span::child(trace, id, 1, name);
        // No two values are alike: real ones share little memory either.
        span.tags = (0..8)
            .map(|tag| (format!("tag.{tag}"), format!("{trace:016x}.{id:03x}.{tag} {}", "v".repeat(100))))
            .collect();
        span
    };
    let mut spans = vec![Span::root(trace, 1, "POST /login")];
    spans.extend((2..=SPANS).map(span));
    spans
}

const SPANS: u64 = 30;

#[test]
fn after_twelve_thousand_large_traces_jaeger_still_takes_every_span_and_the_oldest_have_given_way() {
    const TRACES: u64 = 12_000;
    const AT_ONCE: u64 = 10;
    let stack = shipped("span-memory");
    stack.run(["up", "jaeger"]).ok();
    let before = inspect(&stack.container("jaeger").id);
    let mut refused = Vec::new();
    for batch in 0..TRACES / AT_ONCE {
        let spans: Vec<_> = (1..=AT_ONCE).flat_map(|n| large_trace(batch * AT_ONCE + n)).collect();
        match send_otlp(&stack, &otlp("wallet-service", &[], &spans)) {
            Ok((200, _)) => {}
            answer => refused.push((batch * AT_ONCE, answer)),
        }
    }
    assert!(refused.is_empty(), "{} requests were refused, the first: {:?}", refused.len(), refused[0]);
    eventually("the newest trace", || (spans_of(&stack, TRACES) == 30).then_some(()));
    assert_eq!(spans_of(&stack, 1), 0, "the oldest trace is still there");

    let all = f64::from(u32::try_from(TRACES * SPANS).expect("it is a small number"));
    assert_eq!(counted(&stack, "otelcol_receiver_accepted_spans").to_string(), all.to_string());
    assert_eq!(counted(&stack, "otelcol_receiver_refused_spans").to_string(), "0");
    let after = inspect(&stack.container("jaeger").id);
    assert_eq!(after["State"]["StartedAt"], before["State"]["StartedAt"], "it was not restarted meanwhile");
    assert_eq!(stack.phase("jaeger"), "healthy");
    println!("{}", docker(&["stats", "--no-stream", &stack.container("jaeger").id]));
    for metric in [
        "otelcol_process_runtime_heap_alloc_bytes",
        "otelcol_process_memory_rss_bytes",
        "otelcol_process_memory_rss",
    ] {
        println!("{metric} {}", counted(&stack, metric));
    }
}

#[test]
fn jaeger_keeps_as_many_traces_as_the_setting_says() {
    let stack = shipped("max-traces");
    stack.set("JAEGER_MAX_TRACES", "50");
    stack.run(["up", "jaeger"]).ok();
    for trace in 1..=80 {
        let sent = send_otlp(&stack, &otlp("wallet-service", &[], &[Span::root(trace, 1, "POST /pay")]));
        assert_eq!(sent.map(|answer| answer.0), Ok(200));
        // Each one in its turn: the order in which they arrive is the one in which they go.
        eventually("the trace", || (spans_of(&stack, trace) == 1).then_some(()));
    }
    let kept: Vec<u64> = (1..=80).filter(|trace| spans_of(&stack, *trace) == 1).collect();
    assert_eq!(kept, (31..=80).collect::<Vec<_>>());
}
