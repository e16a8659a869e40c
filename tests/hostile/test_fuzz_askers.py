"""The parsers of who asks under fire: each answers what it promises, and raises nothing else.

`scripts/fuzz` runs the same with many more examples.
"""

from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from addon.core import session
from addon.core.addresses import FORWARDING_HEADERS, client_address, parse_address, parse_network
from addon.core.credential import Shown, read_credentials
from addon.core.hosts import host_of, is_allowed_host
from addon.core.keys import parse_key
from addon.core.origins import foreign_page_asks, is_own_origin, readers_origin
from addon.core.session import SessionClaims
from tests.hostile.mutations import HEAD_TOKENS, KEY, TIMEOUT_S, VALUES, fuzz, headers, mutated

pytestmark = pytest.mark.timeout(TIMEOUT_S)

SECRET, NOW = b"s" * 32, 1_800_000_000.0
CLAIMS = SessionClaims("0" * 32, 7, NOW, NOW + 60)
TOKEN = session.encode(CLAIMS, SECRET)


@given(
    shown=headers(), cookie=st.sampled_from(["sluice", "__Host-sluice"]), path_key=st.none() | st.text(max_size=9)
)
@fuzz
def test_credentials_are_collected_and_never_shown(
    shown: list[tuple[str, str]], cookie: str, path_key: str | None
) -> None:
    found = read_credentials(shown, cookie, path_key)
    assert type(found) is Shown
    assert all(type(token) is str for token in found.tokens)
    assert (
        found.is_explicit == any(name in ("x-api-key", "authorization") for name, _ in shown)
        or path_key is not None
    )
    assert not [token for token in found.tokens if len(token) > 12 and token in repr(found)]


@given(
    text=st.sampled_from([KEY, *VALUES])
    | mutated([KEY.encode()], HEAD_TOKENS).map(bytes.hex)
    | st.text(max_size=60)
)
@fuzz
def test_a_key_is_read_whole_or_not_at_all(text: str) -> None:
    key = parse_key(text)
    assert key is None or key.text == text


@given(token=mutated([TOKEN.encode()], [*HEAD_TOKENS, b".", b"=", b"eyJhbGciOiJub25lIn0"]))
@example(token=TOKEN.encode())
@fuzz
def test_a_token_says_what_was_signed_or_nothing(token: bytes) -> None:
    found = session.decode(token.decode("latin-1"), SECRET, NOW)
    assert found is None or found == CLAIMS


TRUSTED = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"), IPv4Network("10.0.0.0/8"))
PEERS = [ip_address(text) for text in ("127.0.0.1", "::1", "10.1.2.3", "203.0.113.9", "2001:db8::1")]


@given(
    peer=st.sampled_from(PEERS),
    shown=headers(),
    header=st.sampled_from(["X-Forwarded-For", "CF-Connecting-IP", "X-Real-IP"]),
)
@fuzz
def test_an_address_is_the_peers_or_the_trusted_proxys_word_or_unknown(
    peer: IPv4Address | IPv6Address, shown: list[tuple[str, str]], header: str
) -> None:
    found = client_address(peer, shown, TRUSTED, header)
    is_trusted = any(peer.version == network.version and peer in network for network in TRUSTED)
    if not is_trusted:
        speaks_for_others = any(name in FORWARDING_HEADERS for name, _ in shown)
        assert found == (None if speaks_for_others else peer)
        return
    told = [value for name, value in shown if name == header.lower()]
    assert found is None or (len(told) == 1 and not found.is_loopback and not found.is_unspecified)
    assert not isinstance(found, IPv6Address) or found.ipv4_mapped is None


@given(text=st.sampled_from(VALUES) | st.text("0123456789abcdef:./%x[]-", max_size=30) | st.text(max_size=20))
@fuzz
def test_an_address_or_network_is_read_strictly(text: str) -> None:
    address = parse_address(text)
    assert address is None or ip_address(text.strip()) is not None
    with suppress(ValueError):
        assert parse_network(text).num_addresses == ip_network(text.strip()).num_addresses


@given(authority=st.sampled_from(VALUES) | st.text("[]:.@alochstevi0127%\0", max_size=20) | st.text(max_size=20))
@fuzz
def test_a_host_is_ours_only_when_it_can_be_read(authority: str) -> None:
    host = host_of(authority)
    if is_allowed_host(authority, {"sluice.example"}):
        assert host
        assert (
            host in ("localhost", "sluice.example") or host.endswith(".local") or parse_address(host) is not None
        )


@given(shown=headers())
@fuzz
def test_a_page_that_may_read_is_ours_or_allowed(shown: list[tuple[str, str]]) -> None:
    assert type(foreign_page_asks(shown, ("app://*",))) is bool
    reader = readers_origin(shown, ("app://*",))
    assert reader is None or reader.lower().startswith("app://") or is_own_origin(reader, shown)


def test_the_token_that_is_spoilt_is_a_good_one() -> None:
    assert session.decode(TOKEN, SECRET, NOW) == CLAIMS
