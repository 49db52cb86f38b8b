//! Running a program with a deadline, and looking at what it says.

use std::{
    env,
    ffi::OsStr,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    thread::JoinHandle,
};

use serde_json::Value;

use crate::wait::eventually;

/// A program that is about to run. Its command line, output and exit code are printed, so that a failed test shows
/// them all.
pub struct Program {
    command: Command,
    line: String,
}

impl Program {
    /// The program of that name or path.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let line = Path::new(program).file_name().unwrap_or(program).to_string_lossy().into_owned();
        Self { command: Command::new(program), line }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        for arg in args {
            self.line = format!("{} {}", self.line, arg.as_ref().to_string_lossy());
            self.command.arg(arg);
        }
        self
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Removes a variable from its environment.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Sets its working folder.
    #[must_use]
    pub fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Starts it.
    #[track_caller]
    pub fn start(mut self) -> Running {
        println!("$ {}", self.line);
        self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap_or_else(|error| panic!("{}: {error}", self.line));
        let stdout = Collected::of(child.stdout.take().expect("it is a pipe"));
        let stderr = Collected::of(child.stderr.take().expect("it is a pipe"));
        Running { child, line: self.line, stdout, stderr, shown: false }
    }

    /// Runs it to its end.
    #[track_caller]
    pub fn run(self) -> Ran {
        self.start().end()
    }
}

/// What a pipe has brought so far.
struct Collected {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Collected {
    fn of(mut pipe: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let into = bytes.clone();
        let reader = std::thread::spawn(move || {
            let mut chunk = vec![0; 1 << 16];
            while let Ok(count @ 1..) = pipe.read(&mut chunk) {
                into.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&chunk[..count]);
            }
        });
        Self { bytes, reader: Some(reader) }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    fn finished(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        self.text()
    }
}

/// A program that runs. It is killed when this is dropped.
pub struct Running {
    child: Child,
    line: String,
    stdout: Collected,
    stderr: Collected,
    /// What it wrote has been printed.
    shown: bool,
}

impl Running {
    /// Its standard output so far.
    pub fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// Its standard error so far.
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_some()
    }

    /// Sends a signal by name, such as `INT`.
    pub fn signal(&self, name: &str) {
        println!("# {name} to: {}", self.line);
        let _ = Command::new("kill").arg(format!("-{name}")).arg(self.pid().to_string()).status();
    }

    /// Waits until it has written `words`, on either stream.
    #[track_caller]
    pub fn until_it_says(&mut self, words: &str) {
        let what = format!("{} to say {words:?}", self.line);
        eventually(&what, || {
            let said = self.stdout().contains(words) || self.stderr().contains(words);
            if !said && self.has_ended() {
                let (stdout, stderr) = (self.stdout.finished(), self.stderr.finished());
                if stdout.contains(words) || stderr.contains(words) {
                    return Some(());
                }
                panic!("it ended without saying {words:?}: {}\n{stdout}\n{stderr}", self.line);
            }
            said.then_some(())
        });
    }

    /// Waits for its end.
    #[track_caller]
    pub fn end(mut self) -> Ran {
        let line = self.line.clone();
        let status =
            eventually(&format!("the end of: {line}"), || self.child.try_wait().expect("it is our child"));
        let ran =
            Ran { line, code: status.code(), stdout: self.stdout.finished(), stderr: self.stderr.finished() };
        println!("{ran}");
        self.shown = true;
        ran
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let how = if matches!(self.child.try_wait(), Ok(None)) { "killed" } else { "ended" };
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !self.shown {
            let (stdout, stderr) = (self.stdout.finished(), self.stderr.finished());
            println!("# {how}: {}\n{}{}", self.line, shortened(&stdout), shortened(&stderr));
        }
    }
}

/// A program that has ended.
#[derive(Debug)]
pub struct Ran {
    line: String,
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

// A check may be the last thing that is wanted of it.
#[allow(clippy::return_self_not_must_use)]
impl Ran {
    /// It ended well.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.exits(0)
    }

    /// It ended with that code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "another exit code was expected of\n{self}");
        self
    }

    /// It said so, on either stream.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        let said = self.stdout.contains(words) || self.stderr.contains(words);
        assert!(said, "{words:?} was expected of\n{self}");
        self
    }

    /// The JSON value on the last line of its output.
    #[track_caller]
    pub fn json(&self) -> Value {
        let last = self.stdout.lines().last().unwrap_or_default();
        serde_json::from_str(last).unwrap_or_else(|error| panic!("no JSON ({error}) from\n{self}"))
    }

    /// The JSON values of its output, one a line.
    #[track_caller]
    pub fn json_lines(&self) -> Vec<Value> {
        let parse =
            |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("no JSON ({error}): {line}"));
        self.stdout.lines().map(parse).collect()
    }

    /// The code of the error that it told as JSON.
    #[track_caller]
    pub fn error_code(&self) -> String {
        let code = self.json_lines().iter().find_map(|line| Some(line["error"]["code"].as_str()?.to_owned()));
        code.unwrap_or_else(|| panic!("no error in the JSON of\n{self}"))
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let code = self.code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
        write!(f, "# {} ended with {code}\n{}{}", self.line, shortened(&self.stdout), shortened(&self.stderr))
    }
}

/// Long output is cut in the middle, on whole letters.
fn shortened(text: &str) -> String {
    const MOST: usize = 6000;
    if text.len() <= 2 * MOST {
        return text.to_owned();
    }
    let (mut head, mut tail) = (MOST, text.len() - MOST);
    while !text.is_char_boundary(head) {
        head += 1;
    }
    while !text.is_char_boundary(tail) {
        tail += 1;
    }
    format!("{}\n… {} bytes …\n{}", &text[..head], tail - head, &text[tail..])
}

/// The command `switchyard`: `SWITCHYARD_BIN`, or the one that cargo builds beside these tests.
pub fn switchyard_binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match env::var_os("SWITCHYARD_BIN") {
        Some(path) => path.into(),
        None => build(),
    })
}

fn build() -> PathBuf {
    let test = env::current_exe().expect("a test knows its own path");
    // target/debug/deps/engine-…
    let profile = test.ancestors().nth(2).expect("it stands in target/<profile>/deps");
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["build", "--quiet", "--package", "cli", "--target-dir"])
        .arg(profile.parent().unwrap_or(profile));
    if profile.ends_with("release") {
        command.arg("--release");
    }
    let output = command.current_dir(crate::repository()).output().expect("cargo runs");
    let binary = profile.join(format!("switchyard{}", env::consts::EXE_SUFFIX));
    assert!(
        output.status.success() && binary.exists(),
        "the command could not be built:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    binary
}
