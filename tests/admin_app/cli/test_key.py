"""`sluice key`."""

import time
from pathlib import Path

import pytest

from addon.core.credential import Shown
from addon.core.policy import Identity
from addon.core.principal import Scope
from addon.core.refusal import Reason, Refusal
from addon.settings import BasePriorities
from addon.store.allowances import Allowance
from addon.store.engine import Engine, reading
from addon.store.journal import Used, write
from addon.store.policy_loader import load_policy
from tests.admin_app.cli.people import make_user
from tests.admin_app.cli.running import CommandLine
from tests.changing import changing_rules

_DAY_S = 86400.0


def _identify(engine: Engine, key: str, now: float | None = None) -> Identity | Refusal:
    moment = time.time() if now is None else now
    with reading(engine) as session:
        policy = load_policy(session, b"", BasePriorities(), moment)
    return policy.identify(Shown(frozenset({key})), None, moment)


def test_no_keys_yet_says_how_to_make_one(sluice: CommandLine) -> None:
    assert sluice.words("key", "list") == "No keys yet. Make one: sluice key add NAME\n"
    assert sluice.document("key", "list") == []


def test_a_new_key_is_shown_once_with_a_ready_curl_line(sluice: CommandLine, engine: Engine) -> None:
    words = sluice.words("key", "add", "app1")
    key = next(line.strip() for line in words.splitlines() if line.startswith("  sl_"))
    assert "never again" in words
    assert words.endswith(f'  curl -H "X-API-Key: {key}" http://127.0.0.1:8000/api/tags\n')
    assert isinstance(_identify(engine, key), Identity)
    assert key not in sluice.words("key", "list")
    assert key not in sluice("key", "list", "--json").stdout


def test_a_key_carries_every_option_it_was_given(sluice: CommandLine, engine: Engine) -> None:
    limits = ("--max-waiting", "5", "--max-running", "2")
    options = ("--priority", "4", "--models", "b, a", "--scope", "infer,manage", "--expires", "30d", *limits)
    made = sluice.document("key", "add", "app1", *options)
    found = _identify(engine, made["key"])
    assert isinstance(found, Identity)
    assert found.principal.id == f"key:{made['id']}"
    assert found.principal.label == "app1"
    assert found.principal.base == 4
    assert found.principal.models == frozenset({"a", "b"})
    assert found.principal.scopes == {Scope.INFER, Scope.MANAGE}
    assert (found.principal.max_waiting, found.principal.max_running) == (5, 2)
    assert made["expires_at"] == pytest.approx(time.time() + 30 * _DAY_S, abs=60)
    expired = _identify(engine, made["key"], now=made["expires_at"])
    assert isinstance(expired, Refusal)
    assert expired.reason is Reason.KEY_EXPIRED


def test_a_key_without_options_has_the_general_ones(sluice: CommandLine) -> None:
    made = sluice.document("key", "add", "app1")
    wanted = {"id": 1, "name": "app1", "state": "active", "scopes": ["infer", "read"], "expires_at": None}
    assert made == made | wanted | {"priority": None, "models": None, "max_waiting": None, "max_running": None}
    assert made["key"].startswith(f"{made['prefix']}_")


def test_the_list_shows_each_key_in_words(sluice: CommandLine, engine: Engine) -> None:
    sluice.words("key", "add", "app1", "--expires", "30d", "--models", "b,a", "--note", "in the corner")
    sluice.words("key", "add", "app2", "--priority", "7")
    sluice.words("key", "revoke", "app2")
    with changing_rules(engine) as session:
        write(session, [], [Used("key:1", time.time() - 180, "10.0.0.7"), Used("user:2", 1.0, None)])
    header, first, second = (line.split("  ") for line in sluice.words("key", "list").splitlines())
    assert [cell.strip() for cell in header if cell] == [
        "ID",
        "NAME",
        "KEY",
        "STATE",
        "OWNER",
        "PRIORITY",
        "SCOPES",
        "MODELS",
        "EXPIRES",
        "LAST USED",
        "OLD KEY ENDS",
        "NOTE",
    ]
    told = [[cell.strip() for cell in line if cell] for line in (first, second)]
    assert told[0][3:8] == ["active", "-", "2", "infer,read", "a,b"]
    assert told[0][8:] == ["in 30 days", "3 minutes ago", "-", "in the corner"]
    assert told[1][3:] == ["revoked", "-", "7", "infer,read", "all", "never", "never", "-", "-"]
    assert told[0][2].startswith("sl_")
    assert told[0][2].endswith("_...")


