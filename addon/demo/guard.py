"""Ollama's two browser defences on a loopback address: the Host check and the Origin check.

Without them any web page could reach the server through DNS rebinding or a plain cross-site request. Both answer
403 with an empty body, whatever the method.
"""

from contextlib import suppress
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from addon.demo.http1 import Request

_LOCAL_SUFFIXES: Final = (".localhost", ".local", ".internal")
_APP_SCHEMES: Final = frozenset({"app", "file", "tauri", "vscode-webview", "vscode-file"})


def is_welcome(request: Request) -> bool:
    """Whether both Host and Origin are ones that Ollama accepts by default."""
    return _is_local_host(request.header("host") or "") and _is_known_origin(request.header("origin"))


def _is_local_host(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    with suppress(ValueError):
        address = ip_address(name)
        return address.is_loopback or address.is_private or address.is_unspecified
    return name in {"", "localhost"} or name.endswith(_LOCAL_SUFFIXES)


def _is_known_origin(origin: str | None) -> bool:
    if origin is None:
        return True
    parts = urlsplit(origin)
    is_own = parts.scheme in {"http", "https"} and parts.hostname in {"localhost", "127.0.0.1", "0.0.0.0"}
    return is_own or parts.scheme in _APP_SCHEMES
