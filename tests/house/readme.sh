#!/usr/bin/env bash
# The README is true: what it shows as output is what is printed, what it shows as commands runs, and its C
# compiles.   readme.sh ULLAGE
set -u
ullage=$(realpath "$1")
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

blocks() { # LANGUAGE: the lines of its blocks
    awk -v fence='```'"$1" '$0 == fence { inside = 1; next } /^```/ { inside = 0 } inside' "$top/README.md"
}

judge() { # SUBJECT, with the status of what stands before
    local status=$?
    if [ $status -eq 0 ]; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    echo "failed: $1"
    head -10 "$work/log"
}

# `$ command` and below it the output, run in this tree
mkdir "$work/shown" && cd "$work/shown" || exit 1
blocks console | awk '/^\$ / { file = sprintf("%02d", ++count); print substr($0, 3) >(file ".command"); next }
    { print >(file ".output") }'
for command in "$work"/shown/*.command; do
    line=$(cat "$command")
    # shellcheck disable=SC2016
    line=${line/scripts\/run.sh/'"$ullage"'}
    (cd "$top" && eval "$line") >"$work/printed" 2>&1
    diff "${command%.command}.output" "$work/printed" >"$work/log"
    judge "output of '$(cat "$command")'"
done

# commands, run where there is an app.tar and a docker that saves one
mkdir "$work/bin" "$work/examples" && cd "$work/examples" || exit 1
cp "$top/fixtures/images/wasteful.tar" app.tar
cp app.tar base.tar
cp "$top/fixtures/dockerfiles/stages.Dockerfile" Dockerfile
gzip -k app.tar
ln -s "$ullage" "$work/bin/ullage"
printf '#!/bin/sh\n[ "$*" = "save app" ] && cat app.tar\n' >"$work/bin/docker"
chmod +x "$work/bin/docker"
export PATH=$work/bin:$PATH MANPAGER=cat
{
    blocks sh
    # those of the table at the top
    # shellcheck disable=SC2016
    sed -nE '/^\|/s/.*`((ullage|docker) .*)` \|$/\1/p' "$top/README.md" | sed 's/\\|/|/g'
} >"$work/lines"
for tool in jq man; do
    command -v "$tool" >/dev/null || { sed -i "/| $tool/d" "$work/lines"; echo "skipped: lines with $tool"; }
done
while read -r line; do
    bash -o pipefail -c "$line" >"$work/log" 2>&1 </dev/null && [ -s "$work/log" ]
    judge "$line"
done <"$work/lines"
[ "$(wc -l <"$work/lines")" -gt 10 ]
judge 'the examples are found'

# the C
blocks c >example.c
cc -std=c17 -Wall -Wextra -Werror -I "$top/include" -c example.c -o example.o >"$work/log" 2>&1
judge 'the C compiles'

# and every command has its place in it
while read -r name; do
    case $name in completion) continue ;; esac
    grep -qE "(ullage|run\.sh) $name\b" "$top/README.md"
    judge "the README shows $name"
done < <(sed -n 's/^COMMAND(\(.*\))$/\1/p' "$top/cli/commands.def")

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
