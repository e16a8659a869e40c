"""A JSON object, read so that nobody can read it differently.

Promise: doubled keys, NaN and Infinity, bad UTF-8, another encoding, a byte order mark and more than 64 levels of
nesting are refused with a sentence.
"""

import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NoReturn

from addon.core.refusal import Reason, Refusal

MOST_LEVELS = 64


class _AmbiguousError(ValueError):
    """The body can be read in more than one way."""


def read_object(body: bytes) -> dict[str, object] | Refusal:
    """The object that these bytes spell, or why they spell none."""
    try:
        document = json.loads(
            body.decode(),
            object_pairs_hook=_object_without_doubles,
            parse_float=_finite,
            parse_constant=_refuse_constant,
        )
        _check_depth(document)
    except (ValueError, RecursionError) as error:
        return Refusal(Reason.BODY_NOT_JSON, _explain(error))
    return document if isinstance(document, dict) else Refusal(Reason.BODY_NOT_JSON, "it is not an object")


def refuse_misspelt(document: Mapping[str, object], deciding: Collection[str]) -> Refusal | None:
    """The refusal when a key is one of the deciding ones in another case, which Go reads as the same key.

    Asked of this object's own keys alone: a tool may well have a parameter called "Model".
    """
    misspelt = next((key for key in document if key not in deciding and key.casefold() in deciding), None)
    if misspelt is None:
        return None
    return Refusal(Reason.BODY_NOT_JSON, f"the key {misspelt!r} must be written {misspelt.casefold()!r}")


def _explain(error: ValueError | RecursionError) -> str:
    match error:
        case UnicodeDecodeError():
            return "it is not UTF-8"
        case json.JSONDecodeError():
            return f"{error.msg} at character {error.pos}"
        case RecursionError():
            return "it is nested too deeply"
        case _AmbiguousError():
            return str(error)
        case _:
            # The one left: Python converts no number of more than sys.get_int_max_str_digits() digits.
            return "a number in it is too long"


def _object_without_doubles(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _AmbiguousError("a key appears twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise _AmbiguousError(f"{name} is not JSON")


def _check_depth(document: object) -> None:
    level = list(_containers([document]))
    for _ in range(MOST_LEVELS):
        level = [inner for one in level for inner in _containers(one)]
    if level:
        raise RecursionError


def _containers(one: Collection[object]) -> Iterator[Collection[object]]:
    members = one.values() if isinstance(one, dict) else one
    return (member for member in members if isinstance(member, dict | list))


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _AmbiguousError("a number in it is too large")
    return number
