#!/usr/bin/env bash
# The exit statuses, streams and outputs of the program, as a user meets them. Takes the path of ullage.
set -u
ullage=$(realpath "$1")
images=$(cd "$(dirname "$0")/../../fixtures/images" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
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
        head -5 "$work/err"
    fi
}

says() { # DESCRIPTION STREAM TEXT
    if grep -qF -- "$3" "$work/$2"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $1: $2 lacks '$3'"
        head -5 "$work/$2"
    fi
}

image=$images/wasteful.tar
expect 0 'an image is analyzed' "$ullage" analyze "$image"
expect 0 'a bare path means analyze' "$ullage" "$image"
expect 0 'standard input is read in one pass' sh -c "cat '$image' | '$ullage' analyze -"
expect 0 'a compressed archive is read' sh -c "gzip -c '$image' | '$ullage' -"
says 'its kind is told' out docker-archive
for command in analyze verify ls tree find; do
    expect 3 "nothing at all to $command" "$ullage" "$command" - </dev/null
    says 'is said to be empty' err 'standard input: is empty'
done
expect 3 'nothing at all to gate' "$ullage" gate - --max blob_bytes=1MB </dev/null
expect 0 'a scheme names the form' "$ullage" "docker-archive:$image"
expect 3 'the wrong scheme is refused' "$ullage" "oci-archive:$image"

expect 0 'a gate that holds' "$ullage" gate "$image" --max blob_bytes=1MB
says 'the number is printed when it passes' out pass
expect 1 'a gate that does not' "$ullage" gate "$image" --max blob_bytes=1kB
expect 2 'a gate without a budget' "$ullage" gate "$image"
expect 2 'a measure that does not exist' "$ullage" gate "$image" --max blob=1MB
expect 2 'a size that is none' "$ullage" gate "$image" --max blob_bytes=lots
printf 'no tar' >text
expect 1 'content rules that find an error' "$ullage" gate "$image" --checks
expect 0 'content rules that are waived by a budget' "$ullage" gate "$image" --max checks.errors=5
expect 2 'a size without a unit' "$ullage" gate "$image" --max blob_bytes=220
expect 1 'a path that ships' "$ullage" gate "$image" --max '/root/.cache/**=0'
says 'the largest is named' out /root/.cache/pip/http
says 'what to do first is told' out 'fix first: download cache of pip'
says 'the last line is the verdict' out 'FAIL 1 of 1 budgets'
expect 0 'a warning' "$ullage" gate "$image" --warn blob_bytes=1kB
expect 1 'a warning where they fail' "$ullage" gate "$image" --warn blob_bytes=1kB --strict
expect 0 'a gate that fails, for advice' "$ullage" gate "$image" --max blob_bytes=1kB --exit-zero
expect 3 'a damaged image at the gate' "$ullage" gate text --max blob_bytes=1MB
expect 6 'a safety limit at the gate' "$ullage" gate "$image" --max blob_bytes=1GB --limit entries=10

