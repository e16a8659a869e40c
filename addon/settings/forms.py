"""The forms that strings in the settings must have: URLs, names, networks, prefixes.

Each function returns the checked value in its one canonical writing, or raises UnfitError with a predicate
that follows "it" or the quoted text ("has no …"). URLs are never repeated: they may hold a password.
"""

import re
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network

from addon.core.addresses import unmapped_network
from addon.settings.address import Address, parse_address, parse_host
from addon.settings.errors import UnfitError

LISTEN_URL = "http://<listen>"
DATA_DIRECTORY = "<data>"

_CLIENT_ADDRESS_HEADERS = ("X-Forwarded-For", "CF-Connecting-IP", "X-Real-IP")
_PUBLIC_URL = re.compile(r"(https?)://(\[[^\[\]/]+\]|[^:/\[\]]+)(?::([0-9]{1,5}))?/?")
_UPSTREAM_URL = re.compile(r"http://([^/]+)/?")
_UPSTREAM_NAME = re.compile(r"[a-z0-9-]{1,32}")
_APP_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(\*|[a-z0-9_.-]+(:[0-9]{1,5})?)")
_PATH_PREFIX = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)+")
_SQLITE_URL = re.compile(r"sqlite:///(?!:memory:)[^?]*[^?/]")


def public_url(text: str) -> str:
    """Read an http or https origin and write it as browsers do: lower case, without the default port."""
    return text if text == LISTEN_URL else _web_origin(text.lower())


def _web_origin(text: str) -> str:
    match = _PUBLIC_URL.fullmatch(text)
    if match is None:
        raise UnfitError("is not of that form")
    scheme, host, port = match.groups()
    default_port = "443" if scheme == "https" else "80"
    return parse_address(f"{host}:{port or default_port}").as_url(scheme)


def origin(text: str) -> str:
    """Read an origin as a browser writes it, or `SCHEME://*` for all pages of an app's own scheme."""
    given = text.lower()
    if given in ("*", "null", "http://*", "https://*"):
        raise UnfitError("would let any page of the web in; name the origins one by one")
    return _web_origin(given) if given.startswith(("http://", "https://")) else _matching(_APP_ORIGIN, given)


def optional_host(text: str) -> str:
    """Read a host name without port; the empty text stands for none."""
    return parse_host(text) if text else ""


def upstream_url(text: str) -> str:
    """Read the plain HTTP address of an Ollama server, with its port."""
    match = _UPSTREAM_URL.fullmatch(text.lower())
    if match is None:
        raise UnfitError("is not of that form")
    return f"http://{_with_port(parse_address(match[1]))}"


def _with_port(address: Address) -> Address:
    if address.port == 0:
        raise UnfitError("has port 0, where nobody can listen")
    return address


def upstream_name(text: str) -> str:
    """Read the name by which pages and answers speak of an upstream."""
    return _matching(_UPSTREAM_NAME, text)


def path_prefix(text: str) -> str:
    """Read a path prefix: it starts with a slash, ends without one, and has no empty or dot segment."""
    return _matching(_PATH_PREFIX, text)


def database_url(text: str) -> str:
    """Read a SQLite URL. A database in memory is refused: the gate and the web app are two processes."""
    return _matching(_SQLITE_URL, text)


def _matching(form: re.Pattern[str], text: str) -> str:
    if not form.fullmatch(text):
        raise UnfitError("is not of that form")
    return text


def client_address_header(text: str) -> str:
    """Read one of the known headers in any case and return its usual writing."""
    for header in _CLIENT_ADDRESS_HEADERS:
        if header.lower() == text.lower():
            return header
    raise UnfitError("is none of these")


def proxy_network(text: str) -> IPv4Network | IPv6Network:
    """Read an address or network. The whole Internet is refused: anybody could then claim any address."""
    try:
        network = ip_network(text, strict=False)
    except ValueError as error:
        raise UnfitError("is not an address or network") from error
    if "%" in text:
        raise UnfitError("has a zone id, which means nothing elsewhere")
    if ip_interface(text).ip != network.network_address:
        raise UnfitError(f"has bits set beyond its prefix; write {network}")
    counted = unmapped_network(network)
    if counted.prefixlen == 0:
        raise UnfitError("would let anybody claim any address; name your own proxies")
    return counted
