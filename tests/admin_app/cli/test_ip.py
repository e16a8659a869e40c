"""`sluice ip`."""

import json
import time

import pytest

from addon.store.engine import Engine
from addon.store.journal import Used, write
from tests.admin_app.cli.running import CommandLine
from tests.changing import changing_rules


def test_no_addresses_yet_says_how_to_allow_one(sluice: CommandLine) -> None:
    assert sluice.words("ip", "list").startswith("No addresses yet. Allow one: sluice ip add")
    assert sluice.document("ip", "list") == []


def test_an_allowed_network_is_listed(sluice: CommandLine, engine: Engine) -> None:
    made = sluice.document("ip", "add", "10.0.0.0/24", "--name", "office", "--priority", "3", "--note", "upstairs")
    assert made == made | {"id": 1, "cidr": "10.0.0.0/24", "name": "office", "priority": 3, "note": "upstairs"}
    with changing_rules(engine) as session:
        write(session, [], [Used("rule:1", time.time() - 600, "10.0.0.7")])
    header, row = sluice.words("ip", "list").splitlines()
    assert header.split() == [
        *("ID", "ADDRESS", "NAME", "STATE", "PRIORITY", "SCOPES"),
        *("MADE", "LAST", "USED", "NOTE"),
    ]
    assert row.split()[:6] == ["1", "10.0.0.0/24", "office", "enabled", "3", "infer,read"]
    assert row.endswith("10 minutes ago  upstairs")
    (document,) = sluice.document("ip", "list")
    assert (document["last_used_at"] < time.time() - 500, document["last_used_from"]) == (True, "10.0.0.7")


def test_a_rule_without_name_and_priority_shows_the_general_ones(sluice: CommandLine) -> None:
    assert (
        sluice.words("ip", "add", "10.0.0.7") == "Rule 1: 10.0.0.7/32 may use Ollama at http://127.0.0.1:8000.\n"
    )
    assert sluice.words("ip", "list").splitlines()[1].split()[1:5] == ["10.0.0.7/32", "-", "enabled", "1"]


@pytest.mark.parametrize("cidr", ["10.0.0.1/24", "office", "0.0.0.0/0", ""])
def test_a_network_that_makes_no_sense_is_refused(sluice: CommandLine, cidr: str) -> None:
    assert sluice.refusal("ip", "add", cidr)
    assert sluice.document("ip", "list") == []


def test_a_rule_may_have_scopes_of_its_own(sluice: CommandLine) -> None:
    made = sluice.document("ip", "add", "10.0.0.7", "--scope", "manage,read")
    assert made["scopes"] == ["manage", "read"]
    assert sluice.words("ip", "list").splitlines()[1].split()[5] == "manage,read"


def test_an_address_cannot_administer(sluice: CommandLine) -> None:
    assert sluice.refusal("ip", "add", "10.0.0.7", "--scope", "admin").startswith("An address alone cannot")
    assert "The scopes are" in sluice.refusal("ip", "add", "10.0.0.7", "--scope", "everything", exit_code=2)
    assert sluice.document("ip", "list") == []


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "::/0"])
def test_everybody_is_let_in_only_with_anyone(sluice: CommandLine, cidr: str) -> None:
    assert "say so: --anyone" in sluice.refusal("ip", "add", cidr)
    assert "delete models" in sluice.refusal("ip", "add", cidr, "--anyone", "--scope", "manage")
    assert sluice.document("ip", "add", cidr, "--anyone")["cidr"] == cidr
    assert sluice("ip", "test", "198.51.100.7").exit_code == (0 if cidr == "0.0.0.0/0" else 1)


def test_a_rule_may_have_limits_of_its_own(sluice: CommandLine) -> None:
    made = sluice.document("ip", "add", "10.0.0.7", "--max-waiting", "5", "--max-running", "2")
    assert (made["max_waiting"], made["max_running"]) == (5, 2)


@pytest.mark.parametrize("named", ["1", "10.0.0.0/24"])
def test_a_disabled_rule_lets_nobody_in_until_it_is_enabled(sluice: CommandLine, named: str) -> None:
    sluice.words("ip", "add", "10.0.0.0/24")
    assert sluice.words("ip", "disable", named).startswith("Rule 1 (10.0.0.0/24) is disabled.")
    assert sluice("ip", "test", "10.0.0.9").exit_code == 1
    assert sluice.words("ip", "list").splitlines()[1].split()[3] == "disabled"
    assert sluice.document("ip", "disable", named)["is_enabled"] is False
    assert sluice.words("ip", "enable", named) == "Rule 1 (10.0.0.0/24) is enabled. Its addresses need no key.\n"
    assert sluice("ip", "test", "10.0.0.9").exit_code == 0


@pytest.mark.parametrize("command", ["enable", "disable"])
def test_an_unknown_rule_cannot_be_switched(sluice: CommandLine, command: str) -> None:
    assert sluice.refusal("ip", command, "7").startswith("There is no rule '7'.")


@pytest.mark.parametrize("named", ["1", "10.0.0.0/24"])
def test_a_removed_rule_lets_nobody_in(sluice: CommandLine, named: str) -> None:
    sluice.words("ip", "add", "10.0.0.0/24")
    assert sluice.words("ip", "remove", named).startswith("Rule 1 (10.0.0.0/24) is removed.")
    assert sluice("ip", "test", "10.0.0.9").exit_code == 1


def test_an_unknown_rule_cannot_be_removed(sluice: CommandLine) -> None:
    assert sluice.refusal("ip", "remove", "7").startswith("There is no rule '7'.")


def test_an_address_is_told_the_most_specific_rule(sluice: CommandLine) -> None:
    sluice.words("ip", "add", "10.0.0.0/8")
    sluice.words("ip", "add", "10.0.0.0/24", "--name", "office")
    assert sluice.words("ip", "test", "10.0.0.9") == "10.0.0.9 is let in by rule 2, 10.0.0.0/24 (office).\n"
    assert sluice.words("ip", "test", "10.9.0.9") == "10.9.0.9 is let in by rule 1, 10.0.0.0/8.\n"
    assert sluice.document("ip", "test", "::ffff:10.0.0.9")["rule"]["id"] == 2


def test_an_address_no_rule_holds_exits_with_1(sluice: CommandLine) -> None:
    result = sluice("ip", "test", "10.0.0.9")
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout == "No rule lets 10.0.0.9 in: it needs a key. Allow it: sluice ip add 10.0.0.9\n"
    as_json = sluice("ip", "test", "10.0.0.9", "--json")
    assert (as_json.exit_code, json.loads(as_json.stdout)) == (1, {"address": "10.0.0.9", "rule": None})


@pytest.mark.parametrize("address", ["office", "10.0.0.0/24", "fe80::1%eth0"])
def test_only_one_plain_address_can_be_tested(sluice: CommandLine, address: str) -> None:
    assert "is not one plain IP address" in sluice.refusal("ip", "test", address, exit_code=2)
