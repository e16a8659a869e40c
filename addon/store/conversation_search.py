"""Finding words in one's conversations (SQLite FTS5).

Promise: words are looked for as words, whatever signs of a query language they hold; only the asker's own
conversations are found.
"""

from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from addon.store.models import Conversation

_FIRST_MARK, _LAST_MARK = "\ue000", "\ue001"
_SEARCH = text(f"""
    SELECT message.conversation_id, snippet(message_text, 0, '{_FIRST_MARK}', '{_LAST_MARK}', '…', 16)
    FROM message_text
    JOIN message ON message.number = message_text.rowid
    JOIN conversation ON conversation.id = message.conversation_id
    WHERE message_text MATCH :words AND conversation.user_id = :user_id AND conversation.deleted_at IS NULL
    ORDER BY conversation.updated_at DESC LIMIT :most
""")  # noqa: S608 - the marks are constants


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation with words that were searched for; `snippet` marks them with U+E000 and U+E001."""

    conversation: Conversation
    snippet: str


def search(session: Session, user_id: int, words: str, most: int = 50) -> list[Found]:
    """The conversations in whose titles or messages all these words are, the latest first."""
    words = words.replace("\0", " ")
    snippets: dict[str, str] = {}
    pattern = " ".join(f'"{word}"*' for word in words.replace('"', " ").split())
    if pattern:
        rows = session.execute(_SEARCH, {"words": pattern, "user_id": user_id, "most": most})
        for conversation_id, snippet in rows:
            snippets.setdefault(conversation_id, snippet)
    wanted = words.strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    matching = Conversation.id.in_(snippets) | Conversation.title.like(f"%{wanted}%", escape="\\")
    found = select(Conversation).where(
        Conversation.user_id == user_id, Conversation.deleted_at.is_(None), matching
    )
    latest = session.scalars(found.order_by(Conversation.updated_at.desc()).limit(most))
    return [Found(row, snippets.get(row.id, "")) for row in latest] if wanted else []
