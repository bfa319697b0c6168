#!/usr/bin/env python3
"""Builds the benchmark's images from folders of unpacked Debian packages, or synthetic ones.

  make_images.py real FOLDER OUT       nine layers with real waste: OUT.docker.tar, OUT.gzip.tar, OUT.zstd.tar
  make_images.py entries N OUT.tar     N entries in ten layers
  make_images.py whiteouts OUT.tar     200,000 files and 20,000 whiteouts; OUT.none.tar without them

The same input gives the same bytes.
"""
import hashlib
import io
import json
import os
import random
import subprocess
import sys
import tarfile


class Layer:
    """A layer tar on disk, written entry by entry."""

    def __init__(self, path):
        self.path = path
        self.tar = tarfile.open(path, "w", format=tarfile.GNU_FORMAT)

    def add_bytes(self, name, data=b"", mode=0o644, kind=tarfile.REGTYPE):
        info = tarfile.TarInfo(name)
        info.size = len(data)
        info.mode = mode
        info.type = kind
        self.tar.addfile(info, io.BytesIO(data))

    def add_folder(self, folder, prefix="", uid=0, keep=lambda name: True):
        for here, folders, files in os.walk(folder):
            folders.sort()
            relative = os.path.relpath(here, folder)
            for name in sorted(folders) + sorted(files):
                inside = os.path.normpath(os.path.join(relative, name))
                if not keep(inside):
                    continue
                source = os.path.join(here, name)
                info = self.tar.gettarinfo(source, prefix + inside)
                info.uid = info.gid = uid
                info.uname = info.gname = ""
                if info.isreg():
                    with open(source, "rb") as data:
                        self.tar.addfile(info, data)
                else:
                    self.tar.addfile(info)

    def close(self):
        self.tar.close()


def file_digest(path):
    digest = hashlib.sha256()
    with open(path, "rb") as data:
        while block := data.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def config_of(diff_ids):
    history = [{"created_by": f"/bin/sh -c step {i}"} for i in range(len(diff_ids))]
    return json.dumps({
        "architecture": "amd64", "os": "linux", "config": {}, "history": history,
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + d for d in diff_ids]},
    }).encode()


def add_file(tar, name, path):
    info = tarfile.TarInfo(name)
    info.size = os.path.getsize(path)
    with open(path, "rb") as data:
        tar.addfile(info, data)


