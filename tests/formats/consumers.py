#!/usr/bin/env python3
"""Holds each report format to what its consumers ask: by the consumer itself where it can be installed (xmllint,
promtool, ncdu in tmux, dot), else by its documented rules.   consumers.py WRITE_FORMATS ULLAGE IMAGES

A program that is not there is a skip, counted and named in the last lines."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

HERE = Path(__file__).parent
counts = {"passed": 0, "failed": 0, "skipped": 0}
SEVERITIES = {"error", "warning", "info", "style"}


def judge(subject, problems):
    problems = list(problems)
    counts["failed" if problems else "passed"] += 1
    for problem in problems[:5]:
        print(f"failed: {subject}: {problem}")


def run(*command, stdin=None):
    return subprocess.run(command, input=stdin, capture_output=True, check=False)


def with_tool(tool, subject, check):
    if shutil.which(tool):
        judge(subject, check())
    else:
        counts["skipped"] += 1
        print(f"SKIPPED: {subject}: there is no '{tool}'")


def accepted(*command, stdin=None):
    """Problems of a program that should end well and say nothing bad."""
    done = run(*command, stdin=stdin)
    if done.returncode:
        yield f"{command[0]} ends with {done.returncode}: {(done.stderr or done.stdout)[:300]!r}"


def texts_of(value, where="$"):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from texts_of(item, f"{where}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts_of(item, f"{where}[{index}]")
    elif isinstance(value, str):
        yield where, value


# --- SARIF 2.1.0 within GitHub's bounds


def only(value, where, required, optional=()):
    for key in required:
        if key not in value:
            yield f"{where} lacks '{key}'"
    for key in set(value) - set(required) - set(optional):
        yield f"{where} has '{key}'"


def sarif_rule(rule, where):
    yield from only(rule, where, ("id", "name", "shortDescription", "fullDescription", "help", "defaultConfiguration"))
    if len(rule["id"]) > 255 or len(rule["name"]) > 255:
        yield f"{where}: a name is longer than 255"
    if not rule["help"].get("text") or not rule["help"].get("markdown"):
        yield f"{where} has no help"
    if rule["defaultConfiguration"].get("level") not in ("none", "note", "warning", "error"):
        yield f"{where}: level"


def sarif_result(result, where, rules):
    yield from only(result, where, ("ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"),
                    ("properties",))
    if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
        yield f"{where}: ruleIndex is that of another rule"
    if result["level"] not in ("note", "warning", "error"):
        yield f"{where}: level"
    if len(result["locations"]) != 1:
        yield f"{where}: {len(result['locations'])} locations"
    place = result["locations"][0]["physicalLocation"]
    uri = place["artifactLocation"]["uri"]
    if not re.fullmatch(r"(?!/)([A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri) or ".." in uri.split("/") or uri.startswith("./"):
        yield f"{where}: '{uri}' is no relative URI"
    region = place["region"]
    for key, value in region.items():
        if key not in ("startLine", "startColumn", "endLine", "endColumn") or not isinstance(value, int) or value < 1:
            yield f"{where}: region has {key}={value}"
    if "startLine" not in region:
        yield f"{where}: no startLine"
    if not re.fullmatch(r"[0-9a-f]{64}", result["partialFingerprints"]["primaryLocationLineHash"]):
        yield f"{where}: fingerprint"


def check_sarif(path):
    text = path.read_bytes()
    document = json.loads(text)
    yield from only(document, "$", ("$schema", "version", "runs"))
    if document["version"] != "2.1.0" or len(document["runs"]) != 1:
        yield "version or runs"
    sarif = document["runs"][0]
    yield from only(sarif, "run", ("tool", "automationDetails", "columnKind", "results"))
    if not re.fullmatch(r".+/", sarif["automationDetails"]["id"]):
        yield "automationDetails.id is no category"
    driver = sarif["tool"]["driver"]
    yield from only(driver, "driver", ("name", "semanticVersion", "rules"))
    if not re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", driver["semanticVersion"]):
        yield "semanticVersion"
    for index, rule in enumerate(driver["rules"]):
        yield from sarif_rule(rule, f"rules[{index}]")
    for index, result in enumerate(sarif["results"]):
        yield from sarif_result(result, f"results[{index}]", driver["rules"])
    for where, value in texts_of(document):
        if not value or len(value) > 1024:
            yield f"{where}: a text of {len(value)} characters"
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in sarif["results"]]
    if len(set(prints)) != len(prints):
        yield "fingerprints repeat"
    ids = [rule["id"] for rule in driver["rules"]]
    if len(set(ids)) != len(ids):
        yield "rules repeat"
    if len(sarif["results"]) > 5000 or len(text) > 10 << 20:
        yield f"{len(sarif['results'])} results, {len(text)} bytes"


# --- XML


def check_junit(path):
    root = ET.parse(path).getroot()
    sums = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for suite in root.findall("testsuite"):
        cases = suite.findall("testcase")
        real = {
            "tests": len(cases),
            "failures": sum(case.find("failure") is not None for case in cases),
            "errors": 0,
            "skipped": sum(case.find("skipped") is not None for case in cases),
        }
        for key, value in real.items():
            sums[key] += value
            if int(suite.get(key)) != value:
                yield f"suite '{suite.get('name')}': {key}={suite.get(key)}, but there are {value}"
    for key, value in sums.items():
        if int(root.get(key)) != value:
            yield f"{key}={root.get(key)} in all, but there are {value}"
    if not sums["tests"]:
        yield "no test case at all"


def check_hostile_junit(path):
    root = ET.parse(path).getroot()
    suite = root.find("testsuite")
    verdicts = {case.get("name"): [child.tag for child in case] for case in suite}
    wanted = {
        "download-size": ["system-out"], "growth|`<@me> #1": ["failure"], "layers": ["system-out"],
        "efficiency": ["failure"], "python-deps": ["skipped"], "against-base": ["skipped"],
    }
    if verdicts != wanted:
        yield f"cases are {verdicts}"
    failure = suite.findall("testcase")[1].find("failure").text
    for part in ("214MB", "limit 5% and 3 MB", "over by 2.95MB", "was 201MB (+13MB)", "9.8MB  layer 6",
                 "docker/Dockerfile:17", "budget: .ullage.yaml:12", "\\x0a::error::"):
        if part not in failure:
            yield f"the failure lacks '{part}': {failure}"


# --- JSON for review tools


def check_issues(issues):
    prints = set()
    for index, issue in enumerate(issues):
        where = f"[{index}]"
        if not issue["description"] or not issue["check_name"]:
            yield f"{where}: empty text"
        if issue["severity"] not in ("info", "minor", "major", "critical", "blocker"):
            yield f"{where}: severity {issue['severity']}"
        path = issue["location"]["path"]
        if not path or path.startswith(("/", "./")) or ".." in path.split("/"):
            yield f"{where}: path {path}"
        if issue["location"]["lines"]["begin"] < 1:
            yield f"{where}: line"
        if issue["fingerprint"] in prints:
            yield f"{where}: fingerprint repeats"
        prints.add(issue["fingerprint"])


def check_gitlab(path):
    text = path.read_bytes()
    if text.startswith(b"\xef\xbb\xbf"):
        yield "a byte order mark"
    issues = json.loads(text)
    for issue in issues:
        yield from only(issue, "issue", ("description", "check_name", "fingerprint", "severity", "location"))
    yield from check_issues(issues)


def check_codeclimate(path):
    text = path.read_bytes()
    parts = text.split(b"\0\n")
    if parts.pop():
        yield "the last issue does not end with NUL"
    issues = [json.loads(part) for part in parts]
    for issue in issues:
        yield from only(issue, "issue", ("type", "categories", "content", "description", "check_name", "fingerprint",
                                         "severity", "location"))
        if issue["type"] != "issue" or not issue["content"]["body"]:
            yield "type or body"
    yield from check_issues(issues)


def check_sonarqube(path):
    document = json.loads(path.read_bytes())
    yield from only(document, "$", ("rules", "issues"))
    ids = set()
    for rule in document["rules"]:
        yield from only(rule, "rule", ("id", "name", "description", "engineId", "cleanCodeAttribute", "type",
                                       "severity", "impacts"))
        if rule["type"] not in ("CODE_SMELL", "BUG", "VULNERABILITY") or \
                rule["severity"] not in ("BLOCKER", "CRITICAL", "MAJOR", "MINOR", "INFO"):
            yield f"rule {rule['id']}: type or severity"
        for impact in rule["impacts"]:
            if impact["softwareQuality"] not in ("SECURITY", "RELIABILITY", "MAINTAINABILITY") or \
                    impact["severity"] not in ("LOW", "MEDIUM", "HIGH"):
                yield f"rule {rule['id']}: impact {impact}"
        ids.add(rule["id"])
    for issue in document["issues"]:
        yield from only(issue, "issue", ("ruleId", "primaryLocation"))
        place = issue["primaryLocation"]
        if issue["ruleId"] not in ids or not place["message"] or not place["filePath"]:
            yield f"issue of {issue['ruleId']}"
        if place["textRange"]["startLine"] < 1:
            yield "startLine"


# --- lines


def check_gnu(path):
    for line in path.read_text().splitlines():
        match = re.fullmatch(r"([^:]+):(\d+):(\d+): (\w+): (.+) \[([^\]]+)\]", line)
        if not match or match[4] not in SEVERITIES or int(match[2]) < 1:
            yield f"'{line}'"


def check_github(path):
    text = path.read_bytes()
    kinds = {}
    if b"\r" in text:
        yield "a carriage return"
    for line in text.decode().split("\n")[:-1]:
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        if not match:
            yield f"'{line}' is no command"
            continue
        kinds[match[1]] = kinds.get(match[1], 0) + 1
        for part in match[2].split(","):
            if not re.fullmatch(r"(file|line|endLine|col|endColumn|title)=([^%]|%25|%0A|%0D|%3A|%2C)+", part):
                yield f"property '{part}'"
        if re.search(r"%(?!25|0A|0D)", match[3]):
            yield f"unescaped percent in '{match[3]}'"
    for kind, count in kinds.items():
        if count > 10:
            yield f"{count} of kind {kind}"


# --- Markdown


def outside_code(line):
    """What stands outside of code spans, as CommonMark finds them."""
    out = ""
    while line:
        match = re.search(r"`+", line)
        if not match:
            return out + line
        out += line[: match.start()]
        fence = match[0]
        rest = line[match.end():]
        end = re.search(r"(?<!`)" + fence + r"(?!`)", rest)
        if not end:
            out += fence
            line = rest
        else:
            out += "\x00"
            line = rest[end.end():]
    return out


def check_markdown(path):
    text = path.read_bytes().decode()
    lines = text.split("\n")
    if lines[0] != "<!-- ullage:size -->":
        yield "the first line is no marker"
    if len(text.encode()) > 65000:
        yield f"{len(text)} characters"
    if text.count("<details>") != text.count("</details>"):
        yield "details that do not close"
    columns = None
    for line in lines[1:]:
        plain = outside_code(line)
        bare = re.sub(r"</?(details|summary|sub)>", "", plain)
        if re.search(r"[<@`\r\x1b]|#\d|https?:|::", bare.lstrip("#")):
            yield f"something is not inert: {bare!r}"
        if not line.startswith("|"):
            columns = None
            continue
        cells = len(re.findall(r"(?<!\\)\|", line.replace("\\\\", "__")))
        columns = columns or cells
        if cells != columns:
            yield f"a row of {cells} bars, not {columns}: {line}"


class Rendered(HTMLParser):
    """A page of GitHub's Markdown: its tags, the texts of its code, and what stands outside of code."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.code, self.outside, self.inside = set(), [], "", False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "code":
            self.inside = True
            self.code.append("")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "code"

    def handle_data(self, data):
        if self.inside:
            self.code[-1] += data
        else:
            self.outside += data


