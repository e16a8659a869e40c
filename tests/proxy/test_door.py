"""Under the hooks: what one connection may cost, and how it is turned away."""

import asyncio
import inspect
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from mitmproxy.proxy.layers.http import _http1  # pyright: ignore[reportPrivateUsage] - what this watches

from addon.proxy import connections, door
from tests.proxy.houses import CHAT_BYTES, House, chat_request, house_with_fake, until
from tests.proxy.wire import Wire, request

GB = 10**9


@pytest.fixture
async def strict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[House]:
    """A gate with little patience and narrow limits."""
    monkeypatch.setattr(connections, "_LOOK_PERIOD_S", 0.05)
    monkeypatch.setattr(door, "_BODY_SILENCE_S", 0.2)
    monkeypatch.setattr(door, "_FAREWELL_S", 0.3)
    limits = {"HEAD_S": "0.3", "HEADER_BYTES": "2048", "BODY_BYTES": "4096", "CONNECTIONS_PER_ADDRESS": "20"}
    environ = {f"SLUICE_LIMITS__{name}": value for name, value in limits.items()}
    async with house_with_fake(tmp_path / "data", **environ) as running:
        yield running


async def _send_for_ever(wire: Wire, data: bytes, every_s: float = 0) -> None:
    while True:
        await wire.send(data)
        await asyncio.sleep(every_s)  # slowness may be what is sent


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 3000, 431, "head_too_large"),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n", 431, "head_too_large"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "malformed"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "malformed"),
        (b"GET /\r\n", 400, "malformed"),
        (b"\r\n" * 9, 400, "malformed"),
        (b"GET / HTTP/1.1\nHost: x\n\n", 400, "malformed"),
    ],
)
async def test_a_head_nobody_should_read_is_answered_and_closed_at_once(
    strict: House, sent: bytes, status: int, reason: str
) -> None:
    async with strict.wire() as wire:
        await wire.send(sent)
        answer = await asyncio.wait_for(wire.answer(), 0.2)
        assert answer is not None
        assert (answer.status, answer.reason, answer.header("connection")) == (status, reason, "close")
        assert await wire.closes() == b""
    assert strict.upstream.requests == []


