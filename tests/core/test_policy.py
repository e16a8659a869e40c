"""Who is asking, promise by promise.

Each row of the table is one claim of the contract; its id is the sentence in short. What never reaches the policy
(Basic, forwarding headers) is shown in test_credential and test_addresses.
"""

import base64
import json
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core import session
from addon.core.addresses import parse_address, parse_network
from addon.core.credential import Shown
from addon.core.keys import ApiKey, compose_key, is_same_digest
from addon.core.policy import AddressRule, Identity, KeyRule, LiveSession, Policy
from addon.core.principal import Principal, PrincipalClass
from addon.core.refusal import Reason, Refusal
from tests.core.builders import make_principal, patient

NOW = 1_800_000_000.0
SECRET = b"s" * 64
GOOD, REVOKED, EXPIRED, EXPIRING, UNKNOWN, LEFTOVER = (compose_key(bytes([n]) * 37) for n in range(6))
WRONG_SECRET = ApiKey(GOOD.prefix, UNKNOWN.secret)

APP = make_principal("key:1", PrincipalClass.CUSTOM_APP)
USER = make_principal("user:1", PrincipalClass.WEB_CHAT)
OFFICE = make_principal("rule:1")
TEAM = make_principal("rule:2")
DESK = make_principal("rule:3")
SIX = make_principal("rule:4")


def key_rule(key: ApiKey, *, expires_at: float | None = None, is_revoked: bool = False) -> KeyRule:
    """What the store knows of a key."""
    return KeyRule(key.prefix, key.digest, APP, expires_at, is_revoked)


def token(
    session_id: str, *, secret: bytes = SECRET, expires_at: float = NOW + 60, algorithm: str = "HS256"
) -> str:
    """A signed session token, forged where the arguments say so."""
    claims = {
        "jti": session_id,
        "sub": "1",
        "iat": int(NOW - 60),
        "exp": int(expires_at),
        "iss": session.ISSUER,
        "aud": session.AUDIENCE,
    }
    return jwt.encode(claims, secret, algorithm=algorithm)


