# The images: real names and the tags that the stack's compose file pins, so that tests run what users run by name.
# shellcheck shell=bash disable=SC2154 # variables of common.sh and of the script that sources this

compose_files=("$repo/assets/stack/docker-compose.yml" "$repo/assets/demo/docker-compose.yml")
# How many times faster than the real programs the stand-ins start and stop; a service's environment may say otherwise.
stand_in_speed=20
# Beside those of the stack; for tests of the engine itself.
extra_images=(switchyard/test-base:1 switchyard/test-base:2 switchyard/test-layers:1)

# REPOSITORY:TAG of each service. Variables count with their defaults, which is where the pins stand.
stack_images() {
    local file
    for file in "${compose_files[@]}"; do
        [[ -f $file ]] || die "$file is missing: it pins the images"
    done
    sed -nE 's/^ *image: *"?([^"# ]+)"?.*/\1/p' "${compose_files[@]}" |
        sed -E 's/\$\{[A-Za-z_][A-Za-z0-9_]*:?-([^}]*)\}/\1/g; s/@sha256:.*//; s#^docker\.io/##' | sort -u
}

# Those that can be served: the mirror stands in for the Hub only, and a recipe must exist.
images() {
    local image
    while read -r image; do
        if [[ -f $(recipe_of "$image")/Dockerfile ]]; then
            printf '%s\n' "$image"
        else
            say "no recipe for $image: a pull of it will fail"
        fi
    done < <(stack_images)
    printf '%s\n' "${extra_images[@]}"
}

# `kind` is empty, or `real`: then the recipes of real/images come first.
recipe_of() {
    local recipe=$kit/real/images/${1%:*}
    if [[ $kind == real && -f $recipe/Dockerfile ]]; then printf '%s' "$recipe"; else printf '%s' "$kit/images/${1%:*}"; fi
}

# The stand-in counts as what was built of it: cargo knows best what it is made of.
images_key() {
    printf '%s' "${kind:+$kind-}"
    {
        images 2>/dev/null
        cat "$cache/packages/versions"
        digest_of images lib/images.sh
        sha256sum <"$cache/stand-in"
        [[ $kind != real ]] || { digest_of real/images && real_folders; }
    } | sha256sum | cut -c1-16
}

# Quick when nothing has changed.
build_stand_in() {
    if ! command -v cargo >/dev/null; then
        [[ -x $cache/stand-in ]] || die "cargo is missing: it builds the stand-in program"
        say "cargo is missing: the stand-in program stays as it is"
        return 0
    fi
    [[ -x $cache/stand-in ]] || say "building the stand-in program"
    # With the network only when something has to be fetched, which is also what a first failure may come from.
    cargo_of_stand_in build --quiet --release --locked --offline 2>"$cache/stand-in.log" ||
        { cargo_of_stand_in fetch --quiet --locked >&2 && cargo_of_stand_in build --quiet --release --locked >&2; } ||
        { cat "$cache/stand-in.log" >&2; die "the stand-in program does not build"; }
    local built=$cache/build/stand-in/$rust_target/release/stand-in
    cmp --quiet "$built" "$cache/stand-in" && return 0
    # By rename: a run may be using the old one.
    cp "$built" "$cache/stand-in.next"
    mv "$cache/stand-in.next" "$cache/stand-in"
}

# Linked statically because it must run in an image that holds nothing else. Run in its folder, or the settings of the
# repository's own .cargo would apply. The target is named, or what runs while it is built would be linked like it.
cargo_of_stand_in() {
    rust_target=$(rustc -vV | sed -n 's/^host: //p')
    (cd "$kit/stand-in" && env "CARGO_TARGET_DIR=$cache/build/stand-in" \
        "CARGO_BUILD_TARGET=$rust_target" RUSTFLAGS='-C target-feature=+crt-static' cargo "$@")
}

