"""What `ullage parse` prints follows its schema: for a file that is right, for one that is not, and expanded."""
import json
import subprocess
import sys

import jsonschema

docs, ullage, fixture = sys.argv[1:]
with open(f"{docs}/dockerfile.schema.json", encoding="utf-8") as file:
    validator = jsonschema.Draft202012Validator(json.load(file))

CASES = [
    (open(fixture, "rb").read(), 0),
    (b"# escape=`\nFROM a\nRUNN x\nENV A=1 B\n", 1),
    (b"FROM a\nRUN x \\\n\n y\nONBUILD COPY <<E /\nq\nE\n", 0),
    (b"", 1),
    (b"#escape=x\n", 1),
]
for text, status in CASES:
    for options in ([], ["--expand"]):
        done = subprocess.run([ullage, "parse", *options, "-"], input=text, capture_output=True, check=False)
        validator.validate(json.loads(done.stdout))
        assert done.returncode == status, (text, done)
print(len(CASES), "documents follow their schema")
