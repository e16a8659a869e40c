"""What keeps Sluice from starting. Each check yields one line a problem and changes nothing."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx

from addon.settings import Settings, UpstreamSettings
from addon.store import secret_file
from addon.store.data_dir import unusable
from addon.store.engine import make_engine
from addon.store.errors import SchemaError
from addon.store.privacy import readable_by_others
from addon.store.schema import check_schema
from admin_app.control import ControlError, NoGateError, ask_gate
from admin_app.version import USER_AGENT

_PATIENCE_S = 2.0


def problems(settings: Settings) -> Iterator[str]:
    """Yield every problem as one sentence that says what, where and how to mend it."""
    unfit = list(_data_dir(settings.data_dir))
    yield from unfit
    if not unfit:
        yield from readable_by_others(settings)
        yield from _database(settings)
        yield from _secret(settings.data_dir)
    yield from _port(settings)
    for upstream in settings.upstreams:
        yield from _upstream(upstream)


def _data_dir(directory: Path) -> Iterator[str]:
    try:
        # What is missing will be made, in the nearest directory that exists.
        existing = next(path for path in (directory.absolute(), *directory.absolute().parents) if path.exists())
        if not existing.is_dir():
            yield str(unusable(directory, f"{existing} is not a directory"))
        elif not os.access(existing, os.W_OK | os.X_OK):
            yield str(unusable(directory, f"nothing may be written in {existing}"))
    except OSError as error:
        yield str(unusable(directory, error.strerror or str(error)))


def _database(settings: Settings) -> Iterator[str]:
    engine = make_engine(settings.database.url)
    path = Path(engine.url.database or "")
    if not path.exists():
        yield from _parent(path, settings.data_dir)
        return
    try:
        check_schema(engine)
    except SchemaError as error:
        yield str(error)


def _parent(path: Path, data_dir: Path) -> Iterator[str]:
    # The data directory is made at start; no other directory is.
    if path.parent != data_dir and not path.parent.is_dir():
        yield f"database.url: there is no directory {path.parent}. Make it, or name another file."


def _secret(directory: Path) -> Iterator[str]:
    if not (directory / secret_file.NAME).exists():
        return
    try:
        secret_file.load_secret(directory)
    except (SchemaError, OSError) as error:
        yield str(error)


def _port(settings: Settings) -> Iterator[str]:
    listen = settings.gate.listen
    if _is_gate_running(settings.data_dir):
        return
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(listen.host, listen.port, type=socket.SOCK_STREAM)[
            0
        ]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = error.strerror or error
        yield f"gate.listen: {listen} cannot be used ({reason}). Stop what uses it, or choose another address."


def _is_gate_running(directory: Path) -> bool:
    try:
        ask_gate(directory, "queue")
    except NoGateError:
        return False
    except ControlError:
        # It is there, even when it says no.
        return True
    return True


def _upstream(upstream: UpstreamSettings) -> Iterator[str]:
    url = f"{upstream.url}/api/version"
    try:
        # No proxy from the environment: the gate connects directly, and so must this check.
        answer = httpx.get(url, timeout=_PATIENCE_S, trust_env=False, headers={"User-Agent": USER_AGENT})
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        yield f"upstream {upstream.name}: {upstream.url} does not answer ({reason}). Start it, or mend its url."
        return
    if answer.status_code != 200:
        yield f"upstream {upstream.name}: {url} answers {answer.status_code}, so it is not Ollama. Mend its url."
