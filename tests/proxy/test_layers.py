"""A contract with mitmproxy 12.2.3: what layers.py replaces must go on being what it was.

When one of these fails after an upgrade, read the new source before changing the test: the layers decide what a
client is told, and whether the second line of defence stands.
"""

# What a test of the inside looks at has no public name.
# pyright: reportPrivateUsage=false

import inspect

import pytest
from mitmproxy import http, options, version
from mitmproxy.connection import Client, ConnectionState
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HttpLayer, HTTPMode, _http1
from mitmproxy.proxy.layers.http._events import ErrorCode, ResponseHeaders, ResponseProtocolError

from addon.core.dialect import Dialect
from addon.core.refusal import Reason, Refusal
from addon.proxy.connections import Connections
from addon.proxy.layers import JsonHttp1Server, speak_json
from addon.proxy.limits import door_limits
from addon.proxy.plain_http import plain_http_layer
from tests.proxy.houses import House
from tests.proxy.wire import request
from tests.settings.loading import load

EXCUSE = Refusal(Reason.UPSTREAM_BROKEN), Dialect.OPENAI


def _context() -> Context:
    client = Client(peername=("127.0.0.1", 1), sockname=("127.0.0.1", 2), timestamp_start=0)
    client.state = ConnectionState.OPEN
    return Context(client, options.Options())


def _server() -> JsonHttp1Server:
    return JsonHttp1Server(_context(), lambda _client, _code: EXCUSE)


def _sent(server: JsonHttp1Server, event: object) -> tuple[bytes, bool]:
    sent, is_closed = b"", False
    for command in server.send(event):  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        if isinstance(command, commands.SendData):
            sent += command.data
        is_closed |= isinstance(command, commands.CloseConnection)
    return sent, is_closed


def test_this_is_the_mitmproxy_the_layers_were_written_for() -> None:
    assert version.VERSION == "12.2.3"


def test_the_replaced_functions_have_the_signatures_they_had() -> None:
    assert list(inspect.signature(_http1.Http1Server.send).parameters) == ["self", "event"]
    assert list(inspect.signature(_http1.Http1Server.__init__).parameters) == ["self", "context"]
    assert list(inspect.signature(HttpLayer.__init__).parameters) == ["self", "context", "mode"]
    assert list(inspect.signature(_http1.make_error_response).parameters) == ["status_code", "message"]


def test_the_http1_server_still_asks_for_the_error_page_by_its_global_name() -> None:
    source = inspect.getsource(_http1.Http1Server)
    assert source.count("make_error_response(") == 2
    assert "make_error_response(400, str(e))" in source


def test_a_server_put_into_the_http_layer_is_the_one_it_uses() -> None:
    layer = plain_http_layer(_context(), lambda _client, _code: EXCUSE, Connections(door_limits(load())))
    (seeded,) = layer.connections.values()
    assert isinstance(seeded, JsonHttp1Server)
    assert list(layer.handle_event(events.Start())) == []
    assert list(layer.connections.values()) == [seeded]
    assert layer.mode is HTTPMode.transparent
    assert seeded.state == seeded.read_headers


def test_an_error_before_the_answer_is_said_in_json_and_the_connection_closed() -> None:
    sent, is_closed = _sent(_server(), ResponseProtocolError(1, "x", ErrorCode.GENERIC_SERVER_ERROR))
    assert sent.startswith(b"HTTP/1.1 502 ")
    assert b'"code":"upstream_broken"' in sent
    assert is_closed


@pytest.mark.parametrize("code", ErrorCode)
def test_every_error_code_closes_and_none_speaks_html(code: ErrorCode) -> None:
    sent, is_closed = _sent(_server(), ResponseProtocolError(1, "x", code))
    assert b"<html>" not in sent
    assert is_closed
    assert bool(sent) == (code is ErrorCode.KILL or code.http_status_code() is not None)


def test_an_error_behind_the_head_of_the_answer_says_nothing_more() -> None:
    server, flow_response = _server(), http.Response.make(200)
    _sent(server, ResponseHeaders(1, flow_response, False))
    sent, is_closed = _sent(server, ResponseProtocolError(1, "x", ErrorCode.GENERIC_SERVER_ERROR))
    assert (sent, is_closed) == (b"", True)


def test_an_error_behind_a_100_is_still_said() -> None:
    server = _server()
    _sent(server, ResponseHeaders(1, http.Response.make(100), False))
    sent, _ = _sent(server, ResponseProtocolError(1, "x", ErrorCode.CONNECT_FAILED))
    assert sent.startswith(b"HTTP/1.1 502 ")


def test_nothing_is_said_to_a_client_that_has_gone() -> None:
    server = _server()
    server.conn.state = ConnectionState.CLOSED
    assert _sent(server, ResponseProtocolError(1, "x", ErrorCode.GENERIC_SERVER_ERROR)) == (b"", False)


def test_a_failing_excuse_is_an_internal_error_and_not_a_hang(caplog: pytest.LogCaptureFixture) -> None:
    def fails(_client: Client, _code: ErrorCode) -> tuple[Refusal, Dialect]:
        raise RuntimeError("sabotage")

    sent, is_closed = _sent(JsonHttp1Server(_context(), fails), ResponseProtocolError(1, "x", ErrorCode.KILL))
    assert sent.startswith(b"HTTP/1.1 500 ")
    assert is_closed


def test_mitmproxys_own_error_page_is_json_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http1, "make_error_response", _http1.make_error_response)
    speak_json()
    page = _http1.make_error_response(400, "Bad things.")
    assert page.startswith(b"HTTP/1.1 400 ")
    assert b'{"error":"The request is malformed: Bad things."}' in page
    assert b"it is not HTTP/1.1" in _http1.make_error_response(400)


async def test_http2_is_refused_and_closed(house: House) -> None:
    async with house.wire() as wire:
        await wire.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
        assert (await wire.closes()).startswith(b"HTTP/1.1 400 ")
    assert house.upstream.requests == []


async def test_a_head_of_many_pieces_is_one_request(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        for byte in request("GET", "/api/version", None, f"X-API-Key: {key}"):
            await wire.send(bytes([byte]))
        answer = await wire.answer()
    assert answer is not None
    assert answer.status == 200
