"""`sluice invite`."""

import time
from pathlib import Path

import pytest

from addon.store.engine import Engine
from addon.store.invites import add_setup_invite
from addon.store.users import register
from tests.admin_app.cli.running import CommandLine
from tests.changing import changing_rules


def _use(engine: Engine, token: str, name: str = "ann") -> None:
    with changing_rules(engine) as session:
        register(session, name, b"hash", token, time.time())


def test_no_invites_yet_says_how_to_make_one(sluice: CommandLine) -> None:
    assert sluice.words("invite", "list") == "No invites yet. Make one: sluice invite add\n"
    assert sluice.document("invite", "list") == []


def test_a_new_invite_is_a_link_that_works(sluice: CommandLine, engine: Engine) -> None:
    made = sluice.document("invite", "add")
    assert made == made | {"id": 1, "state": "open", "is_admin": False, "is_setup": False, "uses": 1, "used": 0}
    assert made["link"] == f"http://127.0.0.1:8000/register#{made['token']}"
    assert made["expires_at"] - made["created_at"] == 86400
    _use(engine, made["token"])
    assert sluice.document("invite", "list")[0]["state"] == "used up"
    assert made["token"] not in sluice("invite", "list", "--json").stdout


def test_a_link_begins_with_the_public_url(sluice: CommandLine, tmp_path: Path) -> None:
    config = tmp_path / "sluice.toml"
    config.write_text('[gate]\npublic_url = "https://ai.example.org"\n')
    made = sluice.document("invite", "add", "--config", str(config))
    assert made["link"].startswith("https://ai.example.org/register#")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "for 1 person, valid for 24 hours."),
        (("--uses", "5", "--expires", "30d"), "for 5 people, valid for 30 days."),
        (("--admin", "--expires", "10m"), "for 1 person as administrator, valid for 10 minutes."),
    ],
)
def test_the_words_say_whom_the_link_is_for(sluice: CommandLine, options: tuple[str, ...], told: str) -> None:
    words = sluice.words("invite", "add", *options)
    assert told in words
    assert "\n  http://127.0.0.1:8000/register#" in words


def test_the_list_calls_every_state_by_its_word(
    sluice: CommandLine, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sluice.words("invite", "add", "--expires", "10m")
    _use(engine, sluice.document("invite", "add")["token"])
    sluice.words("invite", "add", "--admin")
    assert sluice.words("invite", "revoke", "3").startswith("Invite 3 is revoked.")
    sluice.words("invite", "add", "--uses", "3", "--admin")
    with changing_rules(engine) as session:
        add_setup_invite(session, time.time())
    later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later)
    header, *rows = sluice.words("invite", "list").splitlines()
    assert header.split()[:6] == ["ID", "FOR", "STATE", "USED", "EXPIRES", "MADE"]
    assert header.split()[6:] == ["ALLOWANCE", "USED", "BY", "NOTE"]
    assert [" ".join(row.split()) for row in rows] == [
        "5 first administrator expired 0 of 1 30 minutes ago 60 minutes ago general - the first administrator",
        "4 administrator open 0 of 3 in 23 hours 60 minutes ago general - -",
        "3 administrator revoked 0 of 1 in 23 hours 60 minutes ago general - -",
        "2 user used up 1 of 1 in 23 hours 60 minutes ago general ann -",
        "1 user expired 0 of 1 50 minutes ago 60 minutes ago general - -",
    ]


def test_an_invite_carries_what_those_who_come_will_be_allowed(sluice: CommandLine, engine: Engine) -> None:
    limits = ("--max-waiting", "3", "--max-running", "1")
    options = ("--priority", "5", "--models", "b, a", *limits, "--own-keys", "--note", "for the office")
    made = sluice.document("invite", "add", *options)
    allowed = {"priority": 5, "models": ["a", "b"], "max_waiting": 3, "max_running": 1, "may_make_keys": True}
    assert made == made | allowed | {"note": "for the office", "users": []}
    _use(engine, made["token"])
    (ann,) = sluice.document("user", "list")
    assert ann == ann | allowed | {"invite_id": made["id"]}


def test_the_list_names_who_came_by_an_invite(sluice: CommandLine, engine: Engine) -> None:
    token = sluice.document("invite", "add", "--uses", "3", "--priority", "5", "--note", "for the office")["token"]
    for name in ("ann", "bob"):
        _use(engine, token, name)
    row = sluice.words("invite", "list").splitlines()[1]
    assert [cell.strip() for cell in row.split("  ") if cell][-3:] == ["priority 5", "ann, bob", "for the office"]
    assert sluice.document("invite", "list")[0]["users"] == ["ann", "bob"]
    assert sluice.document("invite", "revoke", "1")["users"] == ["ann", "bob"]


def test_the_words_say_what_an_invite_allows(sluice: CommandLine) -> None:
    assert "for 1 person (priority 5, own keys), valid" in sluice.words(
        "invite", "add", "--priority", "5", "--own-keys"
    )


def test_an_unknown_invite_cannot_be_revoked(sluice: CommandLine) -> None:
    assert sluice.refusal("invite", "revoke", "9").startswith("There is no invite '9'.")


@pytest.mark.parametrize("options", [("--uses", "0"), ("--expires", "0h"), ("--expires", "tomorrow")])
def test_an_invite_nobody_could_use_is_refused(sluice: CommandLine, options: tuple[str, str]) -> None:
    assert options[0] in sluice.refusal("invite", "add", *options, exit_code=2)