def check_rendered(path, *names):
    done = run("cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", str(path))
    page = Rendered(done.stdout.decode())
    strange = page.tags - set("h3 p table thead tbody tr th td code ul li details summary sub".split())
    if strange:
        yield f"tags {strange}"
    if re.search(r"[<@`|\\\\]|#\d|https?:", page.outside):
        yield f"outside of code: {page.outside!r}"
    for name in names:
        if name not in page.code:
            yield f"{name!r} is not shown as it is, but: {[code for code in page.code if name[:8] in code]}"


HOSTILE_IN_MARKDOWN = (
    "registry.invalid:5000/team/<b>&\"|`@me#1;:v1", "growth|`<@me> #1", "/names/pipe|cell `x` <b> @me #1",
    "RUN pip install `|<@x>` -r requirements.txt", "clean up\\x0a::error::in the same `RUN`",
    "/names/pipe|cell | more |", "/names/`tick ``two``` three`", "/names/@everyone @here", "/names/#1 closes #2",
)


# --- metrics, trees, pictures


def check_openmetrics(path):
    text = path.read_text()
    if not text.endswith("# EOF\n") or text.count("# EOF") != 1:
        yield "the end"
    types = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M)
    if len({name for name, _ in types}) != len(types) or {kind for _, kind in types} != {"gauge"}:
        yield "types"
    for name, unit in re.findall(r"^# UNIT (\S+) (\S+)$", text, re.M):
        if not name.endswith("_" + unit):
            yield f"{name} does not end with its unit {unit}"
    seen = set()
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        match = re.fullmatch(r'([a-z_]+)\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+)\} (-?[0-9.]+)', line)
        if not match:
            yield f"'{line}'"
            continue
        labels = re.findall(r'([a-z_]+)="', match[2])
        if labels[:2] != ["image", "platform"] or set(labels) - {"image", "platform", "cause", "severity", "budget",
                                                                   "verdict"}:
            yield f"labels {labels}"
        if (match[1], match[2]) in seen:
            yield f"twice: {line}"
        seen.add((match[1], match[2]))


