"""Every setting of Sluice, nested as in the file: name, kind, default, title and meaning in one place each.

A new setting is one field here. `config/sluice.toml` and `config/README.md` are made from these lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from addon.core.routes import ExtraRoute
from addon.settings import forms
from addon.settings.address import Address, parse_address, parse_host
from addon.settings.catalogue import setting
from addon.settings.keeping import BackupSettings, LogSettings, RetentionSettings
from addon.settings.kinds import flag, number, text, texts, whole
from addon.settings.routes import routes

type Source = Literal["default", "file", "live", "environment", "option"]

_ANY_PRIORITY = whole(0, 9)
_ANY_COUNT = whole(1, 1_000_000)
_SECONDS = number(0.001, 31_536_000, " of seconds")


@dataclass(frozen=True, kw_only=True)
class HostNames:
    """Names of the gate under which its root is a page of our own."""

    chat: str = setting(
        text("a host name without port, or empty for none", forms.optional_host),
        "",
        "Name for the chat page",
        "A name by which the gate may be addressed and whose root shows the chat page.",
    )
    admin: str = setting(
        text("a host name without port, or empty for none", forms.optional_host),
        "",
        "Name for the admin panel",
        "A name by which the gate may be addressed and whose root shows the admin panel. When it is set, /admin "
        "and /api/admin answer under this name only and are 404 under every other.",
    )


@dataclass(frozen=True, kw_only=True)
class GateSettings:
    """The public port, and who may speak through it."""

    listen: Address = setting(  # noqa: RUF009 - setting() is dataclasses.field(), evaluated once by design
        text("HOST:PORT, with an IPv6 host in brackets and a port up to 65535", parse_address),
        Address("127.0.0.1", 8000),
        "Address and port",
        "The one address and port that serves everything. Use 0.0.0.0 as host to be reached from other "
        "machines; port 0 takes any free port.",
    )
    public_url: str = setting(
        text("http://HOST, https://HOST or either with :PORT, without path or user name", forms.public_url),
        forms.LISTEN_URL,
        "Address people use",
        "The address by which people reach the gate; every link we print starts with it, and https makes "
        "cookies Secure. `http://<listen>` stands for the address of gate.listen.",
    )
    allowed_hosts: tuple[str, ...] = setting(
        texts('exact host names without port, such as ["gate.example.org"]', parse_host),
        (),
        "Further names of the gate",
        "Names by which the gate may be addressed, beside IP addresses, localhost, `*.local`, the host of "
        "gate.public_url and the names of gate.hosts. A request for any other name is refused with 421.",
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = setting(
        texts('addresses or networks, such as ["10.0.0.0/8", "192.168.1.1"]', forms.proxy_network),
        (),
        "Trusted proxies",
        "Proxies in front of the gate that may tell a client's address. A forwarding header from anybody "
        "else makes the address unknown, and an unknown address matches no allow-list rule.",
    )
    client_address_header: str = setting(
        text("one of X-Forwarded-For, CF-Connecting-IP, X-Real-IP", forms.client_address_header),
        "X-Forwarded-For",
        "Header with the client's address",
        "The one header in which a trusted proxy tells the client's address; no other header is believed.",
    )
    path_prefixes: tuple[str, ...] = setting(
        texts('paths with a leading and no trailing slash, such as ["/api/code"]', forms.path_prefix),
        ("/api/code",),
        "Stripped path prefixes",
        "Prefixes that are stripped from Ollama's paths, for clients that insist on a base path: "
        "/api/code/api/chat becomes /api/chat. Other paths under a prefix are refused with 404.",
    )
    allowed_origins: tuple[str, ...] = setting(
        texts('origins such as ["https://app.example.org"], or ["app://*"] for a scheme of its own', forms.origin),
        ("app://*", "tauri://*", "vscode-webview://*"),
        "Origins of other pages",
        "Origins beside our own whose pages may call Ollama's routes and read the answers (CORS). Pages of other "
        "origins cannot use an allow-listed address.",
    )
    metrics_addresses: tuple[IPv4Network | IPv6Network, ...] = setting(
        texts('addresses or networks, such as ["10.0.0.0/8", "192.168.1.1"]', forms.proxy_network),
        (),
        "Who reads the metrics",
        "Who may read /gate/metrics without a credential, Prometheus for instance; others need scope admin.",
    )
    anonymous_read: bool = setting(
        flag(),
        False,
        "Reading without a credential",
        "Whether GET /, /api/version, /api/tags and POST /api/show need no credential. Some clients never "
        "send one there; without this they are refused with 401.",
    )
    cloud_models: bool = setting(
        flag(),
        False,
        "Cloud models",
        "Whether models may be used that Ollama runs at ollama.com on its owner's account (their names end in "
        ":cloud or -cloud). Without this they are refused with 403, to everybody.",
    )
    owner_routes: bool = setting(
        flag(),
        False,
        "Routes of the owner's account",
        "Whether credentials with scope admin may use the routes that act with the owner's ollama.com account: "
        "/api/me, /api/signout, DELETE /api/user/keys and web search, web fetch and recommendations under "
        "/api/experimental; also the tool web_search under /v1/messages and /v1/responses, which Ollama runs "
        "itself. Without this they are refused with 403, to everybody.",
    )
    route: tuple[ExtraRoute, ...] = setting(
        routes(),
        (),
        "Further routes of Ollama",
        "Routes that Ollama gained after this release, each also written as a table [[gate.route]]; other unknown "
        "paths are refused with 404. The kind says what a route needs: infer a slot and a JSON body that names "
        "its model, read the scope read, manage the scope manage. Who is limited to some models must name one in "
        "the body of a managing one, wherever else it stands.",
    )
    hosts: HostNames = field(default_factory=HostNames)

    @property
    def is_https(self) -> bool:
        """Whether people reach the gate by https, so that cookies can be Secure."""
        return self.public_url.startswith("https://")


@dataclass(frozen=True, kw_only=True)
class UpstreamSettings:
    """One Ollama server behind the gate."""

    url: str = setting(
        text("http://HOST:PORT, without path or user name (https is not spoken here)", forms.upstream_url),
        "http://127.0.0.1:11434",
        "Address of Ollama",
        "Where Ollama listens. When it cannot be reached, requests are refused with 502.",
    )
    name: str = setting(
        text("1 to 32 of the characters a-z, 0-9 and -", forms.upstream_name),
        "default",
        "Name of this server",
        "The name by which pages and answers speak of this server.",
    )
    slots: int = setting(
        whole(1, 1024),
        1,
        "Slots: requests at once",
        "How many requests run on this server at once; the others wait. It should equal the server's "
        "OLLAMA_NUM_PARALLEL.",
    )

    @property
    def address(self) -> Address:
        """Host and port of `url`, ready to connect to."""
        return parse_address(self.url.removeprefix("http://"))


@dataclass(frozen=True, kw_only=True)
class BasePriorities:
    """Base priorities by class, 0 to 9; lower is served sooner."""

    direct_api: int = setting(
        _ANY_PRIORITY,
        1,
        "Base priority of coding tools",
        "Base priority of tools on an allow-listed address, unless their rule says otherwise. Lower is "
        "served sooner.",
    )
    custom_app: int = setting(
        _ANY_PRIORITY,
        2,
        "Base priority of apps",
        "Base priority of apps with an API key, unless the key says otherwise.",
    )
    web_chat: int = setting(
        _ANY_PRIORITY, 3, "Base priority of the chat page", "Base priority of signed-in people in the chat page."
    )


@dataclass(frozen=True, kw_only=True)
class LongestWaits:
    """Longest waits by class, in seconds."""

    direct_api: float = setting(
        _SECONDS,
        900.0,
        "Longest wait of a coding tool",
        "Seconds a request of a coding tool (direct_api) may wait; then it is refused with 503.",
    )
    custom_app: float = setting(
        _SECONDS,
        3600.0,
        "Longest wait of an app",
        "Seconds a request of an app (custom_app) may wait; then it is refused with 503.",
    )
    web_chat: float = setting(
        _SECONDS,
        1800.0,
        "Longest wait in the chat page",
        "Seconds a request of the chat page (web_chat) may wait; then it is refused with 503.",
    )


@dataclass(frozen=True, kw_only=True)
class QueueSettings:
    """Order, length and deadlines of the queue."""

    aging_per_minute: float = setting(
        number(0, 1000),
        0.1,
        "Aging",
        "Priority points a request gains for each minute it waits, so that nobody waits forever. 0 means "
        "strict priorities: a steady stream of better ones can then hold the others back.",
    )
    max_waiting: int = setting(
        _ANY_COUNT, 500, "Most waiting in all", "Requests that may wait in all; further ones are refused with 503."
    )
    max_waiting_per_principal: int = setting(
        _ANY_COUNT,
        50,
        "Most waiting for one key, user or address",
        "Requests that may wait for one key, user or allow-list rule; further ones are refused with 429.",
    )
    first_byte_timeout_s: float = setting(
        _SECONDS,
        900.0,
        "Longest wait for the first byte",
        "Seconds a running request may wait for Ollama's first byte (loading a model counts); then it ends "
        "with 504.",
    )
    idle_timeout_s: float = setting(
        _SECONDS,
        600.0,
        "Longest silence in an answer",
        "Seconds Ollama may be silent in the middle of an answer; then the answer ends with an error.",
    )
    max_hold_s: float = setting(
        _SECONDS,
        1800.0,
        "Longest hold of a slot",
        "Seconds one request may hold a slot; then it is ended and the slot goes to the next.",
    )
    early_response_after_s: float = setting(
        _SECONDS,
        15.0,
        "Silence before heartbeats begin",
        "Seconds a streaming request waits in silence; then its answer begins with 200 and heartbeats, so that no "
        "client or proxy on the way gives up. A later failure is then told inside the stream.",
    )
    heartbeat_s: float = setting(
        _SECONDS,
        10.0,
        "Time between heartbeats",
        "Seconds between the heartbeats of a stream that waits or falls silent: one space in Ollama's streams, a "
        "comment in OpenAI's and Anthropic's.",
    )
    base: BasePriorities = field(default_factory=BasePriorities)
    max_wait_s: LongestWaits = field(default_factory=LongestWaits)


@dataclass(frozen=True, kw_only=True)
class LimitsSettings:
    """What one request may cost."""

    body_bytes: int = setting(
        whole(1024, 2**40),
        64 * 2**20,
        "Largest body of a request",
        "Largest request body in bytes (the default is 64 MiB); larger ones are refused with 413. Blob "
        "uploads are not limited.",
    )
    header_bytes: int = setting(
        whole(1024, 2**20),
        32 * 2**10,
        "Largest head of a request",
        "Largest head of a request in bytes, request line included; larger ones are refused with 431, a request "
        "line beyond 8 KiB with 414.",
    )
    head_s: float = setting(
        _SECONDS,
        10.0,
        "Longest time to send a head",
        "Seconds a client has to send the head of a request; slower connections are closed.",
    )
    connections: int = setting(
        whole(1, 1_000_000),
        10_000,
        "Most connections in all",
        "Connections in all; further ones are closed at once.",
    )
    connections_per_address: int = setting(
        whole(1, 1_000_000),
        1000,
        "Most connections from one address",
        "Connections from one address; further ones are closed at once. Trusted proxies may have any number.",
    )


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """Where keys, users, rules and the journal are kept."""

    url: str = setting(
        text("sqlite:/// and the path of a file (PostgreSQL is not supported yet)", forms.database_url),
        f"sqlite:///{forms.DATA_DIRECTORY}/sluice.db",
        "Database",
        "The database. `<data>` stands for the data directory; a path that starts with a slash needs four "
        "slashes in all.",
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of one run, checked. Made by `load_settings`, which also fills in `<listen>` and `<data>`."""

    data_dir: Path
    gate: GateSettings
    upstreams: tuple[UpstreamSettings, ...]
    queue: QueueSettings
    limits: LimitsSettings
    database: DatabaseSettings
    backup: BackupSettings
    retention: RetentionSettings
    log: LogSettings
    sources: Mapping[str, Source] = field(repr=False, compare=False)

    def source(self, key: str) -> Source:
        """Say where a value came from. Keys are dotted as in the file; raises KeyError for an unknown one."""
        return self.sources[key]

    def at_port(self, port: int) -> "Settings":
        """Return the settings once the system has chosen the port for a `gate.listen` with port 0."""
        listen = replace(self.gate.listen, port=port)
        was_derived = self.gate.public_url == self.gate.listen.reachable().as_url()
        public_url = listen.reachable().as_url() if was_derived else self.gate.public_url
        return replace(self, gate=replace(self.gate, listen=listen, public_url=public_url))
