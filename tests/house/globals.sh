#!/usr/bin/env bash
# The packages that make the library keep nothing between calls: no symbol of theirs can be written to, but
# for those listed here with the reason.   globals.sh ARCHIVE...
set -u
archives=()
for archive in "$@"; do
    archives+=("$(realpath "$archive")")
done
# shellcheck source=tests/house/common.sh
. "$(dirname "$0")/common.sh"

allowed=(
    exhausted_handler # the embedder's own, set once (include/ullage/error.h)
    strbuf_empty      # the NUL that empty buffers share; nothing writes to it
    isal              # isa-l's functions, loaded once
    once              # guards isal
)
pattern=$(IFS='|'; echo "${allowed[*]}")

for archive in "${archives[@]}"; do
    objdump -t "$archive" | awk -v archive="$(basename "$archive")" '
        /file format/ { object = $1 }
        $2 ~ /O/ || $3 ~ /O/ {
            for (i = 1; i <= NF; i++)
                if ($i ~ /^(\.t?(data|bss)|\*COM\*)/ && $i !~ /^\.data\.rel\.ro/)
                    print archive, object, $NF
        }'
done | grep -vE " ($pattern)(\.[0-9]+)?$" | refuse 'no mutable globals'
house_done
