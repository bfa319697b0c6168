#!/usr/bin/env bash
# What driving an engine through ullage costs over driving it by hand, on a dockerd started here:
#     engines.sh ULLAGE            the best of 9 of each side, in turn
set -euo pipefail
ullage=$(realpath "$1")
work=$(mktemp -d /tmp/ullage-bench.XXXXXX)
space=ullage-bench-$$
# shellcheck disable=SC2154
trap 'docker rm -f up talks >/dev/null 2>&1; kill "$(cat "$work/pid")" 2>/dev/null; sleep 2; umount "$work/exec/netns/default" 2>/dev/null || true; ip netns del "$space"; rm -rf "$work"' EXIT
ip netns add "$space"
nsenter "--net=/run/netns/$space" ip link set lo up
nohup nsenter "--net=/run/netns/$space" dockerd --host "unix://$work/socket" --data-root "$work/data" \
    --exec-root "$work/exec" --pidfile "$work/pid" >"$work/log" 2>&1 &
export DOCKER_HOST=unix://$work/socket DOCKER_CONFIG=$work
until docker version >/dev/null 2>&1; do sleep 0.1; done
mkdir -p "$work/root/bin"
cp /bin/busybox "$work/root/bin/"
for name in sh true sleep cat yes head; do ln -s busybox "$work/root/bin/$name"; done
tar -C "$work/root" -c . | docker import -c 'ENV PATH=/bin' - bench:1 >/dev/null
for i in $(seq 100); do docker create --name "c$i" -p "$((20000 + i)):80" bench:1 sleep 1 >/dev/null; done
docker run -d --name up bench:1 sleep 100000 >/dev/null

best() { # COMMAND...: the least milliseconds of one run
    python3 - "$@" <<'END'
import subprocess, sys, time
best = 1e9
for _ in range(9):
    begin = time.perf_counter()
    subprocess.run(["sh", "-c", " ".join(sys.argv[1:])], stdout=subprocess.DEVNULL, check=True)
    best = min(best, time.perf_counter() - begin)
print(f"{best * 1000:.1f}")
END
}

row() { # WHAT OURS THEIRS BAR
    python3 -c 'import sys; w, a, b, bar = sys.argv[1:]; print(f"{w:44} {float(a):8.1f} ms {float(b):8.1f} ms  x {float(a) / float(b):.2f}  + {float(a) - float(b):.1f} ms  (bar {bar})")' "$@"
}

# shellcheck disable=SC2016
row 'ps of 100 containers: ps -q and one inspect' "$(best "$ullage" ps --all --engine docker)" \
    "$(best 'docker inspect $(docker ps -aq)')" '1.1 x'
if "$ullage" exec --help >/dev/null 2>&1; then
    row 'exec C true' "$(best "$ullage" exec --engine docker up true)" "$(best docker exec up true)" '+ 5 ms'
    row 'run --rm IMAGE true, exact' "$(best "$ullage" run --engine docker --rm bench:1 true)" \
        "$(best docker run --rm bench:1 true)" 'none'
    docker run -d --name talks bench:1 sh -c 'yes "a line of the log of a service that likes to talk" | head -c 268435456' >/dev/null
    docker wait talks >/dev/null
    row 'logs of 256 MiB' "$(best "$ullage" logs --engine docker talks)" "$(best docker logs talks)" '1.2 x'
fi
