#!/usr/bin/env bash
# Builds the benchmark's images from Debian packages (once; about 20 GB of disk in build/bench), times ullage
# against cat, gzip, igzip, zstd and openssl on the same bytes, the sides in turn, and writes
# docs/performance.md. The ratios count: absolute times are of this machine at this hour.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
# shellcheck source=scripts/setup.sh
. scripts/setup.sh
need "${build_packages[@]}" python3 gzip isal zstd openssl dpkg apt
cmake --preset release >/dev/null
cmake --build --preset release -j "$(nproc)" >/dev/null

packages=(llvm-14-dev libllvm14 clang-14 libclang-14-dev golang-1.19-go golang-1.19-src
    openjdk-17-jdk-headless openjdk-17-jre-headless libreoffice-core libreoffice-common chromium
    chromium-common gcc-12 cpp-12 g++-12 python3.11 libpython3.11-stdlib libpython3.11-dev
    perl-modules-5.36 git vim-runtime emacs-common libboost1.74-dev texlive-latex-base
    postgresql-15 mariadb-server-core ruby3.1 erlang-base ghc)

work=build/bench
mkdir -p "$work"
if [ ! -f "$work/real.zstd.tar" ]; then
    mkdir -p "$work/debs" "$work/packages"
    (cd "$work/debs" && apt-get download "${packages[@]}" >/dev/null)
    for deb in "$work"/debs/*.deb; do
        name=$(basename "$deb")
        dpkg-deb -x "$deb" "$work/packages/${name%%_*}"
    done
    python3 tests/bench/make_images.py real "$work/packages" "$work/real"
fi
[ -f "$work/e100k.tar" ] || python3 tests/bench/make_images.py entries 100000 "$work/e100k.tar"
[ -f "$work/e1m.tar" ] || python3 tests/bench/make_images.py entries 1000000 "$work/e1m.tar"
[ -f "$work/whiteouts.none.tar" ] || python3 tests/bench/make_images.py whiteouts "$work/whiteouts.tar"
python3 tests/bench/run.py build/release/ullage "$work" docs/performance.md
