"""`sluice user delete`."""

import pytest
from click.testing import CliRunner, Result

from addon.store.engine import Engine
from admin_app.cli import cli, user_delete
from tests.admin_app.cli.people import make_user
from tests.admin_app.cli.running import CommandLine


@pytest.fixture(autouse=True)
def _people(engine: Engine) -> None:
    make_user(engine, "root", is_admin=True)
    make_user(engine, "ann")


@pytest.fixture
def _at_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    # The runner's standard input is no terminal, but can be asked.
    monkeypatch.setattr(user_delete, "is_at_terminal", lambda: True)


def _typing(sluice: CommandLine, typed: str, *args: str) -> Result:
    line = ("user", "delete", *args, "--data", str(sluice.data_dir))
    return CliRunner().invoke(cli, line, input=typed, prog_name="sluice")


def _names(sluice: CommandLine) -> list[str]:
    return [user["name"] for user in sluice.document("user", "list")]


@pytest.mark.parametrize("named", ["2", "ann"])
def test_an_account_is_deleted_without_a_question_where_yes_is_said(sluice: CommandLine, named: str) -> None:
    sluice.document("key", "add", "anns", "--user", "ann")
    assert sluice.words("user", "delete", named, "--yes") == (
        "Account 2 (ann) is deleted, with its sessions, keys and conversations.\n"
    )
    assert _names(sluice) == ["root"]
    assert sluice.document("key", "list") == []


def test_the_json_tells_who_it_was(sluice: CommandLine) -> None:
    gone = sluice.document("user", "delete", "ann", "--yes")
    assert (gone["id"], gone["name"]) == (2, "ann")


def test_nothing_is_deleted_where_nobody_can_be_asked(sluice: CommandLine) -> None:
    said = sluice.refusal("user", "delete", "ann", exit_code=2)
    assert said.startswith("Nobody is at a terminal to confirm. Say --yes if it is meant.")
    assert _names(sluice) == ["root", "ann"]


@pytest.mark.usefixtures("_at_terminal")
@pytest.mark.parametrize("named", ["2", "ann"])
def test_the_name_is_typed_at_a_terminal(sluice: CommandLine, named: str) -> None:
    result = _typing(sluice, "ann\n", named, "--json")
    assert result.exit_code == 0
    assert result.stdout.startswith("{")
    assert result.stderr.startswith("Type ann to delete the account with its sessions")
    assert _names(sluice) == ["root"]


@pytest.mark.usefixtures("_at_terminal")
@pytest.mark.parametrize("typed", ["\n", "y\n", "yes\n", "2\n", "ANN\n", "root\n"])
def test_another_name_deletes_nothing(sluice: CommandLine, typed: str) -> None:
    result = _typing(sluice, typed, "2")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith("Error: Nothing was deleted: another name was typed.\n")
    assert _names(sluice) == ["root", "ann"]


@pytest.mark.usefixtures("_at_terminal")
def test_walking_away_deletes_nothing(sluice: CommandLine) -> None:
    assert _typing(sluice, "", "ann").exit_code == 1
    assert _names(sluice) == ["root", "ann"]


def test_the_last_administrator_stays(sluice: CommandLine) -> None:
    assert sluice.refusal("user", "delete", "root", "--yes").startswith("'root' is the last administrator.")
    assert _names(sluice) == ["root", "ann"]


def test_whoever_is_called_like_an_id_can_be_deleted_by_their_own(sluice: CommandLine, engine: Engine) -> None:
    make_user(engine, "2")
    assert sluice.refusal("user", "delete", "2", "--yes").startswith("'2' is the name of account 3 and the id of")
    sluice.words("user", "delete", "3", "--yes")
    assert _names(sluice) == ["root", "ann"]


def test_who_is_not_there_is_named_before_anything_is_asked(sluice: CommandLine) -> None:
    assert sluice.refusal("user", "delete", "bob").startswith("There is no account 'bob'.")
