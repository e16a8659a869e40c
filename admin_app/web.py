"""`python -m admin_app.web --fd N`: serves the web app on a socket its parent has opened.

Promise: it lives no longer than its parent. It ends, with code 0, on SIGTERM and when standard input ends; Ctrl-C
is left to the parent, which drains first and then ends it. Nothing is printed on standard output, and what is
logged to standard error holds no secret.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

import click
from flask import Flask
from waitress.server import create_server

from addon.settings import Settings, SettingsError, Source, load_settings
from addon.store.engine import make_engine
from addon.store.schema import SchemaError
from addon.store.secret_file import load_secret
from admin_app.context import WebContext
from admin_app.factory import create_app

SECRET_VARIABLE = "SLUICE_GATE_SECRET"  # noqa: S105 - the variable's name
_SOURCES: tuple[Source, ...] = ("default", "file", "environment", "option")
_THREADS = 16
# Only a backstop: the app refuses far smaller bodies with a sentence.
_MOST_READ_BYTES = 25 * 2**20


@click.command()
@click.option("--fd", required=True, type=int, help="Number of the inherited listening socket.")
@click.option("--config", type=click.Path(path_type=Path), help="The settings file.")
@click.option("--data", type=click.Path(path_type=Path), help="The data directory.")
@click.option(
    "--set-by",
    type=(str, click.Choice(_SOURCES)),
    multiple=True,
    help="A setting that is handed over, and its source.",
)
def main(fd: int, config: Path | None, data: Path | None, set_by: tuple[tuple[str, Source], ...]) -> None:
    """Serve the web app; `sluice up` starts this."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        settings = load_settings(config=config, data=data, listen=None, environ=os.environ)
        context = _context(_as_started(settings, set_by))
        listener = socket.socket(fileno=fd)
    except (SettingsError, SchemaError, OSError) as error:
        _fail(str(error))
    serve(create_app(context), listener)


def serve(app: Flask, listener: socket.socket) -> None:
    """Answer on the socket until SIGTERM or the end of standard input; must run in the main thread."""
    signal.signal(signal.SIGTERM, _exit)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent watch", daemon=True).start()
    # waitress stops in good order on SystemExit and lets running requests finish.
    create_server(
        app, sockets=[listener], threads=_THREADS, max_request_body_size=_MOST_READ_BYTES, ident=None
    ).run()


def _context(settings: Settings) -> WebContext:
    gate_secret = os.environ.pop(SECRET_VARIABLE, "")
    if not gate_secret:
        _fail(f"environment {SECRET_VARIABLE}: it is not set. Start Sluice with `sluice up`, which sets it.")
    return WebContext(
        settings=settings,
        engine=make_engine(settings.database.url),
        session_secret=load_secret(settings.data_dir),
        gate_secret=gate_secret,
        now=time.time,
    )


def _as_started(settings: Settings, set_by: Iterable[tuple[str, Source]]) -> Settings:
    # The parent hands over in our environment what it has chosen itself, whatever set it there.
    return replace(settings, sources=MappingProxyType({**settings.sources, **dict(set_by)}))


def _exit(_signal: int, _frame: object) -> NoReturn:
    sys.exit(0)


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
