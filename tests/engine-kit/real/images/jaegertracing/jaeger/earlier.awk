# Gives what Jaeger 2.20 renamed its name in Jaeger 2.13, and says on stderr what was renamed. Everything else goes
# through as it is.
BEGIN {
    # Components and fields with another name, wherever the name stands as a word of its own.
    renamed["span_metrics"] = "spanmetrics"
    # A list of { name, value } that was a map.
    list = "service.telemetry.resource.attributes"
}

function note(what) { print "earlier release: line " NR ": " what > "/dev/stderr" }

# The text with `from` replaced where it is no part of a longer word.
function with_earlier_name(text, from, to,    done, at, before, after) {
    done = ""
    while (at = index(text, from)) {
        before = substr(done substr(text, 1, at - 1), length(done) + at - 1, 1)
        after = substr(text, at + length(from), 1)
        if (before ~ /[A-Za-z0-9_]/ || after ~ /[A-Za-z0-9_]/) {
            done = done substr(text, 1, at + length(from) - 1)
        } else {
            done = done substr(text, 1, at - 1) to
            note(from " is " to)
        }
        text = substr(text, at + length(from))
    }
    return done text
}

/^ *(#.*)?$/ { print; next }

{
    match($0, /^ */)
    indent = RLENGTH
    if (inside && indent > inside_indent) {
        if (!match($0, /^ *- *\{ *name: *[^,{}]+, *value: *[^,{}]+\} *$/)) {
            note("not understood below " list ": " $0)
            failed = 1
            exit 1
        }
        text = $0
        sub(/^ *- *\{ *name: */, "", text)
        sub(/ *\} *$/, "", text)
        name = text
        sub(/ *, *value:.*/, "", name)
        sub(/.*, *value: */, "", text)
        print margin name ": " text
        next
    }
    inside = 0
    # The path of the key on this line, from the keys above it that are indented less.
    if (match($0, /^ *[A-Za-z0-9_.\/-]+:/)) {
        key = substr($0, indent + 1, RLENGTH - indent - 1)
        while (depth && indents[depth] >= indent) depth--
        depth++
        keys[depth] = key
        indents[depth] = indent
        path = keys[1]
        for (level = 2; level <= depth; level++) path = path "." keys[level]
        if (path == list) {
            note(path " is a map")
            inside = 1
            inside_indent = indent
            margin = substr($0, 1, indent)
            next
        }
    }
    line = $0
    for (name in renamed) line = with_earlier_name(line, name, renamed[name])
    print line
}
