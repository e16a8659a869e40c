"""The gate's end of the control socket: a real Unix socket that answers what a test tells it to."""

import json
import socketserver
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any, Self

QUEUE: dict[str, Any] = {
    "state": "open",
    "since_at": 1000.0,
    "by": "",
    "slots": {"total": 1, "used": 1},
    "running": [
        {
            "ticket": "11111111-1111-4111-8111-111111111111",
            "principal": "office",
            "class": "direct_api",
            "model": "gemma3",
            "base": 1,
            "effective": 0.98,
            "upstream": "default",
            "running_s": 7.4,
            "tokens": 12,
            "tokens_per_s": 3.94,
        }
    ],
    "waiting": [
        {
            "ticket": "22222222-2222-4222-8222-222222222222",
            "position": 1,
            "principal": "app1",
            "class": "custom_app",
            "model": "gemma3",
            "base": 2,
            "effective": 1.85,
            "waited_s": 90.2,
            "eta_low_s": 20.4,
            "eta_high_s": 70.0,
            "why": "base 2, waited 1 min 30 s. Nobody is ahead of it.",
        }
    ],
}


class FakeGate:
    """Answers with `reply(question)`; the questions are kept."""

    def __init__(self, path: Path) -> None:
        self.questions: list[Any] = []
        self.reply: Callable[[Any], bytes] = lambda _: answered(QUEUE)
        gate = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                question = json.loads(self.rfile.readline())
                gate.questions.append(question)
                self.wfile.write(gate.reply(question))

        self._server = socketserver.ThreadingUnixStreamServer(str(path), Handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.005})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def answered(result: Any) -> bytes:
    """The line of a command that worked."""
    return json.dumps({"ok": True, "result": result}).encode() + b"\n"


def refused(sentence: str) -> bytes:
    """The line of a command that did not."""
    return json.dumps({"ok": False, "error": sentence}).encode() + b"\n"
