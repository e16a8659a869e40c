"""A page is ours, allowed, or foreign; what cannot be read is foreign."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.origins import foreign_page_asks, is_allowed_origin, is_own_origin, readers_origin
from tests.core.builders import patient

ALLOWED = ("app://*", "https://app.example", "http://tools.example:8080", "file://*")
HOST = ("host", "Sluice.example:8000")


@pytest.mark.parametrize(
    "origin",
    [
        "app://obsidian.md",
        "APP://Obsidian.md",
        "app://",
        "file://",
        "https://app.example",
        "HTTPS://APP.EXAMPLE",
        "http://tools.example:8080",
    ],
)
def test_a_listed_origin_or_scheme_is_allowed(origin: str) -> None:
    assert is_allowed_origin(origin, ALLOWED)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "*",
        "app",
        "app:",
        "app:/obsidian.md",
        "happ://obsidian.md",
        "app://obsidian.md\n",
        "app://obsidian.md https://evil.example",
        "app://obsidian.m\u00e9",
        "app://\udcff",
        "http://app.example",
        "https://app.example:444",
        "https://app.example/",
        "https://app.example.evil.example",
        "https://evil.example",
        "tauri://localhost",
        "://obsidian.md",
    ],
)
def test_every_other_origin_is_not(origin: str) -> None:
    assert not is_allowed_origin(origin, ALLOWED)


def test_without_a_list_nothing_is_allowed() -> None:
    assert not is_allowed_origin("app://obsidian.md", ())


@given(st.text(max_size=40))
@patient
def test_no_text_is_allowed_by_an_empty_list_or_raises(origin: str) -> None:
    assert not is_allowed_origin(origin, ())
    assert is_own_origin(origin, [("host", origin)]) is False


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://sluice.example:8000", True),
        ("https://sluice.example:8000", True),
        ("http://SLUICE.example:8000", True),
        ("http://sluice.example", False),
        ("app://sluice.example:8000", False),
        ("sluice.example:8000", False),
        ("", False),
    ],
)
def test_our_own_origin_is_the_host_that_is_asked(origin: str, expected: bool) -> None:
    assert is_own_origin(origin, [HOST]) is expected


def test_without_a_host_no_origin_is_ours() -> None:
    assert not is_own_origin("http://", [])
    assert not is_own_origin("http://", [("host", "")])


OWN = ("origin", "http://sluice.example:8000")
APP = ("origin", "app://obsidian.md")
EVIL = ("origin", "https://evil.example")
NULL = ("origin", "null")


def site(value: str) -> tuple[str, str]:
    return ("sec-fetch-site", value)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [OWN],
        [OWN, site("same-origin")],
        [site("none")],
        [site("same-origin")],
        [APP],
        [APP, site("cross-site")],
    ],
)
def test_programs_our_pages_and_allowed_ones_are_not_foreign(headers: list[tuple[str, str]]) -> None:
    assert not foreign_page_asks([HOST, *headers], ALLOWED)


@pytest.mark.parametrize(
    "headers",
    [
        [EVIL],
        [NULL],
        [("origin", "")],
        [site("cross-site")],
        [site("same-site")],
        [site("")],
        [site("Same-Origin")],
        [OWN, site("same-site")],
        [OWN, site("cross-site")],
        [EVIL, site("same-origin")],
        [OWN, EVIL],
        [APP, APP],
        [site("same-origin"), site("cross-site")],
    ],
)
def test_every_other_page_is_foreign(headers: list[tuple[str, str]]) -> None:
    assert foreign_page_asks([HOST, *headers], ALLOWED)


def test_an_allowed_origin_is_foreign_where_nothing_is_allowed() -> None:
    assert foreign_page_asks([HOST, APP])


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ([APP], "app://obsidian.md"),
        ([APP, site("cross-site")], "app://obsidian.md"),
        ([OWN], "http://sluice.example:8000"),
        ([("origin", "https://SLUICE.example:8000")], "https://SLUICE.example:8000"),
        ([EVIL], None),
        ([NULL], None),
        ([APP, APP], None),
        ([], None),
    ],
)
def test_answers_are_for_pages_of_our_own_and_allowed_origins(
    headers: list[tuple[str, str]], origin: str | None
) -> None:
    assert readers_origin([HOST, *headers], ALLOWED) == origin


def test_an_origin_that_could_not_stand_in_a_header_is_nobodys() -> None:
    odd = "sluice\u00e9:8000"
    assert readers_origin([("host", odd), ("origin", f"http://{odd}")], ALLOWED) is None
