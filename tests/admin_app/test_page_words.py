"""How facts look on a page."""

import re

import pytest

from admin_app.page_words import qr_picture, visible

LINK = "https://sluice.example:8443/register#abcdefghijklmnopqrstuvwxyz_-0123"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("gemma3:4b", "gemma3:4b"),
        ("größer", "größer"),
        ("\u202egnp", "\\u202egnp"),
        ("a\u200bb\nc", "a\\u200bb\\u000ac"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_is_shown_by_its_number(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_picture_is_one_svg_with_a_title_and_nothing_that_runs_or_loads() -> None:
    svg = qr_picture(LINK)
    assert re.fullmatch(r"<svg .*</svg>", svg, re.DOTALL)
    assert "<title>QR code</title>" in svg
    assert not re.search(r"style|script|href|\son|url\(", svg)
    assert LINK not in svg


def test_two_links_have_two_pictures() -> None:
    assert qr_picture(LINK) != qr_picture(f"{LINK}4")