other=$images/edits.docker20-save.tar
expect 0 'no baseline yet' "$ullage" gate "$image" --max-growth 5%,3MB --baseline sizes.json
says 'is said' out "no baseline yet ('sizes.json' is not there): measured only"
expect 4 'no baseline where one is required' "$ullage" gate "$image" --max-growth 5% --baseline sizes.json --require-baseline
expect 4 'a baseline is required and none is named' "$ullage" gate "$image" --max-growth 5% --require-baseline
expect 0 'a summary for a repository' "$ullage" gate "$other" --write-baseline sizes.json
expect 0 'the image against itself' "$ullage" gate "$other" --max-growth 0% --baseline sizes.json
expect 1 'an image that grew' "$ullage" gate "$image" --max-growth 5%,3kB --baseline sizes.json
says 'by how much' out '+500kB'
expect 0 'a floor that it does not reach' "$ullage" gate "$image" --max-growth 5%,3MB --baseline sizes.json
expect 1 'against another archive' "$ullage" gate "$image" --max-growth 5%,3kB --baseline "$other"
expect 0 'an earlier report' "$ullage" analyze "$other" --json -o earlier.json
expect 1 'against an earlier report' "$ullage" gate "$image" --max-growth 5%,3kB --baseline earlier.json
expect 1 'against an anchor' "$ullage" gate "$image" --max live_bytes=1kB --anchor sizes.json
expect 1 'what the baseline breaks too' "$ullage" gate "$image" --max blob_bytes=1kB --baseline sizes.json
says 'is told apart' out ALREADY
expect 0 'unless only what is new fails' "$ullage" gate "$image" --max blob_bytes=1kB --baseline sizes.json --fail-on new
expect 3 'a baseline that is none' "$ullage" gate "$image" --max-growth 5% --baseline text
expect 4 'a baseline of another platform' "$ullage" gate "$images/platforms.skopeo-dir" --platform arm64 --max-growth 5% --baseline sizes.json --require-baseline
sed 's/"measures": 1/"measures": 2/' sizes.json >later.json
expect 4 'a baseline of other definitions' "$ullage" gate "$other" --max-growth 5% --baseline later.json --require-baseline
says 'is refused in words' err 'figures of different definitions do not compare'
expect 6 'a part of an image' "$ullage" gate "$image" --limit entries=10 --write-baseline part.json
[ -e part.json ] && { failed=$((failed + 1)); echo 'failed: the sizes of a part were kept'; }
expect 5 'a baseline that cannot be written' "$ullage" gate "$other" --write-baseline nowhere/sizes.json

expect 0 'each platform reported' "$ullage" analyze "$images/platforms.skopeo-dir" --platform all
expect 2 'reports of several platforms in one file' "$ullage" analyze "$images/platforms.skopeo-dir" --platform all --json
expect 0 'a report for each platform' "$ullage" analyze "$images/platforms.skopeo-dir" --platform all --report 'json={platform}.json'
expect 0 'each platform' "$ullage" gate "$images/platforms.skopeo-dir" --platform all --max blob_bytes=1MB
says 'the first' out linux/amd64
says 'and the second' out linux/arm64
expect 1 'each platform, one too big' "$ullage" gate "$images/platforms.skopeo-dir" --platform all --max blob_bytes=2100B
expect 2 'several platforms in one file' "$ullage" gate "$images/platforms.skopeo-dir" --platform all --max blob_bytes=1MB --json
expect 0 'a file for each' "$ullage" gate "$images/platforms.skopeo-dir" --platform all --max blob_bytes=1MB --report 'json={platform}.json'
cat linux-amd64.json linux-arm64.json >out
says 'the first has its own' out '"platform": "linux/amd64"'
says 'the second has its own' out '"platform": "linux/arm64"'

awk '$0 == "```yaml" { inside = 1; next } /^```/ { inside = 0 } inside' "$images/../../docs/gate.md" >page.yaml
expect 0 'the configuration of the page' "$ullage" config show -c page.yaml
says 'has its budgets' out 'budgets.never-ship.fail = 0'

mkdir -p project/.git project/deep/er && cp text project/deep/.dive-ci
cat >project/.ullage.yaml <<'END'
version: 1
budgets:
  - id: size
    measure: blob_bytes
    fail: 1 kB
waivers:
  - { budget: size, until: 2027-03-31, because: "ticket 812" }
