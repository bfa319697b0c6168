#!/usr/bin/env bash
# Times the exec layer in an optimised build of its own (build/exec-bench) and holds it to the bars of docs/runtime.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
cmake -S . -B build/exec-bench -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build build/exec-bench --target exec_bench fake_engine -j "$(nproc)" >/dev/null
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
build/exec-bench/tests/exec_bench build/exec-bench/tests/fake_engine "$scratch/log"
