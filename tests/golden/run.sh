#!/usr/bin/env bash
# Compares reports of the fixtures with the golden files beside this script, which a person has read.
#   run.sh ULLAGE            compare
#   run.sh ULLAGE --update   write them anew; read the difference before you commit it
set -u
ullage=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../../fixtures/images" || exit 1
passed=0
failed=0

golden() { # NAME ARGUMENTS...
    local file="$here/$1"
    shift
    if [ "${update:-no}" = yes ]; then
        "$ullage" "$@" >"$file"
    elif diff -u "$file" <("$ullage" "$@" 2>&1); then
        passed=$((passed + 1))
    else
        echo "differs: ullage $*"
        failed=$((failed + 1))
    fi
}

# What a page says: the style, the script and the tree have tests of their own.
golden_page() { # NAME IMAGE
    local file="$here/$1"
    if [ "${update:-no}" = yes ]; then
        page "$2" >"$file"
    elif diff -u "$file" <(page "$2"); then
        passed=$((passed + 1))
    else
        echo "differs: the page of $2"
        failed=$((failed + 1))
    fi
}

page() { # IMAGE
    "$ullage" analyze "$1" --format html | sed '/^<style>/,/^<\/head>/d; /^<script/,$d; /Content-Security-Policy/d'
}

[ "${2:-}" = --update ] && update=yes
golden wasteful.txt analyze wasteful.tar
golden wasteful.json analyze wasteful.tar --json --top 3
golden edits.txt analyze edits.skopeo-oci-archive.tar
golden sparse-pax.txt analyze sparse-pax.umoci-oci
golden platforms.txt analyze platforms.skopeo-dir --platform arm64
golden_page wasteful.html wasteful.tar
for format in markdown junit github-benchmark openmetrics dot badge collapsed; do
    golden "wasteful.$format" analyze wasteful.tar --format $format
done
# a small image with findings
for format in sarif gitlab codeclimate checkstyle gnu sonarqube github ncdu dive-json; do
    golden "sparse-pax.$format" analyze sparse-pax.umoci-oci --format $format
done
golden diff.txt diff edits.docker26-save.tar edits-buildkit.buildx-docker.tar --top 3
for format in markdown csv; do
    golden "diff.$format" diff edits.docker26-save.tar wasteful.tar --top 3 --format $format
done
golden packages.txt packages wasteful.tar --top 3
golden packages.csv packages wasteful.tar --top 3 --format csv
golden history.txt history plot "$here/history.ndjson"
golden history.svg history plot "$here/history.ndjson" --format svg --measure dead_bytes
golden gate.txt gate wasteful.tar --config none --max blob_bytes=1MB --max dead_bytes=100kB --max efficiency=0.5 --max layers=5
rules=../../tests/golden/gate
golden gate-rules.txt gate wasteful.tar --config $rules.yaml --as-of 2026-11-24 --baseline $rules-baseline.json
golden gate-verbose.txt gate wasteful.tar --config none --max files=20 --verbose
golden gate-dive.txt gate wasteful.tar --dive-ci $rules.dive-ci
golden gate-checks.txt gate wasteful.tar --config none --checks --max checks.warnings=0 --as-of 2026-11-24
golden gate-init.txt init wasteful.tar -o -
[ "${update:-no}" = yes ] && exit 0
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
