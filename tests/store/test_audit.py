"""The audit log: every change has its row, no row tells a secret, and no row can be changed."""

import json
from collections.abc import Sequence

import pytest
from sqlalchemy import Delete, Engine, Update, delete, select, update
from sqlalchemy.exc import IntegrityError

from addon.core.principal import Scope
from addon.store.address_rules import NewRule, add_rule, remove_rule, switch_rule
from addon.store.audit import Actor
from addon.store.engine import changing_rules, reading
from addon.store.keys import NewKey, add_key, revoke_key, rotate_key
from addon.store.models import AuditRow
from addon.store.users import disable_user, enable_user, set_password, set_role
from tests.store.samples import NOW, make_user

ANN = Actor("user:7", "ann", "192.0.2.7")


def _rows(engine: Engine) -> Sequence[AuditRow]:
    with reading(engine) as session:
        return session.scalars(select(AuditRow).order_by(AuditRow.id)).all()


def _actions(engine: Engine) -> list[str]:
    return [row.action for row in _rows(engine)]


def test_a_new_key_is_noted_with_who_when_and_where_but_without_its_secret(engine: Engine) -> None:
    with changing_rules(engine, ANN, NOW) as session:
        _, text = add_key(session, NewKey("ci", 4, frozenset({Scope.READ})), NOW)
    (row,) = _rows(engine)
    assert (row.at, row.actor_id, row.actor, row.address) == (NOW, "user:7", "ann", "192.0.2.7")
    assert (row.action, row.subject_id, row.subject, row.before) == ("key.add", "key:1", "ci", None)
    after = json.loads(row.after or "")
    assert (after["priority"], after["scopes"]) == (4, "read")
    assert "digest" not in after
    assert text.rpartition("_")[2] not in (row.after or "")


def test_a_change_says_what_was_before_and_after(engine: Engine) -> None:
    with changing_rules(engine, ANN, NOW) as session:
        add_key(session, NewKey("ci"), NOW)
    with changing_rules(engine, ANN, NOW) as session:
        revoke_key(session, "ci", NOW + 5)
    row = _rows(engine)[1]
    assert (row.action, row.subject) == ("key.revoke", "ci")
    assert (json.loads(row.before or ""), json.loads(row.after or "")) == (
        {"revoked_at": None},
        {"revoked_at": NOW + 5},
    )


def test_what_changes_nothing_is_not_noted(engine: Engine) -> None:
    with changing_rules(engine, ANN, NOW) as session:
        add_rule(session, NewRule("10.0.0.1"), NOW)
    with changing_rules(engine, ANN, NOW) as session:
        switch_rule(session, "1", is_enabled=True)
    assert _actions(engine) == ["address.add"]


def test_every_deed_has_its_own_word(engine: Engine) -> None:
    ann = make_user(engine, "root", is_admin=True)
    bob = make_user(engine, "bob")
    seen = len(_rows(engine))
    with changing_rules(engine, ANN, NOW) as session:
        session.add_all((ann, bob))
        for change in (
            lambda: add_rule(session, NewRule("10.0.0.1"), NOW),
            lambda: switch_rule(session, "1", is_enabled=False),
            lambda: switch_rule(session, "1", is_enabled=True),
            lambda: remove_rule(session, "1"),
            lambda: add_key(session, NewKey("ci"), NOW),
            lambda: rotate_key(session, "ci", 60, NOW),
            lambda: set_role(session, bob, NOW, is_admin=True),
            lambda: set_role(session, bob, NOW, is_admin=False),
            lambda: set_password(session, bob, b"new hash", NOW),
            lambda: disable_user(session, bob, NOW),
            lambda: enable_user(bob),
        ):
            change()
            session.flush()
    assert _actions(engine)[seen:] == [
        "address.add",
        "address.disable",
        "address.enable",
        "address.remove",
        "key.add",
        "key.rotate",
        "user.promote",
        "user.demote",
        "user.password",
        "user.disable",
        "user.enable",
    ]
    assert not [row for row in _rows(engine) if "hash" in f"{row.before}{row.after}"]


def test_a_change_that_is_taken_back_leaves_no_row(engine: Engine) -> None:
    def fail() -> None:
        with changing_rules(engine, ANN, NOW) as session:
            add_key(session, NewKey("ci"), NOW)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert _actions(engine) == []


@pytest.mark.parametrize(
    "deed", [update(AuditRow).values(actor="mallory"), delete(AuditRow)], ids=["change", "delete"]
)
def test_no_row_can_be_changed_or_deleted(engine: Engine, deed: Update | Delete) -> None:
    with changing_rules(engine, ANN, NOW) as session:
        add_key(session, NewKey("ci"), NOW)
    with pytest.raises(IntegrityError, match="append-only"), changing_rules(engine, ANN, NOW) as session:
        session.execute(deed)
    assert [row.actor for row in _rows(engine)] == ["ann"]
