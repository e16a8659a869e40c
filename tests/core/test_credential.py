"""Every place a credential can stand in is read, and every different value is reported."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.credential import Shown, read_credentials, session_cookie_name
from addon.core.headers import Headers
from tests.core.builders import patient

COOKIE = session_cookie_name(is_https=False)


def shown_in(headers: Headers) -> Shown:
    """What these headers show where people come by http."""
    return read_credentials(headers, COOKIE)


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
    assert shown_in(headers) == Shown(frozenset() if token is None else frozenset({token}))


@pytest.mark.parametrize(
    "headers",
    [
        [("x-api-key", "K"), ("x-api-key", "K")],
        [("x-api-key", "K"), ("authorization", "Bearer K")],
        [("authorization", basic("me:K")), ("x-api-key", "K")],
    ],
)
def test_one_credential_shown_twice_is_one_credential(headers: list[tuple[str, str]]) -> None:
    assert shown_in(headers) == Shown(frozenset({"K"}))


@pytest.mark.parametrize(
    ("headers", "other"),
    [
        ([("x-api-key", "K"), ("x-api-key", "L")], "L"),
        ([("x-api-key", "K"), ("authorization", "Bearer L")], "L"),
        ([("authorization", "Bearer K"), ("authorization", "Bearer L")], "L"),
        ([("authorization", "Bearer K"), ("authorization", basic("me:L"))], "L"),
        ([("x-api-key", "K"), ("x-api-key", "")], ""),
    ],
)
def test_two_different_explicit_credentials_are_both_reported(headers: list[tuple[str, str]], other: str) -> None:
    assert shown_in(headers) == Shown(frozenset({"K", other}))


def test_the_key_of_the_path_is_told_apart_from_those_of_headers() -> None:
    assert read_credentials([("x-api-key", "K")], COOKIE, "P") == Shown(frozenset({"K"}), "P")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (Shown(), False),
        (Shown(cookie="T"), False),
        (Shown(frozenset({""})), True),
        (Shown(path_key="K"), True),
    ],
)
def test_only_what_was_shown_on_purpose_is_explicit(shown: Shown, expected: bool) -> None:
    assert shown.is_explicit is expected


@pytest.mark.parametrize(
    ("headers", "cookie"),
    [
        ([("cookie", "sluice=T")], "T"),
        ([("cookie", "theme=dark; sluice=T; lang=en")], "T"),
        ([("cookie", "theme=dark;sluice=T")], "T"),
        ([("cookie", "sluice=T=")], "T="),
        ([("cookie", "__Host-sluice=B; sluice=A")], "A"),
        ([("cookie", "__Host-sluice=B")], None),
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
    assert shown_in(headers) == Shown(cookie=cookie)


@pytest.mark.parametrize(
    ("cookies", "counted"),
    [
        ("__Host-sluice=B", "B"),
        ("sluice=A; __Host-sluice=B", "B"),
        ("sluice=A", None),
        ("__host-sluice=A", None),
    ],
)
def test_with_https_only_the_cookie_that_no_neighbour_can_plant_counts(cookies: str, counted: str | None) -> None:
    shown = read_credentials([("cookie", cookies)], session_cookie_name(is_https=True))
    assert shown == Shown(cookie=counted)


@pytest.mark.parametrize("neighbour", ['prefs={"a":1}', "path=/", "a/b=1", 'x="unclosed', "=", "\udcff=\udcff"])
def test_a_strange_cookie_of_another_app_on_this_host_does_not_sign_anybody_out(neighbour: str) -> None:
    assert shown_in([("cookie", f"{neighbour}; sluice=T")]) == Shown(cookie="T")
    assert shown_in([("cookie", f"sluice=T; {neighbour}")]) == Shown(cookie="T")


def test_an_explicit_credential_and_a_cookie_are_both_reported() -> None:
    assert shown_in([("cookie", "sluice=T"), ("x-api-key", "K")]) == Shown(frozenset({"K"}), cookie="T")


@given(st.lists(st.tuples(st.sampled_from(["x-api-key", "authorization", "cookie"]), st.text(max_size=40))))
@patient
def test_no_header_value_makes_reading_raise(headers: list[tuple[str, str]]) -> None:
    shown = shown_in(headers)
    assert shown.is_explicit == any(name != "cookie" for name, _ in headers)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (
            Shown(frozenset({"secret-token"}), "secret-path", "secret-cookie"),
            "Shown(tokens=1, path_key=…, cookie=…)",
        ),
        (Shown(), "Shown(tokens=0, path_key=None, cookie=None)"),
    ],
)
def test_the_representation_hides_what_was_shown(shown: Shown, text: str) -> None:
    assert repr(shown) == text
