"""`python -m addon.demo`: the demo model as a process of its own.

Prints one line `READY http://HOST:PORT` once it accepts connections. Exits 0 on SIGTERM and SIGINT, and with
`--exit-with-parent` also at the end of its standard input, so that no model is left behind by a parent that was
killed; exits 2 with one line when it cannot start.
"""

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Final

from addon.demo.engine import EngineError
from addon.demo.face import Face
from addon.demo.http1 import Server
from addon.demo.llama import LlamaEngine

STDIN: Final = 0


def main() -> int:
    """Parse the command line, run, and say in one line what went wrong."""
    options = _options()
    try:
        asyncio.run(_run(options))
    except ModuleNotFoundError as missing:
        return _complain(
            f"The demo model needs {missing.name}, which is not installed: run `uv sync --group demo`."
        )
    except (EngineError, OSError, ValueError) as error:
        return _complain(f"The demo model cannot start: {error}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m addon.demo", description="A small model that speaks Ollama.")
    parser.add_argument("--listen", default=("127.0.0.1", 0), type=_address, metavar="HOST:PORT")
    parser.add_argument(
        "--cache", required=True, type=Path, metavar="DIR", help="where the weights are kept (250 MB)"
    )
    parser.add_argument(
        "--parallel", default=1, type=_positive, metavar="N", help="requests that generate at a time"
    )
    parser.add_argument(
        "--exit-with-parent", action="store_true", help="exit at the end of standard input (a pipe)"
    )
    return parser.parse_args()


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number


async def _run(options: argparse.Namespace) -> None:
    engine = LlamaEngine(options.cache, options.parallel)
    stop = asyncio.Event()
    _watch_for_the_end(stop, with_parent=options.exit_with_parent)
    await asyncio.to_thread(engine.prepare)
    handler = Face(engine, options.parallel)
    await handler.load()
    server = Server(handler)
    await server.start(*options.listen)
    _announce(options.listen[0], server.port)
    await stop.wait()
    await server.close()


def _announce(host: str, port: int) -> None:
    literal = f"[{host}]" if ":" in host else host
    sys.stdout.write(f"READY http://{literal}:{port}\n")
    sys.stdout.flush()


def _watch_for_the_end(stop: asyncio.Event, *, with_parent: bool) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if with_parent:
        loop.add_reader(STDIN, _read_stdin, stop)


def _read_stdin(stop: asyncio.Event) -> None:
    if not os.read(STDIN, 4096):
        asyncio.get_running_loop().remove_reader(STDIN)
        stop.set()


def _complain(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
