"""How long a mebibyte of Dockerfiles takes: parse.py ULLAGE FILE...; the files are repeated up to that size.
The process is timed whole, the best of 20 runs, printing the dump to nowhere."""
import subprocess
import sys
import tempfile
import time

ullage, *names = sys.argv[1:]
texts = [open(name, "rb").read().rstrip(b"\n") + b"\n" for name in names]
block = b"".join(texts)
with tempfile.NamedTemporaryFile(suffix=".Dockerfile") as file:
    file.write(block * ((1 << 20) // len(block) + 1))
    file.flush()
    best = 1e9
    for _ in range(20):
        start = time.perf_counter()
        subprocess.run([ullage, "parse", "--format", "dump", file.name], stdout=subprocess.DEVNULL, check=True)
        best = min(best, time.perf_counter() - start)
print(f"{best * 1000:.1f} ms for 1 MiB")
