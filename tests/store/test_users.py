"""Accounts and their sessions."""

import pytest
from sqlalchemy import Engine

from addon.store.engine import reading
from addon.store.errors import StoreError
from addon.store.invites import list_invites
from addon.store.models import User
from addon.store.users import (
    NameTakenError,
    check_user_name,
    find_user,
    list_users,
    register,
)
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
