#!/usr/bin/env python3
"""Images for the test of the page, as docker save writes them.

    images.py hostile FILE      names, instructions and a tag that would be markup or drive a terminal
    images.py many FILE COUNT   so many small files in three layers
"""
import hashlib
import io
import json
import random
import sys
import tarfile

ALERT = '"><img src=x onerror=alert(%d)>'
NAMES = [
    "<script>alert(1)<",
    ALERT % 2,
    "'onmouseover='alert(3)'",
    "<!--",
    "]]>",
    "&lt;b&gt;bold&lt;",
    "new\nline",
    "\x1b[31mred",
    "\u202egnp.exe",
    "bytes\udcff\udcfe",
    "${alert(4)}",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "back\\slash",
    "ש\u05dc\u05d5\u05dd",
    "n" * 250,
]


def layer(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, size in files:
            info = tarfile.TarInfo(name)
            info.size = size
            tar.addfile(info, io.BytesIO(bytes([65 + size % 26]) * size))
    return out.getvalue()


def image(path, layers, instructions, tag):
    digests = [hashlib.sha256(data).hexdigest() for data in layers]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + d for d in digests]},
        "history": [{"created_by": text} for text in instructions],
    }
    manifest = [{"Config": "config.json", "RepoTags": [tag], "Layers": [d + "/layer.tar" for d in digests]}]
    with tarfile.open(path, "w") as tar:
        for name, data in [
            *((d + "/layer.tar", data) for d, data in zip(digests, layers)),
            ("config.json", json.dumps(config).encode()),
            ("manifest.json", json.dumps(manifest).encode()),
        ]:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def hostile(path):
    lowest = [(f"{name}/{name}", 2000 + 10 * i) for i, name in enumerate(NAMES)]
    lowest += [(f"script/{i}/</script>", 3000) for i in range(3)]
    upper = [(f"{name}/.wh.{name}", 0) for name in NAMES[::2]]
    image(
        path,
        [layer(lowest), layer(upper)],
        ["RUN echo </script>" + ALERT % 5, "RUN rm \u202e\u0007 <b>x</b> # " + "y" * 300],
        ALERT % 6 + ":latest",
    )


def many(path, count):
    random.seed(1)
    words = ["alpha", "beta", "core", "data", "http", "index", "lib", "main", "model", "node", "test", "util", "view"]
    suffixes = ["py", "pyc", "js", "so", "h", "txt", "json", "png", "mo", "gz"]
    layers = [[], [], []]
    for i in range(count):
        folder = f"usr/lib/{random.choice(words)}{i // 4000}/{random.choice(words)}/{random.choice(words)}{i % 40}"
        name = f"{random.choice(words)}_{random.choice(words)}{i}.{random.choice(suffixes)}"
        layers[min(i * 4 // count, 2)].append((f"{folder}/{name}", int(random.paretovariate(0.8) * 40) % 20000))
    layers[2] += [(name.rpartition("/")[0] + "/.wh." + name.rpartition("/")[2], 0) for name, _ in layers[0][::50]]
    image(path, [layer(files) for files in layers], ["COPY lib /", "RUN make", "RUN rm old"], "many:latest")


if __name__ == "__main__":
    if sys.argv[1] == "hostile":
        hostile(sys.argv[2])
    else:
        many(sys.argv[2], int(sys.argv[3]))
