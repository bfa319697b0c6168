#!/usr/bin/env bash
# The HTML report in a real Chromium: one request, no error, every key, no name that becomes markup, axe.
#   run.sh ULLAGE FOLDER      FOLDER keeps the tools' node_modules and the screenshots
# Status 77, which ctest counts as skipped, when node, Chromium or the two npm packages are not here:
# scripts/page_tools.sh fetches them.
set -u
ullage=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$2" && work=$(realpath "$2")
chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}

lacks() {
    echo "SKIPPED: the page was not tested, there is no $1; scripts/page_tools.sh fetches what it takes" >&2
    exit 77
}
[ -n "$chromium" ] || lacks Chromium
command -v node >/dev/null || lacks node
for package in playwright-core axe-core; do
    [ -d "$work/node_modules/$package" ] || lacks "$package"
done

report() { # NAME ARGUMENTS...
    "$ullage" analyze "${@:2}" --report "html=$work/$1.html" >/dev/null || exit 1
}
python3 "$here/images.py" hostile "$work/hostile.tar" || exit 1
python3 "$here/images.py" many "$work/many.tar" 200000 || exit 1
report wasteful "$here/../../fixtures/images/wasteful.tar"
report hostile "$work/hostile.tar"
report many "$work/many.tar"
rm -f "$work/hostile.tar" "$work/many.tar"
NODE_PATH=$work/node_modules node "$here/page.js" "$chromium" "$work"
