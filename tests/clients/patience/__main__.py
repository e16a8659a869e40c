"""`python -m tests.clients.patience [SECONDS]`: which clients are still there after waiting so long.

Installs every client of the catalogue, makes all of them wait at once, and prints a table. The exit code is 1
unless each that could be installed waited so long with one single request and then got its whole answer.
"""

import asyncio
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from admin_app.cli.tables import table
from tests.clients.patience.catalogue import CLIENTS
from tests.clients.patience.installing import Installed, InstallError, install
from tests.clients.patience.waiting import Verdict, make_wait

_WAIT_S = 340.0


def main(wait_s: float) -> int:
    """Do it all; returns the exit code."""
    with TemporaryDirectory(prefix="sluice-patience-") as directory:
        installed, missing = _install_all(Path(directory))
        _say(f"{len(installed)} clients wait {wait_s:g} s")
        verdicts = asyncio.run(make_wait(installed, Path(directory) / "data", wait_s))
    _say(table(("client", "version", "waited", "requests", "answer"), map(_row, verdicts)))
    for name, reason in missing.items():
        _say(f"not installed: {name}: {reason}")
    return int(not all(_is_well(verdict, wait_s) for verdict in verdicts))


def _install_all(directory: Path) -> tuple[Sequence[Installed], Mapping[str, str]]:
    installed: list[Installed] = []
    missing: dict[str, str] = {}
    for number, client in enumerate(CLIENTS):
        try:
            installed.append(install(client, directory / str(number)))
        except InstallError as error:
            missing[client.name] = str(error)
        else:
            _say(f"installed: {client.name} {installed[-1].version}")
    return installed, missing


def _row(verdict: Verdict) -> Sequence[object]:
    installed = verdict.installed
    waited = f"{verdict.waited_s:.0f} s"
    return (installed.client.name, installed.version, waited, verdict.requests, verdict.fault or "whole")


def _is_well(verdict: Verdict, wait_s: float) -> bool:
    return verdict.fault is None and verdict.requests == 1 and verdict.waited_s >= wait_s


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = ArgumentParser("scripts/patience", description="Make every client wait, and see who is still there.")
    parser.add_argument("seconds", nargs="?", type=float, default=_WAIT_S, help="340 unless told")
    sys.exit(main(parser.parse_args().seconds))