def check_benchmark(path):
    rows = json.loads(path.read_bytes())
    for row in rows:
        yield from only(row, "row", ("name", "unit", "value", "extra"))
        if isinstance(row["value"], bool) or not isinstance(row["value"], (int, float)) or row["value"] < 0:
            yield f"value of {row['name']}"
    names = [row["name"] for row in rows]
    if len(set(names)) != len(names) or not names:
        yield "names"


def ncdu_bytes(node, seen):
    if isinstance(node, list):
        return sum(ncdu_bytes(child, seen) for child in node)
    if node.get("hlnkc"):
        if node["ino"] in seen:
            return 0
        seen.add(node["ino"])
    return node.get("dsize", 0)


def check_ncdu(path):
    document = json.loads(path.read_bytes())
    live = int(path.with_suffix(".live").read_text())
    if document[:2] != [1, 2] or not isinstance(document[3], list):
        yield "head"
    total = ncdu_bytes(document[3], set())
    if total != live:
        yield f"dsize comes to {total}, live_bytes is {live}"


def check_collapsed(path):
    live = int(path.with_suffix(".live").read_text())
    total = 0
    for line in path.read_text().split("\n")[:-1]:
        match = re.fullmatch(r"([^;\x00-\x1f]+(?:;[^;\x00-\x1f]+)*) (\d+)", line)
        if not match:
            yield f"'{line}'"
        else:
            total += int(match[2])
    if total != live:
        yield f"lines come to {total}, live_bytes is {live}"


