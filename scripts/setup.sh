#!/usr/bin/env bash
# Installs what is missing, by the names of Debian's packages. Sourced by the other scripts:
#   . scripts/setup.sh; need PACKAGE...
# Quick when everything is there: only dpkg's own database is asked.

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        echo "setup: '$*' has to run as root, and there is no sudo" >&2
        return 1
    fi
}

need() {
    local package missing=()
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    echo "setup: installing ${missing[*]}" >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
            --no-install-recommends "${missing[@]}" >&2
}

# What a build takes.
build_packages=(cmake make gcc libc6-dev pkg-config libarchive-dev zlib1g-dev libjansson-dev
    libzstd-dev libxxhash-dev nettle-dev liblzma-dev libbz2-dev libyaml-dev libexpat1-dev)

# isa-l exists on the architectures that it speeds up. Asking apt would need its lists, which a fresh machine
# has not fetched yet.
case $(dpkg --print-architecture) in
amd64 | arm64) build_packages+=(libisal-dev) ;;
esac
