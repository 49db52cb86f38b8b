//! The proxy of the Docker socket: lets through what its expressions allow, and nothing else.

mod rules;

use std::io::{Error, Read, Result, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::process::exit;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use validation::{Complaint, Program};

use self::rules::{Level, Rules, usage};
use crate::check::{Output, complaints};
use crate::faults::{Health, health};
use crate::http::client::{self, words_of};
use crate::http::{Reply, Request, Response, server};
use crate::{clock, life, settings, signals};

const PORT: u16 = 2375;
const HEALTH_PORT: u16 = 55555;
const FIRST_GOOD: f64 = 0.45;
const IDLE_MIB: f64 = 9.0;
/// What a stop takes when nobody follows anything.
const STOP_SECONDS: f64 = 0.05;
/// Of the program when its watchdog ends it.
const SOCKET_LOST: i32 = 10;
const NO_SOCKET: i32 = 2;

/// Answers that have not ended yet.
static OPEN: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" {
    fn shutdown(descriptor: i32, how: i32) -> i32;
}

pub fn run(arguments: &[String]) -> ! {
    let wrong = complaints(Program::SocketProxy, arguments);
    if !wrong.is_empty() {
        refusal(&wrong).leave();
    }
    let rules = Rules::read(arguments);
    rules.announce();
    if let Err(error) = reach(&rules.socket) {
        rules.say(Level::Error, &format!("msg=\"socket not available\" error=\"{error}\""));
        exit(NO_SOCKET);
    }
    life::hold_memory(IDLE_MIB);
    clock::sleep_until_age(FIRST_GOOD);
    let listener = server::bind(&rules.listen, rules.port);
    end_on_signal(&listener, rules);
    if rules.health_check {
        server::listen("127.0.0.1", HEALTH_PORT, move |request| healthy(request, rules).into());
    }
    if rules.watchdog > 0.0 {
        std::thread::spawn(move || watch(rules));
    }
    rules.say(Level::Info, "msg=\"socket-proxy running and listening...\"");
    std::thread::spawn(move || server::serve(&listener, &move |request: &Request| answer(request, rules)));
    life::stay()
}

/// Said before the program has a log of its own.
fn refusal(complaints: &[Complaint]) -> Output {
    let Some(Complaint { message, .. }) = complaints.first() else { return Output::default() };
    let by_go = ["flag ", "invalid boolean value"].iter().any(|beginning| message.starts_with(beginning));
    if by_go || message.contains(" for flag ") {
        return Output::stderr(2, format!("{message}\n{}", usage()));
    }
    let time = clock::rfc3339(clock::nanos(), 0).replace('-', "/").replace('T', " ");
    let (time, message) = (time.trim_end_matches('Z'), life::quoted(message));
    Output::stderr(1, format!("{time} ERROR error initializing config error={message}\n"))
}

/// `/healthcheck`, which the image's health check runs.
pub fn probe() -> ! {
    let authority = format!("{}:{HEALTH_PORT}", settings::address("127.0.0.1"));
    let time = clock::rfc3339(clock::nanos(), 0).replace('-', "/").replace('T', " ");
    let time = time.trim_end_matches('Z');
    match client::get(&authority, "HEAD", "/health") {
        Ok((200, _)) => exit(0),
        Ok((status, _)) => eprintln!("{time} health check failed with status code {status}"),
        Err(error) => {
            eprintln!("{time} error doing health check: Head \"http://{authority}/health\": {error}");
        }
    }
    exit(1)
}

fn reach(socket: &str) -> std::result::Result<UnixStream, String> {
    UnixStream::connect(socket).map_err(|error| format!("dial unix {socket}: connect: {}", words_of(&error)))
}

fn healthy(request: &Request, rules: &Rules) -> Response {
    if request.path != "/health" {
        return Response::not_found();
    }
    let good = health(0.0) == Health::Good && reach(&rules.socket).is_ok();
    Response::empty(if good { 200 } else { 503 })
}

fn watch(rules: &Rules) {
    loop {
        std::thread::sleep(clock::scaled(rules.watchdog).max(Duration::from_millis(100)));
        if let Err(error) = reach(&rules.socket) {
            rules.say(
                Level::Warn,
                &format!("msg=\"socket is unavailable\" origin=watchdog error=\"{error}\""),
            );
            if rules.stop_on_watchdog {
                rules.say(Level::Warn, "msg=\"stopping because of socket unavailability\" origin=watchdog");
                exit(SOCKET_LOST);
            }
        }
    }
}

