"""People's conversations: kept, shown, deleted for good a day after they were deleted.

Promise: every function takes the user's id and sees that person's rows only; another's conversation is as unknown
as none. Ids come from the browser, so that a write that may have got lost can be sent again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from addon.store.errors import StoreError
from addon.store.models import Conversation, Message

_UNDO_S = 24 * 3600


class UnknownConversationError(StoreError):
    """This person has no such conversation."""

    def __init__(self) -> None:
        super().__init__("There is no such conversation. It may have been deleted on another device.")


class TextGapError(StoreError):
    """A piece of an answer was to be put behind text that never arrived; says how much there is."""

    def __init__(self, length: int, thinking_length: int) -> None:
        self.length, self.thinking_length = length, thinking_length
        super().__init__("Text is missing before this piece. Send everything behind the lengths that are known.")


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What a message is to be."""

    id: str
    role: str
    parent_id: str | None = None
    content: str = ""
    thinking: str = ""
    images: tuple[str, ...] = ()
    model: str = ""
    state: str = "complete"
    statistics: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """More text of a message. Offsets count UTF-16 code units, as browsers do."""

    offset: int = 0
    content: str = ""
    thinking_offset: int = 0
    thinking: str = ""


def list_conversations(
    session: Session, user_id: int, most: int, before: float | None = None
) -> Sequence[Conversation]:
    """The conversations changed before an instant, the latest first."""
    found = select(Conversation).where(Conversation.user_id == user_id, Conversation.deleted_at.is_(None))
    if before is not None:
        found = found.where(Conversation.updated_at < before)
    return session.scalars(found.order_by(Conversation.updated_at.desc()).limit(most)).all()


def find_conversation(
    session: Session, user_id: int, conversation_id: str, *, is_deleted: bool = False
) -> Conversation:
    """One conversation. Raises UnknownConversationError."""
    row = session.get(Conversation, conversation_id)
    if row is None or row.user_id != user_id or (row.deleted_at is not None) is not is_deleted:
        raise UnknownConversationError
    return row


def keep_conversation(
    session: Session, user_id: int, conversation_id: str, changes: Mapping[str, str | None], now: float
) -> Conversation:
    """Make a conversation or change some of its columns. Raises UnknownConversationError for a stranger's id."""
    row = session.get(Conversation, conversation_id)
    if row is None:
        _forget_deleted(session, now)
        row = Conversation(
            id=conversation_id,
            user_id=user_id,
            title="",
            model="",
            settings="{}",
            leaf_id=None,
            created_at=now,
            updated_at=now,
            deleted_at=None,
        )
        session.add(row)
    elif row.user_id != user_id or row.deleted_at is not None:
        raise UnknownConversationError
    for name, value in changes.items():
        setattr(row, name, value)
    session.flush()
    return row


def delete_conversation(session: Session, user_id: int, conversation_id: str, now: float) -> None:
    """Hide a conversation; after a day it is gone. Raises UnknownConversationError."""
    find_conversation(session, user_id, conversation_id).deleted_at = now


def restore_conversation(session: Session, user_id: int, conversation_id: str) -> Conversation:
    """Take a deletion back. Raises UnknownConversationError."""
    row = find_conversation(session, user_id, conversation_id, is_deleted=True)
    row.deleted_at = None
    return row


def messages_of(session: Session, conversation_id: str) -> Sequence[Message]:
    """Every message of a conversation, in the order they were made."""
    found = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.number)
    return session.scalars(found).all()


def keep_message(session: Session, user_id: int, conversation_id: str, new: NewMessage, now: float) -> Message:
    """Make a message or replace it; it becomes the end of the branch that is shown.

    The beginning of an answer that arrives late, after more of the same answer, changes nothing.
    Raises UnknownConversationError, and StoreError for a parent that is not in this conversation.
    """
    conversation = find_conversation(session, user_id, conversation_id)
    if new.parent_id is not None and _find_message(session, conversation_id, new.parent_id) is None:
        raise StoreError("The message before this one is not in the conversation. Save that one first.")
    row = _find_message(session, conversation_id, new.id)
    if row is None:
        row = Message(conversation_id=conversation_id, id=new.id, created_at=now)
        session.add(row)
    elif _is_late(row, new):
        return row
    row.parent_id, row.role, row.model, row.state = new.parent_id, new.role, new.model, new.state
    row.content, row.thinking = new.content, new.thinking
    row.images = json.dumps(new.images)
    row.statistics = None if new.statistics is None else json.dumps(new.statistics)
    conversation.leaf_id, conversation.updated_at = new.id, now
    session.flush()
    return row


def append_to_message(
    session: Session, user_id: int, conversation_id: str, message_id: str, piece: Piece
) -> tuple[int, int]:
    """Add what has arrived of an answer; returns how long text and thinking are now.

    What is there already is skipped. Raises UnknownConversationError, StoreError for an unknown message, and
    TextGapError when text before the piece is missing.
    """
    find_conversation(session, user_id, conversation_id)
    row = _find_message(session, conversation_id, message_id)
    if row is None:
        raise StoreError("There is no such message. Save it first.")
    content = _joined(row.content, piece.offset, piece.content)
    thinking = _joined(row.thinking, piece.thinking_offset, piece.thinking)
    if content is None or thinking is None:
        raise TextGapError(utf16_length(row.content), utf16_length(row.thinking))
    row.content, row.thinking = content, thinking
    return utf16_length(content), utf16_length(thinking)


def utf16_length(words: str) -> int:
    """How many code units a browser counts."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def _find_message(session: Session, conversation_id: str, message_id: str) -> Message | None:
    return session.scalar(
        select(Message).where(Message.conversation_id == conversation_id, Message.id == message_id)
    )


def _is_late(row: Message, new: NewMessage) -> bool:
    """Whether an earlier state of this very answer was overtaken on its way, as happens when a page is left."""
    known = json.loads(row.statistics or "{}")
    is_same = new.state == "partial" and known.get("ticket") is not None and known == new.statistics
    return is_same and row.content.startswith(new.content) and row.thinking.startswith(new.thinking)


def _joined(present: str, offset: int, piece: str) -> str | None:
    known = present.encode("utf-16-le", "surrogatepass")
    if offset * 2 > len(known):
        return None
    overlap = len(known) - offset * 2
    rest = piece.encode("utf-16-le", "surrogatepass")[overlap:]
    return (known + rest).decode("utf-16-le", "replace")


def _forget_deleted(session: Session, now: float) -> None:
    session.execute(delete(Conversation).where(Conversation.deleted_at < now - _UNDO_S))
