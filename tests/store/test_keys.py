"""API keys: what may be made, and that nobody can read one back."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from addon.core.keys import parse_key
from addon.core.principal import Scope
from addon.store.allowances import check_priority, join_models, split_models
from addon.store.engine import reading
from addon.store.errors import StoreError
from addon.store.keys import NewKey, add_key, check_name, list_keys, revoke_key
from addon.store.models import ApiKey
from addon.store.users import delete_user, get_user
from tests.changing import changing_rules
from tests.store.samples import NOW, make_user


def _add(engine: Engine, new: NewKey) -> tuple[ApiKey, str]:
    with changing_rules(engine) as session:
        return add_key(session, new, NOW)


def _refusal(engine: Engine, new: NewKey) -> str:
    with pytest.raises(StoreError) as caught:
        _add(engine, new)
    return str(caught.value)


def _revoke(engine: Engine, id_or_name: str, now: float = NOW) -> ApiKey:
    with changing_rules(engine) as session:
        return revoke_key(session, id_or_name, now)


def test_a_key_is_kept_as_prefix_and_digest(engine: Engine) -> None:
    row, text = _add(engine, NewKey("CI"))
    shown = parse_key(text)
    assert shown is not None
    assert (row.prefix, row.digest) == (shown.prefix, shown.digest)


def test_a_plain_key_has_the_defaults(engine: Engine) -> None:
    row, _ = _add(engine, NewKey("CI"))
    assert (row.priority, row.scopes, row.models, row.max_waiting, row.max_running) == (
        None,
        "infer,read",
        None,
        None,
        None,
    )
    assert (row.created_at, row.expires_at, row.revoked_at) == (NOW, None, None)


def test_everything_asked_for_is_kept(engine: Engine) -> None:
    scopes = frozenset({Scope.ADMIN, Scope.INFER})
    new = NewKey("CI", 0, scopes, ("llama3", " gemma3 ", ""), NOW + 60, max_waiting=1, max_running=2)
    row, _ = _add(engine, new)
    assert (row.priority, row.scopes, row.models) == (0, "admin,infer", "llama3,gemma3")
    assert (row.expires_at, row.max_waiting, row.max_running) == (NOW + 60, 1, 2)


def test_no_file_of_the_database_holds_the_secret(engine: Engine, database: Path) -> None:
    # A second connection keeps SQLite from emptying and deleting the log.
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("SELECT * FROM api_key").fetchall()
        row, text = _add(engine, NewKey("CI"))
        files = {path.name: path.read_bytes() for path in database.parent.iterdir()}
    assert {"sluice.db", "sluice.db-wal"} <= files.keys()
    assert row.prefix.encode() in files["sluice.db-wal"]
    secret = text.rpartition(row.prefix)[2].removeprefix("_").encode()
    assert not [name for name, content in files.items() if secret in content]


def test_two_keys_are_never_alike(engine: Engine) -> None:
    (one, one_text), (other, other_text) = _add(engine, NewKey("a")), _add(engine, NewKey("b"))
    assert one_text != other_text
    assert one.prefix != other.prefix


def test_a_name_is_given_once(engine: Engine) -> None:
    _add(engine, NewKey("CI"))
    assert _refusal(engine, NewKey("CI")) == "A key named 'CI' exists already. Choose another name."


def test_the_name_of_a_revoked_key_stays_taken(engine: Engine) -> None:
    _add(engine, NewKey("CI"))
    _revoke(engine, "CI")
    assert "exists already" in _refusal(engine, NewKey("CI"))


@pytest.mark.parametrize("name", ["a", "7b", "Build server 2", "a.b-c_d", "x" * 64])
def test_a_plain_name_is_fine(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name", ["", " a", "-a", ".", "x" * 65, "a\n", "a\tb", "<b>", "é", "a/b", "\ud800", "a\u202eb"]
)
def test_a_name_that_could_mislead_is_refused(engine: Engine, name: str) -> None:
    assert _refusal(engine, NewKey(name)).endswith(
        "cannot be a name. Use up to 64 letters, digits, spaces, dots, dashes and underscores."
    )


@pytest.mark.parametrize("priority", range(10))
def test_ten_priorities_can_be_had(priority: int) -> None:
    assert check_priority(priority) == priority


@pytest.mark.parametrize("priority", [-1, 10, 2**64])
def test_other_priorities_are_refused(engine: Engine, priority: int) -> None:
    assert _refusal(engine, NewKey("CI", priority)) == (
        f"Priority {priority} is out of range. Use a whole number from 0 (soonest) to 9."
    )


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_lets_nothing_through_is_refused(engine: Engine, limit: int) -> None:
    expected = f"A limit of {limit} would let nothing through. Use 1 or more."
    assert _refusal(engine, NewKey("CI", max_waiting=limit)) == expected
    assert _refusal(engine, NewKey("CI", max_running=limit)) == expected


def test_a_key_without_any_scope_is_refused(engine: Engine) -> None:
    assert _refusal(engine, NewKey("CI", scopes=frozenset())).startswith("A key without a scope may do nothing.")


def test_keys_are_listed_in_the_order_they_were_made(engine: Engine) -> None:
    for name in ("b", "a", "c"):
        _add(engine, NewKey(name))
    with reading(engine) as session:
        assert [key.name for key in list_keys(session)] == ["b", "a", "c"]


def test_a_key_is_revoked_by_name_or_id(engine: Engine) -> None:
    one, other = _add(engine, NewKey("CI"))[0], _add(engine, NewKey("Cron"))[0]
    assert _revoke(engine, "CI").id == one.id
    assert _revoke(engine, str(other.id)).id == other.id
    with reading(engine) as session:
        assert [key.revoked_at for key in list_keys(session)] == [NOW, NOW]


@pytest.mark.parametrize("name", ["1", "42", "٣"])
def test_a_number_is_no_name_because_commands_take_it_for_an_id(engine: Engine, name: str) -> None:
    assert "taken for an id" in _refusal(engine, NewKey(name))


def test_revoking_again_does_not_move_the_instant(engine: Engine) -> None:
    _add(engine, NewKey("CI"))
    _revoke(engine, "CI", NOW)
    assert _revoke(engine, "CI", NOW + 9).revoked_at == NOW


@pytest.mark.parametrize("id_or_name", ["", "CI", "7", "9" * 30, "9" * 5000, "٣", "-1"])
def test_revoking_what_is_not_there_says_so(engine: Engine, id_or_name: str) -> None:
    with pytest.raises(StoreError) as caught:
        _revoke(engine, id_or_name)
    assert str(caught.value) == f"There is no key {id_or_name!r}. `sluice key list` shows them."


@pytest.mark.parametrize(
    "model", ["a,b", "a\nb", "a\x1b[2J", "a\u202eb", "a\0b"], ids=["comma", "newline", "escape", "bidi", "NUL"]
)
def test_a_model_that_no_request_could_name_is_refused(engine: Engine, model: str) -> None:
    assert _refusal(engine, NewKey("CI", models=("llama3", model))).endswith("without commas.")


@pytest.mark.parametrize(
    ("models", "stored", "read"),
    [
        (None, None, None),
        ((), None, None),
        (("", " "), None, None),
        (("gemma3",), "gemma3", {"gemma3"}),
        ((" gemma3:1b ", "", "llama3"), "gemma3:1b,llama3", {"gemma3:1b", "llama3"}),
    ],
)
def test_models_are_stored_and_read_back(
    models: tuple[str, ...] | None, stored: str | None, read: set[str] | None
) -> None:
    assert join_models(models) == stored
    assert split_models(stored) == read


def test_a_key_can_belong_to_somebody_and_goes_with_them(engine: Engine) -> None:
    user = make_user(engine)
    row, _ = _add(engine, NewKey("CI", user_id=user.id, note="laptop"))
    assert row.owner is not None
    assert (row.user_id, row.owner.name, row.note) == (1, "ann", "laptop")
    with changing_rules(engine) as session:
        delete_user(session, get_user(session, "ann"))
    with reading(engine) as session:
        assert list_keys(session) == []


def test_a_key_of_nobody_who_is_there_is_refused(engine: Engine) -> None:
    assert _refusal(engine, NewKey("CI", user_id=7)) == "There is no account 7 to own the key."


@pytest.mark.parametrize("scope", [Scope.MANAGE, Scope.ADMIN])
def test_a_persons_own_key_neither_manages_nor_administers(engine: Engine, scope: Scope) -> None:
    user = make_user(engine, is_admin=True)
    scopes = frozenset({Scope.INFER, scope})
    assert _refusal(engine, NewKey("CI", scopes=scopes, user_id=user.id)).startswith("A person's own key may")


@pytest.mark.parametrize("note", ["x" * 201, "a\nb", "a\u202eb", "\x00"])
def test_a_note_that_could_mislead_is_refused(engine: Engine, note: str) -> None:
    assert _refusal(engine, NewKey("CI", note=note)) == "A note has at most 200 characters, all on one line."
