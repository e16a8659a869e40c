"""`sluice user reset-password`."""

import time

import pytest

from addon.store.engine import Engine
from addon.store.errors import StoreError
from addon.store.resets import use_reset
from tests.admin_app.cli.people import make_user, sessions_of, sign_in
from tests.admin_app.cli.running import CommandLine
from tests.changing import changing_rules


@pytest.fixture(autouse=True)
def _ann(engine: Engine) -> None:
    make_user(engine, "ann")


def _use(engine: Engine, token: str) -> bytes:
    with changing_rules(engine) as session:
        return use_reset(session, token, b"new hash", time.time()).password_hash


@pytest.mark.parametrize("named", ["1", "ann"])
def test_the_link_is_shown_once_and_changes_the_password(sluice: CommandLine, engine: Engine, named: str) -> None:
    made = sluice.document("user", "reset-password", named)
    assert made.keys() == {"id", "name", "link", "token", "expires_at"}
    assert made["link"] == f"http://127.0.0.1:8000/reset#{made['token']}"
    assert made["expires_at"] == pytest.approx(time.time() + 86400, abs=60)
    sign_in(engine, "ann")
    assert _use(engine, made["token"]) == b"new hash"
    assert sessions_of(engine, "ann") == 0
    assert made["token"] not in sluice("user", "list", "--json").stdout


def test_the_words_say_how_long_the_link_counts(sluice: CommandLine) -> None:
    words = sluice.words("user", "reset-password", "ann")
    assert words.startswith("With this link ann chooses a new password, once, within 24 hours.")
    assert "\n\n  http://127.0.0.1:8000/reset#" in words


def test_a_new_link_ends_the_earlier_one(sluice: CommandLine, engine: Engine) -> None:
    first = sluice.document("user", "reset-password", "ann")["token"]
    second = sluice.document("user", "reset-password", "ann")["token"]
    with pytest.raises(StoreError):
        _use(engine, first)
    assert _use(engine, second) == b"new hash"


def test_whoever_is_disabled_has_to_be_enabled_first(sluice: CommandLine, engine: Engine) -> None:
    make_user(engine, "root", is_admin=True)
    sluice.words("user", "disable", "ann")
    assert sluice.words("user", "reset-password", "ann").endswith("sluice user enable ann\n")


def test_who_is_not_there_is_named(sluice: CommandLine) -> None:
    assert sluice.refusal("user", "reset-password", "bob").startswith("There is no account 'bob'.")
