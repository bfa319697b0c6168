#!/usr/bin/env bash
# What is generated for each fixture project equals its golden file, which a person has read; the Dockerfiles in
# it are taken by our parser, have no finding of any rule that is on by default, no unused ignore and nothing to
# mend (of those that are off DL1001, DL3057 and InvalidDefinitionDescription still find something); a second run
# gives the same bytes, changes no file it wrote before, and --check is content with them.
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
                "$ullage" lint --config none --unused-ignores "$file" &&
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

expect() { # STATUS SUBJECT COMMAND...
    local want=$1 subject=$2 status
    shift 2
    "$@" >"$work/log" 2>&1
    status=$?
    [ $status -eq "$want" ]
    judge "$subject: status $status"
}

# a Dockerfile that is not ours stays; one that is keeps edits, and is not written where edits and changes meet
mine=$work/mine
cp -r "$projects/python-module" "$mine"
echo 'FROM example/base' >"$mine/Dockerfile"
expect 2 'a Dockerfile of somebody else' "$ullage" generate "$mine"
[ "$(cat "$mine/Dockerfile")" = 'FROM example/base' ] && [ ! -e "$mine/compose.yaml" ]
judge 'a refusal leaves all as it was'
expect 0 '--force' "$ullage" generate --force "$mine"
sed -i 's/^WORKDIR .*/&\nENV MINE=1/' "$mine/Dockerfile"
expect 0 'an edit is no drift' "$ullage" generate --check "$mine"
sed -i 's/>=3.12/==3.12.*/' "$mine/pyproject.toml"
expect 1 'the project has changed' "$ullage" generate --check "$mine"
expect 0 'both go together' "$ullage" generate "$mine"
grep -q '^ENV MINE=1$' "$mine/Dockerfile" && grep -q '^ARG PYTHON_VERSION=3.12$' "$mine/Dockerfile"
judge 'the edit and the change are both there'
sed -i 's/^ARG PYTHON_VERSION=.*/ARG PYTHON_VERSION=3.11/' "$mine/Dockerfile"
sed -i 's/==3.12/==3.10/' "$mine/pyproject.toml"
cp "$mine/Dockerfile" "$work/edited"
expect 1 'a conflict' "$ullage" generate "$mine"
cmp "$mine/Dockerfile" "$work/edited" >"$work/log"
judge 'a conflict leaves the file as it was'
expect 2 'an ecosystem that there is not' "$ullage" generate --ecosystem cobol "$mine"
expect 3 'a folder that says nothing' "$ullage" generate --stdout "$here/generate"
expect 0 'what no file says comes from an option' \
    "$ullage" generate --stdout --start 'node x.js' "$projects/node-nothing-starts"
"$ullage" generate --format json "$projects/go-cmd" | python3 -c 'import json, sys; assert json.load(sys.stdin)["schema"] == "ullage.plan/1"'
judge 'the plan is JSON'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 50 ]
