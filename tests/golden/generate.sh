#!/usr/bin/env bash
# What is generated for each fixture project equals its golden file, which a person has read; the Dockerfiles in
# it are taken by our parser, have no finding in the strictest preset of our linter and nothing to mend; a second
# run gives the same bytes, changes no file it wrote before, and --check is content with them.
#   generate.sh ULLAGE            compare
#   generate.sh ULLAGE --update   write the golden files anew; read the difference before you commit it
set -u
ullage=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
projects=$here/../../fixtures/projects
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

judge() { # SUBJECT, with the status of what stands before
    local status=$?
    if [ $status -eq 0 ]; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    echo "failed: $1"
    head -20 "$work/log"
}

check_dockerfiles() { # PROJECT NAME
    local file
    find "$1" -name 'Dockerfile*' ! -name '*.dockerignore' | sort | while read -r file; do
        {
            # UL0001: the comment about DL3008 is for linters that have that rule; ours may not yet
            "$ullage" parse "$file" >/dev/null &&
                "$ullage" lint --config none --preset strict --ignore UL0001 "$file" &&
                "$ullage" fix --config none --ignore UL0001 --check "$file"
        } >"$work/log" 2>&1 || { echo "failed: $2: $(basename "$file")"; head -20 "$work/log"; touch "$work/bad"; }
    done
    [ ! -e "$work/bad" ]
    judge "Dockerfiles of $2"
    rm -f "$work/bad"
}

for project in "$projects"/*/; do
    name=$(basename "$project")
    golden=$here/generate/$name.txt
    if [ "${2:-}" = --update ]; then
        mkdir -p "$here/generate"
        "$ullage" generate --stdout "$project" >"$golden" 2>&1
        continue
    fi
    "$ullage" generate --stdout "$project" >"$work/out" 2>&1
    status=$?
    diff -u "$golden" "$work/out" >"$work/log"
    judge "$name equals its golden file"
    [ $status -eq 0 ] || continue

    cp -r "$project" "$work/$name"
    "$ullage" generate -q "$work/$name" >"$work/log" 2>&1
    judge "$name is written"
    check_dockerfiles "$work/$name" "$name"
    cp -r "$work/$name" "$work/before"
    "$ullage" generate -q "$work/$name" >"$work/log" 2>&1 && diff -r "$work/before" "$work/$name" >"$work/log"
    judge "$name stays as it is"
    "$ullage" generate --check "$work/$name" >"$work/log" 2>&1
    judge "$name is what --check wants"
    rm -rf "$work/before"
done

[ "${2:-}" = --update ] && exit 0
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 50 ]
