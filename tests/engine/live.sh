#!/usr/bin/env bash
# The client against real engines, each started here in a folder of its own and stopped by its pid:
#     live.sh PROGRAM [docker|podman]...        PROGRAM is build/.../tests/live_engine
# An engine that cannot be started is counted as skipped; 77 if all were.
set -u
program=$1
shift
[ $# -gt 0 ] || set -- docker podman
work=$(mktemp -d /tmp/ullage-live.XXXXXX)
space=ullage-live-$$
ran=0 failed=0

stop_docker() {
    [ -f "$work/docker.pid" ] || return 0
    local pid
    pid=$(cat "$work/docker.pid")
    kill "$pid"
    for _ in $(seq 100); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    umount "$work/exec/netns/default" 2>/dev/null
    ip netns del "$space" 2>/dev/null
    rm -f "$work/docker.pid"
}

finish() {
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

start_docker() {
    command -v dockerd >/dev/null && ip netns add "$space" || return
    nsenter "--net=/run/netns/$space" ip link set lo up
    nohup nsenter "--net=/run/netns/$space" dockerd --host "unix://$work/docker.sock" --data-root "$work/data" \
        --exec-root "$work/exec" --pidfile "$work/docker.pid" >"$work/docker.log" 2>&1 &
    export DOCKER_HOST=unix://$work/docker.sock
    for _ in $(seq 200); do
        docker version --format '{{.Server.Version}}' >/dev/null 2>&1 && return
        sleep 0.1
    done
    return 1
}

start_podman() {
    command -v podman >/dev/null || return
    printf '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=1024:1024"]\n[engine]\nruntime="runc"\n' >"$work/containers.conf"
    printf '[storage]\ndriver="vfs"\ngraphroot="%s/store"\nrunroot="%s/run"\n' "$work" "$work" >"$work/storage.conf"
    export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf
    unset DOCKER_CONFIG
    podman version >/dev/null 2>&1
}

make_root
for engine in "$@"; do
    if ! "start_$engine" || ! tar -C "$work/root" -c . |
        "$engine" import -c 'CMD ["/bin/sh"]' -c 'ENV PATH=/bin' - localhost/ullage/live:1 >/dev/null; then
        echo "SKIP $engine: it could not be started"
        continue
    fi
    ran=$((ran + 1))
    echo "engine: $engine $("$engine" version --format '{{.Client.Version}} {{if .Server}}with {{.Server.Version}}{{end}}' 2>/dev/null)"
    ULLAGE_LIVE_ENGINE=$engine "$program" || failed=$((failed + 1))
done
[ "$ran" -gt 0 ] || exit 77
[ "$failed" -eq 0 ]