def check_dive(path):
    document = json.loads(path.read_bytes())
    yield from only(document, "$", ("layer", "image"))
    yield from only(document["image"], "image", ("sizeBytes", "inefficientBytes", "efficiencyScore", "fileReference"))
    for layer in document["layer"]:
        yield from only(layer, "layer", ("index", "id", "digestId", "sizeBytes", "command", "fileList"))
        for file in layer["fileList"]:
            yield from only(file, "file", ("path", "typeFlag", "linkName", "size", "fileMode", "uid", "gid", "isDir"))
    wasted = sum(item["sizeBytes"] for item in document["image"]["fileReference"])
    if wasted != document["image"]["inefficientBytes"]:
        yield f"references come to {wasted}, inefficientBytes is {document['image']['inefficientBytes']}"
    if sum(layer["sizeBytes"] for layer in document["layer"]) != document["image"]["sizeBytes"]:
        yield "layers do not come to sizeBytes"


def check_badge(path):
    root = ET.parse(path).getroot()
    text = path.read_text()
    if not root.tag.endswith("svg") or re.search(r"(href|src)=|url\((?!#)|<script|<style|@import", text):
        yield "fetches something"
    if root.find("{http://www.w3.org/2000/svg}title") is None:
        yield "has no title"


def check_dot_svg(path, folder):
    svg = folder / "dot.svg"
    yield from accepted("dot", "-Tsvg", "-o", str(svg), str(path))
    if svg.exists():
        layers = len(re.findall(r'class="node"', svg.read_text()))
        wanted = len(re.findall(r"^  layer\d+ \[", path.read_text(), re.M))
        if layers != wanted or not layers:
            yield f"{layers} nodes are drawn, of {wanted}"


