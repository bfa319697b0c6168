#!/usr/bin/env bash
# The rules beside this script do refuse: each is shown a tree that breaks it.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree"
cd "$top" || exit 1
cp -r core analyzer library cli include cmake docs scripts tests .ci README.md CMakeLists.txt "$work/tree"
mkdir "$work/tree/fixtures"
cd "$work/tree" || exit 1
passed=0
failed=0

bites() { # RULE SCRIPT ARGUMENTS...
    local rule=$1 script=$2
    shift 2
    if bash "tests/house/$script" "$@" 2>&1 | grep -qF "broken: $rule"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "does not bite: $rule"
    fi
}

cat >core/bad.c <<'END'
#include "analyzer/analysis.h"
#include <archive.h>
int counter;
int bad(void)
{
    fprintf(stderr, "");
    if (fork())
        setlocale(LC_ALL, "");
    exit(strtok(NULL, ""));
}
END
sed -i '1i #include "analyzer/image/layer.h"' cli/man.c
bites 'includes follow the arrows' arrows.sh
bites 'headers in subfolders are private' arrows.sh
bites 'libarchive is known under analyzer/image/ only' arrows.sh
bites 'only cli/ prints' arrows.sh
bites 'only cli/ ends the program' arrows.sh
bites 'processes are started in runtime/exec.c only' arrows.sh
bites 'the library changes no locale' arrows.sh
bites 'no function that overruns' arrows.sh

echo 'int counter;' >global.c
cc -c global.c && ar rc global.a global.o
bites 'no mutable globals' globals.sh global.a

echo 'COMMAND(ghost)' >>cli/commands.def
touch analyzer/image/decoders/lz4.c
bites 'cli/commands.def and cli/commands/ agree' tables.sh
bites 'analyzer/image/decoders.def and analyzer/image/decoders/ agree' tables.sh

# shellcheck disable=SC2016
printf '#!/bin/bash\necho $1\n' >scripts/stray
bites 'shellcheck' scripts.sh

# a program whose help promises too much
cat >promising <<'END'
#!/bin/sh
echo 'ullage diff a.tar b.tar'
END
chmod +x promising
host=ghcr place=home
# shellcheck disable=SC2016
printf '`ullage frobnicate app.tar` [x](nowhere.md) `core/nothing.c` %s.io/x /%s/somebody/x\n' "$host" "$place" >>docs/errors.md
bites 'help names only commands that exist' words.sh ./promising
bites 'documents name only commands that exist' words.sh ./promising
bites 'links lead somewhere' words.sh ./promising
bites 'files that documents name are there' words.sh ./promising
bites 'no host names of registries' words.sh ./promising
bites 'no paths of a machine' words.sh ./promising

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
