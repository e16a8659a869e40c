"""How many bytes of request bodies are held in memory, and by whom.

Promise: the count is exact, the total never passes `most_bytes`, and one owner never has more than `most_each`. A
body is counted as it comes and not as it was announced, so that nobody blocks room without filling it.
"""

from collections import Counter

from addon.core.refusal import Reason, Refusal


class HeldBodies:
    """The bytes that all owners hold together."""

    def __init__(self, most_bytes: int, most_each: int) -> None:
        self.most_bytes = most_bytes
        self.most_each = most_each
        self.held_bytes = 0
        self._by_owner: Counter[str] = Counter()

    def has_room(self, owner: str, more: int) -> bool:
        """Whether so many bytes more of this owner would fit now."""
        return self.held_bytes + more <= self.most_bytes and self._by_owner[owner] + more <= self.most_each

    def change(self, owner: str, by: int) -> None:
        """Count so many bytes more, or fewer; whoever counts more has asked whether there is room."""
        self.held_bytes += by
        self._by_owner[owner] += by
        if not self._by_owner[owner]:
            del self._by_owner[owner]


class HeldBody:
    """One request's body: how much of it is held, from its first byte to the request's end."""

    def __init__(self, among: HeldBodies, owner: str) -> None:
        self._among = among
        self._owner = owner
        self._has_ended = False
        self.size = 0

    def has_room(self, size: int) -> bool:
        """Whether it may become so large, in bytes, as things are."""
        return self._among.has_room(self._owner, size - self.size)

    def resize(self, size: int) -> bool:
        """It has so many bytes now; false, and nothing changes, where it may not become larger."""
        grows = size > self.size
        if self._has_ended or (grows and not self.has_room(size)):
            return False
        self._among.change(self._owner, size - self.size)
        self.size = size
        return True

    def end(self) -> None:
        """The request is over; a second time it changes nothing."""
        self.resize(0)
        self._has_ended = True

    def refusal(self) -> Refusal:
        """What to tell whoever finds no room."""
        return Refusal(Reason.BODIES_FULL, str(self._among.most_bytes))
