#!/usr/bin/env bash
# The linter as its users meet it: folders, reports, baselines, configurations, statuses. Takes the path of ullage.
set -u
ullage=$(realpath "$1")
images=$(cd "$(dirname "$0")/../../fixtures/images" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/repo"
cd "$work/repo" || exit 1
export HOME=$work XDG_CONFIG_HOME=$work
unset ULLAGE_CONFIG
passed=0
failed=0

expect() { # STATUS DESCRIPTION COMMAND...
    local want=$1 what=$2 got
    shift 2
    "$@" >"$work/out" 2>"$work/err"
    got=$?
    if [ "$got" -eq "$want" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $what: status $got, not $want"
        head -5 "$work/out" "$work/err"
    fi
}

check() { # DESCRIPTION COMMAND...
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $what"
        head -5 "$work/out" "$work/err"
    fi
}

says() { check "$1" grep -qF -- "$3" "$work/$2"; } # DESCRIPTION STREAM TEXT
same() { check "$1" cmp "$2" "$3"; }               # DESCRIPTION FILE FILE
lint() { "$ullage" lint -f gnu "$@"; }

# Folders
dirty='FROM debian:12\nMAINTAINER x\n'
mkdir -p a/b vendor/x .devcontainer docs deep/er
git init -q . 2>/dev/null || mkdir .git
printf 'vendor/\n/docs/*\n!/docs/keep.Dockerfile\n' >.gitignore
printf 'Dockerfile.local\n' >deep/.gitignore
for file in Dockerfile a/Containerfile a/b/api.dockerfile a/b/Dockerfile.dev a/b/DOCKERFILE vendor/x/Dockerfile \
    .devcontainer/Dockerfile docs/x.Dockerfile docs/keep.Dockerfile deep/er/Dockerfile.local \
    deep/x.Containerfile .git/Dockerfile; do
    # shellcheck disable=SC2059
    printf "$dirty" >"$file"
done
for file in a/Dockerfile.dockerignore a/dockerfile.py a/Dockerfile.orig a/Dockerfile~ a/NotADockerfile; do
    echo 'not one' >"$file"
done
ln -s Dockerfile a/b/Dockerfile.link
ln -s ../a deep/link
list() { "$ullage" lint --only DL4000 -f gnu "$@" 2>/dev/null | cut -d: -f1; }
list . >"$work/found"
printf '%s\n' .devcontainer/Dockerfile Dockerfile a/Containerfile a/b/DOCKERFILE a/b/Dockerfile.dev \
    a/b/api.dockerfile deep/x.Containerfile docs/keep.Dockerfile >"$work/expected"
same 'a folder is walked as .gitignore says' "$work/expected" "$work/found"
(cd deep && list . >"$work/found")
echo x.Containerfile >"$work/expected"
same 'so is one below' "$work/expected" "$work/found"
list --no-gitignore deep >"$work/found"
printf '%s\n' deep/er/Dockerfile.local deep/x.Containerfile >"$work/expected"
same 'unless it is not wanted' "$work/expected" "$work/found"
list docs docs/keep.Dockerfile ./docs/x.Dockerfile >"$work/found"
printf '%s\n' ./docs/x.Dockerfile docs/keep.Dockerfile >"$work/expected"
same 'what is named is read, each once' "$work/expected" "$work/found"
for threads in 1 2 7; do
    "$ullage" lint --json --threads $threads . >"$work/json.$threads"
    same "$threads threads say the same" "$work/json.1" "$work/json.$threads"
done
expect 2 'a folder without a Dockerfile is no success' lint vendor/../.git/refs
expect 3 'nor is a file that is not there' lint absent Dockerfile
says 'the others are told all the same' out 'Dockerfile:2:1: error'
expect 1 'standard input is a Dockerfile' sh -c "'$ullage' lint - <Dockerfile"
printf 'FROM scratch\n' >clean
expect 0 'a clean file passes' lint clean

mkdir -p "$work/deep/$(printf 'd/%.0s' {1..120})"
expect 6 'folders within folders have an end' lint "$work/deep"
says 'which is told' err 'more than 100 deep'
mkdir -p many && (cd many && printf 'FROM scratch\n' | tee {1..300}.Dockerfile >/dev/null)
expect 0 'many files are one run' lint many
mkdir -p unread/a && printf "FROM scratch\n" >unread/Dockerfile && head -c 2000000 /dev/zero | tr '\0' x >unread/.gitignore
expect 0 'a .gitignore that is too large is passed over' lint unread
says 'and told' err '.gitignore'
rm -r unread many

# Statuses do not depend on the format
for format in text json sarif checkstyle codeclimate gitlab gnu junit sonarqube github; do
    expect 1 "$format fails" "$ullage" lint -f $format Dockerfile
    expect 0 "$format passes" "$ullage" lint -f $format --fail-on never Dockerfile
done
printf 'RUNN x\n' >refused
expect 1 'what cannot be built fails whatever --fail-on says' lint --fail-on never refused
expect 0 'a warning does not fail where errors do' lint --only MaintainerDeprecated --fail-on error Dockerfile
expect 2 'there is no such format' "$ullage" lint -f sariff Dockerfile
says 'and the nearest is offered' err "did you mean 'sarif'?"

# Reports
expect 1 'reports repeat' "$ullage" lint --report json="$work/r.json" --report sarif="$work/r.sarif" \
    --report gnu="$work/r.gnu" -o "$work/r.text" Dockerfile
"$ullage" lint --json Dockerfile >"$work/j"
same 'a report is what the format prints' "$work/j" "$work/r.json"
"$ullage" lint -f sarif Dockerfile >"$work/j"
same 'another as well' "$work/j" "$work/r.sarif"
expect 2 'two to one file are refused' "$ullage" lint --report json=x --report gnu=x Dockerfile
expect 2 'a report needs a file' "$ullage" lint --report json Dockerfile
expect 5 'output that cannot be written is told' "$ullage" lint -o "$work/none/x" Dockerfile

# Baselines
expect 0 'a baseline is written' lint --write-baseline "$work/b" .
expect 0 'and known then' lint --baseline "$work/b" .
check 'nothing is told' test ! -s "$work/out"
sed -i '1i # moved\n' Dockerfile
expect 0 'what moved is known' lint --baseline "$work/b" .
sed -i 's/MAINTAINER x/MAINTAINER   x/' Dockerfile
expect 0 'blanks do not count' lint --baseline "$work/b" .
printf 'RUN sudo x\n' >>Dockerfile
expect 1 'what is new is told' lint --baseline "$work/b" .
says 'by its place' out 'Dockerfile:5:5: error'
check 'and alone' test "$(wc -l <"$work/out")" -eq 1
lint --write-baseline "$work/c" . >/dev/null
lint --write-baseline "$work/d" --threads 1 . >/dev/null
same 'baselines are stable' "$work/c" "$work/d"
expect 4 'a baseline that is not there' lint --baseline "$work/absent" .
echo '{"schema":"other"}' >"$work/b"
expect 4 'or is none' lint --baseline "$work/b" .

# Configurations
printf 'version: 1\nlint:\n  rules:\n    DL4000: of\n' >.ullage.yaml
expect 2 'a broken configuration stops the work' lint clean
says 'with its place' err '.ullage.yaml:4:13: '
says 'its line' err '4 |     DL4000: of'
says 'and a caret' err '|             ^'
expect 1 'another one is named' lint --config none Dockerfile
printf 'version: 1\nlint:\n  fail-on: never\n  exclude: [a/]\n' >.ullage.yaml
expect 0 'the configuration decides what fails' lint Dockerfile
list . >"$work/found"
check 'and what is left out' sh -c "! grep -q '^a/' '$work/found'"
expect 1 'the command line wins' lint --fail-on info Dockerfile
expect 0 'config show knows it' "$ullage" config show
says 'with its values' out 'lint.fail-on = never'
rm .ullage.yaml
printf 'ignored: [DL4000, DL3004]\n' >.hadolint.yaml
expect 0 'the file of hadolint is read as it is' lint --only DL4000,DL3004 Dockerfile
printf 'ignored: DL4000\n' >.hadolint.yaml
expect 2 'and refused where it is broken' lint Dockerfile
rm .hadolint.yaml
expect 2 'labels have types' lint --label a=b clean
expect 2 'rules have names' lint --ignore DL400 clean

# Comments
printf 'FROM a\n# ullage ignore=DL4000 because until 2020\nMAINTAINER x\n' >comments
expect 1 'comments that hold nothing are told' lint --unused-ignores comments
says 'by their line' out 'comments:2:1: info'
printf '# hadolint global ignore=DL4000\nFROM scratch\nMAINTAINER x\n' >comments
expect 0 'comments suppress' lint comments
expect 1 'unless they may not' lint --no-pragmas comments
printf 'FROM scratch\n# ullage ignore=DL4000 because of it until 2026-06-30\nMAINTAINER x\n' >comments
expect 0 'for as long as they say' lint --as-of 2026-06-30 comments
expect 1 'and no longer' lint --as-of 2026-07-01 comments

# Mending a stream
printf 'FROM scratch\nMAINTAINER x\n' | "$ullage" fix - >mended 2>/dev/null
check 'standard input is mended to standard output' grep -q '^LABEL org.opencontainers.image.authors="x"$' mended

# The image
sed -n '/^FROM example\/python/,/^CMD/p' "$images/make.sh" >shop.Dockerfile
expect 1 'an image puts bytes on its Dockerfile' "$ullage" lint shop.Dockerfile --image "$images/wasteful.tar" --json
says 'of each layer' out '"bytes": 93400'
python3 - "$work/out" <<'END'
import json, sys
findings = json.load(open(sys.argv[1]))["findings"]
sizes = [f.get("bytes", -1) for f in findings]
assert sizes == sorted(sizes, reverse=True), sizes
assert [(f["line"], f.get("layer")) for f in findings][:2] == [(4, 1), (9, 6)], findings[:2]
END
check 'the most first' test $? -eq 0
expect 2 'one image has one Dockerfile' lint --image "$images/wasteful.tar" .
expect 0 'analyze knows the lines' "$ullage" analyze --dockerfile shop.Dockerfile "$images/wasteful.tar"
says 'of layers' out 'shop.Dockerfile:4: RUN apt-get'
expect 1 'and the gate' "$ullage" gate --dockerfile shop.Dockerfile --max '/var/lib/apt/lists/**=10kB' "$images/wasteful.tar"
says 'names the line' out 'shop.Dockerfile:4'
expect 2 'a target needs a Dockerfile' "$ullage" analyze --target x "$images/wasteful.tar"
expect 2 'and has to be in it' "$ullage" analyze --dockerfile shop.Dockerfile --target x "$images/wasteful.tar"
for image in wasteful.tar edits.docker20-save.tar edits-buildkit.buildx-oci.tar edits-buildah.buildah-oci-archive.tar \
    multi-stage-buildkit.docker26-save.tar colon-names.kaniko-like.tar; do
    expect 0 "$image has a Dockerfile" "$ullage" dockerfile-of "$images/$image" -o back.Dockerfile
    expect 0 "that of $image can be built" "$ullage" parse back.Dockerfile
done
expect 3 'without a history there is none' "$ullage" dockerfile-of "$images/dot-slash-names.nix-like.tar"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
