# The real components: which programs, from which modules, how, and where they are once real/build has built them.
# shellcheck shell=bash disable=SC2034,SC2154 # used by the scripts that source this; variables of common.sh

real=$cache/real

components=(prometheus alertmanager jaeger)
declare -A module=(
    [prometheus]=github.com/prometheus/prometheus
    [alertmanager]=github.com/prometheus/alertmanager
    [jaeger]=github.com/jaegertracing/jaeger
)
declare -A programs=(
    [prometheus]='prometheus promtool'
    [alertmanager]='alertmanager amtool'
    [jaeger]=jaeger
)
# Of Prometheus' service discovery only what the stack uses: the clouds' take most of the time.
declare -A tags=(
    [prometheus]=netgo,remove_all_sd,enable_consul_sd,enable_dns_sd
    [alertmanager]=netgo
    [jaeger]=netgo
)
declare -A version_variable=(
    [prometheus]=github.com/prometheus/common/version.Version
    [alertmanager]=github.com/prometheus/common/version.Version
    [jaeger]=github.com/jaegertracing/jaeger/internal/version.latestVersion
)

pinned_version() { awk -v module="${module[$1]}" '{ sub(/^require /, "") } $1 == module && $2 ~ /^v/ { print $2 }' "$kit/real/$1/go.mod"; }

# One folder for each component, so that a new pin of one does not build the others anew.
real_folder() {
    local key
    key=$({ cat "$kit/real/$1/go.mod" "$kit/real/$1/go.sum"; printf '%s\n' "${programs[$1]}" "${tags[$1]}" "${version_variable[$1]}"; } |
        sha256sum | cut -c1-16)
    printf '%s' "$real/$1-$key"
}

real_folders() {
    local component
    for component in "${components[@]}"; do printf '%s\n' "$(real_folder "$component")"; done
}

# Into a folder of the PATH, where they come before Debian's older ones.
link_real_programs() {
    local component program
    for component in "${components[@]}"; do
        for program in ${programs[$component]}; do ln -s "$(real_folder "$component")/$program" "$1/$program"; done
    done
}

real_programs_ready() {
    local component
    for component in "${components[@]}"; do [[ -d $(real_folder "$component") ]] || return 1; done
}
