"""Accounts: their names, and how they come about."""

import pytest
from sqlalchemy import Engine

from addon.store.engine import reading
from addon.store.errors import StoreError
from addon.store.invites import list_invites
from addon.store.models import User
from addon.store.users import NameTakenError, check_user_name, find_user, get_user, list_users, register
from tests.changing import changing_rules
from tests.store.samples import NOW, make_invite, make_user


def _register(engine: Engine, name: str, token: str) -> User:
    with changing_rules(engine) as session:
        return register(session, name, b"hash", token, NOW)


def _uses(engine: Engine) -> list[int]:
    with reading(engine) as session:
        return [invite.used for invite in list_invites(session)]


@pytest.mark.parametrize("is_admin", [True, False])
def test_an_invite_makes_an_account_of_its_kind(engine: Engine, is_admin: bool) -> None:
    user = _register(engine, "Ann", make_invite(engine, is_admin=is_admin))
    assert (user.name, user.name_key, user.password_hash) == ("Ann", "ann", b"hash")
    assert (user.is_admin, user.created_at, user.disabled_at) == (is_admin, NOW, None)
    assert _uses(engine) == [1]


@pytest.mark.parametrize("name", ["ann", "Ann", "ANN"])
def test_a_taken_name_does_not_burn_the_invite(engine: Engine, name: str) -> None:
    make_user(engine, "Ann")
    token = make_invite(engine)
    with pytest.raises(NameTakenError) as caught:
        _register(engine, name, token)
    assert str(caught.value) == f"The name {name!r} is taken. Choose another one; the link stays valid."
    assert _uses(engine) == [0, 1]
    assert _register(engine, "bob", token).name == "bob"


def test_whoever_has_no_invite_does_not_learn_which_names_are_taken(engine: Engine) -> None:
    make_user(engine, "ann")
    with pytest.raises(StoreError, match="link is not valid") as caught:
        _register(engine, "ann", "no such token")
    assert not isinstance(caught.value, NameTakenError)


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 65, "ann\n", "<b>", "é", "a/b", "a@b", "\ud800"])
def test_a_malformed_name_does_not_burn_the_invite(engine: Engine, name: str) -> None:
    token = make_invite(engine)
    with pytest.raises(StoreError, match=r"^A user name has 1 to 64 letters"):
        _register(engine, name, token)
    assert _uses(engine) == [0]


@pytest.mark.parametrize("name", ["a", "Ann.B-c_9", "x" * 64])
def test_a_plain_name_is_fine(name: str) -> None:
    assert check_user_name(name) == name


@pytest.mark.parametrize("name", ["Ann", "ann", "ANN"])
def test_an_account_is_found_whatever_the_case(engine: Engine, name: str) -> None:
    user = make_user(engine, "Ann")
    with reading(engine) as session:
        found = find_user(session, name)
    assert found is not None
    assert found.id == user.id


@pytest.mark.parametrize("name", ["", "bob", "ann ", "a" * 100_000, "\ud800", "\0"])
def test_nobody_is_found_by_another_name(engine: Engine, name: str) -> None:
    make_user(engine, "ann")
    with reading(engine) as session:
        assert find_user(session, name) is None


def test_accounts_are_listed_in_the_order_they_were_made(engine: Engine) -> None:
    for name in ("b", "a", "c"):
        make_user(engine, name)
    with reading(engine) as session:
        assert [user.name for user in list_users(session)] == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\uff21nn", "Ann"),  # full-width A
        ("\u2115ed", "Ned"),  # double-struck N
        ("a\u2024b", "a.b"),  # one dot leader
        ("\u2460st", "1st"),  # circled one
        ("\ufb01n", "fin"),  # ligature
    ],
)
def test_a_name_is_kept_in_its_compatible_form_and_found_in_any(engine: Engine, typed: str, kept: str) -> None:
    user = _register(engine, typed, make_invite(engine))
    assert (user.name, user.name_key) == (kept, kept.lower())
    with pytest.raises(NameTakenError):
        _register(engine, kept, make_invite(engine))
    with reading(engine) as session:
        assert {found.id for name in (typed, kept) if (found := find_user(session, name))} == {user.id}


@pytest.mark.parametrize(
    "name",
    ["a\u202eb", "a\u200bb", "a\u00adb", "\u0430nn", "a\u0301", "\u2066ann\u2069", "ann\ufe0f", "a\u00a0b"],
    ids=["bidi", "zero width", "soft hyphen", "Cyrillic", "accent", "isolate", "variation", "no-break space"],
)
def test_a_name_that_looks_like_another_is_refused(name: str) -> None:
    with pytest.raises(StoreError):
        check_user_name(name)


def test_an_account_is_got_by_name_or_id(engine: Engine) -> None:
    user = make_user(engine, "Ann")
    with reading(engine) as session:
        assert {get_user(session, text).id for text in ("Ann", "ann", "1")} == {user.id}


@pytest.mark.parametrize("text", ["", "bob", "2", "-1", "9" * 30, "\udcff", "1 "])
def test_getting_who_is_not_there_says_so(engine: Engine, text: str) -> None:
    make_user(engine)
    with reading(engine) as session, pytest.raises(StoreError) as caught:
        get_user(session, text)
    assert str(caught.value) == f"There is no account {text!r}. `sluice user list` shows them."


def test_a_number_is_nobody_where_it_is_one_account_and_names_another(engine: Engine) -> None:
    for name in ("ann", "1", "3"):
        make_user(engine, name)
    with reading(engine) as session:
        assert get_user(session, "2").name == "1"
        assert get_user(session, "3").name == "3"  # both its name and its id
        with pytest.raises(StoreError) as caught:
            get_user(session, "1")
    said = "'1' is the name of account 2 and the id of account 1. Say '2' for the one, or 'ann' for the other."
    assert str(caught.value) == said
