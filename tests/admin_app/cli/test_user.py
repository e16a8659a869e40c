"""`sluice user list`."""

import time

from sqlalchemy import update

from addon.store.allowances import Allowance
from addon.store.engine import Engine
from addon.store.journal import Used, write
from addon.store.models import User
from tests.admin_app.cli.people import make_user
from tests.admin_app.cli.running import CommandLine
from tests.changing import changing_rules


def test_no_accounts_yet_says_how_to_invite_somebody(sluice: CommandLine) -> None:
    assert sluice.words("user", "list") == "No accounts yet. Invite somebody: sluice invite add\n"
    assert sluice.document("user", "list") == []


def test_accounts_are_listed_with_role_state_and_last_use(sluice: CommandLine, engine: Engine) -> None:
    make_user(engine, "ann", is_admin=True)
    make_user(engine, "bob")
    with changing_rules(engine) as session:
        session.execute(update(User).where(User.name == "bob").values(disabled_at=5.0))
        write(session, [], [Used("user:1", time.time() - 7200, None)])
    header, *rows = sluice.words("user", "list").splitlines()
    assert header.split() == [
        *("ID", "NAME", "ROLE", "STATE", "REGISTERED"),
        *("LAST", "SEEN", "TODAY", "KEYS", "ALLOWANCE"),
    ]
    ann, bob = ([cell.strip() for cell in row.split("  ") if cell] for row in rows)
    assert ann == ["1", "ann", "administrator", "active", "just now", "2 hours ago", "0", "0", "general"]
    assert bob[:4] == ["2", "bob", "user", "disabled"]
    assert bob[5] == "never"


def test_the_list_tells_what_each_account_may_do(sluice: CommandLine, engine: Engine) -> None:
    make_user(engine, "ann", Allowance(4, ("a", "b"), 3, 1, may_make_keys=True))
    row = sluice.words("user", "list").splitlines()[1]
    assert row.endswith("  priority 4, only a|b, 3 waiting, 1 running, own keys")


def test_accounts_as_json_hold_no_password_hash(sluice: CommandLine, engine: Engine) -> None:
    make_user(engine, "ann", is_admin=True)
    (ann,) = sluice.document("user", "list")
    assert (ann["name"], ann["is_admin"], ann["state"], ann["disabled_at"]) == ("ann", True, "active", None)
    assert (ann["last_seen_at"], ann["requests_today"], ann["keys"]) == (None, 0, 0)
    assert not [name for name in ann if "password" in name or "hash" in name]
