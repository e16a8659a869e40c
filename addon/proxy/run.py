"""The gate as a process of its own: mitmproxy's core with our addons and nothing else.

mitmdump's thirty default addons are left out: half the latency is theirs, and among them are TLS interception
and a script loader that drops a broken script and goes on proxying.
"""

import asyncio
import contextlib
import errno
import logging
import signal
import socket
from collections.abc import Callable, Generator, Mapping

from mitmproxy import ctx, options
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.master import Master

from addon.proxy.assembly import Assembly
from addon.proxy.hooks import QuickAddons
from addon.proxy.housekeeping import Housekeeping
from addon.proxy.layers import speak_json
from addon.proxy.plain_http import PlainHttp
from addon.proxy.process import allow_open_files, lengthen_backlog, settle_memory
from addon.proxy.spares import Spares
from addon.proxy.tasks import spawn
from addon.settings import Address
from addon.store.errors import StoreError

DEAD_TARGET = "reverse:http://127.0.0.1:1"
PLAIN_HTTP_1: Mapping[str, object] = {
    "connection_strategy": "lazy",
    "http2": False,
    "http3": False,
    "websocket": False,
    "rawtcp": False,
    "keep_host_header": True,
}
"""mitmproxy's options for a reverse proxy that speaks HTTP/1 and nothing else."""
DRAIN_S = 30.0
"""How long running answers may take to finish once the process is asked to stop."""

_log = logging.getLogger(__name__)


class StartError(RuntimeError):
    """The gate cannot listen; the message says where, why and what to do."""


def free_port(host: str) -> int:
    """A port nobody listens on, for `--listen HOST:0`."""
    with _bound_socket(Address(host, 0)) as probe:
        return int(probe.getsockname()[1])


def check_can_listen(address: Address) -> None:
    """Raise StartError, with a sentence, when the address cannot be listened on."""
    _bound_socket(address).close()


class GateServer:
    """One running gate. `drain` and `stop_now` may be called from the same event loop, any number of times."""

    def __init__(self, assembly: Assembly, on_ready: Callable[[], None]) -> None:
        self._assembly = assembly
        self._proxyserver = Proxyserver()
        self._announcer = _Announcer(self._proxyserver, on_ready)
        self._master = _make_master(assembly, self._proxyserver)
        self._master.addons.add(self._announcer)
        self._spares = Spares(assembly.exchanges.upstream.address)
        assembly.turnstile.on_demand = self._spares.want
        self._draining: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve until drained or stopped. Raises StartError when the address cannot be listened on."""
        housekeeping = Housekeeping(self._assembly)
        try:
            await _start(housekeeping)
            with self._spares.lent_to(asyncio.get_running_loop()):
                await self._master.run()
        finally:
            await self._stop_listening()
            await housekeeping.stop()
        if not self._announcer.is_listening:
            listen = self._assembly.settings.gate.listen
            raise StartError(f"{listen}: cannot listen there. Name another address with --listen.")

    def drain(self) -> None:
        """Stop listening, hand back whoever waits, let running answers finish; then stop."""
        if self._draining is None:
            self._draining = spawn(self._drain(), name="drain")

    def stop_now(self) -> None:
        """Stop at once; running answers are cut."""
        self._master.shutdown()

    async def _drain(self) -> None:
        await self._stop_listening()
        turnstile = self._assembly.turnstile
        self._assembly.steering.shut_down()
        try:
            await asyncio.wait_for(turnstile.wait_until_idle(), DRAIN_S)
        except TimeoutError:
            _log.warning("answers still running after %g s are cut", DRAIN_S)
        self.stop_now()

    async def _stop_listening(self) -> None:
        for server in self._proxyserver.servers:
            if server.is_running:
                await server.stop()


async def serve(assembly: Assembly, on_ready: Callable[[], None]) -> None:
    """Run the gate until SIGTERM or SIGINT has drained it; a second signal stops it at once."""
    allow_open_files()
    settle_memory()
    server = GateServer(assembly, on_ready)
    with _stop_signals(server.drain, server.stop_now):
        await server.run()


async def _start(housekeeping: Housekeeping) -> None:
    try:
        await housekeeping.start()
    except StoreError as error:
        raise StartError(f"{error} Restore a backup, or name another data directory with --data.") from error
    except OSError as error:
        # A socket's path may have no more than about 100 bytes, whatever the file system says.
        raise StartError(
            f"{housekeeping.socket}: cannot listen there for the command line ({error}). "
            "Name a shorter or writable data directory with --data."
        ) from error


def _make_master(assembly: Assembly, proxyserver: Proxyserver) -> Master:
    master = Master(options.Options())
    master.addons = QuickAddons(master)
    # Each log record would otherwise be passed on through a loop callback nobody listens to.
    master._legacy_log_events.uninstall()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    speak_json()
    master.addons.add(proxyserver, PlainHttp(assembly.exchanges.excuse, assembly.connections), assembly.addon)
    listen = assembly.settings.gate.listen
    master.options.update(
        mode=[DEAD_TARGET],
        listen_host=listen.host,
        listen_port=listen.port,
        **PLAIN_HTTP_1,
        validate_inbound_headers=True,
        # Its own idle limit would cut silent generations; the gate's deadlines rule instead.
        tcp_timeout=86400,
    )
    return master


class _Announcer:
    """Tells when mitmproxy accepts connections, or that it could not."""

    def __init__(self, proxyserver: Proxyserver, on_ready: Callable[[], None]) -> None:
        self._proxyserver = proxyserver
        self._on_ready = on_ready
        self.is_listening = False

    def running(self) -> None:
        """Called by mitmproxy once its servers had their chance to start."""
        self.is_listening = bool(self._proxyserver.listen_addrs())
        if self.is_listening:
            lengthen_backlog(self._proxyserver)
            self._on_ready()
        else:
            ctx.master.shutdown()


@contextlib.contextmanager
def _stop_signals(first: Callable[[], object], second: Callable[[], object]) -> Generator[None]:
    loop = asyncio.get_running_loop()
    wishes = iter((first, second))

    def stop() -> None:
        next(wishes, second)()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def _bound_socket(address: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((address.host, address.port))
    except OSError as error:
        bound.close()
        reason = "the port is in use" if error.errno == errno.EADDRINUSE else (error.strerror or str(error))
        raise StartError(
            f"{address}: cannot listen there ({reason}). Name another address with --listen."
        ) from error
    return bound
