#!/usr/bin/env bash
# A growing edge is a table of rows and a folder of files: each row has its file, each file its row, once.
set -u
# shellcheck source=tests/house/common.sh
. "$(dirname "$0")/common.sh"

# Two rows may share a file where one layout comes in two forms.
declare -A shares=([oci_archive]=oci [oci_dir]=oci)

compare() { # TABLE FOLDER
    local row file
    sed -nE 's/^[A-Z_]+\(([A-Za-z0-9_]+).*/\1/p' "$1" >"$work/rows"
    sort "$work/rows" | uniq -d | sed "s|^|$1 has twice: |"
    while read -r row; do
        echo "${shares[$row]:-$row}"
    done <"$work/rows" | sort -u >"$work/wanted"
    for file in "$2"/*.c; do
        basename "$file" .c
    done | sort >"$work/there"
    comm -23 "$work/wanted" "$work/there" | sed "s|.*|$1: & has no file in $2|"
    comm -13 "$work/wanted" "$work/there" | sed "s|.*|$2/&.c has no row in $1|"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tables=0
while read -r table; do
    folder=${table%.def}
    [ -d "$folder" ] || continue
    tables=$((tables + 1))
    compare "$table" "$folder" | refuse "$table and $folder/ agree"
done < <(find analyzer generator runtime cli dockerfile -name '*.def' 2>/dev/null | sort)
[ "$tables" -ge 5 ] || echo "only $tables tables were found" | refuse 'the tables are found'

# what documents say of tables
sed -nE 's/^FINDING\([A-Z_]+, "([A-Z0-9]+)".*/\1/p' analyzer/findings.def | sort | uniq -d |
    refuse 'a code of a finding is used once'
sed -nE 's/^ADVICE\([A-Z0-9_]+, "([a-z0-9-]+)".*/\1/p' analyzer/advice.def | sort | uniq -d |
    refuse 'an id of a suggestion is used once'
sed -nE 's/^LIMIT\([A-Z0-9_]+, "([a-z0-9-]+)".*/\1/p' analyzer/limits.def | while read -r limit; do
    grep -q "\`$limit\`" docs/errors.md || echo "$limit"
done | refuse 'docs/errors.md has every limit'

house_done
