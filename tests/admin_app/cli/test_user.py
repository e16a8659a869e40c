"""`sluice user`."""

import time

from sqlalchemy import update

from addon.store.engine import Engine
from addon.store.invites import NewInvite, add_invite
from addon.store.journal import Used, write
from addon.store.models import User
from addon.store.users import register
from tests.admin_app.cli.running import CommandLine
from tests.changing import changing_rules


def _register(engine: Engine, name: str, *, is_admin: bool) -> None:
    now = time.time()
    with changing_rules(engine) as session:
        _, token = add_invite(session, NewInvite(1, 60, is_admin), now)
        register(session, name, b"hash", token, now)


def test_no_accounts_yet_says_how_to_invite_somebody(sluice: CommandLine) -> None:
    assert sluice.words("user", "list") == "No accounts yet. Invite somebody: sluice invite add\n"


def test_accounts_are_listed_with_role_and_state(sluice: CommandLine, engine: Engine) -> None:
    _register(engine, "ann", is_admin=True)
    _register(engine, "bob", is_admin=False)
    with changing_rules(engine) as session:
        session.execute(update(User).where(User.name == "bob").values(disabled_at=5.0))
        write(session, [], [Used("user:1", time.time() - 7200, None)])
    header, ann, bob = sluice.words("user", "list").splitlines()
    assert header.split() == ["ID", "NAME", "ROLE", "STATE", "REGISTERED", "LAST", "USED"]
    assert ann.split()[:4] == ["1", "ann", "administrator", "active"]
    assert ann.endswith("2 hours ago")
    assert bob.split()[:4] == ["2", "bob", "user", "disabled"]
    assert bob.endswith("never")


def test_accounts_as_json_hold_no_password_hash(sluice: CommandLine, engine: Engine) -> None:
    _register(engine, "ann", is_admin=True)
    (ann,) = sluice.document("user", "list")
    assert ann.keys() == {"id", "name", "is_admin", "state", "created_at", "disabled_at", "last_used_at"}
    assert (ann["name"], ann["is_admin"], ann["state"], ann["disabled_at"]) == ("ann", True, "active", None)
