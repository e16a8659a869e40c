"""Words to write JSON Schema (2020-12) with; each function answers one schema."""

from collections.abc import Mapping
from typing import Any

from addon.core.principal import PRIORITIES, PrincipalClass, Scope

type Form = dict[str, Any]


def text(means: str = "", *, least: int = 0, most: int | None = None, pattern: str = "", form: str = "") -> Form:
    """A text; `form` is one that JSON Schema has a word for."""
    bounds = {
        "minLength": least,
        "maxLength": most,
        "pattern": pattern,
        "format": form,
        "description": means,
    }
    return {"type": "string"} | {name: value for name, value in bounds.items() if value}


def whole(means: str = "", *, least: int = 0, most: int | None = None) -> Form:
    """A whole number; counts and ids are never below 0."""
    bounds = {"maximum": most, "description": means}
    return {"type": "integer", "minimum": least} | {name: value for name, value in bounds.items() if value}


def number(means: str = "") -> Form:
    """Any number."""
    return {"type": "number"} | ({"description": means} if means else {})


def instant(means: str = "") -> Form:
    """An instant: unix seconds (UTC)."""
    return number(f"{means}{': ' if means else ''}unix seconds")


def flag(means: str = "") -> Form:
    """A yes or no."""
    return {"type": "boolean"} | ({"description": means} if means else {})


def one_of(*words: str) -> Form:
    """One of a few words."""
    return {"type": "string", "enum": list(words)}


def listing(form: Form, *, least: int = 0) -> Form:
    """A list of equals."""
    return {"type": "array", "items": form} | ({"minItems": least} if least else {})


def or_null(form: Form) -> Form:
    """The same, or null."""
    if "type" not in form:
        return {"anyOf": [form, {"type": "null"}]}
    changed: Form = {**form, "type": [form["type"], "null"]}
    words = form.get("enum")
    return changed | ({"enum": [*words, None]} if isinstance(words, list) else {})


def thing(needed: Mapping[str, Form], extra: Mapping[str, Form] | None = None) -> Form:
    """An object of exactly these members; `extra` ones may be missing."""
    return {
        "type": "object",
        "properties": {**needed, **(extra or {})},
        "required": list(needed),
        "additionalProperties": False,
    }


def each(form: Form) -> Form:
    """An object whose members all have this form, whatever they are called."""
    return {"type": "object", "additionalProperties": form}


def ref(name: str) -> Form:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


PRIORITY = or_null(whole("0 is served soonest; null is the class's own", most=PRIORITIES[-1]))
SCOPES = listing(one_of(*Scope))
MODELS = or_null(listing(text()))
CLASS = one_of(*PrincipalClass)
LIMIT = or_null(whole("null is the general limit", least=1))
