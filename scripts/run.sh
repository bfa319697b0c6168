#!/usr/bin/env bash
# Installs what is missing, builds a release, and runs: scripts/run.sh ARGS... is ullage ARGS...
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/setup.sh
. "$top/scripts/setup.sh"
need "${build_packages[@]}"

log=$(mktemp)
if ! { (cd "$top" && cmake --preset release && cmake --build --preset release -j "$(nproc)") >"$log" 2>&1; }; then
    cat "$log" >&2
    rm -f "$log"
    exit 70
fi
rm -f "$log"
exec "$top/build/release/ullage" "$@"
