"""A request's header fields, as the core takes them."""

from collections.abc import Sequence

Headers = Sequence[tuple[str, str]]
"""(lower-case name, value) pairs in the order they came."""


def values_of(headers: Headers, name: str) -> list[str]:
    """The values of every field of this name, which is given in lower case."""
    return [value for known, value in headers if known == name]


def first_of(headers: Headers, name: str) -> str:
    """The value of the first field of this name; empty when there is none."""
    return next(iter(values_of(headers, name)), "")
