"""What a page may show once: the text of a fresh key or the link of a fresh invite.

Promise: a note is shown to the session that made it, on its next page, and then it is gone. It never touches the
disk, a cookie or an address line; a restart loses it, and a new key is quickly made.
"""

import threading
from dataclasses import dataclass

_MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class Note:
    """One secret to be shown: its kind (`key` or `invite`), what it belongs to, and its text."""

    kind: str
    name: str
    text: str

    def __repr__(self) -> str:
        return f"Note({self.kind}, {self.name}, …)"


class OneTimeNotes:
    """Notes by session; the oldest are dropped beyond a bound."""

    def __init__(self) -> None:
        self._notes: dict[str, Note] = {}
        self._lock = threading.Lock()

    def put(self, session_id: str, note: Note) -> None:
        """Keep a note for the session's next page; an earlier one that was not shown is dropped."""
        with self._lock:
            self._notes.pop(session_id, None)
            self._notes[session_id] = note
            if len(self._notes) > _MOST_KEPT:
                del self._notes[next(iter(self._notes))]

    def take(self, session_id: str) -> Note | None:
        """The note, for the one time it is shown."""
        with self._lock:
            return self._notes.pop(session_id, None)
