"""What was sent, read strictly: the same fields from JSON and from an HTML form.

Promise: a value of the wrong kind is a sentence, never a guess; an unknown field is an error, because a misspelt
`expires_s` would make a key that lives forever. Forms send text only, so there numbers are read from text and an
empty field counts as not sent.
"""

import re
from collections.abc import Iterable, Mapping
from typing import cast

from werkzeug.datastructures import MultiDict

from addon.core.refusal import Refusal
from addon.core.strict_json import read_object
from admin_app.errors import InputError
from admin_app.own_pages import FORM_FIELD

_MOST_WHOLE = 2**31 - 1
_IN_FORM = re.compile(r"-?[0-9]{1,18}")
_DECIMAL_IN_FORM = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")


class Fields:
    """The fields of one request. Readers raise InputError; a field that is not there is None."""

    def __init__(
        self, values: Mapping[str, object], *, is_form: bool = False, emptied: Iterable[str] = ()
    ) -> None:
        self._values = values
        self._is_form = is_form
        self._emptied = frozenset(emptied)

    @classmethod
    def from_json(cls, body: bytes) -> "Fields":
        """Read a JSON object, as strictly as the gate reads the bodies it judges."""
        document = read_object(body)
        if isinstance(document, Refusal):
            raise InputError(document.message)
        return cls(document)

    @classmethod
    def from_form(cls, form: "MultiDict[str, str]") -> "Fields":
        """Read an HTML form; fields that may come several times become lists."""
        values = {name: form.getlist(name) for name in form if name != FORM_FIELD}
        filled = {name: texts[0] if len(texts) == 1 else texts for name, texts in values.items() if any(texts)}
        return cls(filled, is_form=True, emptied=values.keys() - filled.keys())

    def has(self, name: str) -> bool:
        """Whether the field was sent at all; null, or a form's empty field, then takes a value away."""
        return name in self._values or name in self._emptied

    def only(self, *names: str) -> "Fields":
        """Refuse every field but these."""
        for name in self._values:
            if name not in names:
                raise InputError(f"There is no field {name!r} here. Use: {', '.join(names)}.")
        return self

    def text(self, name: str) -> str | None:
        """A text."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise InputError(f"{name} must be a text.")
        return _whole_letters(name, value)

    def needed_text(self, name: str) -> str:
        """A text that must be there and must not be empty."""
        text = self.text(name)
        if not text:
            raise InputError(f"{name} is missing.")
        return text

    def whole(self, name: str, least: int, most: int = _MOST_WHOLE) -> int | None:
        """A whole number within bounds."""
        value = self._values.get(name)
        if self._is_form and isinstance(value, str) and _IN_FORM.fullmatch(value.strip()):
            value = int(value)
        elif isinstance(value, float) and value.is_integer():
            value = int(value)  # to JSON, 7.0 is 7
        if value is None:
            return None
        if type(value) is not int or not least <= value <= most:
            raise InputError(f"{name} must be a whole number from {least} to {most}.")
        return value

    def number(self, name: str, least: float, most: float) -> float | None:
        """A number within bounds."""
        value = self._values.get(name)
        if self._is_form and isinstance(value, str) and _DECIMAL_IN_FORM.fullmatch(value.strip()):
            value = float(value)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise InputError(f"{name} must be a number from {least:g} to {most:g}.")
        return float(value)

    def flag(self, name: str) -> bool:
        """A yes or no; not sent means no. A ticked box of a form sends the text `yes`."""
        value = self._values.get(name, False)
        if self._is_form:
            # A hidden empty field before the box says that the box was shown.
            return value in ("yes", ["", "yes"])
        if not isinstance(value, bool):
            raise InputError(f"{name} must be true or false.")
        return value

    def needed_flag(self, name: str) -> bool:
        """A yes or no that must be there."""
        if not self.has(name):
            raise InputError(f"{name} is missing.")
        return self.flag(name)

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Several texts. A form may also send several in one field, separated by commas."""
        value = self._values.get(name)
        if value is None:
            return None
        if self._is_form:
            joined = value if isinstance(value, str) else ",".join(cast("list[str]", value))
            return tuple(part.strip() for part in joined.split(",") if part.strip())
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise InputError(f"{name} must be a list of texts.")
        return tuple(_whole_letters(name, part) for part in value)

    def mapping(self, name: str) -> Mapping[str, object] | None:
        """A JSON object."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise InputError(f"{name} must be a JSON object.")
        for key, part in cast("dict[str, object]", value).items():
            _whole_letters(name, key)
            if isinstance(part, str):
                _whole_letters(name, part)
        return cast("dict[str, object]", value)

    def mappings(self, name: str) -> list[Mapping[str, object]] | None:
        """A list of JSON objects."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            raise InputError(f"{name} must be a list of JSON objects.")
        return cast("list[Mapping[str, object]]", value)

    def plain(self, name: str) -> object:
        """A value of any kind, for whoever checks it against its own; it must be there."""
        if not self.has(name):
            raise InputError(f"{name} is missing.")
        value = self._values[name]
        return _whole_letters(name, value) if isinstance(value, str) else value

    def part(self, *names: str) -> "Fields":
        """Only these fields."""
        values = {name: value for name, value in self._values.items() if name in names}
        return Fields(values, is_form=self._is_form, emptied=self._emptied.intersection(names))


def _whole_letters(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{name} holds half of a surrogate pair. Send valid Unicode.") from error
    return text
