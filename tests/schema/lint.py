"""What `ullage lint --json` prints follows its schema; SARIF's fixes, applied, give what `ullage fix` writes.

lint.py DOCS ULLAGE IMAGES"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import jsonschema

sys.dont_write_bytecode = True

from report import closed, misplaced  # noqa: E402

SAMPLES = {
    "plain": b"FROM debian:12\nRUN apt-get install -y curl\nMAINTAINER x\n",
    "refused": b"FROM a\nRUNN x\n",
    "empty": b"",
    "not-utf8": b"FROM a\nRUN sudo \xff\xfe x\nMAINTAINER \xff\n",
    "clean": b"FROM scratch\n",
    "wide": "FROM a\nRUN echo \u00fc\u00fc && sudo ls\n".encode(),
}


def lint(ullage, *arguments, cwd, status=(0, 1)):
    done = subprocess.run([ullage, "lint", "--config", "none", *arguments], cwd=cwd, capture_output=True, check=False)
    assert done.returncode in status, (arguments, done)
    return done.stdout


def offset(lines, line, column):
    """Where a place stands in the text: columns are characters."""
    before = "".join(lines[: line - 1])
    return len(before) + column - 1


def apply(text, result):
    """The text after the first fix of a SARIF result."""
    lines = text.splitlines(keepends=True)
    edits = []
    for replacement in result["fixes"][0]["artifactChanges"][0]["replacements"]:
        region = replacement["deletedRegion"]
        edits.append((offset(lines, region["startLine"], region["startColumn"]),
                      offset(lines, region["endLine"], region["endColumn"]), replacement["insertedContent"]["text"]))
    for begin, end, new in sorted(edits, reverse=True):
        text = text[:begin] + new + text[end:]
    return text


def main():
    docs, ullage, images = (Path(argument).resolve() for argument in sys.argv[1:4])
    schema = json.loads((docs / "lint.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(closed(schema))
    with tempfile.TemporaryDirectory() as work:
        for name, text in SAMPLES.items():
            Path(work, f"{name}.Dockerfile").write_bytes(text)
            document = json.loads(lint(ullage, "--json", f"{name}.Dockerfile", cwd=work))
            validator.validate(document)
            wrong = list(misplaced(document, schema, schema))
            assert not wrong, (name, wrong)
            assert bool(document["findings"]) == (name != "clean"), (name, document)
        Path(work, "Dockerfile").write_text("FROM x\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n")
        document = json.loads(lint(ullage, "--json", "--image", images / "wasteful.tar", "Dockerfile", cwd=work))
        validator.validate(document)

        text = SAMPLES["plain"].decode()
        sarif = json.loads(lint(ullage, "-f", "sarif", "plain.Dockerfile", cwd=work))
        fixed = [r for r in sarif["runs"][0]["results"] if r["ruleId"] == "DL4000" and "fixes" in r]
        assert len(fixed) == 1, sarif
        mended = apply(text, fixed[0])
        subprocess.run([ullage, "fix", "-q", "--config", "none", "--rule", "DL4000", "plain.Dockerfile"], cwd=work, check=True)
        assert mended == Path(work, "plain.Dockerfile").read_text(), mended
    print(len(SAMPLES) + 1, "documents follow their schema")


if __name__ == "__main__":
    main()
