"""What lists show of a row, in words."""

import pytest

from admin_app.row_words import limits, models, shown, used_by
from admin_app.shapes import Shape


@pytest.mark.parametrize(
    ("waiting", "running", "words"),
    [
        (None, None, "general"),
        (4, None, "4 waiting"),
        (None, 1, "1 running"),
        (4, 1, "4 waiting, 1 running"),
    ],
)
def test_limits_are_told_or_general(waiting: int | None, running: int | None, words: str) -> None:
    assert limits({"max_waiting": waiting, "max_running": running}) == words


@pytest.mark.parametrize(("named", "words"), [(None, "every model"), ([], "every model"), (["a", "b"], "a, b")])
def test_models_are_named_or_every_one(named: object, words: str) -> None:
    assert models({"models": named}) == words


@pytest.mark.parametrize(
    ("used", "names", "words"),
    [
        (0, [], "0 of 3"),
        (1, ["bob"], "1 of 3: bob"),
        (2, ["bob"], "2 of 3: bob (and 1 deleted account)"),
        (3, ["bob"], "3 of 3: bob (and 2 deleted accounts)"),
        (1, [], "1 of 3: 1 deleted account"),
    ],
)
def test_who_is_gone_is_counted_among_those_who_came(used: int, names: list[str], words: str) -> None:
    assert used_by({"used": used, "uses": 3, "users": names}) == words


def test_instants_and_ids_are_not_among_the_words() -> None:
    row: Shape = {"id": 77, "name": "ci", "created_at": 1785.5, "priority": None, "is_enabled": False}
    assert shown(row, 2).split() == ["ci", "2", "disabled"]


def test_what_an_invite_allows_is_found_as_it_is_shown_and_no_earlier_text_of_a_key() -> None:
    invite: Shape = {"id": 4, "uses": 1, "used": 0, "users": [], "is_admin": True, "may_make_keys": True}
    assert shown(invite, 3) == "3 an administrator 0 of 1 invite 4 may make own keys"
    key: Shape = {"name": "ci", "prefix": "sl_new", "previous_prefix": "sl_old", "priority": None}
    assert shown(key, 2) == "ci sl_new 2"
