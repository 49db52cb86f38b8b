# Sourced by the scripts of the engine kit: where things are, and how they speak.
# shellcheck shell=bash disable=SC2034 # used by the scripts that source this

kit=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
repo=$(cd "$kit/../.." && pwd)
# The same place whatever CARGO_TARGET_DIR says: the stack's own checks look for the tools here.
cache=$repo/target/test-engine
tools=$cache/tools/bin
machine=$(uname -m)

# Progress goes to stderr: COMMAND's output is often parsed.
say() { printf 'test engine: %s\n' "$*" >&2; }
die() {
    printf 'test engine: error: %s\n' "$*" >&2
    exit 1
}

# Polls until the given command succeeds; $1 is the deadline in seconds, $2 the pid of a process that must live on.
wait_for() {
    local deadline=$((SECONDS + $1)) pid=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        kill -0 "$pid" 2>/dev/null || return 1
        ((SECONDS < deadline)) || return 1
        sleep 0.05
    done
}

# Ends one process and waits for it: politely, then not. $2 is the patience in seconds.
end_process() {
    local pid=$1 patience=${2:-10} tenths
    kill -TERM "$pid" 2>/dev/null || return 0
    for ((tenths = patience * 20; tenths > 0; tenths--)); do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.05
    done
    kill -KILL "$pid" 2>/dev/null || true
}

# A newline-separated digest of names and contents, so that a renamed or removed file counts as a change too.
digest_of() { (cd "$kit" && find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum); }
