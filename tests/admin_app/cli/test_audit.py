"""`sluice audit`."""

import getpass
import time

import pytest

from addon.store.audit import Actor
from addon.store.engine import Engine, changing_rules
from addon.store.keys import NewKey, add_key
from tests.admin_app.cli.running import CommandLine

_ANN = Actor("user:7", "ann", "192.0.2.7")


def _add_key(engine: Engine, name: str, ago_s: float = 0) -> None:
    now = time.time() - ago_s
    with changing_rules(engine, _ANN, now) as session:
        add_key(session, NewKey(name, priority=4), now)


def _actions(sluice: CommandLine, *options: str) -> list[str]:
    return [deed["action"] for deed in sluice.document("audit", *options)]


def test_nothing_done_yet_is_said(sluice: CommandLine) -> None:
    assert sluice.words("audit") == "Nothing fits. Without options everything is shown.\n"
    assert sluice.document("audit") == []


def test_deeds_at_the_terminal_and_elsewhere_are_told_the_latest_first(
    sluice: CommandLine, engine: Engine
) -> None:
    _add_key(engine, "app1")
    sluice.words("ip", "add", "10.0.0.7", "--note", "cellar")
    sluice.words("ip", "disable", "10.0.0.7")
    header, disabled, added, made = (
        [cell.strip() for cell in line.split("  ") if cell] for line in sluice.words("audit").splitlines()
    )
    assert header == ["ID", "WHEN (UTC)", "WHO", "FROM", "ACTION", "TO WHAT", "WHAT CHANGED"]
    me = getpass.getuser()
    assert disabled[2:] == [me, "-", "address.disable", "10.0.0.7/32 (rule:1)", "is_enabled yes -> no"]
    assert added[2:5] == [me, "-", "address.add"]
    assert "note cellar" in added[6]
    assert made[2:6] == ["ann", "192.0.2.7", "key.add", "app1 (key:1)"]
    assert "priority 4" in made[6]
    assert "digest" not in made[6]


def test_a_deed_as_json_has_all_its_parts(sluice: CommandLine, engine: Engine) -> None:
    _add_key(engine, "app1")
    (deed,) = sluice.document("audit")
    assert deed == deed | {"id": 1, "actor_id": "user:7", "actor": "ann", "address": "192.0.2.7"}
    assert deed == deed | {"action": "key.add", "subject_id": "key:1", "subject": "app1", "before": None}
    assert deed["after"]["priority"] == 4


def test_instants_are_told_as_dates(sluice: CommandLine) -> None:
    sluice.words("key", "add", "app1", "--expires", "1d")
    sluice.words("key", "revoke", "app1")
    assert "revoked_at - -> 20" in sluice.words("audit", "--limit", "1")


@pytest.mark.parametrize(
    ("options", "actions"),
    [
        (("--actor", "ann"), ["key.add"]),
        (("--actor", "user:7"), ["key.add"]),
        (("--actor", "terminal"), ["address.disable", "address.add"]),
        (("--action", "key"), ["key.add"]),
        (("--action", "address.add"), ["address.add"]),
        (("--subject", "10.0.0.7/32"), ["address.disable", "address.add"]),
        (("--subject", "rule:1", "--action", "address.disable"), ["address.disable"]),
        (("--since", "1h"), ["address.disable", "address.add"]),
        (("--since", "3d"), ["address.disable", "address.add", "key.add"]),
        (("--limit", "2"), ["address.disable", "address.add"]),
        (("--actor", "%"), []),
        (("--action", ""), []),
    ],
)
def test_only_what_fits_is_told(
    sluice: CommandLine, engine: Engine, options: tuple[str, ...], actions: list[str]
) -> None:
    _add_key(engine, "app1", ago_s=2 * 86400)
    sluice.words("ip", "add", "10.0.0.7")
    sluice.words("ip", "disable", "10.0.0.7")
    assert _actions(sluice, *options) == actions


@pytest.mark.parametrize("options", [("--since", "yesterday"), ("--limit", "0"), ("--limit", "many")])
def test_a_filter_that_makes_no_sense_is_refused(sluice: CommandLine, options: tuple[str, str]) -> None:
    assert options[0] in sluice.refusal("audit", *options, exit_code=2)


def test_a_name_cannot_steer_the_terminal(sluice: CommandLine, engine: Engine) -> None:
    with changing_rules(engine, Actor("user:7", "\x1b[2Jann"), time.time()) as session:
        add_key(session, NewKey("app1"), time.time())
    assert "?[2Jann" in sluice.words("audit")
