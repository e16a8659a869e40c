"""`sluice user change`."""

import pytest

from addon.store.allowances import Allowance
from addon.store.engine import Engine
from tests.admin_app.cli.people import make_user
from tests.admin_app.cli.running import CommandLine

_FIELDS = ("priority", "models", "max_waiting", "max_running", "may_make_keys")


@pytest.fixture(autouse=True)
def _ann(engine: Engine) -> None:
    make_user(engine, "ann", Allowance(4, ("a", "b"), 3, 1, may_make_keys=True))


def _allowance(sluice: CommandLine) -> list[object]:
    (ann,) = sluice.document("user", "list")
    return [ann[name] for name in _FIELDS]


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        (("--priority", "0"), [0, ["a", "b"], 3, 1, True]),
        (("--models", "c"), [4, ["c"], 3, 1, True]),
        (("--max-waiting", "9", "--max-running", "8"), [4, ["a", "b"], 9, 8, True]),
        (("--no-own-keys",), [4, ["a", "b"], 3, 1, False]),
        (("--own-keys",), [4, ["a", "b"], 3, 1, True]),
        (("--unset", "priority", "--unset", "models"), [None, None, 3, 1, True]),
        (("--unset", "max-waiting", "--unset", "max-running"), [4, ["a", "b"], None, None, True]),
        (("--unset", "models", "--priority", "5"), [5, None, 3, 1, True]),
    ],
)
def test_what_is_named_changes_and_the_rest_stays(
    sluice: CommandLine, options: tuple[str, ...], allowed: list[object]
) -> None:
    changed = sluice.document("user", "change", "ann", *options)
    assert [changed[name] for name in _FIELDS] == allowed == _allowance(sluice)


def test_the_words_say_what_is_allowed_now(sluice: CommandLine) -> None:
    assert sluice.words("user", "change", "1", "--priority", "5") == (
        "Account 1 (ann) has priority 5, only a|b, 3 waiting, 1 running, own keys.\n"
    )
    everything = [
        word for name in ("priority", "models", "max-waiting", "max-running") for word in ("--unset", name)
    ]
    assert sluice.words("user", "change", "ann", "--no-own-keys", *everything) == (
        "Account 1 (ann) has the general allowance.\n"
    )


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ((), "Say what is to change."),
        (("--priority", "5", "--unset", "priority"), "--priority is given and unset. Do one of them."),
        (("--max-waiting", "5", "--unset", "max-waiting"), "--max-waiting is given and unset."),
        (("--unset", "name"), "'name' is not one of 'priority', 'models', 'max-waiting', 'max-running'"),
        (("--models", ","), "the list is empty"),
        (("--priority", "10"), "10 is not in the range 0<=x<=9"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    sluice: CommandLine, options: tuple[str, ...], complaint: str
) -> None:
    before = _allowance(sluice)
    assert complaint in sluice.refusal("user", "change", "ann", *options, exit_code=2)
    assert _allowance(sluice) == before


def test_a_model_that_no_request_could_name_is_refused(sluice: CommandLine) -> None:
    assert "cannot be a model's name" in sluice.refusal("user", "change", "ann", "--models", "a\x1bb")


def test_who_is_not_there_is_named(sluice: CommandLine) -> None:
    assert sluice.refusal("user", "change", "bob", "--priority", "1").startswith("There is no account 'bob'.")
