"""How the upstream is: asked now and then, and told to administrators with its models.

Promise: somebody who looks hears what is true now. While nobody looks and nothing runs, Ollama is asked once a
minute whether it answers, and nothing else.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import Sequence
from dataclasses import asdict

from addon.core.gate import Gate
from addon.core.ollama_models import InstalledModel, LoadedModel
from addon.core.served_at_once import ServedAtOnce
from addon.core.upstream_history import Spell
from addon.proxy.probe import Probe
from addon.proxy.tasks import spawn
from addon.settings import UpstreamSettings

_TICK_S = 10.0
_REST_S = 60.0
_LOOKED_AT_FOR_S = 30.0
_TOLD_S = 2.5
"""Whoever looks at a page is not made to wait for an Ollama that is slow at both questions."""

type Row = dict[str, object]


class UpstreamWatch:
    """Watches one upstream through its probe."""

    def __init__(self, upstream: UpstreamSettings, gate: Gate, probe: Probe, served: ServedAtOnce) -> None:
        self.probe = probe
        self._served = served
        self._upstream = upstream
        self._gate = gate
        self._looked_at = -math.inf

    async def watch(self) -> None:
        """Ask for as long as the gate runs: every ten seconds while it matters to somebody, else every minute."""
        while True:
            await asyncio.sleep(_TICK_S)
            if self.is_due():
                # A task of its own, which the end of this one lets finish: httpx may swallow a cancellation.
                spawn(self._ask(), name="ask the upstream")

    def is_due(self) -> bool:
        """Whether it is time to ask again."""
        is_looked_at = time.monotonic() - self._looked_at < _LOOKED_AT_FOR_S
        return is_looked_at or bool(self._gate.running) or self.probe.silent_s >= _REST_S

    async def told(self) -> Row:
        """Everything `GET /gate/upstreams` answers."""
        began = self._looked_at = time.monotonic()
        is_up = await self.probe.is_reachable()
        loaded, installed = None, None
        if is_up:
            with contextlib.suppress(TimeoutError):  # what it has not told by then it does not tell
                async with asyncio.timeout(_TOLD_S - (time.monotonic() - began)):
                    loaded, installed = await self._models()
        return {"upstreams": [self._state(is_up=is_up) | {"loaded": loaded, "installed": installed}]}

    async def _ask(self) -> None:
        await self.probe.is_reachable()

    async def _models(self) -> tuple[list[Row] | None, list[Row] | None]:
        loaded, installed = await asyncio.gather(self.probe.loaded(), self.probe.installed())
        return _rows(loaded), _rows(installed)

    def _state(self, *, is_up: bool) -> Row:
        history = self.probe.history
        now_at = time.time()
        spells, latency_s = history.spells(), history.latency_s(now_at)
        return {
            "name": self._upstream.name,
            "url": self._upstream.url,
            "state": "up" if is_up else "down",
            "since_at": spells[0].since_at if spells else now_at,
            "history": [_spell_row(spell) for spell in spells],
            "version": self.probe.version,
            "latency_ms": None if latency_s is None else round(latency_s * 1000, 1),
            "trouble": self.probe.trouble,
            "slots": self._gate.limits.slots,
            "served_at_once": dict(self._served.fewer_than(self._gate.limits.slots)),
        }


def _rows(models: Sequence[LoadedModel] | Sequence[InstalledModel] | None) -> list[Row] | None:
    return None if models is None else [asdict(model) for model in models]


def _spell_row(spell: Spell) -> Row:
    return {"state": spell.state, "since_at": spell.since_at, "until_at": spell.until_at}
