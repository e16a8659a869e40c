"""People's own conversations: the chat page's memory."""

from addon.store.conversation_search import search
from addon.store.conversations import (
    append_to_message,
    delete_conversation,
    find_conversation,
    keep_conversation,
    keep_message,
    list_conversations,
    messages_of,
    restore_conversation,
)
from addon.store.engine import Session, reading, writing
from addon.store.models import Conversation
from admin_app.context import WebContext
from admin_app.conversation_forms import (
    check_id,
    conversation_changes,
    conversation_shape,
    message_shape,
    new_message,
    new_piece,
    whole_shape,
)
from admin_app.errors import InputError
from admin_app.fields import Fields
from admin_app.shapes import Shape

EXPORT_FORMAT = "sluice-conversations"
_EXPORT_VERSION = 1
_MOST_IMPORTED = 1000
_MOST_MESSAGES = 10_000


def listed(context: WebContext, user_id: int, most: int, before: float | None) -> Shape:
    """One page of the list, the latest first."""
    with reading(context.engine) as session:
        rows = list_conversations(session, user_id, most + 1, before)
    return {"conversations": [conversation_shape(row) for row in rows[:most]], "more": len(rows) > most}


def found(context: WebContext, user_id: int, words: str) -> Shape:
    """Where these words are."""
    with reading(context.engine) as session:
        hits = search(session, user_id, words)
    return {"conversations": [conversation_shape(hit.conversation) | {"snippet": hit.snippet} for hit in hits]}


def whole(context: WebContext, user_id: int, conversation_id: str) -> Shape:
    """One conversation with its messages. Raises UnknownConversationError."""
    with reading(context.engine) as session:
        return _whole(session, find_conversation(session, user_id, conversation_id))


def exported(context: WebContext, user_id: int) -> Shape:
    """Everything, in the form that `imported` reads."""
    with reading(context.engine) as session:
        rows = list_conversations(session, user_id, _MOST_IMPORTED)
        conversations = [_whole(session, row) for row in rows]
    return {"format": EXPORT_FORMAT, "version": _EXPORT_VERSION, "conversations": conversations}


def keep(context: WebContext, user_id: int, conversation_id: str, fields: Fields) -> Shape:
    """Make or change a conversation. Raises InputError or UnknownConversationError."""
    changes = conversation_changes(fields)
    with writing(context.engine) as session:
        row = keep_conversation(session, user_id, check_id(conversation_id), changes, context.now())
        return whole_shape(row, []) | {"messages": None}


def delete(context: WebContext, user_id: int, conversation_id: str) -> None:
    """Delete a conversation; for a day it can be restored."""
    with writing(context.engine) as session:
        delete_conversation(session, user_id, conversation_id, context.now())


def restore(context: WebContext, user_id: int, conversation_id: str) -> Shape:
    """Take a deletion back."""
    with writing(context.engine) as session:
        return conversation_shape(restore_conversation(session, user_id, conversation_id))


def say(context: WebContext, user_id: int, conversation_id: str, message_id: str, fields: Fields) -> None:
    """Make or replace a message. Raises InputError or StoreError."""
    message = new_message(message_id, fields)
    with writing(context.engine) as session:
        keep_message(session, user_id, conversation_id, message, context.now())


def append(context: WebContext, user_id: int, conversation_id: str, message_id: str, fields: Fields) -> Shape:
    """Add what has arrived of an answer. Raises InputError or StoreError."""
    piece = new_piece(fields)
    with writing(context.engine) as session:
        length, thinking_length = append_to_message(session, user_id, conversation_id, message_id, piece)
    return {"length": length, "thinking_length": thinking_length}


def imported(context: WebContext, user_id: int, fields: Fields, fresh_id: str) -> Shape:
    """Take in an export, or one conversation of it, all or nothing. `fresh_id` begins the new ids."""
    several = fields.mappings("conversations")
    conversations = [fields] if several is None else [Fields(one) for one in several]
    if len(conversations) > _MOST_IMPORTED:
        raise InputError(f"That are more than {_MOST_IMPORTED:,} conversations. Import fewer at a time.")
    with writing(context.engine) as session:
        for number, one in enumerate(conversations):
            _import(session, context, user_id, f"{fresh_id}-{number}", one)
    return {"imported": len(conversations)}


def _import(session: Session, context: WebContext, user_id: int, conversation_id: str, fields: Fields) -> None:
    messages = fields.mappings("messages")
    if messages is None:
        raise InputError("This is not an export of Sluice: a conversation in it has no messages.")
    if len(messages) > _MOST_MESSAGES:
        raise InputError(f"A conversation has at most {_MOST_MESSAGES:,} messages.")
    now = context.now()
    changes = conversation_changes(fields.part("title", "model", "settings"))
    keep_conversation(session, user_id, conversation_id, changes, now)
    for message in messages:
        message_id = check_id(str(message.get("id", "")))
        keep_message(session, user_id, conversation_id, new_message(message_id, Fields(message)), now)
    leaf_id = fields.text("leaf_id")
    if leaf_id is not None:
        keep_conversation(session, user_id, conversation_id, {"leaf_id": check_id(leaf_id)}, now)


def _whole(session: Session, row: Conversation) -> Shape:
    return whole_shape(row, [message_shape(message) for message in messages_of(session, row.id)])
