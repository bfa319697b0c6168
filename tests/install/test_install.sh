#!/usr/bin/env bash
# Installs a build into a folder of its own and uses it from there, as a stranger would.
#   test_install.sh BUILD [CC]
set -u
build=$(realpath "$1")
cc=${2:-cc}
top=$(cd "$(dirname "$0")/../.." && pwd)
consumer=$top/tests/install/consumer
image=$top/fixtures/images/wasteful.tar
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

check() { # SENTENCE COMMAND...
    local sentence=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $sentence"
        sed 's/^/    /' "$work/log" | head -20
    fi
}

is_empty() { # FILE
    [ ! -s "$1" ] || { cat "$1"; false; }
}

cmake --install "$build" --prefix "$work/usr" >"$work/list" || { cat "$work/list"; exit 1; }
# the places that GNUInstallDirs chose for the build
libdir=$(dirname "$(find "$work/usr" -name libullage.so)")
share=$work/usr/share
warnings=(-std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
export PKG_CONFIG_PATH=$libdir/pkgconfig
export LD_LIBRARY_PATH=$libdir

# the library
read -ra cflags <<<"$(pkg-config --cflags ullage)"
read -ra libs <<<"$(pkg-config --libs ullage)"
read -ra static_libs <<<"$(pkg-config --static --libs ullage)"
check 'pkg-config tells the version of the program' \
    test "ullage $(pkg-config --modversion ullage)" = "$("$work/usr/bin/ullage" --version)"
check 'a consumer compiles against the shared library' \
    "$cc" "${warnings[@]}" "${cflags[@]}" -o "$work/dynamic" "$consumer/consumer.c" "${libs[@]}"
# a locale that writes 0,5 where there is one to be had: the consumer asks for it
mkdir "$work/locale"
localedef -i de_DE -f UTF-8 "$work/locale/de_DE.UTF-8" >/dev/null 2>&1 && export LOCPATH=$work/locale
check 'and runs' "$work/dynamic" "$image"
cp "$work/log" "$work/said"
check 'it says what it found' grep -q '^ullage .* bytes are dead in 10 layers$' "$work/said"
check 'the library says nothing' test "$(wc -l <"$work/said")" -eq 1
# Debian 12's valgrind cannot read what clang tells a debugger
if command -v valgrind >/dev/null && ! "$cc" --version | grep -q clang; then
    check 'nothing leaks' valgrind -q --error-exitcode=99 --leak-check=full \
        --errors-for-leak-kinds=definite "$work/dynamic" "$image"
fi
check 'it is linked with the SONAME' \
    sh -c "readelf -d '$work/dynamic' | grep -q 'NEEDED.*\[libullage.so.0\]'"
check 'a consumer compiles against the static library' \
    "$cc" "${warnings[@]}" "${cflags[@]}" -o "$work/static" "$consumer/consumer.c" \
    -Wl,-Bstatic "${static_libs[@]}" -Wl,-Bdynamic
check 'and runs without the shared one' env LD_LIBRARY_PATH= "$work/static" "$image"
check 'nothing but the C library is loaded' \
    sh -c "! readelf -d '$work/static' | grep NEEDED | grep -vE 'lib(c|m)\.so'"
if command -v "${CXX:-c++}" >/dev/null; then
    check 'the headers are C++' "${CXX:-c++}" -Wall -Wextra -Werror "${cflags[@]}" \
        -o "$work/cplusplus" "$consumer/consumer.cc" "${libs[@]}"
    check 'and a C++ consumer runs' "$work/cplusplus"
fi

nm -D --defined-only "$libdir/libullage.so" | awk '$2 != "A" { print $3 }' |
    grep -v '^ullage_' >"$work/names"
check 'the shared library shows ullage_ names only' is_empty "$work/names"
nm -g --defined-only "$libdir/libullage.a" | awk 'NF == 3 { print $3 }' |
    grep -v '^ullage_' >"$work/names"
check 'the static library shows ullage_ names only' is_empty "$work/names"
nm -g --defined-only "$libdir/libullage.a" | awk 'NF == 3 { print $3 }' | sort >"$work/static.names"
nm -D --defined-only "$libdir/libullage.so" | awk '$2 != "A" { sub("@.*", "", $3); print $3 }' |
    sort >"$work/shared.names"
check 'both show the same names' diff "$work/static.names" "$work/shared.names"
cat "$work/usr/include/ullage"/*.h | tr -cs 'A-Za-z0-9_' '\n' | grep '^ullage_' | sort -u >"$work/declared"
check 'every name shown is declared in a header' \
    sh -c "comm -23 '$work/static.names' '$work/declared' | grep . && exit 1; true"
check 'no path of the machine is in what is installed' \
    sh -c "! grep -rlaF -e '$top' -e '$build' '$work/usr/include' '$libdir/pkgconfig' '$share'"

# the program and what it prints about itself
check 'the program runs from there' "$work/usr/bin/ullage" "$image"
for page in "$share"/man/man1/*.1; do
    name=$(basename "$page")
    check "$name is clean roff" sh -c "groff -man -ww -Tutf8 -z '$page' 2>&1 | { ! grep .; }"
    command -v mandoc >/dev/null &&
        check "$name is clean for mandoc" sh -c "mandoc -Tlint -W error '$page'"
    command -v man >/dev/null && check "man shows $name" sh -c "man -l '$page' | grep -q NAME"
done
while read -r name; do
    check "there is a page of $name" test -f "$share/man/man1/ullage-$name.1"
done < <(sed -n 's/^COMMAND(\(.*\))$/\1/p' "$top/cli/commands.def" | tr _ -)
for file in bash-completion/completions/ullage zsh/site-functions/_ullage \
    fish/vendor_completions.d/ullage.fish ullage/report.schema.json; do
    check "share/$file is there" test -s "$share/$file"
done

# packagers install below DESTDIR, into the prefix of the build
DESTDIR=$work/staged cmake --install "$build" >"$work/list" || { cat "$work/list"; exit 1; }
check 'DESTDIR is respected' sh -c "! grep -v '$work/staged' '$work/list' | grep Installing"
check 'ullage.pc is the same wherever it is installed' \
    sh -c "cmp '$libdir/pkgconfig/ullage.pc' \"\$(find '$work/staged' -name ullage.pc)\""

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
