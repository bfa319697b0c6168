"""How long linting takes: lint.py ULLAGE FILE...; one Dockerfile of 60 lines as a process, and a folder of 1,000.

The process is timed whole, started by posix_spawn as a shell would, its output going nowhere; the best and the
median of many runs are printed, beside an empty program (true) as the floor of the machine."""
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

LINES = 60
FILES = 1000


def run(command, cwd):
    """Seconds that a process takes from its start to its end."""
    null = os.open(os.devnull, os.O_WRONLY)
    actions = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
    here = os.getcwd()
    os.chdir(cwd)
    start = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    _, status = os.waitpid(pid, 0)
    took = time.perf_counter() - start
    os.chdir(here)
    os.close(null)
    assert os.waitstatus_to_exitcode(status) in (0, 1), (command, status)
    return took


def measure(name, command, cwd, times):
    runs = [run(command, cwd) for _ in range(times)]
    print(f"{name}: best {min(runs) * 1000:.2f} ms, median {statistics.median(runs) * 1000:.2f} ms of {times} runs")


def main():
    ullage, *names = sys.argv[1:]
    ullage = str(Path(ullage).resolve())
    text = "".join(Path(name).read_text() for name in names) or "FROM debian:12\nRUN apt-get install -y curl\n"
    lines = text.splitlines(keepends=True)
    while len(lines) < LINES:
        lines += lines
    sample = "".join(lines[:LINES])
    with tempfile.TemporaryDirectory() as work:
        Path(work, "Dockerfile").write_text(sample)
        measure("an empty program", ["true"], work, 200)
        measure(f"one Dockerfile of {LINES} lines", [ullage, "lint", "--config", "none", "Dockerfile"], work, 200)
        for i in range(FILES):
            folder = Path(work, "many", f"{i % 50}", f"{i}")
            folder.mkdir(parents=True)
            (folder / "Dockerfile").write_text(sample)
        measure(f"{FILES} Dockerfiles in {FILES} folders", [ullage, "lint", "--config", "none", "many"], work, 10)
        measure("the same on one core", [ullage, "lint", "--threads", "1", "--config", "none", "many"], work, 5)


main()
