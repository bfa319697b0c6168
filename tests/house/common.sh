# shellcheck shell=bash
# For the scripts beside this one: each holds the house to a rule and lists what breaks it.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top" || exit 1
shopt -s lastpipe # a rule at the end of a pipe counts
rules=0
broken=0

# The rule holds when nothing is on standard input, which lists what breaks it.
refuse() { # RULE
    local found
    found=$(cat)
    rules=$((rules + 1))
    [ -z "$found" ] && return
    broken=$((broken + 1))
    echo "broken: $1"
    echo "    ${found//$'\n'/$'\n'    }"
}

house_done() {
    echo "$rules rules, $broken broken"
    [ "$broken" -eq 0 ]
}

# C without its comments and texts, each line behind FILE:LINE:
bare_code() { # FILE...
    local file
    for file in "$@"; do
        awk -v file="$file" '
            {
                line = $0
                gsub(/\\./, "", line)
                if (line !~ /^#include/)
                    gsub(/"[^"]*"/, "\"\"", line)
                out = ""
                while (line != "") {
                    if (inside) {
                        end = index(line, "*/")
                        if (!end) { line = ""; continue }
                        line = substr(line, end + 2); inside = 0
                    } else {
                        start = index(line, "/*")
                        if (!start) { out = out line; line = ""; continue }
                        out = out substr(line, 1, start - 1)
                        line = substr(line, start + 2); inside = 1
                    }
                }
                sub(/\/\/.*/, "", out)
                if (out ~ /[^ ]/) print file ":" NR ":" out
            }' "$file"
    done
}

sources_of() { # FOLDER...
    local folder
    for folder in "$@"; do
        [ -d "$folder" ] && find "$folder" -name '*.[ch]' | sort
    done
}
