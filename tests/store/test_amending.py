"""Keys and rules are changed, within what one may be made with."""

from dataclasses import replace

import pytest

from addon.core.principal import DEFAULT_SCOPES, Scope
from addon.store.address_rules import NewRule, add_rule, find_rule
from addon.store.amending import change_key, change_rule, stored_key, stored_rule
from addon.store.engine import Engine, reading
from addon.store.errors import StoreError
from addon.store.keys import NewKey, add_key, find_key, revoke_key
from tests.changing import changing_rules
from tests.store.samples import make_user

NOW = 1_785_585_600.0
EVERYTHING = NewKey(
    "app", 5, frozenset({Scope.INFER, Scope.MANAGE}), ("a", "b"), NOW + 60, 3, 4, early_json=True, note="shelf"
)
RULE = NewRule("10.0.0.0/24", "office", 4, DEFAULT_SCOPES, early_json=True, max_waiting=2, max_running=1, note="x")


@pytest.mark.parametrize("wish", [EVERYTHING, NewKey("app")])
def test_a_key_is_what_was_wished_and_can_be_read_back(engine: Engine, wish: NewKey) -> None:
    with changing_rules(engine) as session:
        change_key(add_key(session, NewKey("app", 1, note="old"), NOW)[0], wish)
    with reading(engine) as session:
        assert stored_key(find_key(session, "app")) == wish


@pytest.mark.parametrize("wish", [RULE, NewRule("10.0.0.0/24")])
def test_a_rule_is_what_was_wished_and_can_be_read_back(engine: Engine, wish: NewRule) -> None:
    with changing_rules(engine) as session:
        change_rule(add_rule(session, NewRule("10.0.0.0/24", "old", 9), NOW), wish)
    with reading(engine) as session:
        assert stored_rule(find_rule(session, "10.0.0.0/24")) == replace(wish, for_anyone=True)


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (NewKey("app", 12), "out of range"),
        (NewKey("app", scopes=frozenset()), "may do nothing"),
        (NewKey("app", max_waiting=0), "let nothing through"),
        (NewKey("app", models=("a,b",)), "cannot be a model"),
        (NewKey("app", note="two\nlines"), "one line"),
    ],
)
def test_what_no_key_may_be_does_not_come_about_by_a_change(engine: Engine, wish: NewKey, sentence: str) -> None:
    with changing_rules(engine) as session:
        row, _ = add_key(session, NewKey("app", 1), NOW)
        with pytest.raises(StoreError, match=sentence):
            change_key(row, wish)


def test_a_persons_own_key_gets_no_further_scope(engine: Engine) -> None:
    user = make_user(engine)
    with changing_rules(engine) as session:
        row, _ = add_key(session, NewKey("own", user_id=user.id), NOW)
        with pytest.raises(StoreError, match="may infer and read, no more"):
            change_key(row, replace(stored_key(row), scopes=frozenset({Scope.MANAGE})))


def test_a_revoked_key_stays_as_it_is(engine: Engine) -> None:
    with changing_rules(engine) as session:
        row, _ = add_key(session, NewKey("app"), NOW)
        revoke_key(session, "app", NOW)
        with pytest.raises(StoreError, match="is revoked"):
            change_key(row, NewKey("app", 0))


@pytest.mark.parametrize(
    ("cidr", "scopes", "sentence"),
    [
        ("10.0.0.7", frozenset({Scope.ADMIN}), "cannot administer"),
        ("10.0.0.7", frozenset[Scope](), "lets nobody do anything"),
        ("0.0.0.0/0", frozenset({Scope.MANAGE}), "let everybody delete models"),
    ],
)
def test_what_no_rule_may_be_does_not_come_about_by_a_change(
    engine: Engine, cidr: str, scopes: frozenset[Scope], sentence: str
) -> None:
    with changing_rules(engine) as session:
        row = add_rule(session, NewRule(cidr, for_anyone=True), NOW)
        with pytest.raises(StoreError, match=sentence):
            change_rule(row, replace(stored_rule(row), scopes=scopes))