def ncdu_screen(path):
    """What ncdu shows of the file in a terminal of 100 columns."""
    socket = f"ullage-formats-{time.monotonic_ns()}"
    tmux = ("tmux", "-L", socket, "-f", "/dev/null")
    try:
        run(*tmux, "-u", "new-session", "-d", "-x", "100", "-y", "50", "env", "LC_ALL=C.UTF-8", "TERM=screen",
            "ncdu", "--color", "off", "-f", str(path))
        screen = ""
        for _ in range(100):
            time.sleep(0.1)
            screen = run(*tmux, "capture-pane", "-p").stdout.decode(errors="replace")
            if "Total disk usage" in screen:
                break
        return screen
    finally:
        run(*tmux, "kill-server")


def human(size):
    """As ncdu prints a size."""
    value = float(size)
    for unit in ("  B", "KiB", "MiB", "GiB"):
        if value < 1000:
            return f"{value:.1f} {unit}"
        value /= 1024
    return ""


def check_ncdu_opens(path, *names):
    screen = ncdu_screen(path)
    live = int(path.with_suffix(".live").read_text())
    if "Total disk usage" not in screen:
        yield f"ncdu shows no tree:\n{screen}"
    elif not re.search(r"Total disk usage:\s+" + re.escape(human(live)), screen):
        yield f"ncdu's total is not {human(live)}:\n{screen[-200:]}"
    for name in names:
        if name not in screen:
            yield f"ncdu does not show '{name}'"


def check_nothing_raw(path):
    """No control character but the ends of lines, and UTF-8 throughout."""
    text = path.read_bytes()
    if path.suffix == ".codeclimate":
        text = text.replace(b"\0\n", b"\n")
    try:
        text.decode()
    except UnicodeDecodeError as error:
        yield f"no UTF-8: {error}"
    if path.suffix != ".github" and re.search(rb"^\s*::", text, re.M):
        yield "a line that GitHub would take for a command"
    found = re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", text.replace(b"\r\n", b"\n"))
    if found:
        yield f"byte {found[0]!r} at {found.start()}: {text[max(0, found.start() - 40):found.start() + 40]!r}"


def check_many(folder):
    """More findings than a list holds: the last one says how many were left out."""
    results = json.loads((folder / "many.sarif").read_bytes())["runs"][0]["results"]
    left = [result for result in results if result["ruleId"] == "findings-left-out"]
    if len(left) != 1 or left[0] is not results[-1] or not re.match(r"[0-9]+ more findings", left[0]["message"]["text"]):
        yield "nothing says what was left out"
    lines = (folder / "many.github").read_text().splitlines()
    if not any(re.fullmatch(r"::error title=ullage::\d+ more of this kind in the summary", line) for line in lines):
        yield "the annotations do not say that there are more"


