#!/usr/bin/env python3
"""Holds the shell parser against real shells: literal words are split and unquoted as bash and dash do it,
and a script that `bash -n` takes has no errors.   compare.py WORDS [--corpus]
With --corpus it reads the RUN texts of the lint cases in ULLAGE_CORPUS instead; status 77 without them."""
import json
import os
import random
import re
import subprocess
import sys

WORDS = sys.argv[1]
CASES = 4000
PLAIN = ["a", "b1", "x=y", "-f", "--no=1", "/usr/bin", "%s", "é", "#in", "a#b", "=", "@", ":", ",", "1", "if", "}", "{", "!", "]"]
QUOTED = ["'", "''", "' '", "'a b'", "'\\'", "'\"'", "'$x'", "'\n'", '""', '" "', '"a b"', '"\\$"', '"\\""', '"\\\\"', '"\\a"', '"\'"',
          '"a\\\nb"', "\\ ", "\\'", '\\"', "\\\\", "\\$", "\\a", "\\\n", "\\;", "\\&", "\\*", "'*'", '"?"', "\\~", "'`'", '"\\`"', "$", '"$"', "\\#"]
ANSI = ["$'a\\n'", "$'\\x41'", "$'\\u00e9'", "$'\\''", "$'\\\\'", "$'\\101'", "$'\\e['", "$'\\z'", "$'a b'", '$"a b"', "$'\\ca'"]


def word(rand, shell):
    pieces = PLAIN + QUOTED[1:] + (ANSI if shell == "bash" else [])
    text = "".join(rand.choice(pieces) for _ in range(rand.randint(1, 5)))
    # a comment, a variable, an expansion of braces: not literal
    bare = text.replace("\\\n", "")
    if not bare or bare.startswith("#") or re.search(r"\$[\w@#!$?*{(:-]", bare) or text.startswith("#") or re.search(r"\{.*[,.].*\}", text):
        return "z"
    if shell == "dash" and re.search(r"\$['\"]", text):
        return "z"
    return text


def values(rand, shell):
    lines = []
    while len(lines) < CASES:
        words = [word(rand, shell) for _ in range(rand.randint(1, 4))]
        line = "w " + rand.choice([" ", "  ", "\t", " \\\n "]).join(words) + rand.choice(["", " ", ";", " # comment", " >&1"])
        check = subprocess.run([shell, "-n"], input=line.encode(), capture_output=True) if "'" in line else None
        if check is None or check.returncode == 0:
            lines.append(line)
    script = "\n".join(lines) + "\n"
    prelude = "w() { printf '%s\\0' \"$@\"; printf '\\2'; }\n"
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    theirs = subprocess.run([shell], input=(prelude + script).encode(), capture_output=True, env=environment, check=True).stdout
    ours = subprocess.run([WORDS, shell, "values"], input=script.encode(), capture_output=True, check=True).stdout
    wrong = 0
    a, b = theirs.split(b"\2"), ours.split(b"\2")
    if len(a) != len(b):
        wrong += 1
        print(f"{shell}: {len(a)} commands there, {len(b)} here")
    for line, want, got in zip(lines, a, b):
        if want != got:
            wrong += 1
            if wrong < 10:
                print(f"{shell}: {line!r}: {want!r} there, {got!r} here")
    print(f"{shell}: {len(lines)} lines of literal words, {wrong} differ")
    return wrong


def simple(rand):
    return rand.choice(["true", "echo a 'b c'", "A=b", "A=b cmd \"$x\"", "cmd >f 2>&1", "cmd <f", "x=$(cmd)", "cmd `cmd a`", "echo ${x:-y} ${#x} ${x%%*}",
                        "[ -f x ]", "cmd &>f", "cat <<E\nbody $x\nE\n", "cat <<-'E'\n\tbody\n\tE\n", "cmd <<<word", "a=(1 2)", "echo {a,b}", "echo $((1 + (2 * 3)))",
                        "(( i++ ))", "[[ a == b* && -n c ]]", "[[ x =~ ^(a|b)$ ]]", "diff <(a) >(b)", "echo $'a\\'b'", "export A=1 B", "echo a#b # c"])


