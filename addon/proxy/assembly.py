"""Putting the gate together: the only place where its parts are wired, for our own process and for the plugin."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from addon.core.gate import Gate, GateLimits
from addon.core.principal import PrincipalClass
from addon.proxy.admission import Admission
from addon.proxy.gate_addon import GateAddon
from addon.proxy.rules import Rules
from addon.proxy.turnstile import Turnstile
from addon.proxy.web_app import WebApp
from addon.settings import Settings
from addon.store.engine import AsyncEngine, make_async_engine
from addon.store.journal_writer import JournalWriter
from addon.store.policy_source import PolicySource


@dataclass(frozen=True, slots=True)
class Assembly:
    """The parts of one gate."""

    settings: Settings
    engine: AsyncEngine
    source: PolicySource
    rules: Rules
    journal: JournalWriter
    turnstile: Turnstile
    addon: GateAddon


def assemble(settings: Settings, secret: bytes, web_app: WebApp | None) -> Assembly:
    """Wire a gate for these settings; nothing runs yet."""
    engine = make_async_engine(settings.database.url)
    source = PolicySource(engine, secret, settings.queue.base)
    rules, journal = Rules(source), JournalWriter(engine)
    turnstile = Turnstile(Gate(gate_limits(settings)))
    admission = Admission(settings, host_names(settings))
    addon = GateAddon(admission, turnstile, rules, journal, settings.upstreams[0], web_app)
    return Assembly(settings, engine, source, rules, journal, turnstile, addon)


def gate_limits(settings: Settings) -> GateLimits:
    """The gate's numbers, from the settings."""
    queue = settings.queue
    return GateLimits(
        slots=settings.upstreams[0].slots,
        aging_per_minute=queue.aging_per_minute,
        max_waiting=queue.max_waiting,
        max_waiting_per_principal=queue.max_waiting_per_principal,
        max_wait_s={PrincipalClass(name): wait_s for name, wait_s in asdict(queue.max_wait_s).items()},
        first_byte_timeout_s=queue.first_byte_timeout_s,
        idle_timeout_s=queue.idle_timeout_s,
        max_hold_s=queue.max_hold_s,
    )


def host_names(settings: Settings) -> Collection[str]:
    """The names the gate answers to, beside addresses, localhost and *.local."""
    public_host = urlsplit(settings.gate.public_url).hostname or ""
    return frozenset({public_host, *settings.gate.allowed_hosts}) - {""}
