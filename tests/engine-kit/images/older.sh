# Sourced by the entrypoints of the images that hold a release of Debian, older than the one whose name they bear: takes
# out what that release does not know yet, and says so. Run by busybox sh.

note() { echo "older release: $*" >&2; }

# Sets `kept` to the lines of those arguments whose flag the help text $1 knows. A value that stands alone is not
# looked at: the stack writes --flag=value.
keep_known_flags() {
    help=$1
    shift
    kept=
    for argument; do
        case $argument in
            -*)
                flag=$(printf '%s' "${argument%%=*}" | sed 's/^-*//')
                if ! printf '%s\n' "$help" | grep -Eq -- "^ +(-.,)? *--?$flag([=[ ]|\$)"; then
                    note "left out the flag $argument"
                    continue
                fi
                ;;
        esac
        kept="$kept$argument
"
    done
}

# Reads the check's complaints of the form "line 12: field name not found" on stdin, and removes from file $1 the lines
# of these fields and all that is indented below them.
drop_complained() {
    sed -n 's/.*line \([0-9]*\): field \([^ ]*\) not found in type.*/\1 \2/p' | sort -rn -u >"$1.fields"
    [ -s "$1.fields" ] || return 1
    while read -r line field; do
        note "left out $field (line $line)"
        awk -v from="$line" '
            NR < from { print; next }
            NR == from {
                match($0, /^ */); indent = RLENGTH; dropping = 1
                # The first key of a list item: the item stays.
                if ($0 ~ /^ *- /) { print substr($0, 1, indent) "-"; indent += 2; first = 1 }
                next
            }
            dropping {
                match($0, /^ */)
                blank = ($0 ~ /^ *(#.*)?$/)
                # A list may begin at the indentation of its key.
                if (blank || RLENGTH > indent || (!first && RLENGTH == indent && substr($0, indent + 1, 2) == "- ")) next
                dropping = 0
            }
            { print }' "$1" >"$1.next"
        mv "$1.next" "$1"
    done <"$1.fields"
}

# Copies configuration file $1 into folder $2, beside links to its neighbours so that relative names still hold, and
# removes what the check (the remaining words, given the file's name) does not know. The result's name is in `stripped`.
strip_config() {
    source_file=$1 folder=$2
    shift 2
    rm -rf "$folder"
    mkdir -p "$folder"
    ln -s "$(dirname "$source_file")"/* "$folder/"
    stripped=$folder/$(basename "$source_file")
    rm -f "$stripped"
    cp "$source_file" "$stripped" || return
    rounds=0
    while [ "$rounds" -lt 10 ]; do
        complaints=$("$@" "$stripped" 2>&1) && break
        printf '%s\n' "$complaints" | drop_complained "$stripped" || break
        rounds=$((rounds + 1))
    done
    rm -f "$stripped.fields"
}

# Runs the program with the file that was stripped, and follows changes of the original as the newer release would:
# on SIGHUP, and when $watch (seconds) is set also by itself. Needs `refresh`, `original` and the arguments.
run_and_follow() {
    "$@" &
    child=$!
    trap 'kill -TERM $child' TERM INT
    trap 'refresh; kill -HUP $child' HUP
    if [ -n "${watch:-}" ]; then
        (
            before=$(fingerprint)
            while sleep "$watch"; do
                now=$(fingerprint)
                [ "$now" = "$before" ] || kill -HUP $$
                before=$now
            done
        ) &
    fi
    # A trap interrupts wait before the program has ended.
    while kill -0 $child 2>/dev/null; do
        wait $child
        status=$?
    done
    exit "$status"
}

fingerprint() { find -L "$(dirname "$original")" -type f -exec md5sum {} + 2>/dev/null | sort | md5sum; }
