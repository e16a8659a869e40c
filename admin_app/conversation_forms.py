"""Conversations and messages in the forms that browsers send and get.

Promise: what is kept is what was checked: known fields of the right kind, within bounds. A browser that sends its
own export back gets the same conversation.
"""

import json
import re
from collections.abc import Mapping

from addon.store.conversations import NewMessage, Piece
from addon.store.models import Conversation, Message
from admin_app.errors import InputError
from admin_app.fields import Fields
from admin_app.shapes import Shape

_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
_LONGEST_TITLE = 200
_LONGEST_MODEL = 200
_LONGEST_TEXT = 1_000_000
_LONGEST_IMAGE = 4 * 2**20
_MOST_IMAGES = 8
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_ROLES = ("user", "assistant")
_STATES = ("complete", "partial", "stopped", "failed")
# The chat page's options, with the kinds of their values.
_SETTINGS: Mapping[str, tuple[type, ...]] = {
    "system": (str,),
    "temperature": (int, float),
    "top_p": (int, float),
    "num_ctx": (int,),
    "seed": (int,),
    "keep_alive": (str, int),
    "think": (bool, str),
}
_MESSAGE = (
    "id",
    "parent_id",
    "role",
    "content",
    "thinking",
    "images",
    "model",
    "state",
    "statistics",
    "created_at",
)


def check_id(text: str) -> str:
    """An id as browsers make them. Raises InputError."""
    if not _ID.fullmatch(text):
        raise InputError("An id has 8 to 64 letters, digits, dashes and underscores.")
    return text


def conversation_changes(fields: Fields) -> dict[str, str | None]:
    """The columns to change. Raises InputError."""
    fields.only("title", "model", "settings", "leaf_id")
    changes: dict[str, str | None] = {}
    for name, most in (("title", _LONGEST_TITLE), ("model", _LONGEST_MODEL)):
        if (value := _text(fields, name, most)) is not None:
            changes[name] = value
    if (settings := fields.mapping("settings")) is not None:
        changes["settings"] = json.dumps(_checked_settings(settings))
    if (leaf_id := fields.text("leaf_id")) is not None:
        changes["leaf_id"] = check_id(leaf_id)
    return changes


def new_message(message_id: str, fields: Fields) -> NewMessage:
    """A message as it is to be kept. Raises InputError."""
    fields.only(*_MESSAGE)
    parent_id = fields.text("parent_id")
    return NewMessage(
        id=check_id(message_id),
        role=_one_of(fields, "role", _ROLES),
        parent_id=None if parent_id is None else check_id(parent_id),
        content=_text(fields, "content", _LONGEST_TEXT) or "",
        thinking=_text(fields, "thinking", _LONGEST_TEXT) or "",
        images=_images(fields),
        model=_text(fields, "model", _LONGEST_MODEL) or "",
        state=_one_of(fields, "state", _STATES, "complete"),
        statistics=_statistics(fields),
    )


def new_piece(fields: Fields) -> Piece:
    """More text of a message. Raises InputError."""
    fields.only("offset", "content", "thinking_offset", "thinking")
    return Piece(
        offset=fields.whole("offset", 0) or 0,
        content=_text(fields, "content", _LONGEST_TEXT) or "",
        thinking_offset=fields.whole("thinking_offset", 0) or 0,
        thinking=_text(fields, "thinking", _LONGEST_TEXT) or "",
    )


def conversation_shape(row: Conversation) -> Shape:
    """A conversation in a list."""
    return {
        "id": row.id,
        "title": row.title,
        "model": row.model,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def whole_shape(row: Conversation, messages: list[Shape]) -> Shape:
    """A conversation with everything in it."""
    return conversation_shape(row) | {
        "settings": json.loads(row.settings),
        "leaf_id": row.leaf_id,
        "messages": messages,
    }


def message_shape(row: Message) -> Shape:
    """One message."""
    return {
        "id": row.id,
        "parent_id": row.parent_id,
        "role": row.role,
        "content": row.content,
        "thinking": row.thinking,
        "images": json.loads(row.images),
        "model": row.model,
        "state": row.state,
        "statistics": None if row.statistics is None else json.loads(row.statistics),
        "created_at": row.created_at,
    }


def _text(fields: Fields, name: str, most: int) -> str | None:
    value = fields.text(name)
    if value is not None and len(value) > most:
        raise InputError(f"{name} has at most {most:,} characters here, not {len(value):,}.")
    return value


def _one_of(fields: Fields, name: str, known: tuple[str, ...], default: str | None = None) -> str:
    value = fields.text(name) or default
    if value not in known:
        raise InputError(f"{name} must be one of {', '.join(known)}.")
    return value


def _images(fields: Fields) -> tuple[str, ...]:
    images = fields.texts("images") or ()
    if len(images) > _MOST_IMAGES:
        raise InputError(f"A message has at most {_MOST_IMAGES} images.")
    for image in images:
        if len(image) > _LONGEST_IMAGE:
            raise InputError("An image is larger than 3 MiB. Send a smaller one.")
        if not _BASE64.fullmatch(image):
            raise InputError("An image is not in base64.")
    return images


def _checked_settings(settings: Mapping[str, object]) -> Mapping[str, object]:
    for name, value in settings.items():
        kinds = _SETTINGS.get(name)
        if kinds is None:
            raise InputError(f"There is no setting {name!r} here. Use: {', '.join(_SETTINGS)}.")
        # A bool is an int to Python, and to nobody else.
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise InputError(f"{name} has a value of another kind.")
        if isinstance(value, str) and len(value) > _LONGEST_TEXT:
            raise InputError(f"{name} has at most {_LONGEST_TEXT:,} characters here.")
    return settings


def _statistics(fields: Fields) -> Mapping[str, object] | None:
    found = fields.mapping("statistics")
    if found is None:
        return None
    if len(found) > 20 or not all(isinstance(value, str | int | float | None) for value in found.values()):
        raise InputError("statistics must hold a few numbers and texts.")
    return found
