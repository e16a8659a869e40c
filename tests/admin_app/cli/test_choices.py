"""Option values that several commands share."""

import pytest

from tests.admin_app.cli.running import CommandLine


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--expires", "3x"), "'3x' is not a duration"),
        (("--scope", "infer,fly"), "'fly' is not a valid Scope. The scopes are infer, read, manage, admin"),
        (("--scope", ""), "the list is empty"),
        (("--models", " , "), "the list is empty"),
        (("--priority", "10"), "10 is not in the range 0<=x<=9"),
        (("--priority", "high"), "'high' is not a valid integer range"),
        (("--max-waiting", "0"), "0 is not in the range 1<=x<=1000000"),
        (("--max-running", "1000001"), "1000001 is not in the range 1<=x<=1000000"),
        (("--max-running", "-1"), "-1 is not in the range 1<=x<=1000000"),
    ],
)
def test_a_wrong_value_is_refused_before_anything_is_made(
    sluice: CommandLine, options: tuple[str, str], complaint: str
) -> None:
    line = sluice.refusal("key", "add", "app1", *options, exit_code=2)
    assert f"'{options[0]}'" in line
    assert complaint in line
    assert line.endswith("`sluice key add --help` says more.")
    assert sluice.document("key", "list") == []
