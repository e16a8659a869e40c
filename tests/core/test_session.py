"""A session token is ours, whole and in time, or it is nothing."""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core import session
from addon.core.session import SessionClaims
from tests.core.builders import patient

SECRET = b"s" * 32
NOW = 1_800_000_000.0
CLAIMS = SessionClaims("session-1", 7, NOW - 60, NOW + 60)
GOOD = session.encode(CLAIMS, SECRET)
PAYLOAD: dict[str, Any] = {
    "jti": "session-1",
    "sub": "7",
    "iat": int(NOW - 60),
    "exp": int(NOW + 60),
    "iss": session.ISSUER,
    "aud": session.AUDIENCE,
}


def part(content: object) -> str:
    """One part of a token: base64url of JSON, without padding."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def forge(header: object, payload: object, secret: bytes | None = SECRET) -> str:
    """A token made by hand; without a secret it has an empty signature."""
    signed = f"{part(header)}.{part(payload)}"
    signature = hmac.new(secret, signed.encode(), hashlib.sha256).digest() if secret else b""
    return f"{signed}.{part(signature)}"


HS256 = {"alg": "HS256", "typ": "JWT"}
FORGERIES = {
    "empty": "",
    "not a token": "sk-none",
    "two dots": "..",
    "another secret": session.encode(CLAIMS, b"x" * 32),
    "no signature": GOOD.rpartition(".")[0] + ".",
    "cut off": GOOD[:-5],
    "two parts": GOOD.rpartition(".")[0],
    "four parts": GOOD + ".AAAA",
    "changed payload": ".".join([GOOD.split(".")[0], part(PAYLOAD | {"sub": "1"}), GOOD.split(".")[2]]),
    "alg none": forge({"alg": "none"}, PAYLOAD, None),
    "alg None": forge({"alg": "None"}, PAYLOAD, None),
    "alg none with our signature": forge({"alg": "none"}, PAYLOAD),
    "alg empty": forge({"alg": ""}, PAYLOAD),
    "alg missing": forge({"typ": "JWT"}, PAYLOAD),
    "alg of another kind": forge({"alg": ["HS256"]}, PAYLOAD),
    "alg HS512": jwt.encode(PAYLOAD, SECRET * 2, algorithm="HS512"),
    "alg HS512 over HS256": forge({"alg": "HS512"}, PAYLOAD),
    "alg RS256 over HS256": forge({"alg": "RS256"}, PAYLOAD),
    "key hint": forge({"alg": "HS256", "kid": "../../dev/null", "jwk": {"kty": "oct", "k": ""}}, PAYLOAD, b"\0"),
    "critical extension": forge({"alg": "HS256", "crit": ["exp"], "exp": 0}, PAYLOAD),
    "detached payload": forge({"alg": "HS256", "crit": ["b64"], "b64": False}, PAYLOAD),
    "header not an object": forge(["HS256"], PAYLOAD),
    "header nested too deeply": forge(b'{"alg":"HS256","x":' + b"[" * 200_000, PAYLOAD),
    "header not JSON": forge(b"\xff{", PAYLOAD),
    "not base64": "eyJ*.eyJ*.***",
    "not ASCII": GOOD + "é",
    "lone surrogate": GOOD + "\udcff",
    "payload not an object": forge(HS256, ["session-1"]),
    "payload not JSON": forge(HS256, b"{"),
    "no exp": forge(HS256, {k: v for k, v in PAYLOAD.items() if k != "exp"}),
    "no iat": forge(HS256, {k: v for k, v in PAYLOAD.items() if k != "iat"}),
    "no sub": forge(HS256, {k: v for k, v in PAYLOAD.items() if k != "sub"}),
    "no jti": forge(HS256, {k: v for k, v in PAYLOAD.items() if k != "jti"}),
    "no iss": forge(HS256, {k: v for k, v in PAYLOAD.items() if k != "iss"}),
    "no aud": forge(HS256, {k: v for k, v in PAYLOAD.items() if k != "aud"}),
    "exp null": forge(HS256, PAYLOAD | {"exp": None}),
    "exp a word": forge(HS256, PAYLOAD | {"exp": "tomorrow"}),
    "exp a list": forge(HS256, PAYLOAD | {"exp": [NOW]}),
    "sub a number": forge(HS256, PAYLOAD | {"sub": 7}),
    "sub a name": forge(HS256, PAYLOAD | {"sub": "root"}),
    "another issuer": forge(HS256, PAYLOAD | {"iss": "elsewhere"}),
    "another audience": forge(HS256, PAYLOAD | {"aud": "elsewhere"}),
    "expired": forge(HS256, PAYLOAD | {"exp": int(NOW)}),
}


def test_a_token_reads_back_as_its_claims() -> None:
    assert session.decode(GOOD, SECRET, NOW) == CLAIMS


def test_a_token_made_by_hand_with_our_secret_is_ours() -> None:
    assert session.decode(forge(HS256, PAYLOAD), SECRET, NOW) == CLAIMS


@given(
    session_id=st.text(min_size=1, max_size=40), user_id=st.integers(1, 2**62), lifetime_s=st.integers(1, 10**9)
)
@patient
def test_any_claims_survive_the_round_trip(session_id: str, user_id: int, lifetime_s: int) -> None:
    claims = SessionClaims(session_id, user_id, NOW, NOW + lifetime_s)
    assert session.decode(session.encode(claims, SECRET), SECRET, NOW) == claims


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_expired_or_garbled_token_is_nothing(name: str) -> None:
    assert session.decode(FORGERIES[name], SECRET, NOW) is None


@given(st.text(max_size=60) | st.text("eyJ.A0_-", max_size=60))
@patient
def test_no_text_makes_reading_raise(text: str) -> None:
    assert session.decode(text, SECRET, NOW) is None


@given(index=st.integers(0, len(GOOD) - 1), letter=st.sampled_from("AQgw.=%"))
@patient
def test_a_token_with_a_changed_letter_never_says_anything_else(index: int, letter: str) -> None:
    changed = GOOD[:index] + letter + GOOD[index + 1 :]
    # The last letter of a signature has bits to spare, so a change there may be none.
    assert session.decode(changed, SECRET, NOW) in (None, CLAIMS)


def test_a_token_counts_until_the_very_second_it_expires() -> None:
    assert session.decode(GOOD, SECRET, CLAIMS.expires_at - 0.001) == CLAIMS
    assert session.decode(GOOD, SECRET, CLAIMS.expires_at) is None


def test_the_clock_is_the_argument_and_not_the_machine_s() -> None:
    issued_later = SessionClaims("session-1", 7, NOW + 10**9, NOW + 2 * 10**9)
    assert session.decode(session.encode(issued_later, SECRET), SECRET, NOW) == issued_later


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="needs 32 bytes or more, not 31"):
        session.encode(CLAIMS, b"s" * 31)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD, True),
        ("eyJ..", True),
        ("eyJhbGciOiJub25lIn0.e30.", True),
        ("ollama", False),
        ("sk-none", False),
        ("", False),
        ("eyJ.a", False),
        ("eyJ.a.b.c", False),
        ("a.b.c", False),
    ],
)
def test_what_has_the_form_of_a_token_is_judged_as_one(text: str, expected: bool) -> None:
    assert session.has_token_form(text) is expected


def test_a_csrf_token_belongs_to_one_session_and_one_secret() -> None:
    token = session.csrf_token("session-1", SECRET)
    assert session.is_csrf_token(token, "session-1", SECRET)
    assert not session.is_csrf_token(token, "session-2", SECRET)
    assert not session.is_csrf_token(token, "session-1", b"x" * 32)


@pytest.mark.parametrize("shown", ["", "0" * 64, "é", "bytes \udcff", "\ud800", GOOD])
def test_no_other_text_is_a_csrf_token(shown: str) -> None:
    assert not session.is_csrf_token(shown, "session-1", SECRET)
