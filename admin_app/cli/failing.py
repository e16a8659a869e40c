"""How the command line fails: one line on stderr that says what, where and how to mend it, never a traceback.

Exit codes: 1 failed, 2 wrong arguments or configuration.
"""

import errno
import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import ClassVar

import click

from addon.settings import SettingsError
from addon.store.errors import SchemaError, StoreError
from admin_app.control import ControlError

_log = logging.getLogger(__name__)

# What the owner mends by another setting; other errors of the system (a full disk) are failures.
_WRONG_PLACE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EADDRINUSE, errno.EADDRNOTAVAIL}


class FailedError(click.ClickException):
    """It did not work: exit code 1. The message becomes one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class WrongUseError(FailedError):
    """Wrong arguments or configuration: exit code 2."""

    exit_code: ClassVar[int] = 2


_CLICKS_OWN = (
    click.exceptions.Exit,
    click.Abort,
    click.exceptions.NoArgsIsHelpError,
    BrokenPipeError,
    FailedError,
)


@contextmanager
def in_one_line() -> Generator[None]:
    """Turn whatever is raised inside into a FailedError or WrongUseError; click's own endings pass."""
    try:
        yield
    except _CLICKS_OWN:
        raise
    except Exception as error:
        # The line says what is wrong; who looks for a fault in Sluice can have the traceback from the log.
        _log.debug("the command failed", exc_info=True)
        raise _said(error) from error


def _said(error: Exception) -> FailedError:
    match error:
        case click.UsageError():
            return WrongUseError(_usage(error))
        case click.ClickException():
            return FailedError(error.format_message())
        case SettingsError() | SchemaError():
            return WrongUseError(str(error))
        case StoreError() | ControlError():
            return FailedError(str(error))
        case OSError():
            return _system(error)
        case _:
            return _unforeseen(error)


def _usage(error: click.UsageError) -> str:
    message = error.format_message().rstrip(".")
    return f"{message}. `{error.ctx.command_path} --help` says more." if error.ctx else f"{message}."


def _unforeseen(error: Exception) -> FailedError:
    if isinstance(error, UnicodeEncodeError):
        # Bytes of an argument that are no text; the database is the first to find out.
        return WrongUseError("An argument is not text in UTF-8.")
    return FailedError(f"Sluice failed unexpectedly ({type(error).__name__}: {error}). Please report it.")


def _system(error: OSError) -> FailedError:
    where = f"{error.filename}: " if error.filename else ""
    kind = WrongUseError if error.errno in _WRONG_PLACE else FailedError
    return kind(f"{where}{error.strerror or error}.")