def unsigned_token() -> str:
    """A token that says it needs no signature."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    return f"{header}.{token('live').split('.')[1]}."


POLICY = Policy(
    revision=1,
    session_secret=SECRET,
    keys={
        rule.prefix: rule
        for rule in (
            key_rule(GOOD),
            key_rule(REVOKED, is_revoked=True),
            key_rule(EXPIRED, expires_at=NOW),
            key_rule(EXPIRING, expires_at=NOW + 0.001),
            key_rule(LEFTOVER, expires_at=NOW - 1, is_revoked=True),
        )
    },
    rules=(
        AddressRule(parse_network("10.0.0.0/8"), OFFICE),
        AddressRule(parse_network("10.1.2.3/32"), DESK),
        AddressRule(parse_network("10.1.0.0/16"), TEAM),
        AddressRule(parse_network("2001:db8::/32"), SIX),
    ),
    sessions={
        "live": LiveSession("live", USER, NOW + 60),
        "over": LiveSession("over", USER, NOW),
    },
)
LISTED, ELSEWHERE = "10.9.9.9", "192.0.2.1"
CHAT = token("live")


@dataclass(frozen=True)
class Row:
    """One sentence: what is shown, from where, and who that is."""

    sentence: str
    expected: Principal | Reason
    token: str | None = None
    cookie: str | None = None
    address: str | None = ELSEWHERE
    beside: str | None = None
    path_key: str | None = None


ROWS = [
    Row("nothing shown from an unlisted address is refused", Reason.NO_CREDENTIAL),
    Row("nothing shown from an unknown address is refused", Reason.NO_CREDENTIAL, address=None),
    Row("nothing shown from a listed network is its rule", OFFICE, address=LISTED),
    Row("a listed IPv6 network counts too", SIX, address="2001:db8::9"),
    Row("an IPv4-mapped address is the IPv4 address", OFFICE, address="::ffff:10.9.9.9"),
    Row("an IPv6 address that looks like a listed IPv4 one is not it", Reason.NO_CREDENTIAL, address="::a09:909"),
    Row("the more specific rule wins over the wider", TEAM, address="10.1.9.9"),
    Row("the most specific rule wins", DESK, address="10.1.2.3"),
    Row("a valid key is the key", APP, token=GOOD.text),
    Row("a valid key from an unknown address is the key", APP, token=GOOD.text, address=None),
    Row("a valid key from a listed address is the key, not the rule", APP, token=GOOD.text, address=LISTED),
    Row("an explicit key wins over a cookie, which is ignored", APP, token=GOOD.text, cookie=CHAT),
    Row("a bad cookie beside a valid key is ignored", APP, token=GOOD.text, cookie="junk"),
    Row("a key counts until it expires", APP, token=EXPIRING.text),
    Row("a revoked key is refused", Reason.KEY_REVOKED, token=REVOKED.text),
    Row("a revoked key is refused from a listed address too", Reason.KEY_REVOKED, REVOKED.text, address=LISTED),
    Row("an expired key is refused", Reason.KEY_EXPIRED, token=EXPIRED.text),
    Row("an expired key is refused from a listed address too", Reason.KEY_EXPIRED, EXPIRED.text, address=LISTED),
    Row("a revoked key that has expired is called revoked", Reason.KEY_REVOKED, token=LEFTOVER.text),
    Row("a key of an unknown prefix is refused", Reason.BAD_CREDENTIAL, token=UNKNOWN.text),
    Row("a key of our form is judged from everywhere", Reason.BAD_CREDENTIAL, UNKNOWN.text, None, LISTED),
    Row("a known prefix with a wrong secret is refused", Reason.BAD_CREDENTIAL, token=WRONG_SECRET.text),
    Row("a wrong secret is refused even with a good cookie", Reason.BAD_CREDENTIAL, WRONG_SECRET.text, CHAT),
    Row("a foreign key from elsewhere is refused", Reason.BAD_CREDENTIAL, token="sk-none"),
    Row("a foreign key from an unknown address is refused", Reason.BAD_CREDENTIAL, "sk-none", address=None),
    Row("an empty key from elsewhere is refused", Reason.BAD_CREDENTIAL, token=""),
    Row("'ollama' from a listed address counts as nothing shown", OFFICE, token="ollama", address=LISTED),
    Row("'sk-none' from a listed address counts as nothing shown", OFFICE, token="sk-none", address=LISTED),
    Row("an empty key from a listed address counts as nothing shown", OFFICE, token="", address=LISTED),
    Row("a foreign key from a listed address leaves the cookie to speak", USER, "ollama", CHAT, LISTED),
    Row("a foreign key from elsewhere is not saved by a cookie", Reason.BAD_CREDENTIAL, "ollama", CHAT),
    Row("two different keys are refused", Reason.CONFLICTING_CREDENTIALS, GOOD.text, beside=EXPIRING.text),
    Row("a key and a session token are refused", Reason.CONFLICTING_CREDENTIALS, GOOD.text, beside=CHAT),
    Row("a key and a foreign value are refused", Reason.CONFLICTING_CREDENTIALS, GOOD.text, beside="ollama"),
    Row("two foreign values are refused", Reason.CONFLICTING_CREDENTIALS, "sk-none", beside="ollama"),
    Row("two different keys are refused from a listed address too", Reason.CONFLICTING_CREDENTIALS,
        GOOD.text, address=LISTED, beside=EXPIRING.text),
    Row("a foreign value beside a key from a listed address counts as nothing shown", APP,
        GOOD.text, address=LISTED, beside="ollama"),
    Row("two foreign values from a listed address count as nothing shown", OFFICE,
        "sk-none", address=LISTED, beside="ollama"),
    Row("a key in the path is the key", APP, path_key=GOOD.text),
    Row("a key in the path wins over cookie and address", APP, cookie=CHAT, address=LISTED, path_key=GOOD.text),
    Row("a key in path and header is one key", APP, GOOD.text, path_key=GOOD.text),
    Row("a key in the path and another in a header are refused", Reason.CONFLICTING_CREDENTIALS,
        GOOD.text, path_key=EXPIRING.text),
    Row("a key in the path and a session token are refused", Reason.CONFLICTING_CREDENTIALS,
        CHAT, path_key=GOOD.text),
    Row("a foreign value beside a key in the path from a listed address counts as nothing shown", APP,
        "ollama", address=LISTED, path_key=GOOD.text),
    Row("a foreign value in the path is never nothing", Reason.BAD_CREDENTIAL, address=LISTED, path_key="ollama"),
    Row("a session token in the path is no key", Reason.BAD_CREDENTIAL, path_key=CHAT),
    Row("a wrong key in the path is refused", Reason.BAD_CREDENTIAL, path_key=WRONG_SECRET.text),
    Row("a session token as Bearer is the user", USER, token=CHAT),
    Row("a session token as cookie is the user", USER, cookie=CHAT),
    Row("a cookie wins over the address", USER, cookie=CHAT, address=LISTED),
    Row("a Bearer token wins over the address", USER, token=CHAT, address=LISTED),
    Row("an empty cookie is nothing shown", Reason.NO_CREDENTIAL, cookie=""),
    Row("an empty cookie leaves the address to speak", OFFICE, cookie="", address=LISTED),
    Row("a bad cookie is refused", Reason.SESSION_ENDED, cookie="junk"),
    Row("a bad cookie is refused from a listed address too", Reason.SESSION_ENDED, cookie="junk", address=LISTED),
    Row("a token of an ended session is refused", Reason.SESSION_ENDED, token=token("gone")),
    Row("a cookie of an ended session is refused", Reason.SESSION_ENDED, cookie=token("gone")),
    Row("a session ends when its row expires, whatever the token says", Reason.SESSION_ENDED, token("over")),
    Row("an expired token is refused", Reason.SESSION_ENDED, token=token("live", expires_at=NOW)),
    Row("a token signed by another secret is refused", Reason.SESSION_ENDED, token("live", secret=b"x" * 32)),
    Row("a token of another algorithm is refused", Reason.SESSION_ENDED, token("live", algorithm="HS512")),
    Row("a token of algorithm none is refused", Reason.SESSION_ENDED, token=unsigned_token()),
    Row("a token of our form is judged from everywhere", Reason.SESSION_ENDED, "eyJ.eyJ.x", None, LISTED),
]  # fmt: skip


def ask(row: Row) -> Identity | Refusal:
    """Put the row's question to the policy."""
    address = parse_address(row.address) if row.address else None
    tokens = frozenset(one for one in (row.token, row.beside) if one is not None)
    return POLICY.identify(Shown(tokens, row.path_key, row.cookie), address, NOW)


