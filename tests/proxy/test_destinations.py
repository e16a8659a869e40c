"""The dead target: no connection without a decision that opened the way."""

# What a test of the inside looks at has no public name.
# pyright: reportPrivateUsage=false

import pytest

from addon.proxy.admission import Admission
from addon.proxy.destinations import Destinations
from addon.proxy.queueing import Queueing
from addon.proxy.visit import Visit
from tests.proxy.houses import House, chat_request
from tests.proxy.wire import request


async def test_a_request_nobody_decided_about_connects_nowhere(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await house.key()
    monkeypatch.setattr(Queueing, "wait_and_forward", _does_nothing)
    answer = await house.chat(key)
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (502, "upstream_unreachable")
    assert house.upstream.requests == []


async def _does_nothing(*_: object) -> None:
    pass


async def test_a_request_pointed_at_the_upstream_without_a_grant_is_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await house.key()
    opens = Destinations.open_way

    def opens_and_forgets(self: Destinations, flow: object, to: object) -> None:
        opens(self, flow, to)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        self._granted.clear()

    monkeypatch.setattr(Destinations, "open_way", opens_and_forgets)
    assert (await house.chat(key)).status_code == 502
    assert house.upstream.requests == []
    await house.until_idle()


async def test_a_keep_alive_connection_carries_no_permission_to_the_next_request(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        assert (await wire.ask(chat_request(key))).status == 200
        refused = await wire.ask(chat_request(key[:-1] + ("A" if key[-1] != "A" else "B")))
        assert (refused.status, refused.reason) == (401, "bad_credential")
        assert (await wire.ask(chat_request(None))).status == 401
        assert (await wire.ask(request("GET", "/api/nothing", None, f"X-API-Key: {key}"))).status == 404
        assert len(house.upstream.requests) == 1
        assert (await wire.ask(chat_request(key))).status == 200
    assert len(house.upstream.requests) == 2


async def test_the_way_is_closed_behind_every_request(house: House) -> None:
    key = await house.key()
    async with house.wire() as wire:
        await wire.ask(chat_request(key))
        assert house.assembly.exchanges.destinations._granted == {}
        await wire.ask(request("GET", "/api/tags", None, f"X-API-Key: {key}"))
        assert house.assembly.exchanges.destinations._granted == {}


async def test_without_decisions_even_an_open_upstream_connection_is_not_used_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await house.key()
    async with house.wire() as wire:
        assert (await wire.ask(chat_request(key))).status == 200
        # What is left when the hooks are gone: mitmproxy's own target.
        monkeypatch.setattr(Admission, "admit", _undecided)
        answer = await wire.ask(chat_request(key))
    assert (answer.status, answer.reason) in {(500, "internal"), (502, "upstream_unreachable")}
    assert len(house.upstream.requests) == 1


def _undecided(*_: object) -> Visit:
    return _Undecided()


class _Undecided(Visit):
    """A visit that no check has filled."""

    def __init__(self) -> None:
        pass


async def test_a_restarted_upstream_is_found_again_on_the_same_client_connection(house: House) -> None:
    key = await house.key()
    port = house.upstream.port
    async with house.wire() as wire:
        assert (await wire.ask(chat_request(key))).status == 200
        await house.upstream.stop()
        await house.upstream.start(port)
        assert (await wire.ask(chat_request(key))).status == 200
