#!/usr/bin/env python3
"""Times a diff of two images against one analysis with every payload hashed, the sides in turn in one run.

  diff.py ULLAGE FOLDER

FOLDER gets two images of 55,000 entries with payloads of 1 to 8 kB, a tenth of them other ones in the new
image; with --keep they stay there. The bar is 2.1.
"""
import gzip
import hashlib
import io
import json
import os
import random
import shlex
import shutil
import sys
import tarfile

sys.dont_write_bytecode = True

from run import race  # noqa: E402

ENTRIES = 55_000
LAYERS = 10
BAR = 2.1


def layer(number, changed):
    """A tar whose files are the same in both images, but for every tenth in the changed one."""
    out = io.BytesIO()
    noise = random.Random(1).randbytes(1 << 20)
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for index in range(ENTRIES // LAYERS):
            other = changed and index % 10 == 0
            place = random.Random(number * ENTRIES + index)
            size = place.randrange(1024, 8192)
            start = place.randrange(0, len(noise) - size) + (17 if other else 0)
            info = tarfile.TarInfo(f"d{number}/{index % 97}/f{index}")
            info.size = len(noise[start:start + size])
            tar.addfile(info, io.BytesIO(noise[start:start + size]))
    return out.getvalue()


def make(path, changed, packed):
    """An image as docker save writes it, its layers plain or gzip."""
    names, diff_ids = [], []
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        def add(name, data):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))

        for number in range(LAYERS):
            tar = layer(number, changed)
            diff_ids.append("sha256:" + hashlib.sha256(tar).hexdigest())
            names.append(f"{number}/layer.tar")
            add(names[-1], gzip.compress(tar, 1, mtime=0) if packed else tar)
        add("config.json", json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                                       "rootfs": {"type": "layers", "diff_ids": diff_ids}}).encode())
        add("manifest.json", json.dumps([{"Config": "config.json", "RepoTags": ["bench:1"],
                                          "Layers": names}]).encode())


def main():
    keep = "--keep" in sys.argv
    ullage, folder = [argument for argument in sys.argv[1:] if argument != "--keep"]
    ullage = shlex.quote(os.path.abspath(ullage))
    work = os.path.join(folder, "diff-bench")
    os.makedirs(work, exist_ok=True)
    failed = False
    for packed in (False, True):
        kind = "gzip" if packed else "plain"
        old, new = (os.path.join(work, f"{side}.{kind}.tar") for side in ("old", "new"))
        for path, changed in ((old, False), (new, True)):
            if not os.path.exists(path):
                make(path, changed, packed)
        sides = [f"exec {ullage} analyze {shlex.quote(new)} --verify --json",
                 f"exec {ullage} analyze {shlex.quote(new)} --json",
                 f"{ullage} diff {shlex.quote(old)} {shlex.quote(new)} --json || [ $? -eq 1 ]"]
        best, memory = race(sides, 5)
        ratio = best[2] / best[0]
        failed = failed or ratio > BAR
        print(f"{kind:6} analyze --verify {best[0]:.3f} s, analyze {best[1]:.3f} s, "
              f"diff {best[2]:.3f} s ({memory[2] / 1024:.0f} MiB): {ratio:.2f} (bar {BAR})")
    if not keep:
        shutil.rmtree(work)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