def explicit(token: str) -> Shown:
    """One explicit credential."""
    return Shown(frozenset({token}))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.sentence.replace(" ", "-"))
def test_the_contract_says_who_is_asking(row: Row) -> None:
    answer = ask(row)
    found = answer.reason if isinstance(answer, Refusal) else answer.principal
    assert found == row.expected


@pytest.mark.parametrize(
    ("shown", "address", "expected"),
    [
        (explicit(GOOD.text), None, Identity(APP)),
        (explicit(CHAT), None, Identity(USER, session_id="live")),
        (Shown(cookie=CHAT), None, Identity(USER, session_id="live", by_cookie=True)),
        (Shown(), LISTED, Identity(OFFICE, by_address=True)),
        (explicit("ollama"), LISTED, Identity(OFFICE, by_address=True)),
    ],
    ids=["key", "bearer", "cookie", "address", "dummy"],
)
def test_an_identity_says_how_it_was_recognised(shown: Shown, address: str | None, expected: Identity) -> None:
    assert POLICY.identify(shown, parse_address(address) if address else None, NOW) == expected


@pytest.mark.parametrize("key", [REVOKED, EXPIRED])
def test_a_refusal_names_the_key_and_never_its_secret(key: ApiKey) -> None:
    answer = POLICY.identify(explicit(key.text), None, NOW)
    assert isinstance(answer, Refusal)
    assert f"sl_{key.prefix}_…" in answer.message
    assert key.secret not in answer.message


@pytest.mark.parametrize(
    "key", [GOOD, REVOKED, EXPIRED, WRONG_SECRET, UNKNOWN], ids=["good", "revoked", "expired", "wrong", "unknown"]
)
def test_every_key_costs_the_same_hash_and_the_same_comparison(
    key: ApiKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return is_same_digest(one, other)

    monkeypatch.setattr("addon.core.policy.is_same_digest", compare)
    POLICY.identify(explicit(key.text), None, NOW)
    ((kept, shown),) = compared
    assert shown == key.digest
    assert len(kept) == len(shown)


def test_an_unknown_address_matches_not_even_a_rule_for_everybody() -> None:
    everybody = Policy(1, SECRET, rules=(AddressRule(parse_network("0.0.0.0/0"), OFFICE),))
    assert everybody.rule_for(None) is None
    assert everybody.identify(Shown(), None, NOW) == Refusal(Reason.NO_CREDENTIAL)


def test_a_fresh_policy_lets_nobody_in() -> None:
    fresh = Policy(0, SECRET)
    for shown in (Shown(), explicit(GOOD.text), explicit(CHAT), Shown(cookie=CHAT)):
        assert isinstance(fresh.identify(shown, parse_address("127.0.0.1"), NOW), Refusal)


def test_the_representation_hides_the_session_secret() -> None:
    assert repr(SECRET) not in repr(POLICY)


@given(address=st.ip_addresses(), lengths=st.lists(st.integers(0, 32), unique=True, min_size=1, max_size=8))
@patient
def test_the_longest_prefix_that_holds_the_address_wins(
    address: IPv4Address | IPv6Address, lengths: list[int]
) -> None:
    networks = [ip_network((address, length), strict=False) for length in lengths]
    rules = tuple(AddressRule(network, OFFICE) for network in networks)
    found = Policy(1, SECRET, rules=rules).rule_for(address)
    assert found is not None
    assert found.network.prefixlen == max(lengths)


@given(st.text(max_size=50))
@patient
def test_no_foreign_text_is_ever_anybody(text: str) -> None:
    assert isinstance(POLICY.identify(explicit(text), None, NOW), Refusal)
