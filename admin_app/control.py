"""The asker's end of the control socket: one question to the running gate, one answer.

The socket is `<data>/control.sock`; a question and an answer are one JSON object and a newline each.
"""

import json
import socket
from pathlib import Path
from typing import cast

SOCKET_NAME = "control.sock"
PATIENCE_S = 5.0
"""The gate itself gives Ollama up after two seconds, twice at most."""
_MOST_BYTES = 16 * 2**20


class ControlError(RuntimeError):
    """The gate is not there, or said no; the message is a sentence."""


class NoGateError(ControlError):
    """No gate is running on this data directory."""


def ask_gate(data_dir: Path, command: str, *, patience_s: float = PATIENCE_S, **wishes: object) -> object:
    """Return the gate's result for this command; `wishes` is what else it needs to know.

    Raises NoGateError when no gate is running, ControlError for its refusal, for silence of `patience_s`,
    and for an answer that cannot be read.
    """
    question = {"command": command, **wishes}
    path = data_dir / SOCKET_NAME
    try:
        line = _exchange(path, json.dumps(question).encode() + b"\n", patience_s)
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError) as error:
        raise NoGateError(
            f"No gate is running on the data directory {data_dir}. Start it with `sluice up`, or name another "
            "directory with --data."
        ) from error
    except TimeoutError as error:
        raise ControlError(f"The gate did not answer within {patience_s:g} s. Is it overloaded?") from error
    except OSError as error:
        raise ControlError(f"{path}: the gate cannot be asked ({error.strerror or error}).") from error
    return _result(line)


def _exchange(path: Path, question: bytes, patience_s: float) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(patience_s)
        connection.connect(str(path))
        connection.sendall(question)
        with connection.makefile("rb") as answer:
            return answer.readline(_MOST_BYTES)


def _result(line: bytes) -> object:
    try:
        match cast("object", json.loads(line)):
            case {"ok": True, "result": result}:
                return result
            case {"ok": False, "error": str(sentence)}:
                raise ControlError(sentence)
            case _:
                raise ControlError("The gate's answer has an unknown form. Are gate and command of one version?")
    except ValueError as error:
        raise ControlError("The gate broke off its answer. Its log says why.") from error
