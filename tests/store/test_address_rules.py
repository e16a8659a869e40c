"""The allow-list: what can be written on it, and how it comes off again."""

import pytest
from sqlalchemy import Engine

from addon.store.address_rules import add_rule, list_rules, remove_rule
from addon.store.engine import changing_rules, reading
from addon.store.errors import StoreError
from addon.store.models import AddressRule
from tests.store.samples import NOW


def _add(engine: Engine, cidr: str, name: str = "", priority: int | None = None) -> AddressRule:
    with changing_rules(engine) as session:
        return add_rule(session, cidr, name, priority, NOW)


def _refusal(engine: Engine, cidr: str, name: str = "", priority: int | None = None) -> str:
    with pytest.raises(StoreError) as caught:
        _add(engine, cidr, name, priority)
    return str(caught.value)


def _remove(engine: Engine, id_or_cidr: str) -> AddressRule:
    with changing_rules(engine) as session:
        return remove_rule(session, id_or_cidr)


def _cidrs(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [rule.cidr for rule in list_rules(session)]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("10.0.0.7", "10.0.0.7/32"),
        (" 10.0.0.0/24 ", "10.0.0.0/24"),
        ("10.0.0.0/255.255.255.0", "10.0.0.0/24"),
        ("0.0.0.0/1", "0.0.0.0/1"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("::1", "::1/128"),
        ("::ffff:10.0.0.7", "10.0.0.7/32"),
        ("::ffff:10.0.0.0/120", "10.0.0.0/24"),
    ],
)
def test_a_rule_is_kept_in_one_spelling(engine: Engine, written: str, kept: str) -> None:
    row = _add(engine, written)
    assert (row.cidr, row.name, row.priority, row.created_at) == (kept, "", None, NOW)


def test_a_rule_can_have_a_name_and_a_priority(engine: Engine) -> None:
    row = _add(engine, "10.0.0.7", "Build server", 0)
    assert (row.name, row.priority) == ("Build server", 0)


@pytest.mark.parametrize("cidr", ["10.0.0.1/24", "2001:db8::1/32", "::ffff:10.0.0.1/120"])
def test_a_network_with_host_bits_is_refused_as_a_slip(engine: Engine, cidr: str) -> None:
    refusal = _refusal(engine, cidr)
    # Between the two stands Python's own sentence, which spells IPv4-mapped addresses as its version does.
    assert refusal.startswith(f"{cidr!r} is not an address or CIDR network: ")
    assert refusal.endswith(" has host bits set. Write an address (10.0.0.7) or a network (10.0.0.0/24).")


@pytest.mark.parametrize(
    "cidr", ["", "ann", "7", "10.0.0", "10.0.0.7:80", "010.0.0.7", "fe80::1%eth0", "10.0.0.0/33"]
)
def test_junk_is_refused(engine: Engine, cidr: str) -> None:
    assert _refusal(engine, cidr).startswith(f"{cidr!r} is not an address or CIDR network")


@pytest.mark.parametrize(
    ("cidr", "said"), [("0.0.0.0/0", "0.0.0.0/0"), ("::/0", "::/0"), ("::ffff:0:0/96", "0.0.0.0/0")]
)
def test_everybody_cannot_be_let_in(engine: Engine, cidr: str, said: str) -> None:
    assert _refusal(engine, cidr) == f"{said} would let everybody in. Name the networks that may come."


@pytest.mark.parametrize("again", ["10.0.0.7", "10.0.0.7/32", "::ffff:10.0.0.7"])
def test_one_network_stands_on_the_list_once(engine: Engine, again: str) -> None:
    _add(engine, "10.0.0.7")
    assert _refusal(engine, again) == "10.0.0.7/32 is on the allow-list already."


def test_a_network_inside_another_may_be_listed_too(engine: Engine) -> None:
    _add(engine, "10.0.0.0/8")
    _add(engine, "10.0.0.7")
    assert _cidrs(engine) == ["10.0.0.0/8", "10.0.0.7/32"]


def test_odd_names_and_priorities_are_refused(engine: Engine) -> None:
    assert "cannot be a name" in _refusal(engine, "10.0.0.7", "<b>")
    assert "out of range" in _refusal(engine, "10.0.0.7", "", 10)
    assert _cidrs(engine) == []


@pytest.mark.parametrize("written", ["1", "10.0.0.7", "10.0.0.7/32", " 10.0.0.7 ", "::ffff:10.0.0.7"])
def test_a_rule_is_removed_by_id_or_in_any_spelling(engine: Engine, written: str) -> None:
    _add(engine, "10.0.0.7")
    assert _remove(engine, written).cidr == "10.0.0.7/32"
    assert _cidrs(engine) == []


@pytest.mark.parametrize("written", ["", "2", "ann", "10.0.0.8", "10.0.0.0/8", "10.0.0.1/8", "9" * 30, "٣"])
def test_removing_what_is_not_there_says_so(engine: Engine, written: str) -> None:
    _add(engine, "10.0.0.7")
    with pytest.raises(StoreError) as caught:
        _remove(engine, written)
    assert str(caught.value) == f"There is no rule {written!r}. `sluice ip list` shows them."
    assert _cidrs(engine) == ["10.0.0.7/32"]
