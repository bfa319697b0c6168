#!/usr/bin/env bash
# Every shell script of the tree passes shellcheck.
set -u
# shellcheck source=tests/house/common.sh
. "$(dirname "$0")/common.sh"

# by name, or by the first line where there is no name to tell
find scripts tests fixtures .ci -type f -size -200k -print0 | while IFS= read -r -d '' file; do
    case $file in
    *.sh) echo "./$file" ;;
    */blobs/* | *.*) ;;
    *) head -c 64 "$file" | head -1 | grep -qaE '^#!.*\b(ba)?sh\b' && echo "./$file" ;;
    esac
done | sort -u | mapfile -t all
shellcheck -x "${all[@]}" 2>&1 | refuse "shellcheck of ${#all[@]} scripts"
house_done