# ---- parts of the build contexts -----------------------------------------------------------------------------------
make_parts() {
    rm -rf "$parts"
    mkdir -p "$parts"
    local from=$cache/packages applet number
    mkdir -p "$parts/busybox/bin" "$parts/busybox/etc" "$parts/busybox/usr/bin" "$parts/bash/bin" "$parts/stand-in" "$parts/random"
    cp "$from/bookworm/busybox-static/bin/busybox" "$parts/busybox/bin/"
    for applet in $("$parts/busybox/bin/busybox" --list); do
        [[ $applet == busybox ]] || ln -s busybox "$parts/busybox/bin/$applet"
    done
    ln -s ../../bin/env "$parts/busybox/usr/bin/env"
    printf '%s\n' root:x:0:0::/:/bin/sh consul:x:100:1000::/:/bin/false grafana:x:472:0::/:/bin/false \
        jaeger:x:10001:10001::/:/bin/false nobody:x:65534:65534::/:/bin/false >"$parts/busybox/etc/passwd"
    printf '%s\n' root:x:0: consul:x:1000: jaeger:x:10001: nobody:x:65534: >"$parts/busybox/etc/group"
    cp "$from/bookworm/bash-static/bin/bash-static" "$parts/bash/bin/bash"
    # The grep of the health checks, and a shell, which Ubuntu has too; no wget and no curl, which the real images lack.
    cp -r "$parts/bash" "$parts/ubuntu"
    cp "$parts/busybox/bin/busybox" "$parts/ubuntu/bin/"
    for applet in sh ls cat grep sleep id; do ln -s busybox "$parts/ubuntu/bin/$applet"; done
    cp "$cache/stand-in" "$parts/stand-in/stand-in"
    program_part prometheus "$from/bookworm/prometheus/usr/bin/prometheus" usr/lib/debian/prometheus
    program_part prometheus "$from/bookworm/prometheus/usr/bin/promtool" usr/lib/debian/promtool
    share_part prometheus "$from/bookworm/prometheus"
    program_part alertmanager "$from/bookworm/prometheus-alertmanager/usr/bin/prometheus-alertmanager" usr/lib/debian/alertmanager
    program_part alertmanager "$from/bookworm/prometheus-alertmanager/usr/bin/amtool" bin/amtool
    # Holds the template without which it does not start.
    share_part alertmanager "$from/bookworm/prometheus-alertmanager"
    program_part consul "$from/bullseye/consul/usr/bin/consul" bin/consul
    node_part "$from/bookworm"
    [[ $kind != real ]] || real_parts
    for number in 1 2 3 4; do head -c $((number * 1500000)) /dev/urandom >"$parts/random/$number"; done
}

# Node looks for some of its own modules in /usr/share/nodejs.
node_part() {
    local package libraries=''
    for package in libnode108 libuv1 libc-ares2 libnghttp2-14 libicu72 libssl3 libbrotli1 zlib1g; do
        libraries+=$1/$package/usr/lib/$machine-linux-gnu:$1/$package/lib/$machine-linux-gnu:
    done
    LD_LIBRARY_PATH=$libraries program_part node "$1/nodejs/usr/bin/node" usr/bin/node
    for package in node-acorn node-cjs-module-lexer node-undici; do share_part node "$1/$package"; done
}

# Where the recipes of real/images want them. They are linked statically.
real_parts() {
    local component
    for component in "${components[@]}"; do
        mkdir "$parts/real-$component"
        cp "$(real_folder "$component")"/* "$parts/real-$component/"
    done
}

# A program and the libraries it is linked with, at the places where the loader looks.
program_part() {
    local part=$parts/$1 library
    install -D "$2" "$part/$3"
    # The image may hold /lib as a folder, not as the link that it is on this machine, so both names are read as they are.
    for library in $(ldd "$2" | grep -oE '/[^ ]+' | sort -u); do
        # Those of unpacked packages go where the packages have them.
        install -D "$(readlink -f "$library")" "$part/${library#"$cache"/packages/*/*/}"
    done
}

# Without the links to scripts of other packages, which only its old web pages use.
share_part() {
    mkdir -p "$parts/$1/usr"
    cp -r "$2/usr/share" "$parts/$1/usr/"
    find "$parts/$1" -xtype l -delete
}

# ---- building ------------------------------------------------------------------------------------------------------
# The classic builder: the other one is a download that this engine's client does not carry.
build() { DOCKER_BUILDKIT=0 docker_of_run build --quiet --force-rm "$@" >/dev/null; }

make_images() {
    local image recipe context part needs
    for part in busybox bash; do
        local folder=$part
        [[ $part == bash ]] && folder=ubuntu
        # A world-writable /tmp cannot be copied from a folder here: COPY keeps no sticky bit of the context's root.
        mkdir -p "$parts/$folder/tmp" && chmod 1777 "$parts/$folder/tmp"
        printf 'FROM scratch\nCOPY . /\n' | build --tag "switchyard/part-$part" --file - "$parts/$folder"
    done
    while read -r image; do
        recipe=$(recipe_of "$image")
        context=$cache/build/context
        rm -rf "$context"
        mkdir -p "$context"
        cp -r "$recipe/." "$kit/images/older.sh" "$context/"
        printf '%s\n' "${image##*:}" >"$context/tag"
        read -ra needs < <(sed -n 's/^# needs: //p' "$recipe/Dockerfile") || needs=()
        for part in "${needs[@]}"; do cp -rl "$parts/$part" "$context/$part"; done
        owned_folders "$context"
        say "image $image"
        build --build-arg "TAG=${image##*:}" --build-arg "SPEED=$stand_in_speed" --tag "127.0.0.1:5000/$image" "$context"
        docker_of_run push --quiet "127.0.0.1:5000/$image" >/dev/null
    done < <(images)
    rm -rf "$cache/build/context" "$parts"
}

# `# owns: UID FOLDER…`: a scratch image has no chown, and a new named volume takes its owner from the image.
owned_folders() {
    local owner folders
    read -r owner folders < <(sed -n 's/^# owns: //p' "$1/Dockerfile") || return 0
    # shellcheck disable=SC2086 # a list of folders
    (mkdir "$1/owned" && cd "$1/owned" && mkdir -p $folders && { [[ ! -d tmp ]] || chmod 1777 tmp; } &&
        tar --create --file ../owned.tar --owner "$owner" --group "$owner" $folders)
    rm -rf "$1/owned"
}
