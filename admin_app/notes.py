"""What a page may show once: the text of a fresh key or the link of a fresh invite.

Promise: a note is shown to the session that made it, on the page it was sent to, and then it is gone; neither
another tab nor another site's page can use it up. It never touches the disk, a cookie or an address line; a
restart loses it, and a new key is quickly made.
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
        self._notes: dict[str, tuple[str, Note]] = {}
        self._lock = threading.Lock()

    def put(self, session_id: str, path: str, note: Note) -> None:
        """Keep a note for the session's page at this path; an earlier one that was not shown is dropped."""
        with self._lock:
            self._notes.pop(session_id, None)
            self._notes[session_id] = path, note
            if len(self._notes) > _MOST_KEPT:
                del self._notes[next(iter(self._notes))]

    def take(self, session_id: str, path: str) -> Note | None:
        """The note for this page, for the one time it is shown."""
        with self._lock:
            where, note = self._notes.get(session_id, ("", None))
            if where != path:
                return None
            del self._notes[session_id]
            return note