CHECKS = {
    "sarif": check_sarif, "junit": check_junit, "gitlab": check_gitlab, "codeclimate": check_codeclimate,
    "sonarqube": check_sonarqube, "gnu": check_gnu, "github": check_github, "markdown": check_markdown,
    "openmetrics": check_openmetrics, "github-benchmark": check_benchmark, "ncdu": check_ncdu,
    "collapsed": check_collapsed, "dive-json": check_dive, "badge": check_badge,
}


def guarded(check, path):
    """A document that is not of the shape at all is a problem too."""
    try:
        yield from check(path)
    except (KeyError, ValueError, TypeError, IndexError, ET.ParseError) as error:
        yield f"{type(error).__name__}: {error}"


def check_case(folder, name):
    for form, check in CHECKS.items():
        path = folder / f"{name}.{form}"
        judge(path.name, guarded(check, path))
    for path in folder.glob(f"{name}.*"):
        if path.suffix not in (".text", ".csv", ".live"):
            judge(f"{path.name} has nothing raw", check_nothing_raw(path))
    for form in ("junit", "checkstyle"):
        with_tool("xmllint", f"xmllint and {form}.xsd of {name}",
                  lambda form=form: accepted("xmllint", "--noout", "--nonet", "--schema", str(HERE / f"{form}.xsd"),
                                             str(folder / f"{name}.{form}")))
    with_tool("xmllint", f"xmllint of {name}.badge",
              lambda: accepted("xmllint", "--noout", "--nonet", str(folder / f"{name}.badge")))
    with_tool("promtool", f"promtool of {name}.openmetrics",
              lambda: accepted("promtool", "check", "metrics", stdin=(folder / f"{name}.openmetrics").read_bytes()))
    with_tool("dot", f"dot of {name}.dot", lambda: check_dot_svg(folder / f"{name}.dot", folder))


def bites(folder):
    """The checks see what is wrong."""
    broken = folder / "broken.x"

    def refuses(form, change):
        broken.write_text(change((folder / f"hostile.{form}").read_text()))
        broken.with_suffix(".live").write_text((folder / "hostile.live").read_text())
        if not list(guarded(CHECKS[form], broken)):
            yield f"the check of {form} lets it pass"

    yield from refuses("sarif", lambda text: text.replace('"startLine": 1', '"startLine": 0', 1))
    yield from refuses("sarif", lambda text: text.replace('"uri": "', '"uri": "/', 1))
    yield from refuses("junit", lambda text: text.replace('skipped="2"', 'skipped="3"', 1))
    yield from refuses("gitlab", lambda text: text.replace('"begin": 1', '"begin": 0', 1))
    yield from refuses("codeclimate", lambda text: text[:-2])
    yield from refuses("gnu", lambda text: text.replace(": error: ", " ", 1))
    yield from refuses("github", lambda text: text + "::error title=x::" + "y\n" * 2)
    yield from refuses("markdown", lambda text: text.replace("Efficiency", "@someone", 1))
    yield from refuses("markdown", lambda text: text.replace("| size |", "| size | |", 1))
    yield from refuses("openmetrics", lambda text: text.replace("# EOF\n", "", 1))
    yield from refuses("collapsed", lambda text: text.replace(" 13\n", " 14\n", 1))
    yield from refuses("ncdu", lambda text: text.replace('"dsize":13', '"dsize":14', 1))
    yield from refuses("sonarqube", lambda text: text.replace('"CODE_SMELL"', '"SMELL"', 1))
    yield from refuses("dive-json", lambda text: text.replace('"isDir"', '"dir"', 1))


