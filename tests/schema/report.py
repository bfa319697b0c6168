#!/usr/bin/env python3
"""Holds JSON reports to docs/report.schema.json.   report.py SCHEMA ULLAGE IMAGES

The published schema lets members be added; here none may be that it does not name, and keys come in its
order. The identities of docs/measures.md are checked on the way."""
import copy
import json
import subprocess
import sys
from pathlib import Path

import jsonschema


def closed(schema):
    """The schema with no members but those it names."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if isinstance(result.get("properties"), dict) and "required" in result:
        result["additionalProperties"] = False
    return result


def branches(schema, root):
    """The schema itself, what it refers to and its alternatives."""
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    yield schema
    for option in schema.get("anyOf", []):
        yield from branches(option, root)


def misplaced(value, schema, root, where="$"):
    """Where keys do not come in the schema's order."""
    for branch in branches(schema, root):
        if isinstance(value, dict) and "properties" in branch:
            order = [key for key in branch["properties"] if key in value]
            if order != [key for key in value if key in branch["properties"]]:
                yield where
            for key in order:
                yield from misplaced(value[key], branch["properties"][key], root, f"{where}.{key}")
        if isinstance(value, list) and isinstance(branch.get("items"), dict):
            for index, item in enumerate(value):
                yield from misplaced(item, branch["items"], root, f"{where}[{index}]")


def untrue(report):
    """Identities that do not hold."""
    sizes = report["sizes"]
    if sizes["live_bytes"] + sizes["dead_bytes"] != sizes["content_bytes"]:
        yield "live + dead = content"
    if sum(report["dead_by_cause"].values()) != sizes["dead_bytes"]:
        yield "causes sum to dead"
    for name in ("blob_bytes", "tar_bytes", "content_bytes", "live_bytes", "dead_bytes"):
        if sum(layer[name] for layer in report["layers"]) != sizes[name]:
            yield f"layers sum to {name}"


def check(report, schema, strict):
    for error in jsonschema.Draft202012Validator(strict).iter_errors(report):
        yield f"{error.json_path}: {error.message}"
    for where in misplaced(report, schema, schema):
        yield f"{where}: keys are not in the order of the schema"
    for identity in untrue(report):
        yield f"not true: {identity}"


def refuses(schema, strict, report):
    """The check itself bites."""
    for change in (
        lambda r: r.pop("dive"),
        lambda r: r.update(more=1),
        lambda r: r["sizes"].update(efficiency=2),
        lambda r: r["layers"][0].update(digest="sha256:12"),
        lambda r: r.update(tool=r.pop("tool")),
        lambda r: r["sizes"].update(dead_bytes=r["sizes"]["dead_bytes"] + 1),
    ):
        broken = copy.deepcopy(report)
        change(broken)
        if not list(check(broken, schema, strict)):
            return False
    return True


def main():
    schema = json.loads(Path(sys.argv[1]).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    strict = closed(schema)
    ullage = sys.argv[2]
    images = Path(sys.argv[3])
    inputs = sorted(
        path for path in images.iterdir()
        if path.suffix == ".tar" or (path.is_dir() and not path.name.startswith("."))
    )
    runs = [[str(path)] for path in inputs]
    runs.append([str(images / "wasteful.tar"), "--base", "2"])
    runs.append([str(images / "wasteful.tar"), "--base", str(images / "wasteful.tar"), "--top", "0"])
    runs.append([str(images / "wasteful.tar"), "--limit", "entries=10"])
    runs.append([str(images / "wasteful.tar"), "--semantics", "overlay", "--verify"])
    wasteful = str(images / "wasteful.tar")
    rules = str(Path(__file__).parent.parent / "golden" / "gate")
    gates = [
        ["--config", rules + ".yaml", "--baseline", rules + "-baseline.json"],
        ["--dive-ci", rules + ".dive-ci"],
        ["--config", "none", "--max", "efficiency=0.9", "--max", "**=0", "--max-growth", "5%,3MB"],
    ]
    commands = [["analyze", *arguments] for arguments in runs] + [["gate", wasteful, *gate] for gate in gates]
    passed = failed = 0
    last = None
    for arguments in commands:
        done = subprocess.run([ullage, *arguments, "--json"], capture_output=True, check=False)
        if not done.stdout and done.returncode in (2, 3):  # several images, or none
            continue
        report = json.loads(done.stdout)
        problems = list(check(report, schema, strict))
        if bool(report["budgets"]) != (arguments[0] == "gate"):
            problems.append("budgets are of the gate")
        last = report
        passed += not problems
        failed += bool(problems)
        for problem in problems[:10]:
            print(f"{arguments}: {problem}")
    if not refuses(schema, strict, last):
        print("the check does not bite")
        failed += 1
    print(f"{passed} reports passed, {failed} failed")
    return 1 if failed or passed < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
