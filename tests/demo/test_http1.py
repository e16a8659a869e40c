"""The HTTP server, byte for byte."""

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress

import pytest

from addon.demo.http1 import Exchange, Server
from tests.demo.sockets import RawConnection, connected, serving

GET = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"


async def echo(exchange: Exchange) -> None:
    await exchange.respond(200, "text/plain", exchange.request.body or exchange.request.target.encode())


async def two_parts(exchange: Exchange) -> None:
    await exchange.start(200, [(b"Content-Type", b"text/plain")])
    await exchange.write(b"one")
    await exchange.write(b"two")
    await exchange.finish()


class Waiting:
    """A handler that never answers, and tells what becomes of it."""

    def __init__(self, *, answers: bool) -> None:
        self.answers = answers
        self.begun = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def __call__(self, exchange: Exchange) -> None:
        if self.answers:
            await exchange.start(200, [])
            await exchange.write(b"x")
        self.begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


async def test_a_connection_carries_many_requests() -> None:
    async with serving(echo) as port, connected(port) as raw:
        for path in (b"/a", b"/b"):
            await raw.send(b"GET " + path + b" HTTP/1.1\r\nHost: h\r\n\r\n")
            assert (await raw.until(path)).startswith(b"HTTP/1.1 200")


async def test_requests_sent_ahead_are_answered_in_order() -> None:
    async with serving(echo) as port, connected(port) as raw:
        await raw.send(GET + b"GET /second HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        answers = await raw.rest()
        assert answers.count(b"HTTP/1.1 200") == 2
        assert answers.endswith(b"/second")


async def test_a_chunked_body_is_put_together() -> None:
    async with serving(echo) as port, connected(port) as raw:
        await raw.send(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        await raw.send(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        assert (await raw.until(b"abcde")).startswith(b"HTTP/1.1 200")


async def test_a_client_that_asks_first_is_told_to_continue() -> None:
    async with serving(echo) as port, connected(port) as raw:
        await raw.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert (await raw.until(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        await raw.send(b"hi")
        assert (await raw.until(b"hi")).startswith(b"HTTP/1.1 200")


async def test_a_stream_is_chunked() -> None:
    async with serving(two_parts) as port, connected(port) as raw:
        await raw.send(GET)
        assert b"transfer-encoding: chunked" in (await raw.until(b"\r\n\r\n")).lower()
        assert await raw.until(b"0\r\n\r\n") == b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"


async def test_a_stream_to_http_1_0_ends_with_the_connection() -> None:
    async with serving(two_parts) as port, connected(port) as raw:
        await raw.send(b"GET / HTTP/1.0\r\n\r\n")
        assert b"chunked" not in await raw.until(b"\r\n\r\n")
        assert await raw.rest() == b"onetwo"


async def test_head_gets_the_length_but_no_body() -> None:
    async with serving(echo) as port, connected(port) as raw:
        await raw.send(b"HEAD /abc HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        answer = (await raw.rest()).lower()
        assert b"content-length: 4" in answer
        assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("garbage", [b"\x00\x01\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"])
async def test_what_is_not_http_is_refused(garbage: bytes) -> None:
    async with serving(echo) as port, connected(port) as raw:
        await raw.send(garbage)
        assert (await raw.rest()).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("leave", [RawConnection.leave, RawConnection.reset])
@pytest.mark.parametrize("answers", [False, True])
async def test_a_client_that_leaves_cancels_its_handler(
    leave: Callable[[RawConnection], None], answers: bool
) -> None:
    handler = Waiting(answers=answers)
    async with serving(handler) as port, connected(port) as raw:
        await raw.send(GET)
        await handler.begun.wait()
        leave(raw)
        async with asyncio.timeout(0.2):
            await handler.cancelled.wait()


async def test_closing_the_server_cancels_handlers_and_drops_connections() -> None:
    handler = Waiting(answers=False)
    async with serving(handler) as port, connected(port) as idle, connected(port) as busy:
        await busy.send(GET)
        await handler.begun.wait()
        raw = (idle, busy)
    assert handler.cancelled.is_set()
    assert all(each.writer.is_closing() for each in raw)


# In the second turn asyncio itself has a gap: it has accepted the connection and made no transport yet.
@pytest.mark.parametrize("turns", [0, 1, 3, 4, 5])
async def test_a_connection_made_in_the_very_turn_of_closing_is_dropped_too(turns: int) -> None:
    server = Server(Waiting(answers=False))
    await server.start("127.0.0.1", 0)
    with socket.create_connection(("127.0.0.1", server.port), timeout=2) as client:
        client.sendall(GET)
        for _ in range(turns):
            await asyncio.sleep(0)
        await asyncio.wait_for(server.close(), 2)
        with suppress(ConnectionResetError):
            assert client.recv(1) == b""


async def test_a_stalled_reader_does_not_keep_the_server_from_closing() -> None:
    blocked = asyncio.Event()

    async def flood(exchange: Exchange) -> None:
        await exchange.start(200, [])
        exchange.transport.write(bytes(20_000_000))
        blocked.set()
        await exchange.write(b"never read")

    async with serving(flood) as port, connected(port) as raw:
        await raw.send(GET)
        await blocked.wait()


async def test_a_handler_that_fails_drops_the_connection_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(exchange: Exchange) -> None:
        raise ValueError("broken")

    async with serving(fail) as port, connected(port) as raw:
        await raw.send(GET)
        with pytest.raises(ConnectionResetError):
            await raw.rest()
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_a_handler_may_write_what_http_forbids() -> None:
    async def garbage(exchange: Exchange) -> None:
        exchange.transport.write(b"!!!")

    async with serving(garbage) as port, connected(port) as raw:
        await raw.send(GET)
        assert await raw.rest() == b"!!!"


async def test_headers_and_version_are_kept_as_sent() -> None:
    seen = list[tuple[str, str | None, str | None]]()

    async def look(exchange: Exchange) -> None:
        request = exchange.request
        seen.append((request.http_version, request.header("X-Own"), request.header("x-none")))
        await exchange.respond(204, "text/plain", b"")

    async with serving(look) as port, connected(port) as raw:
        await raw.send(b"GET / HTTP/1.0\r\nX-Own: 1\r\n\r\n")
        await raw.rest()
    assert seen == [("1.0", "1", None)]
