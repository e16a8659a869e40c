"""What lets people go round Sluice, or listen to it: worth a warning, for the owner may have reasons.

Promise: nothing here keeps anything from starting. Whoever calls it must be able to wait: each address is asked
for about a second at most, all at once, and a host name is looked up for as long as the system's resolver takes.
"""

import http.client
import logging
import socket
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from threading import Thread

from addon.core.addresses import Address as IpAddress
from addon.core.addresses import parse_address
from addon.proxy.own_addresses import own_addresses
from addon.proxy.probe import USER_AGENT
from addon.settings import Address, GateSettings, Settings, UpstreamSettings

_log = logging.getLogger(__name__)
_PATIENCE_S = 1.0
_AT_ONCE = 16
_MOST_ANSWER_BYTES = 4096
# Wider than anybody's proxies: the largest published ranges of a proxy network are /13 and /29.
_WIDE_BELOW = {4: 8, 6: 16}
_WILDCARDS = {4: "0.0.0.0", 6: "::"}


def exposures(settings: Settings) -> Iterator[str]:
    """Yield every warning as one line: which rule, what is wrong, what to do."""
    yield from _open_and_plain(settings.gate)
    yield from _wide_proxies(settings.gate)
    for upstream in settings.upstreams:
        yield from _upstream(upstream, settings.gate.listen)


def look_around(settings: Settings) -> Thread:
    """Log every warning, in a thread: it asks the network, so nothing waits for it, not even the process's end."""
    looking = Thread(target=_warn, args=(settings,), name="self-check", daemon=True)
    looking.start()
    return looking


def _warn(settings: Settings) -> None:
    try:
        for warning in exposures(settings):
            _log.warning("%s", warning)
    except Exception:  # noqa: BLE001 - a warning that cannot be given must not look like a crash of the gate
        _log.exception("the self-check failed; `sluice check` runs it again")


def _open_and_plain(gate: GateSettings) -> Iterator[str]:
    is_guarded = gate.is_https or gate.trusted_proxies
    if is_guarded or all(address.is_loopback for address in _addresses_of(gate.listen.host)):
        return
    yield (
        f"gate.listen: {gate.listen} can be reached from other machines over plain HTTP, so keys and passwords "
        "can be read on the way. Put a proxy with TLS in front and name it in gate.public_url (https://…) and "
        "gate.trusted_proxies, or listen on 127.0.0.1."
    )


def _wide_proxies(gate: GateSettings) -> Iterator[str]:
    for network in gate.trusted_proxies:
        if network.prefixlen < _WIDE_BELOW[network.version]:
            yield (
                f"gate.trusted_proxies: {network} is very wide, and whoever is in it may claim any address "
                "of the allow-list. Name your proxies alone."
            )


def _upstream(upstream: UpstreamSettings, listen: Address) -> Iterator[str]:
    named, own = _addresses_of(upstream.address.host), own_addresses()
    if not named:
        return  # a name that nobody knows: `sluice check` says that it does not answer
    if any(address.is_loopback or address.is_unspecified or address in own for address in named):
        yield from _side_doors(upstream, own, listen)
    else:
        yield (
            f"upstream {upstream.name}: {upstream.url} is another machine, spoken to over plain HTTP: prompts "
            "can be read on the way, and whoever reaches it goes round Sluice. Let it admit this host alone."
        )


def _side_doors(upstream: UpstreamSettings, own: Collection[IpAddress], listen: Address) -> Iterator[str]:
    port = upstream.address.port
    # A gate in Ollama's usual place is no side door; it is the door.
    others = [one for one in sorted(own, key=str) if port != listen.port or not _is_held_by(listen.host, one)]
    doors = [Address(str(one), port) for one in others]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = [str(door) for door, is_open in zip(doors, pool.map(_is_ollama, doors), strict=True) if is_open]
    if found:
        yield (
            f"upstream {upstream.name}: Ollama listens at {', '.join(found)} too, so unless a firewall closes "
            f"port {port}, whoever reaches this host goes round Sluice. Start Ollama with "
            f"OLLAMA_HOST=127.0.0.1:{port} and set upstream.url to http://127.0.0.1:{port}."
        )


def _is_held_by(host: str, address: IpAddress) -> bool:
    return host in (str(address), _WILDCARDS[address.version])


def _is_ollama(door: Address) -> bool:
    connection = http.client.HTTPConnection(door.host, door.port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", "/api/version", headers={"User-Agent": USER_AGENT})
        answer = connection.getresponse()
        return answer.status == 200 and b'"version"' in answer.read(_MOST_ANSWER_BYTES)
    except (OSError, http.client.HTTPException):
        return False  # nobody there, or somebody who is not Ollama
    finally:
        connection.close()


def _addresses_of(host: str) -> frozenset[IpAddress]:
    literal = parse_address(host)
    if literal is not None:
        return frozenset({literal})
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return frozenset()
    # A zone id belongs to the socket, not to the address.
    return frozenset(ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers)
