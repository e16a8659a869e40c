"""`sluice key change` and `sluice ip change`."""

import pytest

from tests.admin_app.cli.running import CommandLine


def test_what_is_named_of_a_key_changes_and_the_rest_stays(sluice: CommandLine) -> None:
    before = sluice.document("key", "add", "app", "--priority", "5", "--models", "a", "--expires", "1h")
    del before["key"]
    changed = sluice.document("key", "change", "app", "--priority", "2", "--scope", "infer", "--unset", "models")
    assert changed == before | {"priority": 2, "scopes": ["infer"], "models": None}
    assert sluice.document("key", "change", "app", "--unset", "expires")["expires_at"] is None
    assert sluice.words("key", "change", "app", "--note", "shelf") == f"Key {before['id']} (app) is changed.\n"


def test_what_is_named_of_a_rule_changes_and_the_rest_stays(sluice: CommandLine) -> None:
    before = sluice.document("ip", "add", "10.0.0.0/24", "--priority", "5", "--max-waiting", "2")
    changed = sluice.document(
        "ip", "change", "10.0.0.0/24", "--name", "lab", "--unset", "priority", "--early-json"
    )
    assert changed == before | {"name": "lab", "priority": None, "early_json": True}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Say what is to change"),
        (("--priority", "2", "--unset", "priority"), "given and unset"),
        (("--scope", "everything"), "The scopes are"),
    ],
)
def test_a_change_that_says_nothing_sensible_is_refused(
    sluice: CommandLine, arguments: tuple[str, ...], sentence: str
) -> None:
    sluice.words("key", "add", "app")
    assert sentence in sluice.refusal("key", "change", "app", *arguments, exit_code=2)


def test_a_key_that_is_not_there_is_named(sluice: CommandLine) -> None:
    assert "There is no key 'app'" in sluice.refusal("key", "change", "app", "--priority", "2")
