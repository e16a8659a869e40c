"""Every failure is one line with the right exit code."""

import errno

import click
import pytest

from addon.settings import SettingsError
from addon.store.errors import SchemaError, StoreError
from admin_app.cli.failing import FailedError, in_one_line
from admin_app.control import ControlError
from tests.admin_app.cli.running import CommandLine, refusal, run


@pytest.mark.parametrize(
    ("error", "exit_code", "line"),
    [
        (StoreError("The name is taken."), 1, "The name is taken."),
        (ControlError("No gate."), 1, "No gate."),
        (SettingsError("sluice.toml", "gate.listen is wrong."), 2, "sluice.toml: gate.listen is wrong."),
        (SchemaError("Update\n Sluice."), 2, "Update Sluice."),
        (click.UsageError("No such thing."), 2, "No such thing."),
        (click.FileError("a", hint="b"), 1, "Could not open file 'a': b"),
        (OSError(errno.EADDRINUSE, "Address already in use"), 2, "Address already in use."),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), 2, "/x: Permission denied."),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), 1, "/x: No space left on device."),
        (OSError("AF_UNIX path too long"), 1, "AF_UNIX path too long."),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "not allowed"), 2, "An argument is not text in UTF-8."),
        (KeyError("a"), 1, "Sluice failed unexpectedly (KeyError: 'a'). Please report it."),
    ],
)
def test_each_error_has_its_line_and_code(error: Exception, exit_code: int, line: str) -> None:
    with pytest.raises(FailedError) as failed, in_one_line():
        raise error
    assert (failed.value.exit_code, failed.value.format_message()) == (exit_code, line)
    assert failed.value.__cause__ is error


@pytest.mark.parametrize(
    "ending", [click.exceptions.Exit(3), click.Abort(), BrokenPipeError(), KeyboardInterrupt()]
)
def test_clicks_own_endings_pass(ending: BaseException) -> None:
    with pytest.raises(type(ending)) as passed, in_one_line():
        raise ending
    assert passed.value is ending


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (("fly",), "No such command 'fly'. `sluice --help` says more."),
        (("--fly",), "No such option '--fly'. `sluice --help` says more."),
        (("key", "fly"), "No such command 'fly'. `sluice key --help` says more."),
        (("key", "add"), "Missing argument 'NAME'. `sluice key add --help` says more."),
    ],
)
def test_wrong_use_is_one_line_with_the_way_to_help(args: tuple[str, ...], line: str) -> None:
    assert refusal(run(*args), 2) == line


def test_a_traceback_is_kept_for_the_log_alone(
    sluice: CommandLine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_seconds: float) -> str:
        raise LookupError("impossible")

    caplog.set_level("DEBUG", "admin_app.cli.failing")
    monkeypatch.setattr("admin_app.cli.invite.span", broken)
    assert "LookupError: impossible" in sluice.refusal("invite", "add")
    assert any(record.exc_info for record in caplog.records)
