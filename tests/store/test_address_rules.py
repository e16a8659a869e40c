"""The allow-list: what can be written on it, and how it comes off again."""

from typing import Any

import pytest
from sqlalchemy import Engine

from addon.core.principal import Scope
from addon.store.address_rules import NewRule, add_rule, import_rules, list_rules, remove_rule, switch_rule
from addon.store.engine import reading
from addon.store.errors import StoreError
from addon.store.models import AddressRule
from tests.changing import changing_rules
from tests.store.samples import NOW


def _add(engine: Engine, cidr: str, name: str = "", priority: int | None = None, **more: Any) -> AddressRule:
    with changing_rules(engine) as session:
        return add_rule(session, NewRule(cidr, name, priority, **more), NOW)


def _refusal(engine: Engine, cidr: str, name: str = "", priority: int | None = None, **more: Any) -> str:
    with pytest.raises(StoreError) as caught:
        _add(engine, cidr, name, priority, **more)
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


EVERYBODY = pytest.mark.parametrize(
    ("cidr", "kept"),
    [
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("::/0", "::/0"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("0.0.0.0/0.0.0.0", "0.0.0.0/0"),
    ],
)


@EVERYBODY
def test_everybody_is_let_in_only_where_that_is_said_to_be_meant(engine: Engine, cidr: str, kept: str) -> None:
    assert _refusal(engine, cidr) == (
        f"{kept} would let everybody in. Name the networks that may come. "
        'If everybody is meant, say so: --anyone, or "anyone": true.'
    )
    assert _add(engine, cidr, for_anyone=True).cidr == kept


@EVERYBODY
def test_everybody_may_never_manage(engine: Engine, cidr: str, kept: str) -> None:
    scopes = frozenset({Scope.INFER, Scope.MANAGE})
    said = f"{kept} would let everybody delete models. Leave out the scope manage."
    assert _refusal(engine, cidr, for_anyone=True, scopes=scopes) == said


def test_what_is_meant_for_everybody_may_be_narrower(engine: Engine) -> None:
    assert _add(engine, "10.0.0.0/24", for_anyone=True).cidr == "10.0.0.0/24"


def test_a_rule_may_infer_and_read_unless_said_otherwise(engine: Engine) -> None:
    assert _add(engine, "10.0.0.7").scopes == "infer,read"
    assert _add(engine, "10.0.0.8", scopes=frozenset({Scope.READ, Scope.MANAGE})).scopes == "manage,read"


@pytest.mark.parametrize("scopes", [frozenset({Scope.ADMIN}), frozenset(Scope)])
def test_an_address_alone_cannot_administer(engine: Engine, scopes: frozenset[Scope]) -> None:
    assert _refusal(engine, "10.0.0.7", scopes=scopes).startswith("An address alone cannot administer.")
    assert _cidrs(engine) == []


def test_a_rule_needs_a_scope(engine: Engine) -> None:
    assert _refusal(engine, "10.0.0.7", scopes=frozenset()).startswith("A rule without a scope lets nobody")


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


def _switch(engine: Engine, id_or_cidr: str, *, is_enabled: bool) -> AddressRule:
    with changing_rules(engine) as session:
        return switch_rule(session, id_or_cidr, is_enabled=is_enabled)


@pytest.mark.parametrize("written", ["1", "10.0.0.7", "::ffff:10.0.0.7"])
def test_a_rule_rests_and_counts_again(engine: Engine, written: str) -> None:
    assert _add(engine, "10.0.0.7").is_enabled
    for is_enabled in (False, False, True):
        assert _switch(engine, written, is_enabled=is_enabled).is_enabled is is_enabled
    assert _cidrs(engine) == ["10.0.0.7/32"]


def test_a_rule_that_rests_still_stands_on_the_list(engine: Engine) -> None:
    _add(engine, "10.0.0.7")
    _switch(engine, "1", is_enabled=False)
    assert _refusal(engine, "10.0.0.7") == "10.0.0.7/32 is on the allow-list already."


def test_switching_what_is_not_there_says_so(engine: Engine) -> None:
    with pytest.raises(StoreError, match=r"^There is no rule '10.0.0.7'. `sluice ip list` shows them.$"):
        _switch(engine, "10.0.0.7", is_enabled=False)


def test_an_id_is_never_given_again(engine: Engine) -> None:
    for cidr in ("10.0.0.1", "10.0.0.2"):
        _add(engine, cidr)
    for rule_id in ("2", "1"):
        _remove(engine, rule_id)
    assert _add(engine, "10.0.0.3").id == 3


def test_a_rule_can_have_limits_and_a_note(engine: Engine) -> None:
    row = _add(engine, "10.0.0.7", max_waiting=5, max_running=2, note="in the cellar")
    assert (row.max_waiting, row.max_running, row.note) == (5, 2, "in the cellar")
    assert "would let nothing through" in _refusal(engine, "10.0.0.8", max_running=0)
    assert _refusal(engine, "10.0.0.8", note="a\nb").startswith("A note has at most 200 characters")


def _import(engine: Engine, text: str) -> list[str]:
    with changing_rules(engine) as session:
        return [f"{row.cidr} {row.name}".rstrip() for row in import_rules(session, text, NOW)]


def test_a_list_becomes_rules_line_by_line(engine: Engine) -> None:
    assert _import(engine, "# all\n10.0.0.7 Build server\n\n10.0.1.0/24  # lab\n") == [
        "10.0.0.7/32 Build server",
        "10.0.1.0/24",
    ]
    assert _cidrs(engine) == ["10.0.0.7/32", "10.0.1.0/24"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("10.0.0.7\n10.0.0.1/24\n", "Line 2: '10.0.0.1/24' is not an address or CIDR network"),
        ("10.0.0.7\n\n10.0.0.7 again\n", "Line 3: 10.0.0.7/32 stands on line 1 already."),
        ("10.0.0.7\n# known\n192.0.2.1 \n", "Line 3: 192.0.2.1/32 is on the allow-list already."),
        ("10.0.0.7\n\n\n::/0\n", "Line 4: ::/0 would let everybody in."),
        ("10.0.0.7\n10.0.0.8 a/b\n", "Line 2: 'a/b' cannot be a name."),
        ("10.0.0.7\n10.0.0.8 42\n", "Line 2: '42' cannot be a name"),
    ],
)
def test_a_list_is_imported_whole_or_not_at_all(engine: Engine, text: str, sentence: str) -> None:
    _add(engine, "192.0.2.1")
    with pytest.raises(StoreError) as caught:
        _import(engine, text)
    assert str(caught.value).startswith(sentence)
    assert str(caught.value).endswith(" Nothing was imported.")
    assert _cidrs(engine) == ["192.0.2.1/32"]


@pytest.mark.parametrize("text", ["", "\n", "# nobody"])
def test_a_list_of_nothing_is_refused(engine: Engine, text: str) -> None:
    with pytest.raises(StoreError, match=r"^The list names no address\."):
        _import(engine, text)
