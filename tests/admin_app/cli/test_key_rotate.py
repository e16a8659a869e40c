"""`sluice key rotate`."""

import time

import pytest

from addon.core.credential import Shown
from addon.core.policy import Identity
from addon.settings import BasePriorities
from addon.store.engine import Engine, reading
from addon.store.policy_loader import load_policy
from tests.admin_app.cli.running import CommandLine

_DAY_S = 86400.0


def _counts(engine: Engine, key: str, in_s: float = 0) -> bool:
    moment = time.time() + in_s
    with reading(engine) as session:
        policy = load_policy(session, b"", BasePriorities(), moment)
    return isinstance(policy.identify(Shown(frozenset({key})), None, moment), Identity)


@pytest.mark.parametrize("named", ["1", "app1"])
def test_both_secrets_count_for_a_day(sluice: CommandLine, engine: Engine, named: str) -> None:
    old = sluice.document("key", "add", "app1")
    new = sluice.document("key", "rotate", named)
    assert (new["id"], new["name"], new["previous_prefix"]) == (1, "app1", old["prefix"])
    assert new["previous_expires_at"] == pytest.approx(time.time() + _DAY_S, abs=60)
    assert new["key"] != old["key"]
    for in_s, old_counts in ((0, True), (_DAY_S - 60, True), (_DAY_S + 60, False)):
        assert (_counts(engine, old["key"], in_s), _counts(engine, new["key"], in_s)) == (old_counts, True)


def test_the_new_secret_is_shown_once_with_the_end_of_the_old_one(sluice: CommandLine, engine: Engine) -> None:
    sluice.words("key", "add", "app1")
    words = sluice.words("key", "rotate", "app1", "--overlap", "2h")
    key = next(line.strip() for line in words.splitlines() if line.startswith("  sl_"))
    assert words.startswith("Key 1 (app1) has a new secret. Copy it now")
    assert words.endswith(" UTC (in 2 hours); any before it has ended.\n")
    assert _counts(engine, key)
    assert key not in sluice("key", "list", "--json").stdout
    assert "in 2 hours" in sluice.words("key", "list")


@pytest.mark.parametrize("overlap", ["0", " 0 "])
def test_without_an_overlap_the_old_secret_ends_at_once(sluice: CommandLine, engine: Engine, overlap: str) -> None:
    old = sluice.document("key", "add", "app1")["key"]
    assert sluice.words("key", "rotate", "app1", "--overlap", overlap).endswith("The old one has ended.\n")
    assert not _counts(engine, old)
    assert sluice.document("key", "list")[0]["previous_expires_at"] is None


def test_no_overlap_outlives_the_key(sluice: CommandLine, engine: Engine) -> None:
    old = sluice.document("key", "add", "app1", "--expires", "1h")["key"]
    assert "UTC (in 60 minutes)" in sluice.words("key", "rotate", "app1", "--overlap", "30d")
    assert not _counts(engine, old, in_s=3660)


@pytest.mark.parametrize("overlap", ["-1h", "soon", "", "0x"])
def test_an_overlap_that_is_no_duration_is_refused(sluice: CommandLine, overlap: str) -> None:
    sluice.words("key", "add", "app1")
    assert "is not a duration" in sluice.refusal("key", "rotate", "app1", "--overlap", overlap, exit_code=2)


def test_a_revoked_key_is_not_rotated(sluice: CommandLine) -> None:
    sluice.words("key", "add", "app1")
    sluice.words("key", "revoke", "app1")
    assert sluice.refusal("key", "rotate", "app1") == "Key 'app1' is revoked. Make a new one."


def test_an_expired_key_is_not_rotated(sluice: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    sluice.words("key", "add", "app1", "--expires", "1h")
    later = time.time() + _DAY_S
    monkeypatch.setattr(time, "time", lambda: later)
    assert sluice.refusal("key", "rotate", "app1") == "Key 'app1' has expired. Make a new one."


def test_an_unknown_key_cannot_be_rotated(sluice: CommandLine) -> None:
    assert sluice.refusal("key", "rotate", "app9").startswith("There is no key 'app9'.")