ratchet: { slack: 1%, write: sizes.json }
END
cd project/deep/er || exit 1
expect 0 'a waiver on its last day' "$ullage" gate "$image" --as-of 2027-03-31
says 'the file that ruled is named' out 'rules: ../../.ullage.yaml'
expect 1 'a waiver the day after' "$ullage" gate "$image" --as-of 2027-04-01
says 'its end is told' out 'ended on 2027-03-31'
expect 1 'the day of SOURCE_DATE_EPOCH' env SOURCE_DATE_EPOCH=1806537600 "$ullage" gate "$image"
expect 2 'a day that is none' "$ullage" gate "$image" --as-of 2027-02-30
expect 2 'no configuration where none is wanted' "$ullage" gate "$image" --config none
expect 2 'a configuration that is not there' "$ullage" gate "$image" --config nowhere.yaml
expect 2 'a configuration named by the environment' env ULLAGE_CONFIG=nowhere.yaml "$ullage" gate "$image"
expect 0 'each value has its source' "$ullage" config show --origin
says 'with the line' out 'budgets.size.fail = 1 kB  # ../../.ullage.yaml:5'
cd ../../../ && rm project/.ullage.yaml && cd project/deep || exit 1
expect 2 'a .dive-ci that is none' "$ullage" gate "$image"
printf 'rules:\n  lowestEfficiency: 0.7\n  highestUserWastedPercent: off\n' >.dive-ci
expect 0 'a .dive-ci rules where there is none of ours' "$ullage" gate "$image"
says 'and is named' out 'rules: .dive-ci'
expect 0 'it can be imported' "$ullage" config import .dive-ci -o rules.yaml
expect 0 'with the same verdict' "$ullage" gate "$image" -c rules.yaml
expect 2 'a command that config lacks' "$ullage" config shw
says 'the nearest is offered' err "'show'"
rm .dive-ci

expect 0 'a configuration to begin with' "$ullage" init "$image"
expect 0 'which the image passes' "$ullage" gate "$image"
expect 2 'a second one' "$ullage" init "$image"
expect 0 'unless it is wanted' "$ullage" init --force
printf 'version: 1\nbudgets: [{id: size, measure: live_bytes, fail: 1 MB}]\nratchet: {slack: 1%%, write: r.json}\n' >.ullage.yaml
expect 0 'a ratchet' "$ullage" gate "$image" --ratchet
cp r.json before.json
expect 0 'a smaller image makes it tighter' "$ullage" gate "$other" --ratchet
cmp -s r.json before.json && { failed=$((failed + 1)); echo 'failed: the ratchet did not move'; }
cp r.json before.json
expect 1 'a larger one fails' "$ullage" gate "$image" --ratchet
cmp -s r.json before.json || { failed=$((failed + 1)); echo 'failed: a failure moved the ratchet'; }
expect 0 'the same again' "$ullage" gate "$other" --ratchet
cmp -s r.json before.json || { failed=$((failed + 1)); echo 'failed: the ratchet moved without a reason'; }
expect 2 'a ratchet without a file' "$ullage" gate "$image" -c none --max layers=20 --ratchet
cd "$work" || exit 1

expect 2 'an unknown command' "$ullage" analyse "$image"
says 'the nearest command is offered' err analyze
expect 2 'an unknown option' "$ullage" analyze --formt json "$image"
expect 2 'an unknown format' "$ullage" analyze -f xml2 "$image"
expect 2 'two reports to one file' "$ullage" analyze "$image" --report json=a --report text=a
expect 2 'several images' "$ullage" "$images/two-images.docker20-save.tar"
says 'what is there is listed' err image.test/two/second:2
expect 0 'one of them by name' "$ullage" "$images/two-images.docker20-save.tar" --ref image.test/two/second:2
expect 2 'a limit that does not exist' "$ullage" "$image" --limit nonsense=1
expect 0 'findings about contents are no failure' "$ullage" analyze "$image" --checks
expect 1 'but errors among them with --strict' "$ullage" analyze "$image" --checks --strict
expect 0 'unless their rule is ignored' "$ullage" analyze "$image" --checks --strict --ignore IMG314
expect 2 'a rule that does not exist' "$ullage" analyze "$image" --checks --ignore IMG999
expect 2 'a fingerprint that is none' "$ullage" analyze "$image" --checks --allow-secret swordfish
expect 2 'a date that is none' "$ullage" analyze "$image" --checks --as-of yesterday
expect 0 'a rule is explained by its name' "$ullage" explain setuid-file
says 'with its code' out IMG211
expect 2 'a rule to explain that does not exist' "$ullage" explain IMG999