def check_images(folder, ullage, images):
    """Real images, through the program; every finding format of one with findings."""
    names = {"wasteful": "wasteful.tar", "estargz": "edits-buildkit.buildx-oci-estargz.tar"}
    for name, file in names.items():
        reports = [f"--report={form}={folder / f'{name}.{form}'}"
                   for form in (*CHECKS, "checkstyle", "dot", "json")]
        judge(f"{name}: every format in one run",
              accepted(ullage, "analyze", str(images / file), "-q", "-o", "/dev/null", *reports))
        sizes = json.loads((folder / f"{name}.json").read_bytes())["sizes"]
        (folder / f"{name}.live").write_text(str(sizes["live_bytes"]))
        (folder / f"{name}.json").unlink()
        check_case(folder, name)


def check_history(ullage, golden):
    """What `history plot` passes on."""
    def plot(form):
        return run(ullage, "history", "plot", str(golden), "--format", form).stdout

    with_tool("promtool", "promtool of history", lambda: accepted("promtool", "check", "metrics", stdin=plot("openmetrics")))
    with_tool("xmllint", "xmllint of history", lambda: accepted("xmllint", "--noout", "--nonet", "-", stdin=plot("svg")))
    judge("github-benchmark of history", [] if len(json.loads(plot("github-benchmark"))) == 16 else ["rows are missing"])
    judge("csv of history", [] if plot("csv").count(b"\r\n") == 8 else ["rows are missing"])


def check_dive_reference(ullage):
    """dive's own test image: what dive's tests expect of its export, the order of equals included."""
    image = Path(os.environ.get("ULLAGE_CORPUS", "")) / "images/test-docker-image.tar"
    if not image.is_file():
        counts["skipped"] += 1
        print("SKIPPED: dive's test image: there is no ULLAGE_CORPUS")
        return
    document = json.loads(run(ullage, "analyze", str(image), "--format", "dive-json").stdout)
    references = [(item["count"], item["sizeBytes"], item["file"]) for item in document["image"]["fileReference"]]
    wanted = [(2, 12810, "/root/saved.txt"), (2, 12810, "/root/example/somefile1.txt"),
              (2, 6405, "/root/example/somefile3.txt")]
    sizes = [layer["sizeBytes"] for layer in document["layer"]]
    first = document["layer"][0]
    judge("dive's test image", [problem for problem, holds in (
        (f"references are {references}", references == wanted),
        (f"score is {document['image']['efficiencyScore']}", document["image"]["efficiencyScore"] == 0.9844212134184309),
        (f"inefficientBytes is {document['image']['inefficientBytes']}", document["image"]["inefficientBytes"] == 32025),
        (f"sizes are {sizes}", sizes == [1154361, 6405, 0, 6405, 6405, 6405, 6405, 6405, 6405, 0, 2187, 6405, 6405, 6405]),
        (f"id is {first['id']}", first["id"].startswith("28cfe03618aa")),
        (f"command is {first['command']}", first["command"].startswith("#(nop) ADD file:ce026b62356e")),
    ) if not holds])


def main():
    write_formats, ullage, images = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        judge("write_formats", accepted(write_formats, place))
        for name in ("hostile", "plain", "many"):
            check_case(folder, name)
        judge("junit of the gate", guarded(check_hostile_junit, folder / "hostile.junit"))
        with_tool("cmark-gfm", "cmark-gfm of hostile names",
                  lambda: check_rendered(folder / "hostile.markdown", *HOSTILE_IN_MARKDOWN))
        judge("more findings than fit", check_many(folder))
        check_images(folder, ullage, images)
        check_history(ullage, HERE.parent / "golden/history.ndjson")
        check_dive_reference(ullage)
        for tool in ("ncdu", "tmux"):
            if not shutil.which(tool):
                counts["skipped"] += 1
                print(f"SKIPPED: ncdu in a terminal: there is no '{tool}'")
                break
        else:
            judge("ncdu opens a real image", check_ncdu_opens(folder / "wasteful.ncdu", "/app", "/usr"))
            judge("ncdu opens hostile names", check_ncdu_opens(folder / "hostile.ncdu", "/names"))
        judge("the checks bite", bites(folder))
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
