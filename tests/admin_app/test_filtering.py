"""Lists are narrowed by words in the address."""

import re
from urllib.parse import urlencode

import pytest

from admin_app.filtering import looked_for, matching, with_filter
from admin_app.shapes import Shape
from tests.admin_app.house import Browser
from tests.admin_app.reading import Page

ROWS: list[Shape] = [
    {"id": 1, "name": "Build server", "note": "active"},
    {"id": 2, "name": "laptop", "note": "of the old BUILD"},
]


def texts(row: Shape) -> str:
    return f"{row['name']} {row['note']}"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", [1, 2]),
        ("build", [1, 2]),
        ("build active", [1]),
        ("SERVER", [1]),
        ("old  laptop", [2]),
        ("none", []),
    ],
)
def test_every_word_has_to_be_shown_somewhere(words: str, found: list[int]) -> None:
    assert [row["id"] for row in matching(ROWS, words, texts)] == found


def test_words_are_trimmed_and_bounded() -> None:
    assert looked_for({"q": "  a b "}) == "a b"
    assert looked_for({}) == ""
    assert len(looked_for({"q": "x" * 9000})) == 200


@pytest.mark.parametrize(
    ("path", "form", "word"),
    [
        ("/admin/keys", {"name": "ci-runner"}, "ci-runner"),
        ("/admin/addresses", {"ip": "192.0.2.9"}, "192.0.2.9/32"),
        ("/admin/invites", {"note": "for-ann"}, "for-ann"),
        ("/admin/users", None, "root"),
    ],
)
def test_a_list_shows_what_fits_and_says_when_nothing_does(
    admin: Browser, path: str, form: dict[str, str] | None, word: str
) -> None:
    if form is not None:
        assert admin.post_form(path, form).status_code == 303
        admin.get(path)  # shows what is shown once
    found, none = admin.get(f"{path}?q={word}").text, admin.get(f"{path}?q=<i>nothing").text
    assert f'value="{word}"' in found
    assert f"{word}</" in found
    assert "Nothing here fits &lt;i&gt;nothing" in none
    assert f"{word}</" not in none.partition("<main")[2]
    assert f'href="{path}"' in none


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/admin/keys", {"name": "found", "max_waiting": "47"}),
        ("/admin/addresses", {"ip": "192.0.2.9", "max_waiting": "47"}),
        ("/admin/invites", {"max_waiting": "47"}),
    ],
)
def test_what_stands_in_any_column_can_be_looked_for(admin: Browser, path: str, form: dict[str, str]) -> None:
    admin.post_form(path, form)
    admin.get(path)
    for words in ("47 waiting", "47"):
        assert len(rows(admin, path, words)) == 1, words
    assert rows(admin, path, "general 47") == []


def rows(admin: Browser, path: str, words: str) -> list[dict[str, str | None]]:
    heads = Page(admin.get(f"{path}?{urlencode({'q': words})}")).all("th", scope="row")
    return [head for head in heads if "class" not in head]  # those of the table of priorities are numbers


@pytest.mark.parametrize("words", ["general", "every model", "administrator", "active 0"])
def test_the_general_rules_are_found_by_the_words_that_are_shown_for_them(admin: Browser, words: str) -> None:
    assert "root</a>" in admin.get(f"/admin/users?{urlencode({'q': words})}").text


def test_what_else_stands_in_the_address_counts_for_nothing(admin: Browser) -> None:
    for path in ("keys", "addresses", "invites", "users", "audit", "settings"):
        plain, marked = admin.get(f"/admin/{path}"), admin.get(f"/admin/{path}?utm=5")
        assert (marked.status_code, marked.text) == (200, plain.text), path


@pytest.mark.parametrize(
    ("deed", "fields", "back"),
    [
        ("keys/1/revoke", {"typed": "ci"}, "keys"),
        ("keys/1/change", {"note": "x", "expires_s": "as it is"}, "keys/1"),
        ("addresses/1/disable", {}, "addresses"),
        ("addresses/1/enable", {}, "addresses"),
        ("addresses/1/remove", {"typed": "192.0.2.9/32"}, "addresses"),
        ("invites/2/revoke", {"typed": "2"}, "invites"),
        ("users/1/sign-out", {}, "users/1"),
    ],
)
def test_a_deed_on_a_narrowed_list_leads_back_to_it(
    admin: Browser, deed: str, fields: dict[str, str], back: str
) -> None:
    for path, form in (("keys", {"name": "ci"}), ("addresses", {"ip": "192.0.2.9"}), ("invites", {})):
        admin.post_form(f"/admin/{path}", form)
    answer = admin.post_form(f"/admin/{deed}?q=a+b", fields)
    assert answer.status_code == 303
    assert answer.headers["Location"].removesuffix("#note") == f"/admin/{back}?q=a+b"


@pytest.mark.parametrize(
    ("path", "form", "q"),
    [
        ("/admin/addresses", {"ip": "192.0.2.9"}, "192.0.2.9"),
        ("/admin/invites", {"note": "ann"}, "ann"),
        ("/admin/keys", {"name": "ci"}, "ci"),
    ],
)
def test_the_forms_of_a_narrowed_list_carry_what_it_is_narrowed_by(
    admin: Browser, path: str, form: dict[str, str], q: str
) -> None:
    admin.post_form(path, form)
    page = Page(admin.get(f"{path}?q={q}"))
    if path == "/admin/keys":
        page = Page(admin.get(f"{path}/1?q={q}"))
    forms = [str(one["action"]) for one in page.all("form", method="post")]
    deeds = [one for one in forms if re.search(r"/[0-9]+/", one)]
    assert deeds
    assert all(one.endswith(f"?q={q}") for one in deeds)


def test_a_path_without_words_stays_as_it_is() -> None:
    assert (with_filter("/a", ""), with_filter("/a", "b&c d")) == ("/a", "/a?q=b%26c+d")
