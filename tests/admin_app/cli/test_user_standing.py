"""`sluice user disable`, `enable`, `promote`, `demote` and `sign-out`."""

import pytest

from addon.store.engine import Engine
from tests.admin_app.cli.people import make_user, sessions_of, sign_in
from tests.admin_app.cli.running import CommandLine

DEEDS = ("disable", "enable", "promote", "demote", "sign-out")
_LAST = "'root' is the last administrator. Make somebody else one first: sluice user promote NAME."


@pytest.fixture(autouse=True)
def _people(engine: Engine) -> None:
    make_user(engine, "root", is_admin=True)
    make_user(engine, "ann")
    sign_in(engine, "ann")


@pytest.mark.parametrize("named", ["2", "ann", "ANN"])
def test_a_disabled_account_is_signed_out_and_can_be_enabled_again(
    sluice: CommandLine, engine: Engine, named: str
) -> None:
    assert sluice.words("user", "disable", named) == (
        "Account 2 (ann) is disabled. Its sessions have ended, and its keys rest.\n"
    )
    assert sessions_of(engine, "ann") == 0
    assert sluice.document("user", "list")[1]["state"] == "disabled"
    assert sluice.document("user", "enable", named)["state"] == "active"
    assert sluice.words("user", "enable", named) == "Account 2 (ann) is enabled. Its keys count again.\n"


def test_another_role_counts_after_signing_in_again(sluice: CommandLine, engine: Engine) -> None:
    made = sluice.document("user", "promote", "ann")
    assert (made["name"], made["is_admin"], sessions_of(engine, "ann")) == ("ann", True, 0)
    sign_in(engine, "ann")
    assert sluice.words("user", "demote", "ann") == (
        "Account 2 (ann) is no administrator, and has to sign in again.\n"
    )
    assert (sluice.document("user", "list")[1]["is_admin"], sessions_of(engine, "ann")) == (False, 0)


def test_signing_out_ends_every_session(sluice: CommandLine, engine: Engine) -> None:
    sign_in(engine, "ann")
    assert sluice.words("user", "sign-out", "ann") == "Account 2 (ann) is signed out: 2 sessions ended.\n"
    assert sessions_of(engine, "ann") == 0
    assert sluice.document("user", "sign-out", "ann")["ended"] == 0
    sign_in(engine, "ann")
    assert sluice.words("user", "sign-out", "ann").endswith(": 1 session ended.\n")


@pytest.mark.parametrize("deed", ["disable", "demote"])
def test_the_last_administrator_stays_one(sluice: CommandLine, engine: Engine, deed: str) -> None:
    sign_in(engine, "root")
    assert sluice.refusal("user", deed, "root") == _LAST
    root = sluice.document("user", "list")[0]
    assert (root["is_admin"], root["state"], sessions_of(engine, "root")) == (True, "active", 1)


def test_an_administrator_may_go_when_another_one_is_there(sluice: CommandLine) -> None:
    sluice.words("user", "promote", "ann")
    assert sluice.document("user", "demote", "root")["is_admin"] is False
    assert sluice.refusal("user", "demote", "ann").startswith("'ann' is the last administrator.")


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("named", ["bob", "7", ""])
def test_who_is_not_there_is_named(sluice: CommandLine, deed: str, named: str) -> None:
    said = f"There is no account {named!r}. `sluice user list` shows them."
    assert sluice.refusal("user", deed, named) == said


@pytest.mark.parametrize("deed", DEEDS)
def test_a_number_that_two_accounts_answer_to_changes_neither(
    sluice: CommandLine, engine: Engine, deed: str
) -> None:
    make_user(engine, "2")
    before = sluice.document("user", "list")
    said = "'2' is the name of account 3 and the id of account 2. Say '3' for the one, or 'ann' for the other."
    assert sluice.refusal("user", deed, "2") == said
    assert sluice.document("user", "list") == before
