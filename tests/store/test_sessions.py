"""Sessions: started, counted, ended, forgotten."""

import pytest
from sqlalchemy import Engine, select

from addon.store.engine import reading
from addon.store.models import LoginSession, User
from addon.store.sessions import (
    SignedInFrom,
    end_session,
    end_sessions,
    live_sessions,
    purge_sessions,
    start_session,
)
from tests.changing import changing_rules
from tests.store.samples import NOW, make_user


def _start(engine: Engine, user: User) -> str:
    with changing_rules(engine) as session:
        return start_session(session, user, NOW, 60).id


def _is_live(engine: Engine, user: User, session_id: str, now: float = NOW) -> bool:
    with reading(engine) as session:
        return session_id in [row.id for row in live_sessions(session, user.id, now)]


def test_a_session_belongs_to_its_user_and_ends_by_itself(engine: Engine) -> None:
    user = make_user(engine)
    session_id = _start(engine, user)
    assert _is_live(engine, user, session_id, NOW + 59.9)
    assert not _is_live(engine, user, session_id, NOW + 60)


def test_the_sessions_of_a_user_are_told_apart(engine: Engine) -> None:
    user = make_user(engine)
    one, other = _start(engine, user), _start(engine, user)
    with changing_rules(engine) as session:
        end_session(session, one, NOW)
    assert (_is_live(engine, user, one), _is_live(engine, user, other)) == (False, True)


def test_ending_again_does_not_move_the_instant(engine: Engine) -> None:
    session_id = _start(engine, make_user(engine))
    for now in (NOW, NOW + 9):
        with changing_rules(engine) as session:
            end_session(session, session_id, now)
    with reading(engine) as session:
        assert session.scalars(select(LoginSession.ended_at)).one() == NOW


def test_ending_an_unknown_session_changes_nothing(engine: Engine) -> None:
    user = make_user(engine)
    session_id = _start(engine, user)
    with changing_rules(engine) as session:
        end_session(session, "unknown", NOW)
    assert _is_live(engine, user, session_id)


def test_the_session_of_a_program_ends_with_the_browsers(engine: Engine) -> None:
    user = make_user(engine)
    with changing_rules(engine) as session:
        browser = start_session(session, user, NOW, 60)
        start_session(session, user, NOW, 60, parent=browser)
    with changing_rules(engine) as session:
        end_session(session, browser.id, NOW + 1)
    with reading(engine) as session:
        assert session.scalars(select(LoginSession.ended_at)).all() == [NOW + 1, NOW + 1]


def test_signing_out_everywhere_spares_the_session_to_keep_and_other_people(engine: Engine) -> None:
    ann, bob = make_user(engine, "ann"), make_user(engine, "bob")
    kept, ended, others = _start(engine, ann), _start(engine, ann), _start(engine, bob)
    with changing_rules(engine) as session:
        assert end_sessions(session, ann.id, NOW, keep=kept) == 1
    assert _is_live(engine, ann, kept)
    assert not _is_live(engine, ann, ended)
    assert _is_live(engine, bob, others)


def test_a_session_says_where_it_was_started(engine: Engine) -> None:
    user = make_user(engine)
    with changing_rules(engine) as session:
        row = start_session(session, user, NOW, 60, SignedInFrom("192.0.2.7", "Browser\x1b[2J/1" + "x" * 999))
    assert row.address == "192.0.2.7"
    assert row.user_agent.startswith("Browser[2J/1x")
    assert len(row.user_agent) == 200


@pytest.mark.parametrize(("passed_s", "is_known"), [(30 * 86400 + 59, True), (30 * 86400 + 61, False)])
def test_a_session_is_forgotten_a_month_after_it_counted(engine: Engine, passed_s: float, is_known: bool) -> None:
    _start(engine, make_user(engine))
    with changing_rules(engine) as session:
        purge_sessions(session, NOW + passed_s)
    with reading(engine) as session:
        assert bool(session.scalars(select(LoginSession.id)).all()) is is_known


def test_signing_out_everywhere_ends_browsers_and_programs_alike(engine: Engine) -> None:
    user = make_user(engine)
    with changing_rules(engine) as session:
        browser = start_session(session, user, NOW, 60)
        start_session(session, user, NOW, 60, parent=browser)
        assert end_sessions(session, user.id, NOW) == 2
    assert not _is_live(engine, user, browser.id)
