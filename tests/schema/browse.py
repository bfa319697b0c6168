#!/usr/bin/env python3
"""Holds the JSON of ls, tree, find and blame to their schemas.   browse.py DOCS ULLAGE IMAGES"""
import json
import subprocess
import sys
from pathlib import Path

import jsonschema

sys.dont_write_bytecode = True

from report import closed, misplaced  # noqa: E402

COMMANDS = [
    ("list", ["ls", "edits.docker26-save.tar"]),
    ("list", ["ls", "edits.docker26-save.tar", "/kinds", "-R"]),
    ("list", ["ls", "edits.docker26-save.tar", "--layer", "3"]),
    ("list", ["ls", "edits.docker26-save.tar", "--dead"]),
    ("list", ["tree", "wasteful.tar", "-a", "--depth", "0"]),
    ("list", ["find", "edited-by-hand.umoci-oci", "--setuid"]),
    ("blame", ["blame", "edits.docker26-save.tar", "/app/overwritten"]),
    ("blame", ["blame", "edits.docker26-save.tar", "/app/deleted-dir/sub/two"]),
]


def main():
    docs, ullage, images = (Path(argument).resolve() for argument in sys.argv[1:4])
    failed = 0
    for name, command in COMMANDS:
        schema = json.loads((docs / f"{name}.schema.json").read_text())
        done = subprocess.run([ullage, *command, "--json"], cwd=images, stdout=subprocess.PIPE, check=False)
        document = json.loads(done.stdout)
        wrong = [f"{e.json_path}: {e.message}" for e in
                 jsonschema.Draft202012Validator(closed(schema)).iter_errors(document)]
        wrong += list(misplaced(document, schema, schema))
        if done.returncode or wrong:
            failed += 1
            print(f"{' '.join(command)}: status {done.returncode}", *wrong[:5], sep="\n  ")
    print(f"{len(COMMANDS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
