"""A gate in a process of its own, so that what it costs can be measured from outside.

`python -m tests.hostile.gate_process DATA_DIR UPSTREAM_URL [NAME=VALUE …]` prints `READY PORT KEY` and serves
until SIGTERM.
"""

import asyncio
import logging
import os
import re
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from addon.proxy.assembly import assemble
from addon.proxy.run import serve
from addon.store.engine import make_engine
from addon.store.keys import NewKey, add_key
from addon.store.secret_file import load_secret
from tests.changing import changing_rules
from tests.proxy.houses import make_settings


@dataclass(frozen=True)
class GateProcess:
    """A running gate, seen from outside."""

    process: Process
    port: int
    key: str
    log: Path

    def forget_peak(self) -> None:
        """Measure the peak from here on."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def memory_bytes(self) -> int:
        """What it holds now."""
        return self._status("VmRSS")

    def peak_bytes(self) -> int:
        """The most it has held since `forget_peak`."""
        return self._status("VmHWM")

    def _status(self, name: str) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(rf"{name}:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024


@asynccontextmanager
async def gate_process(folder: Path, upstream_url: str, **environ: str) -> AsyncGenerator[GateProcess]:
    """Run it for the length of a `with` block; it must end well."""
    log = folder / "gate.log"
    settings = [f"{name}={value}" for name, value in environ.items()]
    arguments = ["-m", "tests.hostile.gate_process", str(folder / "data"), upstream_url, *settings]
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=PIPE, stderr=stderr)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            _, port, key = (await process.stdout.readline()).decode().split()
        yield GateProcess(process, int(port), key, log)
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 40) == 0, log.read_text()


def _main(data_dir: str, upstream_url: str, *settings: str) -> None:
    os.umask(0o077)
    # As `sluice up` logs.
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("mitmproxy").setLevel(logging.WARNING)
    environ = dict(one.split("=", 1) for one in settings)
    made = make_settings(Path(data_dir), upstream_url, **environ)
    with changing_rules(make_engine(made.database.url)) as session:
        key = add_key(session, NewKey("app"), time.time())[1]
    assembly = assemble(made, load_secret(made.data_dir), None)
    asyncio.run(serve(assembly, lambda: print(f"READY {made.gate.listen.port} {key}", flush=True)))  # noqa: T201


if __name__ == "__main__":
    _main(*sys.argv[1:])