expect 3 'a file that is not there' "$ullage" analyze nowhere.tar
printf 'no tar' >text
expect 3 'a file that is no image' "$ullage" analyze text
: >empty
expect 3 'an empty file' "$ullage" analyze empty
head -c 300000 "$image" >cut.tar
expect 3 'an archive cut short' "$ullage" analyze cut.tar
says 'where it was cut is told' err 300000

expect 4 'a base that is none of this image' "$ullage" "$image" --base "$images/edits.docker20-save.tar"
expect 0 'the image as its own base' "$ullage" "$image" --base "$image"
expect 0 'a number of layers as the base' "$ullage" "$image" --base 2

expect 5 'a folder that is not there' "$ullage" "$image" -o nowhere/out
[ -e /dev/full ] && expect 5 'a full disk' sh -c "'$ullage' '$image' >/dev/full"
expect 6 'a safety limit' "$ullage" "$image" --limit entries=10 --json
says 'what was read is reported' out limits_hit

echo old >report
expect 3 'a failed run' "$ullage" analyze cut.tar -o report
mv report out
says 'leaves the old report' out old

expect 0 'several reports of one run' "$ullage" "$image" --json -o a.json --report text=a.txt --report json=b.json
cmp -s a.json b.json || { failed=$((failed + 1)); echo 'failed: two JSON reports differ'; }
expect 0 'one thread' "$ullage" "$image" --threads 1 --json -o c.json
cmp -s a.json c.json || { failed=$((failed + 1)); echo 'failed: threads change the report'; }

for format in markdown sarif junit gitlab codeclimate checkstyle gnu sonarqube github openmetrics github-benchmark \
    ncdu collapsed dot badge dive-json; do
    expect 0 "format $format" "$ullage" "$image" -f $format
done
expect 0 'a report in place of the screen' "$ullage" "$image" --report badge=-
says 'it alone is printed' out '<svg'
expect 2 'a format by another name' "$ullage" "$image" -f github_benchmark
says 'the names are listed' err github-benchmark

expect 0 'a first line of history' "$ullage" history add sizes.ndjson "$image" --time 2026-03-01T12:00:00Z --commit 8c1e2f0
expect 0 'another one, of a report' "$ullage" history add sizes.ndjson a.json --time 1772539200
expect 0 'the time of a reproducible build' env SOURCE_DATE_EPOCH=1772625600 "$ullage" history add sizes.ndjson "$image"
expect 0 'they are drawn' "$ullage" history plot sizes.ndjson
says 'all of them' out '3 measurements, 2026-03-01 to 2026-03-04'
expect 2 'a time that is none' "$ullage" history add sizes.ndjson "$image" --time noon
expect 2 'a verb that there is not' "$ullage" history sub sizes.ndjson
expect 2 'nothing to add' "$ullage" history add sizes.ndjson
expect 3 'a file that is no history' "$ullage" history add a.json "$image"
expect 3 'a report of something else' sh -c "echo '{}' >else.json; '$ullage' history add sizes.ndjson else.json"
expect 6 'a measurement that a limit cut short' "$ullage" history add sizes.ndjson "$image" --limit entries=10
expect 5 'a folder that is not there' "$ullage" history add nowhere/sizes.ndjson "$image"
[ "$(wc -l <sizes.ndjson)" -eq 3 ] || { failed=$((failed + 1)); echo 'failed: what failed left a line'; }

mkdir -p hostile && printf x >"hostile/$(printf 'a\033[31mred\nline')"
tar -cf hostile.tar -C hostile .
expect 0 'a name that would drive the terminal' "$ullage" hostile.tar
says 'is shown escaped' out '\x1b[31m'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
