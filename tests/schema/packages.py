#!/usr/bin/env python3
"""Holds the JSON of diff and packages to their schemas and their sums, on databases that sqlite itself made.
packages.py DOCS ULLAGE IMAGES"""
import copy
import json
import os
import sqlite3
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import jsonschema

sys.dont_write_bytecode = True

from report import closed, misplaced  # noqa: E402

TAGS = {"name": 1000, "version": 1001, "release": 1002, "arch": 1022, "indexes": 1116, "bases": 1117, "folders": 1118}


def header(name, version, files):
    """A package header as rpm stores it; the files are of one folder."""
    texts = {"name": [name], "version": [version], "release": ["1"], "arch": ["noarch"], "bases": files,
             "folders": ["/opt/"]}
    index, data = b"", b""
    for key, tag in TAGS.items():
        if key == "indexes":
            data += b"\0" * (-len(data) % 4)
            index += struct.pack(">IIII", tag, 4, len(data), len(files))
            data += b"\0" * (4 * len(files))
        else:
            index += struct.pack(">IIII", tag, 8 if key in ("bases", "folders") else 6, len(data), len(texts[key]))
            data += b"".join(text.encode() + b"\0" for text in texts[key])
    return struct.pack(">II", len(index) // 16, len(data)) + index + data


def make_rpm(root, page_size, vacuum, count):
    """A root with a database of so many packages, some of them large, some deleted. Returns bytes by package."""
    folder = root / "usr/lib/sysimage/rpm"
    folder.mkdir(parents=True)
    (root / "opt").mkdir()
    expected = {}
    with sqlite3.connect(folder / "rpmdb.sqlite") as database:
        database.execute(f"PRAGMA page_size={page_size}")
        database.execute(f"PRAGMA auto_vacuum={vacuum}")
        database.execute("CREATE TABLE 'Name' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)")
        database.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)")
        for number in range(count):
            files = [f"f{number}"] + [f"missing{i}" for i in range(number * 7 % 900)]
            database.execute("INSERT INTO Packages(blob) VALUES(?)", (header(f"p{number}", f"1.{number}", files),))
            database.execute("INSERT INTO Name VALUES(?,?,0)", (f"p{number}", number + 1))
            (root / "opt" / f"f{number}").write_bytes(b"x" * (number % 13))
            if number % 5:
                expected[f"p{number}"] = number % 13
        database.execute("DELETE FROM Packages WHERE (hnum - 1) % 5 = 0")
    database.close()
    return expected


def untrue_packages(document, _all_rows):
    if sum(row["bytes"] for row in document["packages"]) != document["owned_bytes"]:
        yield "packages sum to owned_bytes"
    if document["owned_bytes"] + document["unowned"]["bytes"] != document["live_bytes"]:
        yield "owned and unowned are live_bytes"
    if sum(row["bytes"] for row in document["unowned"]["directories"]) != document["unowned"]["bytes"]:
        yield "directories sum to what is unowned"


def untrue_diff(document, all_rows):
    totals = document["totals"]
    for measure, values in (totals or {}).items():
        if values and values["new"] - values["old"] != values["change"]:
            yield f"the change of {measure} is new - old"
    for part, measure, rests in (("files", "live_bytes", ("same", "ignored")), ("layers", "content_bytes", ("same",)),
                                 ("packages", "live_bytes", ("same", "unowned"))):
        rows = (document[part] or {}).get("rows")
        if rows is None or totals is None or not all_rows:
            continue
        for key in ("old", "new", "change"):
            if sum(row[key] for row in rows + [document[part][rest] for rest in rests]) != totals[measure][key]:
                yield f"{part} sum to the {key} of {measure}"
    if document["files"] and totals and all_rows:
        change = sum(row["change"] for row in document["directories"]["rows"] + [document["files"]["ignored"]])
        if change != totals["live_bytes"]["change"]:
            yield "directories sum to the change of live_bytes"


