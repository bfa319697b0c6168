#!/usr/bin/env bash
# The client against real engines, each started here in a folder of its own and stopped by its pid:
#     live.sh PROGRAM ULLAGE TOOLS [docker20|docker26|podman]...
# PROGRAM is build/.../tests/live_engine, which asks the library; commands.sh asks the program. In TOOLS lies what tools.sh unpacks. docker20 is Debian 12's engine
# with docker-compose 1, docker26 Debian 13's with compose 2 and buildx, podman comes with podman-compose.
# An engine that cannot be started is counted as skipped; 77 if all were. With CI=true a skip is a failure, but
# where the kernel lets root make no network namespace or mount, or Debian 13's packages cannot be had.
set -u
program=$(realpath "$1")
ullage=$(realpath "$2")
tools=$3
shift 3
[ $# -gt 0 ] || set -- docker20 docker26 podman
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$tools"
tools=$(realpath "$tools")
work=$(mktemp -d /tmp/ullage-live.XXXXXX)
space=ullage-live-$$
path=$PATH
ran=0 failed=0 skipped=0 excused=0

stop_docker() {
    [ -f "$work/docker.pid" ] || return 0
    local pid
    pid=$(cat "$work/docker.pid")
    kill "$pid"
    for _ in $(seq 100); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    umount "$work"/*/exec/netns/default 2>/dev/null
    ip netns del "$space" 2>/dev/null
    rm -f "$work/docker.pid"
}

# Called by the trap.
# shellcheck disable=SC2317
finish() {
    stop_registry
    stop_docker
    if [ -d "$work/store" ]; then
        podman rm --all --force >/dev/null 2>&1
        umount "$work/store/vfs" "$work/store/overlay" 2>/dev/null
    fi
    rm -rf "$work"
}
trap finish EXIT

make_root() {
    mkdir -p "$work/root/bin" "$work/root/tmp" "$work/root/etc"
    cp /bin/busybox "$work/root/bin/" || return
    for name in $(/bin/busybox --list); do
        [ "$name" = busybox ] || ln -sf busybox "$work/root/bin/$name"
    done
    echo 'root:x:0:0:root:/root:/bin/sh' >"$work/root/etc/passwd"
}

# start_dockerd NAME: a dockerd of the PATH, in a network of its own
start_dockerd() {
    stop_docker
    mkdir -p "$work/$1"
    ip netns add "$space" || return
    nsenter "--net=/run/netns/$space" ip link set lo up
    nohup nsenter "--net=/run/netns/$space" dockerd --host "unix://$work/$1/socket" --data-root "$work/$1/data" \
        --exec-root "$work/$1/exec" --pidfile "$work/docker.pid" >"$work/$1/log" 2>&1 &
    export DOCKER_HOST=unix://$work/$1/socket
    for _ in $(seq 200); do
        if docker version --format '{{.Server.Version}}' >/dev/null 2>&1; then
            start_registry nsenter "--net=/run/netns/$space"
            return 0
        fi
        sleep 0.1
    done
    tail -n 3 "$work/$1/log"
    return 1
}

# start_registry COMMAND...: a registry on the loopback, in the network that COMMAND enters
start_registry() {
    stop_registry
    unset ULLAGE_LIVE_REGISTRY
    command -v docker-registry >/dev/null || { echo "no registry: docker-registry is not installed"; return; }
    printf 'version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: %s/registry}}\nhttp: {addr: 127.0.0.1:5461}\n' \
        "$work" >"$work/registry.yml"
    nohup "$@" env -u REGISTRY_AUTH_FILE docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
    registry=$!
    export ULLAGE_LIVE_REGISTRY=127.0.0.1:5461
    for _ in $(seq 50); do
        (exec 3<>/dev/tcp/127.0.0.1/5461) 2>/dev/null && break
        "$@" bash -c "exec 3<>/dev/tcp/127.0.0.1/5461" 2>/dev/null && break
        sleep 0.1
    done
}

stop_registry() {
    [ -n "${registry:-}" ] && kill "$registry" 2>/dev/null
    registry=
}

start_docker20() {
    # Debian's own, whatever else calls itself docker further in front
    export PATH=/usr/bin:/usr/sbin:$path DOCKER_CONFIG=$work/config20
    mkdir -p "$DOCKER_CONFIG"
    command -v dockerd >/dev/null && start_dockerd docker20
}

start_docker26() {
    "$here/tools.sh" "$tools" || { excused=$((excused + 1)); echo "Debian 13's packages cannot be had"; return 1; }
    export PATH=$tools/usr/bin:$tools/usr/sbin:$path DOCKER_CONFIG=$work/config26
    mkdir -p "$DOCKER_CONFIG"
    cp -r "$tools/config/cli-plugins" "$DOCKER_CONFIG/"
    start_dockerd docker26
}

start_podman() {
    stop_docker
    export PATH=$path
    unset DOCKER_CONFIG DOCKER_HOST
    command -v podman >/dev/null || return
    printf '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=1024:1024"]\n[engine]\nruntime="runc"\nevents_logger="file"\n' >"$work/containers.conf"
    printf '[storage]\ndriver="vfs"\ngraphroot="%s/store"\nrunroot="%s/run"\n' "$work" "$work" >"$work/storage.conf"
    printf '[[registry]]\nlocation="127.0.0.1:5461"\ninsecure=true\n' >"$work/registries.conf"
    export CONTAINERS_REGISTRIES_CONF=$work/registries.conf REGISTRY_AUTH_FILE=$work/auth.json
    start_registry nice -n 0
    export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf
    podman version >/dev/null 2>&1
}

[ "$(id -u)" = 0 ] || { echo "SKIP engines: they are started by root"; exit 77; }
unshare --net --mount sh -c 'mount -t tmpfs none /tmp' || {
    echo "SKIP engines: this kernel lets root make no namespaces or mounts"
    exit 77
}
make_root
for engine in "$@"; do
    name=${engine%%[0-9]*}
    if ! "start_$engine" || ! tar -C "$work/root" -c . |
        "$name" import -c 'CMD ["/bin/sh"]' -c 'ENV PATH=/bin' - localhost/ullage/live:1 >/dev/null; then
        echo "SKIP $engine: it could not be started"
        skipped=$((skipped + 1))
        continue
    fi
    ran=$((ran + 1))
    echo "engine: $name $("$name" version --format '{{.Client.Version}} {{if .Server}}with {{.Server.Version}}{{end}}' 2>/dev/null)"
    ULLAGE_LIVE_ENGINE=$name "$program" && "$here/commands.sh" "$ullage" "$name" || failed=$((failed + 1))
done
echo "$ran engines asked, $failed failed, $skipped skipped"
if [ "$skipped" -gt "$excused" ] && [ "${CI:-}" = true ]; then
    echo "with CI=true an engine that is not there is a failure"
    exit 1
fi
[ "$ran" -gt 0 ] || exit 77
[ "$failed" -eq 0 ]
