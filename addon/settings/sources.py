"""Values as they are given: in the file, in the environment, as an option.

Each source returns checked values by dotted key, and only for the keys it gives. Whatever it gives and we
do not know is an error, also where another source stands above it.
"""

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from addon.settings.catalogue import Setting, declared_settings
from addon.settings.errors import SettingsError, UnfitError
from addon.settings.keeping import BackupSettings, LogSettings, RetentionSettings
from addon.settings.model import (
    DatabaseSettings,
    GateSettings,
    LimitsSettings,
    QueueSettings,
    UpstreamSettings,
)

UPSTREAM = "upstream"

SETTINGS = {
    one.key: one
    for one in declared_settings(
        {
            "gate": GateSettings,
            UPSTREAM: UpstreamSettings,
            "queue": QueueSettings,
            "limits": LimitsSettings,
            "database": DatabaseSettings,
            "backup": BackupSettings,
            "retention": RetentionSettings,
            "log": LogSettings,
        }
    )
}
_BY_VARIABLE = {one.variable: one for one in SETTINGS.values()}
_SECTIONS = dict.fromkeys(one.section for one in SETTINGS.values())


def from_file(path: Path, named_by: str) -> dict[str, object]:
    """Read a TOML file. `named_by` says who named the file, for the case that it is not there."""
    where = str(path)
    document = _document(_content(path, named_by), where)
    if UPSTREAM in document:
        document[UPSTREAM] = _the_upstream(document[UPSTREAM], where)
    return {one.key: checked(one, value, where) for one, value in _leaves(document, "", where)}


def from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    """Read `SLUICE_SECTION__KEY` variables; names without a double underscore are not settings."""
    given: dict[str, object] = {}
    for variable, value in environ.items():
        if not variable.startswith("SLUICE_") or "__" not in variable:
            continue
        where = f"environment {variable}"
        if variable not in _BY_VARIABLE:
            raise SettingsError(where, _unknown(variable, list(_BY_VARIABLE)))
        one = _BY_VARIABLE[variable]
        given[one.key] = checked(one, one.kind.from_text(value), where)
    return given


def from_option(key: str, option: str, value: str | None) -> dict[str, object]:
    """Read the command-line option that speaks for `key`; None means it was not given."""
    if value is None:
        return {}
    one = SETTINGS[key]
    return {key: checked(one, one.kind.from_text(value), f"option {option}")}


def _content(path: Path, named_by: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        mend = "Correct the path, or leave it out to run with the defaults."
        raise SettingsError(named_by, f'there is no file "{path}". {mend}') from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(named_by, f'cannot read "{path}" ({reason}). Name a readable file.') from error


def _document(content: bytes, where: str) -> dict[str, Any]:
    last_line = content.count(b"\n") + 1
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(where, f"line {line} is not UTF-8. Save the file as UTF-8.") from error
    except (ValueError, RecursionError) as error:
        reason = str(error).replace("at end of document", f"at line {last_line}, the end of the file")
        raise SettingsError(where, f"this is not TOML: {reason}. Correct it.") from error


def _the_upstream(given: object, where: str) -> dict[str, Any]:
    match given:
        case [dict() as one]:
            return one
        case [dict(), *_]:
            raise SettingsError(
                where, "several [[upstream]] come in a later release. Keep one of them and remove the others."
            )
        case _:
            raise SettingsError(
                where, "upstream must be one [[upstream]] table, with double brackets. Write it so or remove it."
            )


def _leaves(table: Mapping[str, Any], prefix: str, where: str) -> Iterator[tuple[Setting, object]]:
    for name, value in table.items():
        key = prefix + name
        # A quoted name may hold dots; it must not pass for a path.
        if key in SETTINGS and "." not in name:
            yield SETTINGS[key], value
        elif key not in _SECTIONS or "." in name:
            raise SettingsError(where, _unknown(key, [*SETTINGS, *_SECTIONS]))
        elif isinstance(value, dict):
            yield from _leaves(value, f"{key}.", where)
        else:
            raise SettingsError(where, f"{key} must be a table, not a value. Write [{key}] and its keys below.")


def checked(one: Setting, value: object, where: str) -> object:
    """The value as its setting's kind reads it. Raises SettingsError, which names `where` to mend it."""
    try:
        return one.kind.read(value)
    except UnfitError as error:
        must_be = f"{one.key} must be {one.kind.expects}"
        sentence = f"{must_be}, but {error}. The default is {one.shown_default}."
        raise SettingsError(where, sentence) from error


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    mend = f"Did you mean {near[0]}?" if near else "Remove it; config/README.md lists every setting."
    return f"{name} is not a setting. {mend}"