def check(document, schema, untrue, all_rows):
    for error in jsonschema.Draft202012Validator(closed(schema)).iter_errors(document):
        yield f"{error.json_path}: {error.message}"
    for where in misplaced(document, schema, schema):
        yield f"{where}: keys are not in the order of the schema"
    for identity in untrue(document, all_rows):
        yield f"not true: {identity}"


def bites(document, schema, untrue):
    """The check refuses what is wrong."""
    for change in (
        lambda d: d.update(more=1),
        lambda d: d.pop("tool"),
        lambda d: d.update(schema=d.pop("schema")),
        lambda d: (d.get("history") or d["unowned"]).update(total_rows=-1),
        lambda d: d["totals"]["live_bytes"].update(change=7) if "totals" in d else d.update(owned_bytes=-1),
    ):
        broken = copy.deepcopy(document)
        change(broken)
        if not list(check(broken, schema, untrue, True)):
            return False
    return True


class Judge:
    def __init__(self, docs, ullage):
        self.docs, self.ullage, self.passed, self.failed = docs, ullage, 0, 0

    def tell(self, what, wrong):
        if wrong:
            self.failed += 1
            print(f"failed: {what}", *wrong[:5], sep="\n  ")
        else:
            self.passed += 1

    def run(self, *command, status=(0,)):
        done = subprocess.run([self.ullage, *command, "--json"], stdout=subprocess.PIPE, check=False)
        name = command[0]
        untrue = untrue_diff if name == "diff" else untrue_packages
        schema = json.loads((self.docs / f"{name}.schema.json").read_text())
        document = json.loads(done.stdout)
        all_rows = "--top" in command
        wrong = list(check(document, schema, untrue, all_rows))
        if done.returncode not in status:
            wrong.append(f"status {done.returncode}")
        if all_rows and not bites(document, schema, untrue):
            wrong.append("the check does not bite")
        self.tell(" ".join(map(str, command)), wrong)
        return document


def main():
    docs, ullage, images = (Path(argument).resolve() for argument in sys.argv[1:4])
    judge = Judge(docs, ullage)
    for name in ("diff", "packages"):
        jsonschema.Draft202012Validator.check_schema(json.loads((docs / f"{name}.schema.json").read_text()))
    edits, buildkit = images / "edits.docker26-save.tar", images / "edits-buildkit.buildx-docker.tar"
    judge.run("packages", images / "wasteful.tar", "--top", "0")
    judge.run("diff", edits, edits, "--top", "0")
    judge.run("diff", edits, buildkit, "--top", "0", status=(1,))
    judge.run("diff", edits, images / "wasteful.tar", "--top", "0", "--ignore", "/usr/**", status=(1,))
    judge.run("diff", edits, images / "wasteful.tar", "--only", "files,config", status=(1,))
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        report = work / "old.json"
        with report.open("wb") as out:
            subprocess.run([ullage, "analyze", buildkit, "--json"], stdout=out, check=True)
        judge.run("diff", report, edits, "--top", "0", status=(1,))
        odd = work / "odd"
        odd.mkdir()
        (Path(os.fsdecode(bytes(odd) + b"/\xff\n\x1b"))).write_text("x")
        judge.run("diff", odd, edits, "--top", "0", status=(1,))
        judge.run("packages", odd, "--top", "0")
        for page_size in (512, 4096, 65536):
            for vacuum in (0, 1):
                root = work / f"rpm{page_size}.{vacuum}"
                root.mkdir()
                expected = make_rpm(root, page_size, vacuum, 400)
                document = judge.run("packages", root, "--top", "0", "--kind", "rpm")
                found = {row["name"]: row["bytes"] for row in document["packages"]}
                judge.tell(f"packages of sqlite's pages of {page_size}", [] if found == expected else ["differ"])
                told = [warning["message"] for warning in document["warnings"] if warning["code"] == "packages"]
                judge.tell("no warning", told)
    print(f"{judge.passed} passed, {judge.failed} failed")
    return 1 if judge.failed else 0


if __name__ == "__main__":
    sys.exit(main())
