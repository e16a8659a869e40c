"""The audit log in words."""

import re
from pathlib import Path

import pytest

from addon.store.models import AddressRule, ApiKey, Invite, LoginSession, PasswordReset, User
from admin_app.audit_words import ACTIONS, FIELDS, changes, deed_words, field_words

ROOT = Path(__file__).parents[2]
UNTOLD = {"id", "parent_id", "digest", "previous_digest", "password_hash", "name_key"}


@pytest.mark.parametrize("noun", ["key", "address", "user", "invite", "session", "reset"])
def test_every_deed_that_the_log_can_have_of_the_rules_has_its_words(noun: str) -> None:
    source = (ROOT / "addon/store/audit.py").read_text()
    verbs = re.findall(rf'\("{noun}", "[a-z_]+", "([a-z]+)", "([a-z]+)"\)', source)
    told = {"add", "remove", "change", *(verb for both in verbs for verb in both)}
    assert len(told) > 3
    assert {f"{noun}.{verb}" for verb in told} <= set(ACTIONS)


@pytest.mark.parametrize("name", ["steering", "model_deeds"])
def test_every_deed_at_the_gate_has_its_words(name: str) -> None:
    source = (ROOT / f"addon/proxy/{name}.py").read_text()
    told = set(re.findall(r'"((?:ticket|setting|ollama)\.[a-z]+)"', source))
    assert told
    assert told | {"gate.pause", "gate.resume", "gate.drain", "model.pull", "model.push"} <= set(ACTIONS)


@pytest.mark.parametrize("table", [ApiKey, AddressRule, User, Invite, LoginSession, PasswordReset])
def test_every_column_that_is_told_has_its_words(table: type[ApiKey | User]) -> None:
    told = {column.key for column in table.__table__.columns} - UNTOLD
    assert told
    assert told <= set(FIELDS)


def test_what_is_not_known_keeps_its_name() -> None:
    assert (deed_words("moon.land"), field_words("craters")) == ("moon.land", "craters")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"base": 1, "bump": 0}, {"base": 1, "bump": 1}, [("bump", "no", "yes")]),
        ({"priority": None}, {"priority": 0}, [("priority", None, 0)]),
        ({"is_enabled": True}, {"is_enabled": False}, [("is_enabled", True, False)]),
        ({"base": 1, "bump": 1}, {"base": 1, "bump": 4}, [("bump", "yes", "again")]),
        ({"note": ""}, {"note": "configured"}, [("note", "", "configured")]),
        ({"upstream.slots": "configured"}, {"upstream.slots": 2}, [("upstream.slots", "as configured", 2)]),
        (
            None,
            {"name": "Ann", "name_key": "ann", "created_at": 1.5, "is_admin": False, "note": ""},
            [("name", None, "Ann")],
        ),
        ({"name": "Ann", "name_key": "ann"}, None, [("name", "Ann", None)]),
        (None, None, []),
    ],
)
def test_only_what_changed_is_told_and_nothing_internal(
    before: object, after: object, told: list[tuple[str, object, object]]
) -> None:
    assert list(changes(before, after)) == told
