"""Lists are narrowed by words in the address."""

import pytest

from admin_app.filtering import looked_for, matching
from tests.admin_app.house import Browser

ROWS: list[dict[str, object]] = [
    {"id": 1, "name": "Build server", "state": "active", "models": ["gemma3", "qwen3"], "note": None},
    {"id": 2, "name": "laptop", "state": "revoked", "models": None, "note": "of the old BUILD"},
]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", [1, 2]),
        ("build", [1, 2]),
        ("build active", [1]),
        ("QWEN", [1]),
        ("old  laptop", [2]),
        ("none", []),
        ("1", []),
    ],
)
def test_every_word_has_to_occur_somewhere(words: str, found: list[int]) -> None:
    assert [row["id"] for row in matching(ROWS, words)] == found


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