def command(rand, depth):
    if depth == 0:
        return simple(rand)
    inner = lambda: listing(rand, depth - 1)
    return rand.choice([
        lambda: simple(rand), lambda: simple(rand), lambda: simple(rand),
        lambda: f"( {inner()}\n)", lambda: f"{{ {inner()}\n}}", lambda: f"if {inner()}\nthen {inner()}\nfi",
        lambda: f"if {inner()}\nthen {inner()}\nelif {inner()}\nthen {inner()}\nelse {inner()}\nfi",
        lambda: f"for x in a b; do {inner()}\ndone", lambda: f"while {inner()}\ndo {inner()}\ndone", lambda: f"until {inner()}\ndo {inner()}\ndone >f",
        lambda: f"case $x in a|b) {inner()}\n;; (*) {inner()}\n;; esac", lambda: f"f() {{ {inner()}\n}}", lambda: f"function g {{ {inner()}\n}}",
        lambda: f"echo \"$({inner()}\n)\"", lambda: f"! {simple(rand)}", lambda: f"for ((i=0; i<3; i++)); do {inner()}\ndone",
        lambda: f"select y in a; do {inner()}\ndone", lambda: f"time {simple(rand)}",
    ])()


def listing(rand, depth):
    out = command(rand, depth)
    for _ in range(rand.randint(0, 2)):
        if out.endswith("\n") or "<<" in out.rsplit("\n", 2)[-1] or "# c" in out:
            out += "\n" + command(rand, depth)
        else:
            out += rand.choice([" && ", " || ", " | ", "; ", "\n", " & ", " &&\n", " |& "]) + command(rand, depth)
    return out


def acceptance(rand):
    wrong = strict = taken = refused = also = 0
    signs = ["fi", ")", "(", "done", "then", ";;", "}", "&&", "|", "'", '"', "`", "$(", "${", "do", "esac", ";"]
    for i in range(1500):
        text = listing(rand, 3)
        if i % 3 == 0:
            at = rand.randrange(len(text))
            text = text[:at] + " " + rand.choice(signs) + " " + text[at:]
        there = subprocess.run(["bash", "-n"], input=text.encode(), capture_output=True)
        here = subprocess.run([WORDS, "bash", "check"], input=text.encode(), capture_output=True)
        if there.returncode == 0 and b"warning" not in there.stderr:
            taken += 1
            # with a sign put in anywhere, bash -n leaves to the run what is within ${ $( and (( of for
            strict += here.returncode and i % 3 == 0
            if here.returncode and i % 3:
                wrong += 1
                print(f"bash takes {text!r}: {here.stdout.decode()}")
        elif there.returncode:
            refused += 1
            also += here.returncode == 1
            if here.returncode == 0 and "-v" in sys.argv:
                print(f"bash refuses {text!r}: {there.stderr.decode()[:100]}")
    print(f"scripts: {taken} that bash takes, {wrong} well-formed ones with errors here, {strict} mutilated ones; {refused} that it refuses, {also} of them with errors here")
    return wrong


def corpus(path):
    """Every RUN text of the lint cases is read without an error."""
    wrong = count = 0
    for row in open(path, encoding="utf-8"):
        for line in json.loads(row)["dockerfile"].replace("\\\n", "").split("\n"):
            match = re.match(r"(?i)\s*(?:ONBUILD\s+)?RUN\s+(?:--\S+\s+)*(.*)", line)
            if not match or match.group(1).startswith("["):
                continue
            count += 1
            here = subprocess.run([WORDS, "bash", "check"], input=match.group(1).encode(), capture_output=True)
            if here.returncode:
                there = subprocess.run(["bash", "-n"], input=match.group(1).encode(), capture_output=True)
                if there.returncode == 0:
                    wrong += 1
                    print(f"{match.group(1)!r}: {here.stdout.decode()}")
    print(f"corpus: {count} RUN texts, {wrong} with errors that bash does not see")
    return wrong


def main():
    if "--corpus" in sys.argv:
        path = os.path.join(os.environ.get("ULLAGE_CORPUS", ""), "hadolint-cases.jsonl")
        if not os.path.exists(path):
            print("skipped 1: ULLAGE_CORPUS has no hadolint-cases.jsonl")
            sys.exit(77)
        sys.exit(corpus(path) > 0)
    rand = random.Random(5)
    wrong = values(rand, "bash") + values(rand, "dash") + acceptance(rand)
    sys.exit(wrong > 0)


main()
