"""What becomes of somebody's account is felt at the gate within a second, in the browser and by their programs."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from addon.core.session import SessionClaims, encode
from addon.store.engine import Session
from addon.store.models import LoginSession, User
from addon.store.resets import add_reset, use_reset
from addon.store.secret_file import load_secret
from addon.store.sessions import end_session, end_sessions, start_session
from addon.store.users import delete_user, disable_user, get_user, set_password, set_role
from tests.changing import changing_rules
from tests.proxy.houses import House

PROMISE_S = 1.0
ASK_EVERY_S = 0.05
ENDED = 401, "session_ended"
COUNTS = 200, ""

type Deed = Callable[[Session, User], object]


def _reset(session: Session, user: User) -> None:
    use_reset(session, add_reset(session, user, time.time())[1], b"new", time.time())


DEEDS: dict[str, Deed] = {
    "disabled": lambda session, user: disable_user(session, user, time.time()),
    "promoted": lambda session, user: set_role(session, user, time.time(), is_admin=True),
    "given a new password": lambda session, user: set_password(session, user, b"new", time.time()),
    "reset by a link": _reset,
    "signed out everywhere": lambda session, user: end_sessions(session, user.id, time.time()),
    "deleted": delete_user,
}


@dataclass(frozen=True)
class Person:
    """Somebody signed in: the browser's session and the short one for programs."""

    name: str
    session_id: str
    browser: dict[str, str]
    program: dict[str, str]


async def _joined(house: House, name: str, *, is_admin: bool = False) -> Person:
    visitor = await house.sign_in(name, is_admin=is_admin)
    now = time.time()
    with changing_rules(house.engine) as session:
        user = get_user(session, name)
        parent = session.scalars(select(LoginSession).where(LoginSession.user_id == user.id)).one()
        row = start_session(session, user, now, 3600, parent=parent)
        claims = SessionClaims(row.id, user.id, now, row.expires_at)
        browser_id = parent.id
    await house.assembly.rules.refresh()
    token = encode(claims, load_secret(house.settings.data_dir))
    return Person(name, browser_id, visitor.cookie, {"Authorization": f"Bearer {token}"})


def _do(house: House, person: Person, deed: Deed) -> None:
    with changing_rules(house.engine) as session:
        deed(session, get_user(session, person.name))


async def _status(house: House, headers: dict[str, str]) -> tuple[int, str]:
    answer = await house.client.get("/gate/me", headers=headers)
    return answer.status_code, answer.headers.get("x-sluice-reason", "")


async def _becomes(house: House, headers: dict[str, str], wanted: tuple[int, str]) -> None:
    async with asyncio.timeout(PROMISE_S):
        while True:
            if await _status(house, headers) == wanted:
                return
            await asyncio.sleep(ASK_EVERY_S)


async def _both_become(house: House, person: Person, wanted: tuple[int, str]) -> None:
    await _becomes(house, person.browser, wanted)
    await _becomes(house, person.program, wanted)


@pytest.mark.parametrize("deed", DEEDS)
async def test_whoever_loses_their_standing_is_out_within_a_second_and_nobody_else(
    house: House, deed: str
) -> None:
    ann, bob = await _joined(house, "ann"), await _joined(house, "bob")
    await _both_become(house, ann, COUNTS)
    _do(house, ann, DEEDS[deed])
    await _both_become(house, ann, ENDED)
    await _both_become(house, bob, COUNTS)


async def test_an_administrator_no_more_is_out_within_a_second(house: House) -> None:
    await _joined(house, "root", is_admin=True)
    ann = await _joined(house, "ann", is_admin=True)
    await _both_become(house, ann, COUNTS)
    _do(house, ann, lambda session, user: set_role(session, user, time.time(), is_admin=False))
    await _both_become(house, ann, ENDED)


async def test_who_changes_their_password_stays_signed_in_here_alone(house: House) -> None:
    ann = await _joined(house, "ann")
    with changing_rules(house.engine) as session:
        other = start_session(session, get_user(session, "ann"), time.time(), 3600)
        claims = SessionClaims(other.id, other.user_id, other.created_at, other.expires_at)
    elsewhere = {"Cookie": f"sluice={encode(claims, load_secret(house.settings.data_dir))}"}
    await house.assembly.rules.refresh()
    assert await _status(house, elsewhere) == COUNTS
    _do(
        house,
        ann,
        lambda session, user: set_password(session, user, b"new", time.time(), keep=ann.session_id),
    )
    await _becomes(house, elsewhere, ENDED)
    await _both_become(house, ann, COUNTS)


async def test_a_programs_token_ends_with_the_browsers_session(house: House) -> None:
    ann = await _joined(house, "ann")
    await _both_become(house, ann, COUNTS)
    _do(house, ann, lambda session, _: end_session(session, ann.session_id, time.time()))
    await _both_become(house, ann, ENDED)
