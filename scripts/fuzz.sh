#!/bin/sh
# Runs every fuzz target in turn, MINUTES in all (default 60), from its seeds and what earlier runs found.
# Ends with status 1 as soon as one fails; the input that did it is in build/fuzz/tests/fuzz/.
#     scripts/fuzz.sh [MINUTES] [TARGET...]
set -eu
cd "$(dirname "$0")/.."
minutes=${1:-60}
[ $# -gt 0 ] && shift
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz -j "$(nproc)"
folder=build/fuzz/tests/fuzz
targets=${*:-bundle stream layer documents history formats secrets gate shell}
"$folder/make_seeds" "$folder/seeds"
seconds=$((minutes * 60 / $(echo "$targets" | wc -w)))
for target in $targets; do
    seeds=tests/fuzz/seeds/$target
    [ -d "$seeds" ] || seeds=$folder/seeds/$target
    mkdir -p "$folder/corpus/$target"
    echo "fuzz_$target: $seconds s"
    "$folder/fuzz_$target" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 \
        -max_len=65536 -print_final_stats=1 -artifact_prefix="$folder/$target-" \
        "$folder/corpus/$target" "$seeds" 2>"$folder/$target.log" || {
        tail -40 "$folder/$target.log"
        exit 1
    }
    grep -E 'number_of_executed_units|new_units_added|peak_rss' "$folder/$target.log"
done
