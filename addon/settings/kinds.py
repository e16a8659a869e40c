"""The kinds of values a setting can have: how each is read from TOML or plain text, checked, and written."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from addon.settings.address import Address
from addon.settings.errors import UnfitError

type Plain = bool | int | float | str | Address | IPv4Network | IPv6Network


@dataclass(frozen=True)
class Kind[T]:
    """One kind of value.

    `expects` completes "must be …". `read` takes a TOML value and returns the checked one; it raises
    UnfitError with the end of the sentence "…, but …". `from_text` turns an environment variable or a
    command-line option into the TOML value that `read` takes.
    """

    expects: str
    read: Callable[[object], T]
    from_text: Callable[[str], object]


def flag() -> Kind[bool]:
    """Return the kind of true and false."""

    def read(value: object) -> bool:
        if not isinstance(value, bool):
            raise UnfitError(f"it is {shown(value)}")
        return value

    return Kind("true or false", read, toml_from_text)


def whole(low: int, high: int) -> Kind[int]:
    """Return the kind of whole numbers from `low` to `high`; 3.0 and true are not whole numbers."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise UnfitError(f"it is {shown(value)}")
        return value

    return Kind(f"a whole number from {low} to {high}", read, toml_from_text)


def number(low: float, high: float, unit: str = "") -> Kind[float]:
    """Return the kind of finite numbers from `low` to `high`; NaN lies in no range."""

    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise UnfitError(f"it is {shown(value)}")
        return float(value)

    return Kind(f"a number{unit} from {as_toml(low)} to {as_toml(high)}", read, toml_from_text)


def text[T](expects: str, check: Callable[[str], T]) -> Kind[T]:
    """Return a kind of strings. `check` reads one, or raises UnfitError with a predicate ("has no …")."""

    def read(value: object) -> T:
        try:
            return check(_string(value))
        except UnfitError as error:
            raise UnfitError(f"it {error}") from error

    return Kind(expects, read, str)


def texts[T](expects: str, check: Callable[[str], T]) -> Kind[tuple[T, ...]]:
    """Return a kind of lists of strings; `check` is the same as for `text`, once for each string."""

    def read_one(value: object) -> T:
        try:
            return check(_string(value))
        except UnfitError as error:
            raise UnfitError(f"{shown(value)} {error}") from error

    def read(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise UnfitError(f"it is {shown(value)}")
        return tuple(read_one(one) for one in value)

    return Kind(f"a list of {expects}", read, _list_from_text)


def as_toml(value: Plain | tuple[Plain, ...]) -> str:
    """Write a checked value as a TOML value."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(int(value) if value == int(value) else value)
    if isinstance(value, tuple):
        return f"[{', '.join(as_toml(one) for one in value)}]"
    return json.dumps(str(value), ensure_ascii=False)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise UnfitError("is not a string")
    if not value.isprintable():
        raise UnfitError("holds a character that cannot be printed")
    return value


def toml_from_text(given: str) -> object:
    """Read a value with TOML's own rules; what is none stays text, to be refused."""
    try:
        document = tomllib.loads(f"value = {given}")
    except (ValueError, RecursionError):
        return given
    return document["value"] if len(document) == 1 else given


def _list_from_text(given: str) -> object:
    if given.lstrip().startswith("["):
        return toml_from_text(given)
    return [one.strip() for one in given.split(",")] if given.strip() else []


def shown(value: object) -> str:
    """Return a short form of a refused value for an error line."""
    if isinstance(value, str):
        return json.dumps(value if len(value) <= 60 else f"{value[:59]}…", ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return "too large a number" if abs(value) >= 1e20 else str(value)
    if value is None:
        return "not there"
    if isinstance(value, list):
        return "a list"
    return "a table" if isinstance(value, dict) else "a date or time"
