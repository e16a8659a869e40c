"""The rules, cached by revision."""

import pytest

from addon.core.policy import Identity
from addon.core.refusal import Refusal
from admin_app.policies import PolicyCache
from tests.admin_app.house import House


def test_the_rules_are_read_once_while_nothing_changes(house: House) -> None:
    cache = PolicyCache(house.context)
    assert cache.current() is cache.current()


def test_a_change_is_seen_with_the_next_question(house: House) -> None:
    cache = PolicyCache(house.context)
    before = cache.identify([("x-api-key", "sl_aaaaaaaa_" + "x" * 43)])
    key = house.key("ci")
    found = cache.identify([("x-api-key", key)])
    assert isinstance(before, Refusal)
    assert isinstance(found, Identity)
    assert found.principal.label == "ci"


def test_rules_that_cannot_be_read_let_nobody_in(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = PolicyCache(house.context)
    cache.current()

    def fail(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("admin_app.policies.load_revision", fail)
    with pytest.raises(OSError, match="gone"):
        cache.identify([("x-api-key", "anything")])
