"""Scripts in processes of their own, for promises that hold between processes."""

import subprocess
import sys
from pathlib import Path
from textwrap import indent

_REPOSITORY = Path(__file__).parents[2]
# Forked by a process without threads, so that the imports, which take longest, are done once.
_RACE = """
from multiprocessing import get_context
{imports}
context = get_context("fork")
barrier = context.Barrier({count})
def racer():
    barrier.wait()
{body}
racers = [context.Process(target=racer) for _ in range({count})]
for process in racers:
    process.start()
for process in racers:
    process.join()
"""


def race(imports: str, body: str, count: int) -> list[str]:
    """Run `body` in so many processes that begin it together; returns the lines they printed."""
    script = _RACE.format(imports=imports, body=indent(body, "    "), count=count)
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=_REPOSITORY, stdout=subprocess.PIPE, text=True, check=True
    )
    return ended.stdout.splitlines()


def run(script: str) -> int:
    """Run one script to its end; returns its exit code."""
    return subprocess.run([sys.executable, "-c", script], cwd=_REPOSITORY, check=False).returncode
