"""Every place a credential can stand in is read, and two different ones are refused."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.credential import Shown, read_credentials
from addon.core.refusal import Reason, Refusal
from tests.core.builders import patient


def basic(text: str) -> str:
    """An Authorization value that carries user and password."""
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ([], None),
        ([("host", "x"), ("accept", "*/*")], None),
        ([("x-api-key", "K")], "K"),
        ([("x-api-key", "  K ")], "K"),
        ([("authorization", "Bearer K")], "K"),
        ([("authorization", "bearer   K")], "K"),
        ([("authorization", " BEARER K ")], "K"),
        ([("authorization", "Bearer")], ""),
        ([("authorization", basic("anybody:K"))], "K"),
        ([("authorization", basic(":K"))], "K"),
        ([("authorization", basic("user:K:L"))], "K:L"),
        ([("authorization", basic("no colon"))], ""),
        ([("authorization", "Basic !!!")], "!!!"),
        ([("authorization", "Basic /w==")], "/w=="),
        ([("authorization", "Basic clé")], "clé"),
        ([("authorization", "Basic \udcff")], "\udcff"),
        ([("authorization", "Signature abc")], "Signature abc"),
        ([("authorization", "K")], "K"),
        ([("authorization", "")], ""),
    ],
)
def test_the_explicit_credential_is_found_wherever_it_stands(
    headers: list[tuple[str, str]], token: str | None
) -> None:
    assert read_credentials(headers) == Shown(token=token)


@pytest.mark.parametrize(
    "headers",
    [
        [("x-api-key", "K"), ("x-api-key", "K")],
        [("x-api-key", "K"), ("authorization", "Bearer K")],
        [("authorization", basic("me:K")), ("x-api-key", "K")],
    ],
)
def test_one_credential_shown_twice_is_one_credential(headers: list[tuple[str, str]]) -> None:
    assert read_credentials(headers) == Shown(token="K")


@pytest.mark.parametrize(
    "headers",
    [
        [("x-api-key", "K"), ("x-api-key", "L")],
        [("x-api-key", "K"), ("authorization", "Bearer L")],
        [("authorization", "Bearer K"), ("authorization", "Bearer L")],
        [("authorization", "Bearer K"), ("authorization", basic("me:L"))],
        [("x-api-key", "K"), ("x-api-key", "")],
    ],
)
def test_two_different_explicit_credentials_are_refused(headers: list[tuple[str, str]]) -> None:
    assert read_credentials(headers) == Refusal(Reason.CONFLICTING_CREDENTIALS)


@pytest.mark.parametrize(
    ("headers", "cookie"),
    [
        ([("cookie", "sluice=T")], "T"),
        ([("cookie", "__Host-sluice=T")], "T"),
        ([("cookie", "theme=dark; sluice=T; lang=en")], "T"),
        ([("cookie", "theme=dark;sluice=T")], "T"),
        ([("cookie", "sluice=T=")], "T="),
        ([("cookie", "sluice=A; __Host-sluice=B")], "B"),
        ([("cookie", "sluice=A"), ("cookie", "__Host-sluice=B")], "B"),
        ([("cookie", "theme=dark"), ("cookie", "sluice=T")], "T"),
        ([("cookie", "sluice=first; sluice=second")], "first"),
        ([("cookie", "Sluice=T; xsluice=T; sluicex=T")], None),
        ([("cookie", "sluice")], ""),
        ([("cookie", "")], None),
        ([("cookie", ";;=; =x")], None),
        ([("sluice", "T")], None),
    ],
)
def test_the_session_cookie_is_found_among_its_neighbours(
    headers: list[tuple[str, str]], cookie: str | None
) -> None:
    assert read_credentials(headers) == Shown(cookie=cookie)


@pytest.mark.parametrize("neighbour", ['prefs={"a":1}', "path=/", "a/b=1", 'x="unclosed', "=", "\udcff=\udcff"])
def test_a_strange_cookie_of_another_app_on_this_host_does_not_sign_anybody_out(neighbour: str) -> None:
    assert read_credentials([("cookie", f"{neighbour}; sluice=T")]) == Shown(cookie="T")
    assert read_credentials([("cookie", f"sluice=T; {neighbour}")]) == Shown(cookie="T")


def test_an_explicit_credential_and_a_cookie_are_both_reported() -> None:
    assert read_credentials([("cookie", "sluice=T"), ("x-api-key", "K")]) == Shown("K", "T")


@given(st.lists(st.tuples(st.sampled_from(["x-api-key", "authorization", "cookie"]), st.text(max_size=40))))
@patient
def test_no_header_value_makes_reading_raise(headers: list[tuple[str, str]]) -> None:
    assert isinstance(read_credentials(headers), Shown | Refusal)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (Shown("secret-token", "secret-cookie"), "Shown(token=…, cookie=…)"),
        (Shown(), "Shown(token=None, cookie=None)"),
    ],
)
def test_the_representation_hides_what_was_shown(shown: Shown, text: str) -> None:
    assert repr(shown) == text
