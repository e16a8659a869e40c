"""Rotated keys: two texts for one key, for a while."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from addon.core.credential import Shown
from addon.core.policy import Identity
from addon.core.principal import Scope
from addon.settings import BasePriorities
from addon.store.engine import reading
from addon.store.errors import StoreError
from addon.store.keys import NewKey, add_key, list_keys, revoke_key, rotate_key
from addon.store.models import ApiKey
from addon.store.policy_loader import load_policy
from tests.changing import changing_rules
from tests.store.samples import NOW


def _add(engine: Engine, new: NewKey) -> tuple[ApiKey, str]:
    with changing_rules(engine) as session:
        return add_key(session, new, NOW)


def _revoke(engine: Engine, id_or_name: str) -> ApiKey:
    with changing_rules(engine) as session:
        return revoke_key(session, id_or_name, NOW)


def _rotate(engine: Engine, id_or_name: str, overlap_s: float = 60, now: float = NOW) -> tuple[ApiKey, str]:
    with changing_rules(engine) as session:
        return rotate_key(session, id_or_name, overlap_s, now)


def _counting(engine: Engine, now: float, *texts: str) -> list[bool]:
    """Which of these texts the policy takes for the key at this instant."""
    with reading(engine) as session:
        policy = load_policy(session, bytes(32), BasePriorities(), now)
    shown = [policy.identify(Shown(frozenset({text})), None, now) for text in texts]
    return [isinstance(one, Identity) and one.principal.id == "key:1" for one in shown]


@pytest.mark.parametrize("named", ["CI", "1"])
def test_during_the_overlap_both_texts_count_and_then_the_new_one_alone(engine: Engine, named: str) -> None:
    _, old = _add(engine, NewKey("CI"))
    row, new = _rotate(engine, named)
    assert (row.id, row.name, row.previous_expires_at) == (1, "CI", NOW + 60)
    assert _counting(engine, NOW, old, new) == [True, True]
    assert _counting(engine, NOW + 59.9, old, new) == [True, True]
    assert _counting(engine, NOW + 60, old, new) == [False, True]


def test_without_an_overlap_the_old_text_ends_at_once(engine: Engine) -> None:
    _, old = _add(engine, NewKey("CI"))
    _, new = _rotate(engine, "CI", overlap_s=0)
    assert _counting(engine, NOW, old, new) == [False, True]


def test_rotating_again_ends_the_oldest_text(engine: Engine) -> None:
    texts = [_add(engine, NewKey("CI"))[1], _rotate(engine, "CI", 9999)[1], _rotate(engine, "CI", 60, NOW + 5)[1]]
    assert _counting(engine, NOW + 5, *texts) == [False, True, True]
    assert _counting(engine, NOW + 65, *texts) == [False, False, True]


def test_revoking_ends_both_texts(engine: Engine) -> None:
    texts = [_add(engine, NewKey("CI"))[1], _rotate(engine, "CI")[1]]
    _revoke(engine, "CI")
    assert _counting(engine, NOW, *texts) == [False, False]


def test_no_overlap_outlives_the_key(engine: Engine) -> None:
    texts = [_add(engine, NewKey("CI", expires_at=NOW + 30))[1], _rotate(engine, "CI")[1]]
    assert _counting(engine, NOW + 29, *texts) == [True, True]
    assert _counting(engine, NOW + 30, *texts) == [False, False]


def test_a_rotated_key_stays_what_it_was(engine: Engine) -> None:
    before, _ = _add(engine, NewKey("CI", 4, frozenset({Scope.READ}), ("a",), NOW + 99, 3, 1, note="n"))
    after, _ = _rotate(engine, "CI")
    for name in ("name", "priority", "scopes", "models", "expires_at", "max_waiting", "max_running", "note"):
        assert getattr(after, name) == getattr(before, name), name


def test_a_revoked_or_expired_key_is_not_rotated(engine: Engine) -> None:
    _add(engine, NewKey("CI"))
    _add(engine, NewKey("Cron", expires_at=NOW + 5))
    _revoke(engine, "CI")
    with pytest.raises(StoreError, match=r"^Key 'CI' is revoked. Make a new one.$"):
        _rotate(engine, "CI")
    with pytest.raises(StoreError, match=r"^Key 'Cron' has expired. Make a new one.$"):
        _rotate(engine, "Cron", now=NOW + 5)
    with reading(engine) as session:
        assert [key.previous_prefix for key in list_keys(session)] == [None, None]


def test_an_overlap_cannot_be_negative(engine: Engine) -> None:
    _add(engine, NewKey("CI"))
    with pytest.raises(StoreError, match="cannot end in the past"):
        _rotate(engine, "CI", overlap_s=-1)


def test_rotating_what_is_not_there_says_so(engine: Engine) -> None:
    with pytest.raises(StoreError, match=r"^There is no key 'CI'"):
        _rotate(engine, "CI")


def test_no_file_of_the_database_holds_the_rotated_secret(engine: Engine, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("SELECT * FROM api_key").fetchall()
        _add(engine, NewKey("CI"))
        row, text = _rotate(engine, "CI")
        files = {path.name: path.read_bytes() for path in database.parent.iterdir()}
    secret = text.rpartition(row.prefix)[2].removeprefix("_").encode()
    assert not [name for name, content in files.items() if secret in content]