async def test_a_long_request_line_has_its_own_word(house: House) -> None:
    async with house.wire() as wire:
        answer = await wire.ask(b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (answer.status, answer.reason) == (414, "target_too_long")


async def test_empty_lines_before_a_request_are_skipped(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        for _ in range(2):
            await wire.send(b"\r\n" + chat_request(key))
            answer = await wire.answer()
            assert answer is not None
            assert answer.status == 200


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n"])
async def test_a_head_that_takes_too_long_is_cut(strict: House, sent: bytes) -> None:
    async with strict.wire() as wire:
        await wire.send(sent)
        assert await asyncio.wait_for(wire.closes(), 1) == b""


async def test_a_head_sent_byte_by_byte_gets_no_more_time_than_another(strict: House) -> None:
    async with strict.wire() as wire:
        await wire.send(b"GET / HTTP/1.1\r\nHost: ")
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(_send_for_ever(wire, b"x", every_s=0.01), 2)


async def test_a_body_that_stops_coming_is_cut_and_one_that_goes_on_is_not(strict: House) -> None:
    key = await strict.key()
    async with strict.wire() as slow, strict.wire() as stuck:
        for wire in (slow, stuck):
            await wire.send(chat_request(key)[: -len(CHAT_BYTES)])
        for byte in CHAT_BYTES[:-1]:
            await slow.send(bytes([byte]))
            await asyncio.sleep(0.01)  # longer in all than any silence may be
        assert await stuck.closes() == b""
        await slow.send(CHAT_BYTES[-1:])
        answer = await slow.answer()
        assert answer is not None
        assert answer.status == 200


async def test_a_held_request_is_given_all_the_time_it_needs(strict: House) -> None:
    key = await strict.key()
    strict.gate.pause()
    async with strict.wire() as wire:
        await wire.send(chat_request(key))
        await strict.until_waiting(1)
        await asyncio.sleep(0.6)  # twice as long as any head or body may take
        strict.assembly.turnstile.control("resume")
        answer = await wire.answer()
    assert answer is not None
    assert answer.status == 200


async def test_a_connection_between_two_requests_may_rest_longer_than_a_head_may_take(strict: House) -> None:
    key = await strict.key()
    async with strict.wire() as wire:
        assert (await wire.ask(chat_request(key))).status == 200
        await asyncio.sleep(0.5)
        assert (await wire.ask(chat_request(key))).status == 200


@pytest.mark.parametrize("framing", [f"Content-Length: {GB}", "Transfer-Encoding: chunked"])
async def test_a_large_upload_by_nobody_is_answered_before_its_body(house: House, framing: str) -> None:
    async with house.wire() as wire:
        answer = await asyncio.wait_for(wire.ask(request("POST", "/api/chat", None, framing)), 0.5)
        assert (answer.status, answer.reason, answer.is_whole) == (401, "no_credential", True)
        assert await asyncio.wait_for(wire.closes(), 5) == b""


@pytest.mark.slow
async def test_whoever_goes_on_sending_behind_the_answer_is_not_kept_in_memory(house: House) -> None:
    async with house.wire() as wire:
        await wire.send(request("POST", "/v1/chat/completions", None, f"Content-Length: {GB}"))
        answer = await wire.answer("POST")
        assert answer is not None
        assert answer.text.startswith("No credential")
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(_send_for_ever(wire, b"x" * 65536), 8)


async def test_ollamas_command_line_is_turned_away_with_a_status_it_shows(house: House) -> None:
    async with house.wire() as wire:
        head = request("POST", "/api/chat", None, f"Content-Length: {GB}", "User-Agent: ollama/0.30 (x)")
        assert (await wire.ask(head)).status == 403


@pytest.mark.parametrize("path", ["/api/chat", "/v1/chat/completions"])
async def test_a_chunked_body_is_counted_and_refused_in_the_paths_dialect(strict: House, path: str) -> None:
    key = await strict.key()
    async with strict.wire() as wire:
        head = request("POST", path, None, f"X-API-Key: {key}", "Transfer-Encoding: chunked")
        await wire.send(head)
        for _ in range(9):
            await wire.send(b"200\r\n" + b"x" * 512 + b"\r\n")
        answer = await wire.answer("POST")
        assert answer is not None
        assert (answer.status, answer.reason) == (413, "body_too_large")
        assert "4096" in answer.text
    assert strict.upstream.requests == []
    await strict.until_idle()


async def test_a_request_to_the_gates_own_json_or_pages_has_a_small_body(house: House) -> None:
    boss = await house.admin_key()
    for path, size in (("/gate/slots", 65537), ("/api/auth/login", 2**20 + 1)):
        async with house.wire() as wire:
            method = "PUT" if path == "/gate/slots" else "POST"
            answer = await wire.ask(request(method, path, None, f"X-API-Key: {boss}", f"Content-Length: {size}"))
            assert (answer.status, answer.reason) == (413, "body_too_large"), path


async def test_too_much_behind_a_held_request_ends_the_connection_and_the_request(house: House) -> None:
    key = await house.key()
    house.gate.pause()
    async with house.wire() as wire:
        await wire.send(chat_request(key))
        await house.until_waiting(1)
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(_send_for_ever(wire, chat_request(key) * 100), 8)
    await house.until_waiting(0)
    assert house.upstream.requests == []


async def test_too_much_behind_a_running_request_closes_the_socket_for_good(house: House) -> None:
    key = await house.key()
    house.upstream.engine.hold()
    async with house.wire() as wire:
        await wire.send(chat_request(key))
        await house.upstream.engine.until_running(1)
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(_send_for_ever(wire, chat_request(key) * 100), 8)
    await house.upstream.engine.until_cancelled(1)
    await house.until_idle()
    await until(lambda: not house.connections)


async def test_a_few_requests_may_be_pipelined_behind_a_held_one(house: House) -> None:
    key = await house.key()
    house.gate.pause()
    async with house.wire() as wire:
        await wire.send(chat_request(key) * 5)
        await house.until_waiting(1)
        house.assembly.turnstile.control("resume")
        for _ in range(5):
            answer = await wire.answer()
            assert answer is not None
            assert answer.status == 200


async def test_connections_beyond_the_limit_are_closed_and_room_is_made_by_leaving(strict: House) -> None:
    crowd = [await asyncio.open_connection("127.0.0.1", strict.port) for _ in range(20)]
    async with strict.wire() as wire:
        assert await asyncio.wait_for(wire.closes(), 1) == b""
    crowd[0][1].close()
    count = strict.assembly.connections._addresses  # pyright: ignore[reportPrivateUsage]
    await until(lambda: len(count) == 19)
    async with strict.wire() as wire:
        assert (await wire.ask(request("GET", "/gate/health", None))).status == 200
    for _, writer in crowd[1:]:
        writer.close()
    await until(lambda: not count)


async def test_a_trusted_proxy_may_have_any_number_of_connections(tmp_path: Path) -> None:
    environ = {"SLUICE_LIMITS__CONNECTIONS_PER_ADDRESS": "1", "SLUICE_GATE__TRUSTED_PROXIES": "127.0.0.1"}
    async with house_with_fake(tmp_path / "data", **environ) as house, house.wire(), house.wire() as wire:
        assert (await wire.ask(request("GET", "/gate/health", None))).status == 200


async def test_an_unfinished_head_is_written_into_no_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with house.wire() as wire:
        await wire.send(b"GET / HTTP/1.1\r\nX-API-Key: canary")
        await until(lambda: len(house.assembly.connections._due_at) == 1)  # pyright: ignore[reportPrivateUsage]
    await until(lambda: not house.assembly.connections._due_at)  # pyright: ignore[reportPrivateUsage]
    assert "canary" not in caplog.text


def test_what_the_door_builds_on_is_still_there_in_mitmproxy_12_2_3() -> None:
    server = _http1.Http1Server
    assert list(inspect.signature(server.mark_done).parameters) == ["self", "request", "response"]
    assert list(inspect.signature(server.read_body).parameters) == ["self", "event"]
    source = inspect.getsource(_http1.Http1Connection)
    assert "self.buf += event.data" in source
    assert "self.state = self.read_headers" in source
    assert "FIXME: protect against header size DoS" in inspect.getsource(server.read_headers)
