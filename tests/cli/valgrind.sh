#!/usr/bin/env bash
# No command reads what is not there or leaves memory behind: each on the fixtures, under valgrind.
#   valgrind.sh ULLAGE
set -u
ullage=$(realpath "$1")
cd "$(dirname "$0")/../../fixtures/images" || exit 1
command -v valgrind >/dev/null || {
    echo "SKIPPED: there is no valgrind"
    exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

clean() { # ARGUMENTS of ullage; its own status does not matter
    if valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,possible \
        "$ullage" "$@" >/dev/null 2>"$work/log" || [ $? -ne 99 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "valgrind: ullage $*"
        head -20 "$work/log"
    fi
}

for image in wasteful.tar edits.docker26-save.tar edits.skopeo-oci-archive.tar edits-buildkit.buildx-oci-zstd.tar \
    sparse-pax.umoci-oci platforms.skopeo-dir null-manifest.kaniko-like.tar; do
    clean analyze "$image" --platform linux/amd64 --json
    clean verify "$image"
done
clean analyze - --format ndjson <wasteful.tar
clean analyze wasteful.tar --checks --report html="$work/page.html" --report sarif="$work/a.sarif" \
    --report markdown="$work/a.md" --report junit="$work/a.xml" --report dive-json="$work/dive.json"
clean gate wasteful.tar --config none --max blob_bytes=1MB --max '/root/.cache/**=0' --max-growth 5%,3MB \
    --baseline wasteful.tar
head -c 300000 wasteful.tar >"$work/cut.tar"
clean analyze "$work/cut.tar" --keep-going
clean verify "$work/cut.tar"
clean ls -R wasteful.tar --json
clean tree edits.docker26-save.tar --depth 0 -a
clean find edits.docker26-save.tar --dead
clean cat edits-buildkit.buildx-oci-zstd.tar /etc/passwd
clean blame edits.skopeo-oci-archive.tar /app/overwritten
clean extract edits.skopeo-oci-archive.tar -C "$work/files"
clean help measures
clean --version
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