fn answer(request: &Request, rules: &'static Rules) -> Reply {
    let about = |level: Level, what: &str, rest: &str| {
        let target = target_of(request);
        let target = if target.contains(['?', '=']) { format!("\"{target}\"") } else { target };
        rules.say(
            level,
            &format!("msg=\"{what}\"{rest} method={} URL={target} client={}", request.method, request.client),
        );
    };
    let blocked = |reason: &str, status: u16| {
        let target = target_of(request);
        let target = if target.contains(['?', '=']) { format!("\"{target}\"") } else { target };
        rules.say(
            Level::Warn,
            &format!(
                "msg=\"blocked request\" reason=\"{reason}\" method={} URL={target} client={} response={status}",
                request.method, request.client
            ),
        );
        Response::error(status, crate::http::reason(status)).into()
    };
    if !rules.allows_client(&request.client) {
        return blocked("forbidden IP", 403);
    }
    match rules.allows(&request.method, &request.path) {
        None => return blocked("method not allowed", 405),
        Some(false) => return blocked("path not allowed", 403),
        Some(true) => about(Level::Debug, "allowed request", ""),
    }
    let head = head_of(request);
    let body = request.body.clone();
    let bare = request.method == "HEAD";
    Reply::Take(Box::new(move |client| {
        OPEN.fetch_add(1, Ordering::SeqCst);
        let done = hand_on(client, rules, &head, &body, bare);
        OPEN.fetch_sub(1, Ordering::SeqCst);
        done
    }))
}

fn target_of(request: &Request) -> String {
    let query = if request.raw_query.is_empty() { "" } else { "?" };
    format!("{}{query}{}", request.raw_path, request.raw_query)
}

fn head_of(request: &Request) -> String {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, target_of(request));
    for (name, value) in request.headers.iter() {
        if !["connection", "keep-alive", "transfer-encoding"].contains(&name.to_ascii_lowercase().as_str()) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    // One request for each connection, so that whatever comes belongs to the answer.
    head + "Connection: close\r\n\r\n"
}

fn hand_on(mut client: &TcpStream, rules: &Rules, head: &str, body: &[u8], bare: bool) -> Result<()> {
    let Ok(mut engine) = reach(&rules.socket) else {
        return server::write_response(client, "GET", &Response::empty(502), true);
    };
    engine.write_all(head.as_bytes())?;
    engine.write_all(body)?;
    // When the client goes, the engine must learn of it: nobody else would end a stream without an end.
    let (mut ear, line) = (client.try_clone()?, engine.try_clone()?);
    ear.set_read_timeout(None)?;
    std::thread::spawn(move || {
        let mut unread = [0_u8; 1024];
        while ear.read(&mut unread).is_ok_and(|count| count > 0) {}
        let _ = line.shutdown(Shutdown::Both);
    });
    let result = if bare { pump_head(&engine, client) } else { client::pump(&engine, client) };
    client.flush()?;
    // Wakes the thread above.
    let _ = client.shutdown(Shutdown::Both);
    result
}

/// The engine leaves the connection of an answer to HEAD open for a moment; its head is all there is.
fn pump_head(engine: &UnixStream, mut client: &TcpStream) -> Result<()> {
    let mut head = Vec::new();
    for byte in std::io::BufReader::new(engine).bytes() {
        head.push(byte?);
        if head.ends_with(b"\r\n\r\n") {
            return client.write_all(&head);
        }
    }
    Err(Error::other("the engine hung up"))
}

fn end_on_signal(listener: &TcpListener, rules: &'static Rules) {
    let Ok(listener) = listener.try_clone() else { return };
    signals::watch(move |signal| {
        if signal == signals::SIGHUP {
            return;
        }
        const READ: i32 = 0;
        // SAFETY: the descriptor is that of a socket that lives as long as this closure.
        unsafe { shutdown(listener.as_raw_fd(), READ) };
        rules.say(Level::Info, "msg=\"received stop signal - shutting down\"");
        let deadline = Instant::now() + clock::scaled(rules.grace);
        std::thread::sleep(clock::scaled(STOP_SECONDS));
        while OPEN.load(Ordering::SeqCst) > 0 {
            if Instant::now() >= deadline {
                rules.say(Level::Warn, "msg=\"timeout stopping server\" error=\"context deadline exceeded\"");
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        rules.say(Level::Info, "msg=\"shutdown finished - exiting\" \"exit code\"=0");
        exit(0)
    });
}