def test_the_list_as_json_tells_the_last_use(sluice: CommandLine, engine: Engine) -> None:
    sluice.words("key", "add", "app1")
    with changing_rules(engine) as session:
        write(session, [], [Used("key:1", 1234.5, "10.0.0.7")])
    (shown,) = sluice.document("key", "list")
    assert (shown["last_used_at"], shown["last_used_from"]) == (1234.5, "10.0.0.7")
    assert "key" not in shown


def test_an_expired_key_is_called_so(sluice: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    sluice.words("key", "add", "app1", "--expires", "1d")
    later = time.time() + 3 * _DAY_S
    monkeypatch.setattr(time, "time", lambda: later)
    assert sluice.document("key", "list")[0]["state"] == "expired"
    assert "2 days ago" in sluice.words("key", "list")


@pytest.mark.parametrize("named", ["1", "app1"])
def test_a_revoked_key_is_refused_by_the_policy(sluice: CommandLine, engine: Engine, named: str) -> None:
    key = sluice.document("key", "add", "app1")["key"]
    assert sluice.words("key", "revoke", named).startswith("Key 1 (app1) is revoked.")
    refused = _identify(engine, key)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.KEY_REVOKED


def test_a_name_that_is_taken_is_refused(sluice: CommandLine) -> None:
    sluice.words("key", "add", "app1")
    assert sluice.refusal("key", "add", "app1") == "A key named 'app1' exists already. Choose another name."


@pytest.mark.parametrize("owner", ["1", "ann", "ANN"])
def test_a_key_may_belong_to_an_account_and_does_no_more_than_it(
    sluice: CommandLine, engine: Engine, owner: str
) -> None:
    make_user(engine, "ann", Allowance(priority=7, models=("a",)))
    made = sluice.document("key", "add", "anns", "--user", owner, "--note", "laptop", "--priority", "0")
    assert (made["owner"], made["user_id"], made["note"]) == ("ann", 1, "laptop")
    assert sluice.words("key", "list").splitlines()[1].split()[4] == "ann"
    found = _identify(engine, made["key"])
    assert isinstance(found, Identity)
    assert (found.principal.base, found.principal.models) == (7, frozenset({"a"}))


def test_a_key_of_nobody_who_is_there_is_not_made(sluice: CommandLine) -> None:
    assert sluice.refusal("key", "add", "app1", "--user", "bob").startswith("There is no account 'bob'.")
    assert sluice.document("key", "list") == []


def test_a_persons_key_cannot_administer(sluice: CommandLine, engine: Engine) -> None:
    make_user(engine, "ann")
    assert "no more" in sluice.refusal("key", "add", "app1", "--user", "ann", "--scope", "admin")


@pytest.mark.parametrize("note", ["x" * 201, "two\nlines", "\u202eback"])
def test_a_note_that_cannot_be_shown_is_refused(sluice: CommandLine, note: str) -> None:
    assert sluice.refusal("key", "add", "app1", "--note", note).startswith("A note has at most 200 characters")


def test_an_unknown_key_cannot_be_revoked(sluice: CommandLine) -> None:
    assert sluice.refusal("key", "revoke", "app9").startswith("There is no key 'app9'.")


def test_the_first_command_makes_house_and_database(tmp_path: Path) -> None:
    made = CommandLine(tmp_path / "new" / "data").document("key", "add", "app1")
    assert made["id"] == 1
