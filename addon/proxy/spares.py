"""Connections to the upstream that stand ready while somebody waits: opening one took a third of a hand-off.

Promise: as many as could be needed at once, none while nobody waits. Nothing is ever sent on one before it is
used, and one that is old, that its upstream has closed, or on which it has said anything, is never used.

A spare is used in the place of a connection that would be opened just then, so whatever decides about opening one
(`server_connect`) decides about spares too. To this end it stands in for the event loop's `create_connection`,
through which asyncio opens every stream; no internals of mitmproxy are touched.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import cast

from addon.proxy.tasks import spawn
from addon.settings import Address

_OPEN_AFTER_S = 0.001
"""Opened behind the request that has just gone, not before it."""
_CLOSE_AFTER_S = 0.1
"""Whoever was the last to wait is on its way to its spare."""
_MOST_AGE_S = 20.0
"""Shorter than servers and address translators bear a connection that says nothing."""
_OPENING_S = 5.0
_log = logging.getLogger(__name__)

type _Factory = Callable[[], asyncio.BaseProtocol]
type _Opened = tuple[asyncio.Transport, asyncio.BaseProtocol]


class Spares:
    """Spare connections to one address."""

    def __init__(self, address: Address) -> None:
        self._address = (address.host, address.port)
        self._wanted = 0
        self._ready: list[_Spare] = []  # the oldest first
        self._opening: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._create: Callable[..., Coroutine[object, object, object]] = _nothing_to_open_with
        self._is_lent = False

    @contextmanager
    def lent_to(self, loop: asyncio.AbstractEventLoop) -> Generator[None]:
        """Let the connections of this loop be taken from the spares for as long as the block runs."""
        own = vars(loop).get("create_connection")
        self._create = loop.create_connection
        vars(loop)["create_connection"] = self._connect
        self._is_lent = True
        try:
            yield
        finally:
            self._is_lent = False
            if (
                vars(loop)["create_connection"] == self._connect
            ):  # else another gate in this loop passes through here
                vars(loop)["create_connection"] = own or self._create
            self._give_up()

    def want(self, count: int) -> None:
        """So many could be used at once from now on."""
        if count != self._wanted:
            self._wanted = count
            self._tend_after(_OPEN_AFTER_S if count > len(self._ready) else _CLOSE_AFTER_S)

    def _give_up(self) -> None:
        self._wanted = 0
        if self._opening is not None:
            self._opening.cancel()
        self._tend()

    async def _connect(
        self, factory: _Factory, host: object = None, port: object = None, **options: object
    ) -> _Opened:
        # mitmproxy notes a connection's handler only after its opening has waited for something.
        await asyncio.sleep(0)
        spare = self._take() if (host, port) == self._address and not any(options.values()) else None
        return spare.become(factory()) if spare else await self._open(factory, host, port, **options)

    def _take(self) -> "_Spare | None":
        self._tend_after(_OPEN_AFTER_S)
        while self._ready:
            if (spare := self._ready.pop()).is_open:
                return spare
        return None

    async def _open(self, factory: _Factory, *place: object, **options: object) -> _Opened:
        return cast("_Opened", await self._create(factory, *place, **options))

    def _tend_after(self, delay_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._tend) if self._is_lent else None

    def _tend(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._ready and (len(self._ready) > self._wanted or now - self._ready[0].opened_at >= _MOST_AGE_S):
            self._ready[0].close()
        if len(self._ready) < self._wanted and (self._opening is None or self._opening.done()):
            self._opening = spawn(self._open_more(), name="open spare connections")
        if self._wanted:
            self._tend_after(_MOST_AGE_S / 2)
        elif self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _open_more(self) -> None:
        try:
            async with asyncio.timeout(_OPENING_S):
                # So many and no more: an upstream that closes each at once is not asked for ever.
                for _ in range(self._wanted - len(self._ready)):
                    await self._open(lambda: _Spare(self._ready), *self._address)
        except OSError as error:
            # Whoever is next finds out for themselves, and is told.
            _log.debug("no spare connection could be opened: %s", error)
        if len(self._ready) > self._wanted:  # they are too late
            self._tend_after(_CLOSE_AFTER_S)


async def _nothing_to_open_with(*_: object) -> object:
    raise RuntimeError("spares are opened inside of `lent_to`")


class _Spare(asyncio.Protocol):
    """One spare connection, among the others that are ready."""

    _transport: asyncio.Transport

    def __init__(self, ready: "list[_Spare]") -> None:
        self._ready = ready
        self.opened_at = asyncio.get_running_loop().time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ready.append(self)

    def data_received(self, data: bytes) -> None:
        del data  # whatever it is, it is no answer: nothing was asked
        self.close()

    def eof_received(self) -> None:
        self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether it could be used."""
        return not self._transport.is_closing()

    def close(self) -> None:
        """It is no spare any longer; repeatable."""
        if self in self._ready:
            self._ready.remove(self)
        self._transport.abort()

    def become(self, protocol: asyncio.BaseProtocol) -> "_Opened":
        """It is this protocol's connection from now on."""
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        return self._transport, protocol
