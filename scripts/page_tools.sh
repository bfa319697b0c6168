#!/usr/bin/env bash
# What the test of the HTML report takes, which nothing else does: Chromium and node of Debian, and two npm
# packages, put below the build folder.   page_tools.sh [BUILD-FOLDER]
# Without it the test is skipped, and counted as such.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/setup.sh
. "$top/scripts/setup.sh"
folder=${1:-$top/build/dev}/page
packages=(playwright-core@1.65.1 axe-core@4.14.1)

command -v chromium >/dev/null || need chromium
command -v npm >/dev/null || need nodejs npm
mkdir -p "$folder"
for package in "${packages[@]}"; do
    name=${package%@*}
    grep -qs "\"version\": \"${package#*@}\"" "$folder/node_modules/$name/package.json" && continue
    npm install --silent --no-audit --no-fund --no-save --prefix "$folder" "${packages[@]}" >&2
    break
done
