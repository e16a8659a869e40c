"""The gate inside a real mitmdump: shut by default, and shut for good when its script is edited or deleted."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from mitmproxy import optmanager
from mitmproxy.addons.next_layer import NextLayer
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.exceptions import AddonManagerError, OptionsError
from mitmproxy.test import taddons

from addon.proxy import plugin
from addon.proxy.plugin import Plugin
from addon.proxy.run import DEAD_TARGET, free_port
from addon.settings import Settings
from addon.store.engine import make_engine
from addon.store.keys import NewKey, add_key
from addon.store.secret_file import load_secret
from tests.changing import changing_rules
from tests.fakes.ollama import FakeOllama, fake_ollama
from tests.proxy.houses import CHAT, make_settings, until

ROOT = Path(__file__).parents[2]
MITMDUMP = Path(sys.executable).with_name("mitmdump")


@dataclass
class Mitmdump:
    """A mitmdump with our script, and everything it has logged."""

    process: asyncio.subprocess.Process
    script: Path
    client: httpx.AsyncClient
    key: str
    log: str = ""

    async def logs(self, text: str) -> None:
        """Return as soon as the text stands in the log, or the process has ended."""
        assert self.process.stdout is not None
        async with asyncio.timeout(20):
            while text not in self.log and (line := await self.process.stdout.readline()):
                self.log += line.decode()

    async def statuses(self) -> list[int | None]:
        """What a request with a key and one without are answered; None for a closed connection."""
        return [await self._status({"X-API-Key": self.key}), await self._status({})]

    async def _status(self, headers: dict[str, str]) -> int | None:
        try:
            return (await self.client.post("/api/chat", json=CHAT, headers=headers)).status_code
        except httpx.TransportError:
            return None


@asynccontextmanager
async def _mitmdump(place: Path, upstream: FakeOllama, *arguments: str) -> AsyncGenerator[Mitmdump]:
    settings = make_settings(place / "data", upstream.url)
    with changing_rules(make_engine(settings.database.url)) as session:
        key = add_key(session, NewKey("app"), 0.0)[1]
    script = Path(shutil.copy(ROOT / "addon" / "script.py", place / "script.py"))
    port = free_port("127.0.0.1")
    environ = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "SLUICE_DATA_DIR": str(settings.data_dir),
        "SLUICE_UPSTREAM__URL": upstream.url,
    }
    process = await asyncio.create_subprocess_exec(
        MITMDUMP, *arguments, "-s", str(script), "--listen-host", "127.0.0.1", "--listen-port", str(port),
        cwd=ROOT, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, verify=False) as client:
            yield Mitmdump(process, script, client, key)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


def _confdir(place: Path) -> str:
    return f"confdir={shutil.copytree(ROOT / 'config' / 'mitmproxy', place / 'mitmproxy')}"


@pytest.mark.slow
async def test_a_script_that_is_edited_broken_or_deleted_closes_the_door(tmp_path: Path) -> None:
    async with fake_ollama() as upstream, _mitmdump(tmp_path, upstream, "--set", _confdir(tmp_path)) as mitmdump:
        await _until_in_force(mitmdump)
        answer = await mitmdump.client.post("/api/chat", json=CHAT, headers={"X-API-Key": mitmdump.key})
        assert (answer.status_code, answer.text.count("\n")) == (200, 4)
        refused = await mitmdump.client.post("/api/chat", json=CHAT)
        assert (refused.status_code, refused.headers["x-sluice-reason"]) == (401, "no_credential")
        assert (await mitmdump.client.get("/chat")).headers["x-sluice-reason"] == "web_app_down"
        seen = len(upstream.requests)

        mitmdump.script.write_text("this is no python\n")
        await mitmdump.logs("SyntaxError")
        assert 200 not in await mitmdump.statuses()
        assert len(upstream.requests) == seen

        mitmdump.script.unlink()
        await mitmdump.logs("Un-loading script")
        assert 200 not in await mitmdump.statuses()
        assert len(upstream.requests) == seen


@pytest.mark.slow
async def test_mitmdump_logs_no_key_that_stands_in_a_path(tmp_path: Path) -> None:
    async with fake_ollama() as upstream, _mitmdump(tmp_path, upstream, "--set", _confdir(tmp_path)) as mitmdump:
        await _until_in_force(mitmdump)
        for path in (f"/nothing/{mitmdump.key}", f"/k/{mitmdump.key}/api/version"):
            await mitmdump.client.get(path)
        await mitmdump.logs("/api/version")
        assert "/nothing/-" in mitmdump.log
        assert mitmdump.key[12:] not in mitmdump.log
        assert upstream.requests[-1].target == "/api/version"


@pytest.mark.slow
async def test_a_script_that_is_touched_goes_on_with_a_fresh_gate(tmp_path: Path) -> None:
    async with fake_ollama() as upstream, _mitmdump(tmp_path, upstream, "--set", _confdir(tmp_path)) as mitmdump:
        await _until_in_force(mitmdump)
        assert await mitmdump.statuses() == [200, 401]
        mitmdump.log = ""
        mitmdump.script.write_text(mitmdump.script.read_text() + "\n")
        await mitmdump.logs("Loading script")
        await _until_in_force(mitmdump)
        assert await mitmdump.statuses() == [200, 401]
        # It follows the rules a moment before it answers the command line.
        socket = tmp_path / "data" / "control.sock"
        await until(socket.exists)
        reader, writer = await asyncio.open_unix_connection(socket)
        writer.write(b'{"command":"queue"}\n')
        assert (await reader.readline()).startswith(b'{"ok": true')
        writer.close()


async def _until_in_force(mitmdump: Mitmdump) -> None:
    """Return once a request with the key is answered; mitmdump says nothing at that moment."""
    async with asyncio.timeout(20):
        while (await mitmdump.statuses())[0] != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


SAFE: dict[str, object] = {
    "mode": [DEAD_TARGET],
    "connection_strategy": "lazy",
    "http2": False,
    "keep_host_header": True,
    "validate_inbound_headers": True,
}
UNSAFE: dict[str, object] = {
    "mode": ["reverse:http://127.0.0.1:11434"],
    "connection_strategy": "eager",
    "http2": True,
    "keep_host_header": False,
    "validate_inbound_headers": False,
    "stream_large_bodies": "1",
}


@pytest.mark.parametrize("name", UNSAFE)
async def test_options_that_would_open_a_way_round_the_gate_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("SLUICE_DATA_DIR", str(make_settings(tmp_path / "data", "http://127.0.0.1:9").data_dir))
    with taddons.context(Proxyserver(), NextLayer()) as mitmproxy:
        fresh = Plugin()
        mitmproxy.options.update(**SAFE)
        fresh.configure(set())
        mitmproxy.options.update(**{name: UNSAFE[name]})
        with pytest.raises(OptionsError, match=f"Sluice needs {name}="):
            fresh.configure({name})


async def test_two_targets_are_one_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_DATA_DIR", str(make_settings(tmp_path / "data", "http://127.0.0.1:9").data_dir))
    with taddons.context(Proxyserver(), NextLayer()) as mitmproxy:
        mitmproxy.options.update(**SAFE | {"mode": [DEAD_TARGET, "reverse:http://127.0.0.1:11434@8001"]})
        with pytest.raises(OptionsError, match="Sluice needs mode="):
            Plugin().configure(set())


async def test_the_shipped_configuration_is_a_safe_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_DATA_DIR", str(make_settings(tmp_path / "data", "http://127.0.0.1:9").data_dir))
    with taddons.context(Proxyserver(), NextLayer()) as mitmproxy:
        optmanager.load_paths(mitmproxy.options, ROOT / "config" / "mitmproxy" / "config.yaml")
        Plugin().configure(set())
        assert {name: getattr(mitmproxy.options, name) for name in SAFE} == SAFE


def test_a_setting_that_cannot_be_read_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_QUEUE__MAX_WAITING", "many")
    with pytest.raises(AddonManagerError, match=r"queue\.max_waiting must be"):
        Plugin()


# The self-check


@pytest.mark.parametrize(
    ("name", "mode", "said"),
    [
        ("", 0o755, "others can look into the data directory. Run: chmod 700"),
        ("sluice.db", 0o644, "others can read the database. Run: chmod 600"),
        ("session.secret", 0o640, "others can read the session secret. Run: chmod 600"),
    ],
)
def test_what_others_can_read_keeps_it_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, mode: int, said: str
) -> None:
    settings = make_settings(tmp_path / "data", "http://127.0.0.1:9")
    monkeypatch.setenv("SLUICE_DATA_DIR", str(settings.data_dir))
    load_secret(settings.data_dir)
    (settings.data_dir / name).chmod(mode)
    with pytest.raises(AddonManagerError, match=said):
        Plugin()
    assert (settings.data_dir / name).stat().st_mode & 0o777 == mode


def test_an_empty_data_directory_becomes_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    monkeypatch.setenv("SLUICE_DATA_DIR", str(tmp_path / "data"))
    Plugin()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data" / "sluice.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [("", None, "0.0.0.0:8080"), ("127.0.0.1", 8000, "127.0.0.1:8000"), ("::", 443, "[::]:443")],
)
async def test_it_warns_of_where_mitmproxy_really_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, port: int | None, expected: str
) -> None:
    monkeypatch.setenv("SLUICE_DATA_DIR", str(make_settings(tmp_path / "data", "http://127.0.0.1:9").data_dir))
    looked: list[Settings] = []
    monkeypatch.setattr(plugin, "look_around", looked.append)
    with taddons.context(Proxyserver(), NextLayer()) as mitmproxy:
        mitmproxy.options.update(listen_host=host, listen_port=port)
        running = Plugin()
        await running.running()
        await running.done()
    assert [str(settings.gate.listen) for settings in looked] == [expected]


@pytest.mark.slow
async def test_mitmdump_shows_the_warnings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_GATE__TRUSTED_PROXIES", "128.0.0.0/4")
    async with fake_ollama() as upstream, _mitmdump(tmp_path, upstream, "--set", _confdir(tmp_path)) as mitmdump:
        await mitmdump.logs("is very wide")
        assert "gate.trusted_proxies: 128.0.0.0/4 is very wide" in mitmdump.log


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [[], ["--mode", "reverse:http://127.0.0.1:{port}"]])
async def test_a_mitmdump_without_our_configuration_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    async with fake_ollama() as upstream:
        await _is_refused(tmp_path, upstream, *(argument.format(port=upstream.port) for argument in arguments))


async def _is_refused(place: Path, upstream: FakeOllama, *arguments: str) -> None:
    async with _mitmdump(place, upstream, *arguments) as mitmdump:
        await mitmdump.logs("listening at")
        assert "Sluice needs" in mitmdump.log
        assert await mitmdump.process.wait() == 1
    assert upstream.requests == []
