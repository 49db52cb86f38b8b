//! Jaeger keeps its traces in memory. When it is full, the oldest must go; it must never refuse the new ones.

use tests::{Stack, docker, eventually, inspect};

use crate::{
    shipped,
    spans::{Span, otlp, send_otlp, send_thrift, spans_of, thrift},
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

/// What a request through several services leaves, with statements and URLs in its tags: about 70 KB of memory.
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
    spans.extend((2..).take(LENGTH - 1).map(span));
    spans
}

/// Spans of a large trace. The default of `JAEGER_MAX_TRACES` is made for traces of about this length.
const LENGTH: usize = 30;

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
    eventually("the newest trace", || (spans_of(&stack, TRACES) == LENGTH).then_some(()));
    assert_eq!(spans_of(&stack, 1), 0, "the oldest trace is still there");

    let all = usize::try_from(TRACES).expect("it is a small number") * LENGTH;
    assert_eq!(counted(&stack, "otelcol_receiver_accepted_spans").to_string(), all.to_string());
    assert_eq!(counted(&stack, "otelcol_receiver_refused_spans").to_string(), "0");
    let after = inspect(&stack.container("jaeger").id);
    assert_eq!(after["State"]["StartedAt"], before["State"]["StartedAt"], "it was not restarted meanwhile");
    assert_eq!(stack.phase("jaeger"), "healthy");
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

#[test]
fn a_jaeger_whose_memory_is_full_is_shown_as_such_until_it_is_restarted() {
    let stack = shipped("full-memory");
    // The other way round than the defaults: the memory is full before old traces give way.
    stack.set("JAEGER_MAX_TRACES", "20000");
    stack.set("JAEGER_SPAN_MEMORY_MIB", "75");
    stack.run(["up", "jaeger"]).ok();
    let send = |trace| send_otlp(&stack, &otlp("wallet-service", &[], &large_trace(trace)));
    let mut trace = 0;
    eventually("a refusal for want of memory", || {
        trace += 1;
        send(trace).is_ok_and(|(status, _)| status == 503).then_some(())
    });
    let batch = thrift("wallet-service", &[Span::root(1, 1, "POST /pay")]);
    assert_eq!(send_thrift(&stack, &batch).map(|answer| answer.0), Ok(500));
    eventually("a component that is not healthy", || (stack.phase("jaeger") == "degraded").then_some(()));
    stack.run(["health", "jaeger"]).exits(6).says("memory is full");

    stack.run(["restart", "jaeger"]).ok();
    assert_eq!(send(1).map(|answer| answer.0), Ok(200));
    assert_eq!(stack.phase("jaeger"), "healthy");
}
