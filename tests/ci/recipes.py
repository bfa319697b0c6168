#!/usr/bin/env python3
"""The recipes of docs/ci: their YAML passes yamllint, their shell passes shellcheck, and it runs: with our program, an
image of the fixtures as app.tar, and a docker and a gh that only say what they were asked.   recipes.py ULLAGE DOCS IMAGE

A program that is not there is a skip, counted and named."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import yaml
except ImportError:
    yaml = None

counts = {"passed": 0, "failed": 0, "skipped": 0}
YAMLLINT = "{extends: default, rules: {line-length: {max: 120}, document-start: disable, truthy: {check-keys: false}, " \
           "comments-indentation: disable, braces: {max-spaces-inside: 1}}}"


def judge(subject, good, log=""):
    counts["passed" if good else "failed"] += 1
    if not good:
        print(f"failed: {subject}\n{log[-800:]}")


def skip(subject, lacking):
    counts["skipped"] += 1
    print(f"SKIPPED: {subject}: there is no {lacking}")


def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)


def shell_of_github(document):
    return [(step["run"], "bash") for step in document["runs"]["steps"]]


def shell_of_gitlab(text, document):
    # comments between the entries speak to shellcheck
    quiet = re.findall(r"# (shellcheck disable=\S+)", text)
    lines = [f"# {line}" for line in quiet] if quiet else []
    return [("\n".join(document["image_size"]["script"][:-1] + lines + document["image_size"]["script"][-1:]), "sh")]


def shell_of_jenkins(text):
    return [(re.search(r"sh '''\n(.*?)'''", text, re.S)[1], "sh")]


def shell_of_hook(document):
    entry = document["repos"][0]["hooks"][0]["entry"]
    return [(f"{entry} app.tar app.tar", "sh")]


def scripts(docs):
    jenkins = (docs / "jenkins/Jenkinsfile").read_text()
    yield "jenkins", shell_of_jenkins(jenkins)
    if not yaml:
        skip("the shell of YAML recipes", "yaml module")
        return
    gitlab = (docs / "gitlab/image-size.yml").read_text()
    yield "github", shell_of_github(yaml.safe_load((docs / "github/action.yml").read_text()))
    yield "gitlab", shell_of_gitlab(gitlab, yaml.safe_load(gitlab))
    yield "pre-commit", shell_of_hook(yaml.safe_load((docs / "pre-commit/pre-commit-config.yaml").read_text()))


def check_shell(name, pieces):
    if not shutil.which("shellcheck"):
        skip(f"shellcheck of {name}", "'shellcheck'")
        return
    for text, shell in pieces:
        # $-variables of the CI are its own
        done = run(["shellcheck", "-s", shell, "-e", "SC2154", "-"], input=text)
        judge(f"shellcheck of {name}", done.returncode == 0, done.stdout)


def stub(folder, name, text):
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def run_shell(name, pieces, ullage, image):
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        (work / "bin").mkdir()
        (work / "bin/ullage").symlink_to(ullage)
        stub(work / "bin", "docker", 'echo docker "$@"')
        stub(work / "bin", "gh", 'echo gh "$@"')
        shutil.copy(image, work / "app.tar")
        environment = {
            "PATH": f"{work / 'bin'}:{os.environ['PATH']}", "IMAGE": "app.tar", "NUMBER": "7",
            "MAX": "blob_bytes=220MB\n\ndead_bytes=20MB\n", "GITHUB_STEP_SUMMARY": str(work / "summary"),
            "IMAGE_ARCHIVE": "app.tar", "IMAGE_LIMITS": "--max blob_bytes=220MB --max dead_bytes=20MB",
            "GIT_COMMIT": "8c1e2f0", "BRANCH_NAME": "main",
        }
        for text, shell in pieces:
            done = run([shell, "-e", "-c", text], cwd=work, env=environment)
            judge(f"the shell of {name} runs", done.returncode == 0, done.stdout)
        made = {path.name: path for path in work.rglob("*") if path.is_file()}
        wanted = {
            "github": ["size.md", "size.sarif", "size.json", "summary"],
            "gitlab": ["gl-code-quality.json", "image-size.xml", "metrics.txt", "image-size.json"],
            "jenkins": ["image-size.xml", "image-size.checkstyle.xml", "image-layers.csv", "sizes.ndjson", "sizes.csv"],
            "pre-commit": [],
        }[name]
        judge(f"{name} makes its files", not set(wanted) - set(made), str(sorted(made)))
        environment["MAX"] = "blob_bytes=1kB"
        environment["IMAGE_LIMITS"] = "--max blob_bytes=1kB"
        for text, shell in pieces:
            done = run([shell, "-e", "-c", text.replace("220MB", "1kB")], cwd=work, env=environment)
        judge(f"{name} fails with status 1 when a limit is passed", done.returncode == 1, done.stdout)


def main():
    ullage, docs, image = (Path(argument).resolve() for argument in sys.argv[1:4])
    for path in sorted(docs.rglob("*.y*ml")):
        if shutil.which("yamllint"):
            done = run(["yamllint", "-s", "-d", YAMLLINT, str(path)])
            judge(f"yamllint of {path.name}", done.returncode == 0, done.stdout)
        else:
            skip(f"yamllint of {path.name}", "'yamllint'")
    for name, pieces in scripts(docs):
        check_shell(name, pieces)
        run_shell(name, pieces, ullage, image)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
