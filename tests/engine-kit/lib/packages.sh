# The programs: Debian's packages, unpacked into the cache. None is installed, so that a machine with an engine of its
# own (perhaps from another vendor) stays as it is, no service starts, and no root is needed for this part.
# shellcheck shell=bash disable=SC2154 # variables of common.sh and of the script that sources this

# The engine and the base of the images come from one fixed release, so that tests run alike on every machine.
bookworm_packages=(docker.io containerd runc tini docker-registry libdevmapper1.02.1
    busybox-static bash-static prometheus prometheus-alertmanager
    # Node, with what it is linked with and the parts of it that Debian packs by themselves.
    nodejs libnode108 libuv1 libc-ares2 libnghttp2-14 libicu72 libssl3 libbrotli1 zlib1g
    node-acorn node-cjs-module-lexer node-undici)
# Only these of sid run on older releases. Its runc needs a newer C library (and cannot be wrapped: it executes
# itself through /proc/self/exe), so the newer engine runs on bookworm's.
sid_packages=(docker.io docker-cli containerd docker-compose)
# The last release that has Consul.
bullseye_packages=(consul)

# The number is that of the cache's layout: raise it when unpack_from or link_tools changes.
packages_key() {
    printf '%s\n' 1 "${bookworm_packages[@]}" "${sid_packages[@]}" "${bullseye_packages[@]}" | sha256sum | cut -c1-16
}

packages_ready() { [[ -f $cache/packages.done && $(<"$cache/packages.done") == "$(packages_key)" ]]; }

# The Debian mirror is the one that this machine's own sources name.
debian_mirror() {
    # shellcheck disable=SC2016 # these are apt's own variables
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk '$3 == "main" && $2 !~ /[-\/]/ && $1 ~ /debian\/?$/ { print $1; exit }'
}

fetch_packages() {
    [[ $(command -v apt-get) && $(command -v dpkg) ]] ||
        die "needs a Debian machine (apt-get and dpkg were not found); elsewhere run it in a Debian 12 virtual machine"
    local mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    mirror=$(debian_mirror)
    [[ -n $mirror ]] || die "the apt sources of this machine name no Debian mirror; the kit takes its programs from one"
    [[ -f $keyring ]] || die "$keyring is missing: install debian-archive-keyring"

    say "fetching Debian packages (once)"
    local apt=$cache/apt suite
    rm -rf "$apt" "$cache/packages" "$cache/tools" "$cache/packages.done"
    mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$cache/packages"
    for suite in bookworm sid bullseye; do
        printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$suite"
    done >"$apt/sources.list"
    # Read after the machine's own configuration (proxies are kept). The hooks are dropped because they clean
    # folders of the machine, which would break an apt that runs beside this one.
    cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "$apt/lists";
Dir::State::status "/dev/null";
Dir::Cache::archives "$apt/archives";
Dir::Cache::pkgcache "$apt/pkgcache.bin";
Dir::Cache::srcpkgcache "$apt/srcpkgcache.bin";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::PDiffs "false";
APT::Sandbox::User "root";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
    apt-get -c "$apt/apt.conf" -q update >"$apt/log" 2>&1 || { tail -n 20 "$apt/log" >&2; die "apt-get update failed"; }
    unpack_from bookworm "${bookworm_packages[@]}"
    unpack_from sid "${sid_packages[@]}"
    unpack_from bullseye "${bullseye_packages[@]}"
    rm -rf "$apt"
    link_tools
    packages_key >"$cache/packages.done"
}

# Unpacks each package into a folder of its own; its version is kept for the images' key.
unpack_from() {
    local suite=$1 package deb
    shift
    mkdir -p "$cache/apt/$suite" "$cache/packages/$suite"
    (cd "$cache/apt/$suite" && apt-get -c "$cache/apt/apt.conf" -q download "${@/%//$suite}") >>"$cache/apt/log" 2>&1 ||
        { tail -n 20 "$cache/apt/log" >&2; die "cannot download from $suite: $*"; }
    for deb in "$cache/apt/$suite"/*.deb; do
        package=$(dpkg-deb -f "$deb" Package)
        dpkg-deb -x "$deb" "$cache/packages/$suite/$package"
        rm -rf "$cache/packages/$suite/$package/usr/share/"{doc,man,golang,bash-completion,zsh,fish,lintian}
        printf '%s %s %s\n' "$suite" "$package" "$(dpkg-deb -f "$deb" Version)" >>"$cache/packages/versions"
    done
}

# What tests and the stack's own checks call by name. The engine's parts are not here but in engine_path.
link_tools() {
    mkdir -p "$tools"
    local from=$cache/packages
    ln -s "$from/bookworm/prometheus/usr/bin/promtool" "$tools/promtool"
    ln -s "$from/bookworm/prometheus-alertmanager/usr/bin/amtool" "$tools/amtool"
    ln -s "$from/bookworm/docker-registry/usr/bin/docker-registry" "$tools/docker-registry"
    ln -s "$from/bullseye/consul/usr/bin/consul" "$tools/consul"
    ln -s "$from/sid/docker-compose/usr/libexec/docker/cli-plugins/docker-compose" "$tools/docker-compose"
    ln -s "$from/sid/docker-cli/usr/bin/docker" "$tools/docker"
}

# The PATH of the daemons of one engine.
engine_path() {
    local from=$cache/packages path='' part
    case $1 in
        debian) set -- bookworm/docker.io bookworm/containerd ;;
        sid) set -- sid/docker.io sid/docker-cli sid/containerd ;;
    esac
    for part in "$@" bookworm/runc bookworm/tini; do
        path+=$from/$part/usr/sbin:$from/$part/usr/bin:
    done
    printf '%s/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin' "$path"
}

# What dockerd needs and a machine without Docker may lack. runc's libseccomp is not here: apt needs it too, and runc
# executes itself with an empty environment.
engine_libraries() {
    local from=$cache/packages/bookworm/libdevmapper1.02.1
    printf '%s' "$from/lib/$machine-linux-gnu:$from/usr/lib/$machine-linux-gnu"
}

# What can only be used installed; none of them brings a service.
install_network_tools() {
    local missing=()
    command -v iptables >/dev/null || missing+=(iptables)
    command -v ip >/dev/null || missing+=(iproute2)
    command -v nsenter >/dev/null || missing+=(util-linux)
    ((${#missing[@]})) || return 0
    local root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "install ${missing[*]} first (needs root)"
        root=(sudo)
    fi
    say "installing ${missing[*]}"
    "${root[@]}" apt-get -q update >&2
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 install -y \
        --no-install-recommends "${missing[@]}" >&2
}
