"""Reading a JSON request body the way Ollama's Go server does, with its words for what is wrong.

Key names are matched case-insensitively (the last spelling wins) and anything after the first JSON value is
ignored. A gate that reads bodies differently can be fooled; keeping these habits lets its tests prove it is not.
"""

import json
import re
from typing import Final, Never, cast

from addon.demo.engine import Message

_GO_DURATION: Final = re.compile(r"[-+]?(0|(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+")


class ApiError(Exception):
    """A refusal: an HTTP status and the text that explains it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Body:
    """A JSON object whose fields are read with their types checked; a wrong type is a 400."""

    def __init__(self, fields: dict[str, object]) -> None:
        self._fields = fields

    @classmethod
    def parse(cls, raw: bytes) -> "Body":
        """Read a request body. Raises `ApiError` 400 when it is empty, not JSON, or not an object."""
        if not raw.strip():
            raise ApiError(400, "missing request body")
        try:
            value, _ = _DECODER.raw_decode(raw.decode(errors="replace").lstrip(" \t\r\n"))
        except ValueError as error:
            raise ApiError(400, f"invalid character in request body: {error}") from error
        if not isinstance(value, dict):
            raise ApiError(400, f"json: cannot unmarshal {_go_type(value)} into Go value of type api.Request")
        return cls(cast("dict[str, object]", value))

    def text(self, name: str) -> str | None:
        """A string."""
        value = self._fields.get(name)
        return value if value is None or isinstance(value, str) else self._refuse(name)

    def flag(self, name: str) -> bool | None:
        """True or false."""
        value = self._fields.get(name)
        return value if value is None or isinstance(value, bool) else self._refuse(name)

    def number(self, name: str) -> float | None:
        """A number, whole or not; a JSON true is an int to Python, but not to Go."""
        value = self._fields.get(name)
        if isinstance(value, bool):
            return self._refuse(name)
        return value if value is None or isinstance(value, int | float) else self._refuse(name)

    def whole(self, name: str) -> int | None:
        """A whole number; 5.0 counts as one."""
        value = self.number(name)
        return None if value is None else int(value)

    def is_set(self, name: str) -> bool:
        """Whether the field holds anything but null, false or nothing."""
        return bool(self._fields.get(name))

    def has_array(self, name: str) -> bool:
        """Whether the field is a list."""
        return isinstance(self._fields.get(name), list)

    def array(self, name: str) -> list[object]:
        """A list; absent counts as empty."""
        value = self._fields.get(name)
        if value is None:
            return []
        return cast("list[object]", value) if isinstance(value, list) else self._refuse(name)

    def part(self, name: str) -> "Body":
        """A nested object; absent counts as empty."""
        value = self._fields.get(name)
        if value is None:
            return Body({})
        return Body(cast("dict[str, object]", value)) if isinstance(value, dict) else self._refuse(name)

    def strings(self, name: str) -> tuple[str, ...]:
        """A list of strings, or one string alone."""
        value = self._fields.get(name)
        values = [value] if isinstance(value, str) else self.array(name)
        return tuple(each if isinstance(each, str) else self._refuse(name) for each in values)

    def messages(self) -> tuple[Message, ...]:
        """The turns of a conversation; of OpenAI's lists of parts only the text is kept."""
        return tuple(_message(each) for each in self.array("messages"))

    def unloads(self) -> bool:
        """Whether `keep_alive` is zero. Raises `ApiError` 400 for anything but a number or a Go duration."""
        value = self._fields.get("keep_alive")
        if isinstance(value, str):
            if not _GO_DURATION.fullmatch(value):
                raise ApiError(400, f'time: invalid duration "{value}"')
            return not re.search("[1-9]", value)
        return self.number("keep_alive") == 0

    def _refuse(self, name: str) -> Never:
        given = _go_type(self._fields[name])
        raise ApiError(400, f"json: cannot unmarshal {given} into Go struct field Request.{name}")


def _message(value: object) -> Message:
    if not isinstance(value, dict):
        raise ApiError(400, f"json: cannot unmarshal {_go_type(value)} into Go struct field Request.messages")
    message = Body(cast("dict[str, object]", value))
    return Message(message.text("role") or "", _content(message))


def _content(message: Body) -> str:
    if not message.has_array("content"):
        return message.text("content") or ""
    parts = [Body(cast("dict[str, object]", part)) for part in message.array("content") if isinstance(part, dict)]
    return "".join(part.text("text") or "" for part in parts)


def _go_type(value: object) -> str:
    return next(name for kinds, name in _GO_TYPES if isinstance(value, kinds))


def _fold(pairs: list[tuple[str, object]]) -> dict[str, object]:
    return {name.casefold(): value for name, value in pairs}


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_fold, parse_constant=_no_constant)
_GO_TYPES: Final[tuple[tuple[type | tuple[type, ...], str], ...]] = (
    (bool, "bool"),
    ((int, float), "number"),
    (str, "string"),
    (list, "array"),
    (object, "object"),
)