def add_data(tar, name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def write_docker(out, layers):
    diff_ids = [file_digest(path) for path in layers]
    config = config_of(diff_ids)
    with tarfile.open(out, "w", format=tarfile.GNU_FORMAT) as tar:
        for digest, path in zip(diff_ids, layers):
            add_file(tar, digest + "/layer.tar", path)
        name = hashlib.sha256(config).hexdigest() + ".json"
        add_data(tar, name, config)
        add_data(tar, "manifest.json", json.dumps([{
            "Config": name, "RepoTags": ["bench:latest"],
            "Layers": [digest + "/layer.tar" for digest in diff_ids]}]).encode())
    return diff_ids


def write_oci(out, layers, diff_ids, command, suffix):
    blobs = []
    for path in layers:
        packed = path + suffix
        with open(path, "rb") as source, open(packed, "wb") as target:
            subprocess.run(command, stdin=source, stdout=target, check=True)
        blobs.append((packed, file_digest(packed), os.path.getsize(packed)))
    kind = {".gz": "gzip", ".zst": "zstd"}[suffix]
    config = config_of(diff_ids)
    config_digest = hashlib.sha256(config).hexdigest()
    manifest = json.dumps({
        "schemaVersion": 2,
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                   "digest": "sha256:" + config_digest, "size": len(config)},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+" + kind,
                    "digest": "sha256:" + digest, "size": size} for _, digest, size in blobs],
    }).encode()
    manifest_digest = hashlib.sha256(manifest).hexdigest()
    index = json.dumps({"schemaVersion": 2, "manifests": [{
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": "sha256:" + manifest_digest, "size": len(manifest)}]}).encode()
    with tarfile.open(out, "w", format=tarfile.GNU_FORMAT) as tar:
        for path, digest, _ in blobs:
            add_file(tar, "blobs/sha256/" + digest, path)
        add_data(tar, "blobs/sha256/" + config_digest, config)
        add_data(tar, "blobs/sha256/" + manifest_digest, manifest)
        add_data(tar, "index.json", index)
        add_data(tar, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
    with open(out + ".layers", "w", encoding="utf-8") as listing:
        listing.writelines(path + "\n" for path, _, _ in blobs)


def real(folder, out):
    packages = sorted(os.listdir(folder))
    sizes = {p: sum(os.lstat(os.path.join(h, f)).st_size for h, _, fs in
                    os.walk(os.path.join(folder, p)) for f in fs) for p in packages}
    total = sum(sizes.values())
    base, rest, have = [], [], 0
    for package in sorted(packages, key=lambda p: -sizes[p]):
        if have < total * 0.75:
            base.append(package)
            have += sizes[package]
        else:
            rest.append(package)
    layers = []

    def start():
        layers.append(Layer(f"{out}.layer{len(layers)}"))
        return layers[-1]

    def packages_into(layer, names):
        for name in sorted(names):
            layer.add_folder(os.path.join(folder, name))

    third = (len(rest) + 2) // 3
    packages_into(start(), base)
    packages_into(start(), rest[:third])
    smallest = sorted(base, key=lambda p: sizes[p])
    layer = start()  # chown -R of a package: shipped again
    layer.add_folder(os.path.join(folder, smallest[0]), uid=1000)
    packages_into(start(), rest[third:2 * third])
    layer = start()  # rm -rf of documentation, one whiteout for each file
    gone = set()
    for name in base[:6]:
        for here, _, files in os.walk(os.path.join(folder, name, "usr/share/doc")):
            inside = os.path.relpath(here, os.path.join(folder, name))
            for item in files:
                gone.add(f"{inside}/.wh.{item}")
    for name in sorted(gone):
        layer.add_bytes(name, mode=0)
    layer = start()  # files written anew with other content
    generator = random.Random(7)
    for name in sorted(rest[:third])[:3]:
        source = os.path.join(folder, name)
        for here, _, files in os.walk(source):
            for item in sorted(files)[:40]:
                path = os.path.join(here, item)
                if os.path.islink(path):
                    continue
                data = generator.randbytes(min(os.path.getsize(path), 1 << 20))
                layer.add_bytes(os.path.relpath(path, source), data)
    layer = start()  # cp -r: the same content under other names
    layer.add_folder(os.path.join(folder, smallest[1]), prefix="srv/copy/")
    packages_into(start(), rest[2 * third:])
    layer = start()
    layer.add_bytes(".wh.srv", mode=0)
    layer.add_bytes("app/main", generator.randbytes(1 << 20), mode=0o755)
    for layer in layers:
        layer.close()
    paths = [layer.path for layer in layers]
    diff_ids = write_docker(out + ".docker.tar", paths)
    write_oci(out + ".gzip.tar", paths, diff_ids, ["gzip", "-6"], ".gz")
    write_oci(out + ".zstd.tar", paths, diff_ids, ["zstd", "-3", "-q"], ".zst")


def entries(count, out):
    paths = []
    for index in range(10):
        path = f"{out}.layer{index}"
        layer = Layer(path)
        for i in range(count // 10):
            layer.add_bytes(f"usr/lib/pkg{i // 1000 % 97}/module{i // 50}/file{index}-{i}.txt",
                            b"")
        layer.close()
        paths.append(path)
    write_docker(out, paths)
    for path in paths:
        os.unlink(path)


def whiteouts(out):
    for name, with_whiteouts in ((out, True), (out.replace(".tar", ".none.tar"), False)):
        lower = Layer(name + ".layer0")
        for i in range(200000):
            lower.add_bytes(f"usr/share/set{i // 1000}/file{i}", b"")
        lower.close()
        upper = Layer(name + ".layer1")
        for i in range(20000):
            prefix = ".wh." if with_whiteouts else "new"
            upper.add_bytes(f"usr/share/set{i // 100}/{prefix}file{i // 100 * 1000 + i % 100}")
        upper.close()
        write_docker(name, [lower.path, upper.path])
        os.unlink(lower.path)
        os.unlink(upper.path)


def main():
    kind = sys.argv[1]
    if kind == "real":
        real(sys.argv[2], sys.argv[3])
    elif kind == "entries":
        entries(int(sys.argv[2]), sys.argv[3])
    else:
        whiteouts(sys.argv[2])


main()
