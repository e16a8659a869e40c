"""Calling hooks: each of them, in order, whatever the others do; and a contract with mitmproxy 12.2.3."""

import asyncio
import logging
from inspect import signature
from types import SimpleNamespace

import pytest
from mitmproxy import hooks, options, version
from mitmproxy.addonmanager import AddonManager
from mitmproxy.master import Master
from mitmproxy.proxy.server_hooks import ClientConnectedHook
from mitmproxy.test import tflow

from addon.proxy.hooks import QuickAddons
from tests.proxy.houses import House


class Addon:
    """Notes its calls."""

    def __init__(self, name: str, calls: list[str]) -> None:
        self.name = name
        self._calls = calls

    def client_connected(self, _: object) -> None:
        self._calls.append(self.name)


class Awaited:
    """The same, only later."""

    def __init__(self, name: str, calls: list[str]) -> None:
        self.name = name
        self._calls = calls

    async def client_connected(self, _: object) -> None:
        await asyncio.sleep(0)
        self._calls.append(self.name)


class Broken:
    """Fails."""

    def client_connected(self, _: object) -> None:
        raise RuntimeError("broken")


@pytest.fixture
async def addons() -> AddonManager:
    master = Master(options.Options())
    master._legacy_log_events.uninstall()  # pyright: ignore[reportPrivateUsage]
    master.addons = QuickAddons(master)
    return master.addons


async def _connect(addons: AddonManager) -> None:
    await addons.handle_lifecycle(ClientConnectedHook(tflow.tclient_conn()))


async def test_all_are_called_in_order_and_waited_for(addons: AddonManager) -> None:
    calls: list[str] = []
    addons.add(Addon("a", calls), Awaited("b", calls), Addon("c", calls))
    await _connect(addons)
    assert calls == ["a", "b", "c"]


async def test_each_is_told_what_mitmproxy_would_tell(addons: AddonManager) -> None:
    told: list[object] = []

    def note(*arguments: object) -> None:
        told.append(list(arguments))

    for number, name in enumerate(hooks.all_hooks):
        addon = SimpleNamespace(name=f"addon {number}")
        setattr(addon, name, note)
        addons.chain.append(addon)
    for hook in hooks.all_hooks.values():
        event = hook(*(object() for _ in signature(hook).parameters))
        told.clear()
        await addons.handle_lifecycle(event)
        assert told == [event.args()]


async def test_one_that_is_added_later_is_called_too(addons: AddonManager) -> None:
    calls: list[str] = []
    addons.add(Addon("a", calls))
    await _connect(addons)
    addons.add(Addon("b", calls))
    await _connect(addons)
    assert calls == ["a", "a", "b"]


async def test_a_failure_is_logged_and_keeps_nobody_else_from_being_called(
    addons: AddonManager, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[str] = []
    addons.add(Broken(), Addon("b", calls))
    await _connect(addons)
    assert calls == ["b"]
    assert [(record.levelno, record.message) for record in caplog.records] == [
        (logging.ERROR, "hook client_connected failed")
    ]


async def test_the_gate_calls_its_hooks_so_and_has_none_that_would_be_left_out(house: House) -> None:
    assert version.VERSION == "12.2.3"
    addons = house.server._master.addons  # pyright: ignore[reportPrivateUsage] - nothing else tells
    assert isinstance(addons, QuickAddons)
    assert [addon for addon in addons.chain if hasattr(addon, "update")] == []
