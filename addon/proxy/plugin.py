"""The gate inside somebody else's mitmproxy."""

import asyncio
import os
from contextlib import ExitStack
from dataclasses import replace

from mitmproxy import ctx, exceptions
from mitmproxy.proxy.layer import NextLayer

from addon.proxy.assembly import Assembly, assemble
from addon.proxy.exposure import look_around
from addon.proxy.housekeeping import Housekeeping
from addon.proxy.plain_http import plain_http_layer
from addon.proxy.run import DEAD_TARGET, StartError
from addon.proxy.tasks import spawn
from addon.settings import Address, Settings, SettingsError, load_settings
from addon.store.alone import alone
from addon.store.data_dir import make_data_dir
from addon.store.engine import make_engine
from addon.store.errors import SchemaError
from addon.store.privacy import readable_by_others
from addon.store.schema import ensure_schema
from addon.store.secret_file import load_secret

_MITMPROXYS_PORT = 8080
_NEEDED_OPTIONS: dict[str, object] = {
    "mode": [DEAD_TARGET],
    "connection_strategy": "lazy",
    "http2": False,
    "keep_host_header": True,
    "validate_inbound_headers": True,
    "stream_large_bodies": None,
}


class Plugin:
    """Brings the gate up when mitmproxy runs, and refuses a mitmproxy that is set up in an unsafe way."""

    def __init__(self) -> None:
        self._lock = ExitStack()
        self._assembly = _assemble(self._lock)
        self._housekeeping = Housekeeping(self._assembly)
        self.addons = [self._assembly.addon]

    def configure(self, updated: set[str]) -> None:
        """Check the options the gate relies on, whenever they change."""
        del updated
        for name, needed in _NEEDED_OPTIONS.items():
            if getattr(ctx.options, name, needed) != needed:
                raise exceptions.OptionsError(
                    f"Sluice needs {name}={needed}; start with --set confdir=config/mitmproxy"
                )

    def next_layer(self, nextlayer: NextLayer) -> None:
        """Plain HTTP/1 for every connection."""
        nextlayer.layer = plain_http_layer(
            nextlayer.context, self._assembly.exchanges.excuse, self._assembly.connections
        )

    # A script loaded or dropped while mitmproxy runs has these called without await, and only if they are no
    # coroutine functions; at mitmproxy's own start and end it awaits what they return.

    def running(self) -> asyncio.Task[None]:
        """Load the rules and start following them; warn of what leads round the gate."""
        look_around(_as_it_listens(self._assembly.settings))
        return spawn(self._housekeeping.start(), name="start the gate")

    def done(self) -> asyncio.Task[None]:
        """Close the door, hand back whoever waits, and write the journal's rest."""
        self._assembly.steering.shut_down()
        # At once, and not in the task: a reloaded script starts its own gate before the task runs.
        self._lock.close()
        return spawn(self._housekeeping.stop(), name="stop the gate")


def _as_it_listens(settings: Settings) -> Settings:
    # mitmproxy listens where its own options say, and without one on every address.
    listen = Address(ctx.options.listen_host or "0.0.0.0", ctx.options.listen_port or _MITMPROXYS_PORT)
    return replace(settings, gate=replace(settings.gate, listen=listen))


def _assemble(lock: ExitStack) -> Assembly:
    try:
        settings = load_settings(config=None, data=None, listen=None, environ=os.environ)
        for problem in readable_by_others(settings):
            raise exceptions.AddonManagerError(problem)  # before opening, which would quietly make it private
        make_data_dir(settings.data_dir)
        lock.enter_context(alone(settings.data_dir))
        ensure_schema(make_engine(settings.database.url), settings.data_dir)
        return assemble(settings, load_secret(settings.data_dir), web_app=None)
    except (SettingsError, SchemaError, StartError) as error:
        raise exceptions.AddonManagerError(str(error)) from error
