"""Putting the gate together: the only place where its parts are wired, for our own process and for the plugin."""

import importlib.metadata
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from addon.core.credential import session_cookie_name
from addon.core.gate import Gate
from addon.core.openapi import as_json
from addon.proxy.access_log import AccessLog
from addon.proxy.admission import Admission
from addon.proxy.connections import Connections
from addon.proxy.exchanges import Exchanges
from addon.proxy.gate_addon import GateAddon
from addon.proxy.ledger import Ledger
from addon.proxy.limits import door_limits, gate_limits
from addon.proxy.live_api import LiveApi
from addon.proxy.metrics import Metrics
from addon.proxy.probe import Probe
from addon.proxy.recovery import Recovery
from addon.proxy.rules import Rules
from addon.proxy.steering import Steering
from addon.proxy.turnstile import Turnstile
from addon.proxy.upstream_watch import UpstreamWatch
from addon.proxy.web_app import WebApp
from addon.settings import Settings
from addon.store.audit_writer import AuditWriter
from addon.store.engine import AsyncEngine, make_async_engine, make_engine
from addon.store.journal_reader import JournalReader
from addon.store.journal_writer import JournalWriter
from addon.store.live_settings import LiveSettings
from addon.store.policy_source import PolicySource
from addon.store.retention import Kept, Retention


@dataclass(frozen=True, slots=True)
class Assembly:
    """The parts of one gate."""

    settings: Settings
    engine: AsyncEngine
    source: PolicySource
    rules: Rules
    journal: JournalWriter
    audit: AuditWriter
    access: AccessLog
    retention: Retention
    turnstile: Turnstile
    exchanges: Exchanges
    connections: Connections
    steering: Steering
    upstreams: UpstreamWatch
    live_api: LiveApi
    addon: GateAddon


def assemble(settings: Settings, secret: bytes, web_app: WebApp | None) -> Assembly:
    """Wire a gate for these settings; nothing runs yet."""
    upstream = settings.upstreams[0]
    engine, pen = make_async_engine(settings.database.url), make_engine(settings.database.url, opens_only=True)
    source = PolicySource(engine, secret, settings.queue.base)
    rules, journal, audit = Rules(source), JournalWriter(pen), AuditWriter(engine)
    access = AccessLog(settings.log.access, settings.data_dir)
    turnstile, probe = Turnstile(Gate(gate_limits(settings))), Probe(upstream.url)
    exchanges = Exchanges(turnstile, Ledger(journal, Metrics(), access, audit), upstream)
    steering = Steering(turnstile, settings, LiveSettings(engine), audit)
    rules.on_change = steering.load
    upstreams = UpstreamWatch(upstream, turnstile.gate, probe, turnstile.served_at_once)
    live_api = LiveApi(exchanges, rules, steering, upstreams, JournalReader(engine), openapi_of(settings))
    admission = Admission(settings, host_names(settings))
    connections = Connections(door_limits(settings))
    connections.on_refused = exchanges.turned_away
    addon = GateAddon(admission, connections, exchanges, rules, live_api, Recovery(turnstile, probe), web_app)
    return Assembly(
        settings,
        engine,
        source,
        rules,
        journal,
        audit,
        access,
        Retention(engine, Kept.by(settings.retention)),
        turnstile,
        exchanges,
        connections,
        steering,
        upstreams,
        live_api,
        addon,
    )


def openapi_of(settings: Settings) -> bytes:
    """What `/gate/openapi.json` answers."""
    cookie_name = session_cookie_name(is_https=settings.gate.is_https)
    return as_json(importlib.metadata.version("sluice"), cookie_name)


def host_names(settings: Settings) -> Collection[str]:
    """The names the gate answers to, beside addresses, localhost and *.local."""
    gate = settings.gate
    public_host = urlsplit(gate.public_url).hostname or ""
    return frozenset({public_host, gate.hosts.chat, gate.hosts.admin, *gate.allowed_hosts}) - {""}
