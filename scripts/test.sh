#!/usr/bin/env bash
# Installs what is missing, builds with gcc and clang, passes every test plain and under ASan and UBSan, and
# runs each fuzz target for ten seconds. A build with a warning fails.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
# shellcheck source=scripts/setup.sh
. scripts/setup.sh
need "${build_packages[@]}" clang llvm libclang-rt-14-dev libcmocka-dev valgrind python3 python3-jsonschema tar \
    libarchive-tools xz-utils bzip2 zstd shellcheck groff mandoc zsh fish bash-completion jq \
    libxml2-utils prometheus ncdu tmux graphviz cmark-gfm yamllint python3-yaml patch \
    docker.io docker-registry docker-compose podman podman-compose runc iproute2 busybox-static
jobs=$(nproc)

build() { # NAME CMAKE-ARGUMENTS...
    local name=$1 log
    shift
    log=$(mktemp)
    if ! { cmake -S . -B "build/$name" "$@" && cmake --build "build/$name" -j "$jobs"; } >"$log" 2>&1; then
        cat "$log"
        rm -f "$log"
        echo "build '$name' failed" >&2
        return 1
    fi
    if grep -q 'warning:' "$log"; then
        grep -A4 'warning:' "$log"
        rm -f "$log"
        echo "build '$name' has warnings" >&2
        return 1
    fi
    rm -f "$log"
    echo "built $name"
}

export ULLAGE_CORPUS=${ULLAGE_CORPUS:-$top/../shared/corpus}
build clang -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER=clang
build dev -DCMAKE_BUILD_TYPE=Debug
build release -DCMAKE_BUILD_TYPE=Release -DULLAGE_TESTS=OFF
build asan -DCMAKE_BUILD_TYPE=RelWithDebInfo -DULLAGE_SANITIZE=ON
build fuzz -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_COMPILER=clang -DULLAGE_SANITIZE=ON -DULLAGE_FUZZ=ON

scripts/page_tools.sh build/dev || echo "the page in a browser will not be tested: its tools cannot be had" >&2
ctest --test-dir build/dev --output-on-failure -j "$jobs"
ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 \
    ctest --test-dir build/asan --output-on-failure -j "$jobs"
ctest --test-dir build/fuzz --output-on-failure -R 'fuzz_.*_runs'

# Only what threads share is of interest to ThreadSanitizer: the exec layer, which promises to be called from many.
cmake -S . -B build/tsan -DCMAKE_BUILD_TYPE=RelWithDebInfo -DULLAGE_TSAN=ON >/dev/null
cmake --build build/tsan -j "$jobs" --target test_exec fake_engine >/dev/null
ctest --test-dir build/tsan --output-on-failure -R '^test_exec$'
