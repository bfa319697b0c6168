#!/usr/bin/env python3
"""Times ullage against other programs on the benchmark's images, the sides in turn, and writes a page.

  run.py ULLAGE FOLDER PAGE
"""
import json
import os
import platform
import shlex
import subprocess
import sys
import time


def run(command):
    """Wall seconds and peak resident KiB of a shell command."""
    started = time.monotonic()
    process = subprocess.Popen(["sh", "-c", command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command}: status {status}")
    return time.monotonic() - started, usage.ru_maxrss


def race(sides, rounds):
    """The best time and the largest memory of each side, run in turn."""
    best, memory = [1e9] * len(sides), [0] * len(sides)
    for _ in range(rounds):
        for index, side in enumerate(sides):
            seconds, resident = run(side)
            best[index] = min(best[index], seconds)
            memory[index] = max(memory[index], resident)
    return best, memory


def main():
    ullage, folder, page = sys.argv[1:]
    ullage = os.path.abspath(ullage)

    def path(name):
        return shlex.quote(os.path.join(folder, name))

    def analyze(name, extra=""):
        return f"exec {ullage} analyze {path(name)} --json {extra}"

    def each_layer(listing, program):
        with open(os.path.join(folder, listing), encoding="utf-8") as names:
            return "; ".join(f"{program} {shlex.quote(n.strip())}" for n in names)

    report = json.loads(subprocess.run(
        [ullage, "analyze", os.path.join(folder, "real.docker.tar"), "--json"],
        stdout=subprocess.PIPE, check=True).stdout)
    plain = path("real.docker.tar")
    rows = []

    def row(work, bar, sides, rounds, ratio):
        best, memory = race(sides, rounds)
        value = ratio(best)
        rows.append((work, best, memory[0], value, bar))
        print(f"{work:44} {value:6.2f}  (bar {bar})  " +
              "  ".join(f"{b:.3f} s" for b in best), flush=True)

    row("plain docker save: cat", "1.5", [analyze("real.docker.tar"), f"cat {plain}"], 9,
        lambda b: b[0] / b[1])
    row("OCI gzip: gzip -dc of its layers", "0.25",
        [analyze("real.gzip.tar"), each_layer("real.gzip.tar.layers", "gzip -dc")], 3,
        lambda b: b[0] / b[1])
    row("OCI gzip: igzip -dc of its layers", "1",
        [analyze("real.gzip.tar"), each_layer("real.gzip.tar.layers", "igzip -dc")], 5,
        lambda b: b[0] / b[1])
    row("OCI zstd: zstd -dc of its layers", "0.7",
        [analyze("real.zstd.tar"), each_layer("real.zstd.tar.layers", "zstd -dcq")], 5,
        lambda b: b[0] / b[1])
    row("verify, one core: openssl dgst -sha256", "1.1",
        [f"exec taskset -c 0 {ullage} verify --threads 1 {plain}",
         f"taskset -c 0 openssl dgst -sha256 {plain}"], 5, lambda b: b[0] / b[1])
    row("verify, two cores: openssl dgst -sha256", "0.75",
        [f"exec {ullage} verify {plain}", f"openssl dgst -sha256 {plain}"], 5,
        lambda b: b[0] / b[1])
    row("1,000,000 entries, seconds", "3", [analyze("e1m.tar")], 9, lambda b: b[0])
    row("1,000,000 entries: per entry, at 100,000", "1.3",
        [analyze("e1m.tar"), analyze("e100k.tar")], 9, lambda b: b[0] / b[1] / 10)
    row("200,000 files: 20,000 whiteouts, none", "1.15",
        [analyze("whiteouts.tar"), analyze("whiteouts.none.tar")], 9, lambda b: b[0] / b[1])
    row("--version, seconds", "0.003", [f"exec {ullage} --version"], 9, lambda b: b[0])

    layers = report["layers"]
    total = sum(layer["blob_bytes"] for layer in layers)
    entries = sum(layer["entries"] for layer in layers)
    with open(page + ".tmp", "w", encoding="utf-8") as out:
        out.write("# Performance\n\nMeasured by `scripts/bench.sh`, warm cache, the sides in turn, "
                  "the best of several rounds. The ratio is what\ncounts; the times are of one "
                  "machine at one hour.\n\n")
        out.write(f"Machine: {os.cpu_count()} processors, {platform.machine()}. "
                  f"Image: {total:,} bytes in {len(layers)} layers, {entries:,} entries;\n"
                  "shares of the layers: " +
                  ", ".join(f"{layer['blob_bytes'] / total:.1%}" for layer in layers) +
                  f".\nDead: {report['sizes']['dead_bytes']:,} bytes; duplicates: "
                  f"{report['sizes']['duplicate_bytes']:,} bytes.\n\n")
        out.write("| work: against | ullage | other | ratio | bar | peak memory |\n"
                  "|---|---|---|---|---|---|\n")
        for work, best, memory, value, bar in rows:
            other = f"{best[1]:.3f} s" if len(best) > 1 else ""
            out.write(f"| {work} | {best[0]:.3f} s | {other} | {value:.3f} | {bar} | "
                      f"{memory / 1024:.0f} MiB |\n")
    os.replace(page + ".tmp", page)


if __name__ == "__main__":
    main()
