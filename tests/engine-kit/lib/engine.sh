# One private engine: a network namespace, a registry that serves as mirror of the Hub, containerd and dockerd.
# Everything of it lies below one folder, $run, so that it can be taken away by whoever finds that folder.
# shellcheck shell=bash disable=SC2154 # variables of common.sh and of the script that sources this

runs=${TMPDIR:-/tmp}
# The daemons get a /run of their own (see open_namespaces), so a folder below it would be out of their sight.
[[ $runs/ == /run/* || $runs/ == /var/run/* ]] && runs=/tmp

# On the namespace's loopback, but an address that containers can reach too: one that is reserved for documentation.
name_server=192.0.2.53

require_privileges() {
    ((EUID == 0)) || die "an engine needs root: sudo -E env \"PATH=\$PATH\" tests/with-engine …"
    # CAP_NET_ADMIN is bit 12 and CAP_SYS_ADMIN bit 21; containers often lack both.
    local effective
    effective=$((16#$(awk '/^CapEff/ { print $2 }' /proc/self/status)))
    (((effective >> 12 & 1) && (effective >> 21 & 1))) ||
        die "an engine needs CAP_NET_ADMIN and CAP_SYS_ADMIN, which this environment does not grant"
}

# A pid alone may have been given away again; with its start time it names one process for ever.
identity_of() {
    local fields
    fields=$(awk '{ sub(/^.*[)] /, ""); print $20 }' "/proc/$1/stat" 2>/dev/null) && printf '%s %s' "$1" "$fields"
}

create_run() {
    run=$(mktemp -d "$runs/switchyard-engine.XXXXXX")
    name=switchyard-${run##*.}
    socket=$run/docker.sock
    mkdir -p "$run/pids" "$run/logs" "$run/bin" "$run/docker-config/cli-plugins"
    identity_of "$$" >"$run/owner"
    # A unix socket's path holds 107 characters, and containerd adds some of its own.
    ((${#run} < 70)) || die "TMPDIR is too long for unix sockets: $runs"
}

# Starts a daemon in both namespaces. A session of its own keeps the terminal's Ctrl-C from it: the order of the
# clean-up is ours to choose.
start_daemon() {
    local label=$1
    shift
    setsid nsenter --target "$(<"$run/pids/holder")" --net --mount "$@" \
        </dev/null >>"$run/logs/$label.log" 2>&1 &
    printf '%s' "$!" >"$run/pids/$label"
    # Or bash would report its end on COMMAND's stderr when a test kills it.
    disown
}

open_namespaces() {
    ip netns add "$name"
    # `ip netns exec` would remount /sys and hide the cgroups, hence nsenter everywhere.
    nsenter --net="/run/netns/$name" ip link set lo up
    nsenter --net="/run/netns/$name" ip address add "$name_server/32" dev lo
    # In a mount namespace of their own the daemons leave nothing in the machine's /run, do not meet a containerd
    # that runs there, and /var/run/docker.sock, which a compose file may mount, is theirs.
    # shellcheck disable=SC2016 # expanded by the inner shell
    setsid nsenter --net="/run/netns/$name" unshare --mount --propagation private bash -c '
        resolv=$(readlink -m /etc/resolv.conf)
        mount -t tmpfs -o mode=755 switchyard-engine /run
        if [[ $resolv == /run/* ]]; then mkdir -p "${resolv%/*}"; touch "$resolv"; fi
        echo "nameserver $2" >"$1/resolv.conf"
        mount --bind "$1/resolv.conf" "$resolv"
        [[ ! -d /etc/docker ]] || mount -t tmpfs switchyard-engine /etc/docker
        touch "$1/ready"
        exec sleep infinity' holder "$run" "$name_server" </dev/null >"$run/logs/holder.log" 2>&1 &
    printf '%s' "$!" >"$run/pids/holder"
    wait_for 10 "$!" test -e "$run/ready" || { show_log holder; die "cannot make the namespaces"; }
}

show_log() {
    [[ -s $run/logs/$1.log ]] || return 0
    say "the last lines of $1's log:"
    tail -n 25 "$run/logs/$1.log" >&2
}

# $1 is the storage; $2 says whether it may be written (only while images are made: later, runs share it); $3, if not
# empty, is the number of bytes per second that answers are slowed down to.
start_registry() {
    local storage=$1 readonly=true port=5000
    [[ $2 == writable ]] && readonly=false
    [[ -n ${3:-} ]] && port=5001
    cat >"$run/registry.yml" <<YAML
version: 0.1
log: { level: warn }
storage:
  filesystem: { rootdirectory: $storage }
  maintenance: { readonly: { enabled: $readonly }, uploadpurging: { enabled: false } }
http: { addr: "127.0.0.1:$port" }
YAML
    start_daemon registry "$tools/docker-registry" serve "$run/registry.yml"
    if [[ -n ${3:-} ]]; then
        start_daemon throttle "$cache/stand-in" throttle 127.0.0.1:5000 127.0.0.1:5001 "$3"
    fi
}

# Both ports when one of them is the throttle's: it would take connections for a registry that is not there yet.
registry_answers() {
    local port
    for port in 5000 ${1:+5001}; do
        nsenter --net="/run/netns/$name" bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" || return 1
    done
}

start_containerd() {
    mkdir -p "$run/containerd"
    cat >"$run/containerd.toml" <<TOML
version = 2
root = "$run/containerd"
state = "$run/containerd-state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "$run/containerd.sock"
TOML
    start_daemon containerd env "PATH=$(engine_path "$engine")" "LD_LIBRARY_PATH=$(engine_libraries)" \
        containerd --config "$run/containerd.toml"
}

start_dockerd() {
    local settings
    settings="\"dns\": [\"$name_server\"]"
    # 20.10 keeps a key for a registry protocol of the past, by default in the machine's /etc/docker.
    [[ $engine == debian ]] && settings+=", \"deprecated-key-path\": \"$run/key.json\""
    printf '{ %s }\n' "$settings" >"$run/daemon.json"
    # The cgroup driver is fixed because systemd, where it runs, would be asked to make units for us.
    start_daemon dockerd env "PATH=$(engine_path "$engine")" "LD_LIBRARY_PATH=$(engine_libraries)" \
        dockerd --config-file "$run/daemon.json" --host "unix://$socket" --host unix:///run/docker.sock \
        --group "$(id -g)" --data-root "$run/data" --exec-root "$run/exec" --pidfile "$run/dockerd.pid" \
        --containerd "$run/containerd.sock" --cgroup-parent "/$name" --exec-opt native.cgroupdriver=cgroupfs \
        --init-path "$cache/packages/bookworm/tini/usr/bin/tini-static" \
        --registry-mirror http://127.0.0.1:5000 --shutdown-timeout 5
}

docker_of_run() { DOCKER_HOST=unix://$socket DOCKER_CONFIG=$run/docker-config "$(docker_cli)" "$@"; }

# Each engine is used by the client of its own release.
docker_cli() {
    if [[ $engine == sid ]]; then printf '%s' "$tools/docker"; else printf '%s' "$cache/packages/bookworm/docker.io/usr/bin/docker"; fi
}

# start_engine STORAGE readonly|writable [BYTES_PER_SECOND]
start_engine() {
    open_namespaces
    start_daemon dns "$cache/stand-in" no-such-host "$name_server:53"
    start_registry "$@"
    start_containerd
    start_dockerd
    wait_for 20 "$(<"$run/pids/registry")" registry_answers "${3:-}" || { show_log registry; show_log throttle; die "the registry does not answer"; }
    wait_for 60 "$(<"$run/pids/dockerd")" docker_of_run version ||
        { show_log dockerd; show_log containerd; die "dockerd does not answer"; }
}

# Takes away the run in folder $1, whatever of it exists. Also used for runs whose owner was killed, so it relies on
# nothing but the folder.
remove_run() {
    local run=$1 name=switchyard-${1##*.} label pid keep=${2:-} ids
    # A test may have left it paused.
    pid=$(daemon_pid "$run" dockerd) && kill -CONT "$pid"
    # Containers may ask for long grace periods; nobody waits for these any more.
    if [[ -S $run/docker.sock ]]; then
        ids=$(timeout 5 "$tools/docker" --host "unix://$run/docker.sock" ps --quiet 2>/dev/null) || ids=
        # shellcheck disable=SC2086 # a list of ids
        [[ -z $ids ]] || timeout 20 "$tools/docker" --host "unix://$run/docker.sock" kill $ids >/dev/null 2>&1 || true
    fi
    for label in dockerd containerd throttle registry dns; do
        pid=$(daemon_pid "$run" "$label") && end_process "$pid" 10
    done
    # Now what is left below: first the containers that outlived their engine, then what COMMAND left running.
    local pass
    for pass in TERM KILL KILL; do
        pids_of_run "$name" "$run" | sort -u | xargs -r kill "-$pass" 2>/dev/null || true
        for ((pid = 0; pid < 20; pid++)); do
            [[ -n $(pids_of_run "$name" "$run") ]] || break 2
            sleep 0.1
        done
    done
    pid=$(daemon_pid "$run" holder) && end_process "$pid" 2
    [[ ! -e /run/netns/$name ]] || ip netns delete "$name" 2>/dev/null || true
    # Deepest first; a cgroup is removed as an empty folder.
    find /sys/fs/cgroup -depth -type d -path "*/$name*" -exec rmdir {} + 2>/dev/null || true
    if [[ -n $keep ]]; then
        touch "$run/keep"
    else
        rm -rf "$run"
    fi
}

# The pid of a daemon of a run, if it is still that daemon: a pid file outlives its process.
daemon_pid() {
    local pid
    pid=$(cat "$1/pids/$2" 2>/dev/null) && [[ -n $pid ]] || return 1
    # Nothing else is in the network namespace of the run.
    [[ -e /proc/$pid/ns/net ]] && pids_of_run "switchyard-${1##*.}" "$1" holder | grep -qx "$pid" && printf '%s' "$pid"
}

# All processes of a run: those in its network namespace (daemons, shims, COMMAND's leftovers) and those in its cgroup
# (containers, which have network namespaces of their own). The holder, which keeps the mounts, only when asked for.
pids_of_run() {
    local holder=
    [[ -n ${3:-} ]] || holder=$(cat "$2/pids/holder" 2>/dev/null) || true
    {
        [[ ! -e /run/netns/$1 ]] || ip netns pids "$1" 2>/dev/null || true
        find /sys/fs/cgroup -path "*/$1/*" -name cgroup.procs -exec cat {} + 2>/dev/null || true
    } | { grep -vx "${holder:-none}" || true; }
}

# Runs whose owner was killed before it could clean up.
sweep_runs() {
    local folder
    for folder in "$runs"/switchyard-engine.*; do
        [[ -O $folder && -f $folder/owner && ! -e $folder/keep ]] || continue
        local owner
        owner=$(<"$folder/owner")
        [[ $(identity_of "${owner%% *}" 2>/dev/null) != "$owner" ]] || continue
        say "removing a run that was cut short: $folder"
        remove_run "$folder"
    done
}
