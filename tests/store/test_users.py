"""Accounts and their sessions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select, text

from addon.store.conversations import NewMessage, keep_conversation, keep_message
from addon.store.engine import Session, reading
from addon.store.errors import StoreError
from addon.store.invites import list_invites
from addon.store.journal import Used, last_uses, write
from addon.store.keys import NewKey, add_key, list_keys
from addon.store.models import Conversation, JournalRow, LoginSession, Message, PasswordReset, UsageRollUp, User
from addon.store.resets import add_reset
from addon.store.roll_ups import add_to_roll_ups
from addon.store.sessions import live_sessions, start_session
from addon.store.users import (
    LastAdministratorError,
    NameTakenError,
    check_user_name,
    delete_user,
    disable_user,
    enable_user,
    find_user,
    get_user,
    list_users,
    register,
    set_password,
    set_role,
)
from tests.changing import changing_rules
from tests.store.samples import NOW, finished, make_invite, make_user


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


def _change(engine: Engine, name: str, deed: Callable[[Session, User], object]) -> User:
    with changing_rules(engine) as session:
        user = get_user(session, name)
        deed(session, user)
        return user


def _sign_in(engine: Engine, name: str) -> str:
    with changing_rules(engine) as session:
        return start_session(session, get_user(session, name), NOW, 60).id


def _sessions(engine: Engine, name: str) -> list[str]:
    with reading(engine) as session:
        return [row.id for row in live_sessions(session, get_user(session, name).id, NOW)]


_ENDING_DEEDS: dict[str, Callable[[Session, User], object]] = {
    "disabled": lambda session, user: disable_user(session, user, NOW),
    "promoted": lambda session, user: set_role(session, user, NOW, is_admin=True),
    "given another password": lambda session, user: set_password(session, user, b"new", NOW),
}


@pytest.mark.parametrize("deed", _ENDING_DEEDS.values(), ids=_ENDING_DEEDS)
def test_whoever_gets_another_standing_is_signed_out(
    engine: Engine, deed: Callable[[Session, User], object]
) -> None:
    make_user(engine, "ann")
    make_user(engine, "bob")
    for name in ("ann", "ann", "bob"):
        _sign_in(engine, name)
    _change(engine, "ann", deed)
    assert (len(_sessions(engine, "ann")), len(_sessions(engine, "bob"))) == (0, 1)


def test_whoever_stays_what_they_are_stays_signed_in(engine: Engine) -> None:
    make_user(engine)
    _sign_in(engine, "ann")
    _change(engine, "ann", lambda session, user: set_role(session, user, NOW, is_admin=False))
    assert len(_sessions(engine, "ann")) == 1


def test_the_session_that_changes_the_password_may_be_kept(engine: Engine) -> None:
    make_user(engine)
    kept, _ = _sign_in(engine, "ann"), _sign_in(engine, "ann")
    _change(engine, "ann", lambda session, user: set_password(session, user, b"new", NOW, keep=kept))
    assert _sessions(engine, "ann") == [kept]


def test_a_disabled_account_is_enabled_again_without_its_sessions(engine: Engine) -> None:
    make_user(engine)
    _sign_in(engine, "ann")
    assert _change(engine, "ann", lambda session, user: disable_user(session, user, NOW)).disabled_at == NOW
    assert _change(engine, "ann", lambda session, user: disable_user(session, user, NOW + 9)).disabled_at == NOW
    assert _change(engine, "ann", lambda _, user: enable_user(user)).disabled_at is None
    assert _sessions(engine, "ann") == []


_LAST_DEEDS: dict[str, Callable[[Session, User], object]] = {
    "disabled": lambda session, user: disable_user(session, user, NOW),
    "demoted": lambda session, user: set_role(session, user, NOW, is_admin=False),
    "deleted": delete_user,
}


@pytest.mark.parametrize("deed", _LAST_DEEDS.values(), ids=_LAST_DEEDS)
def test_the_last_administrator_stays(engine: Engine, deed: Callable[[Session, User], object]) -> None:
    for name, is_admin in (("root", True), ("other", True), ("ann", False)):
        make_user(engine, name, is_admin=is_admin)
    # Who is switched off cannot administer.
    _change(engine, "other", lambda session, user: disable_user(session, user, NOW))
    _sign_in(engine, "root")
    with pytest.raises(LastAdministratorError) as caught:
        _change(engine, "root", deed)
    said = "'root' is the last administrator. Make somebody else one first: sluice user promote NAME."
    assert str(caught.value) == said
    assert len(_sessions(engine, "root")) == 1
    _change(engine, "ann", lambda session, user: set_role(session, user, NOW, is_admin=True))
    _change(engine, "root", deed)


@pytest.mark.parametrize("deed", _LAST_DEEDS.values(), ids=_LAST_DEEDS)
def test_a_disabled_administrator_can_go(engine: Engine, deed: Callable[[Session, User], object]) -> None:
    for name in ("root", "other"):
        make_user(engine, name, is_admin=True)
    _change(engine, "other", lambda session, user: disable_user(session, user, NOW))
    _change(engine, "other", deed)
    with reading(engine) as session:
        assert get_user(session, "root").is_admin


@pytest.mark.parametrize("deed", _LAST_DEEDS.values(), ids=_LAST_DEEDS)
@pytest.mark.parametrize("_time", range(3))
def test_of_two_administrators_that_remove_each_other_at_once_one_remains(
    engine: Engine, deed: Callable[[Session, User], object], _time: int
) -> None:
    for name in ("ann", "bob"):
        make_user(engine, name, is_admin=True)
    barrier = Barrier(2)

    def remove(name: str) -> bool:
        barrier.wait()
        try:
            _change(engine, name, deed)
        except LastAdministratorError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(remove, ("bob", "ann")))
    assert sorted(outcomes) == [False, True]
    with reading(engine) as session:
        able = [user for user in list_users(session) if user.is_admin and user.disabled_at is None]
    assert len(able) == 1


def _fill(engine: Engine, name: str) -> tuple[str, str]:
    """Give somebody one of everything that can belong to a person; returns the principals they are."""
    with changing_rules(engine) as session:
        user = get_user(session, name)
        key, _ = add_key(session, NewKey(f"key of {name}", user_id=user.id), NOW)
        principals = (f"user:{user.id}", f"key:{key.id}")
        start_session(session, user, NOW, 60)
        add_reset(session, user, NOW)
        keep_conversation(session, user.id, f"conversation of {name}", {"title": name}, NOW)
        keep_message(session, user.id, f"conversation of {name}", NewMessage("1", "user", content=name), NOW)
        rows = [finished(principal_id=one, principal=name) for one in principals]
        write(session, rows, [Used(one, NOW, "10.0.0.7") for one in principals])
        add_to_roll_ups(session, rows, {})
    return principals


def test_a_deleted_account_takes_along_what_belongs_to_it_and_nothing_else(engine: Engine) -> None:
    make_user(engine, "ann")
    make_user(engine, "bob")
    _fill(engine, "ann")
    of_bob = _fill(engine, "bob")
    _change(engine, "ann", delete_user)
    with reading(engine) as session:
        assert [user.name for user in list_users(session)] == ["bob"]
        assert [key.name for key in list_keys(session)] == ["key of bob"]
        assert set(last_uses(session)) == set(of_bob)
        for table in (LoginSession, PasswordReset, Conversation, Message):
            assert session.scalar(select(func.count()).select_from(table)) == 1, table
        found = text("SELECT count(*) FROM message_text WHERE message_text MATCH :word")
        assert [session.scalar(found, {"word": word}) for word in ("ann", "bob")] == [0, 1]


def test_of_a_deleted_account_the_journal_keeps_what_was_done_but_no_name(engine: Engine) -> None:
    make_user(engine, "ann")
    make_user(engine, "bob")
    of_ann, of_bob = _fill(engine, "ann"), _fill(engine, "bob")
    _change(engine, "ann", delete_user)
    expected = {**dict.fromkeys(of_ann, "deleted account"), **dict.fromkeys(of_bob, "bob")}
    with reading(engine) as session:
        for table in (JournalRow, UsageRollUp):
            told = session.scalars(select(table)).all()
            assert {row.principal_id: row.principal for row in told} == expected, table


def test_the_name_of_a_deleted_account_is_free_and_its_id_is_not_given_again(engine: Engine) -> None:
    make_user(engine, "ann")
    _change(engine, "ann", delete_user)
    assert make_user(engine, "ann").id == 2
