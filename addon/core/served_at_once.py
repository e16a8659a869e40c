"""How many requests for one model an upstream answers at a time, learned from when answers begin and end.

Ollama tells nobody its OLLAMA_NUM_PARALLEL, and forces it to 1 for some models; further requests wait inside,
without a sign. Two things give it away: answers that are written beside each other, and one that stays silent
beside another and begins right after that one's end.

Promise: one coincidence is no finding, nor are several among answers that went on being silent, and an answer
that proves the contrary takes a finding back. What is known is bounded, whatever models are asked for. Answers in
one piece prove nothing, for they are silent to their end. A limit lowered while the gate runs is not noticed.
"""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from addon.core.aging import US_PER_S
from addon.core.model_names import canonical
from addon.core.ticket import Ticket

_LEAST_FOUND = 4
_MOST_MODELS = 100
_BESIDE_US = US_PER_S
"""How long an answer has to have been written beside a silent one before its end says anything."""
_RIGHT_AFTER_US = US_PER_S // 2
_READING_SHARE = 4
"""Its prompt is read only then; of the time it was silent, that may be this part and still be right after."""
_TOGETHER_US = US_PER_S // 2
"""Answers that overlap by less may only have been passed on late."""


@dataclass(slots=True)
class _Seen:
    """Of one model: the most answers written at once, how often one more had to wait, and the last one's time.

    `suspects` are tickets that seem to have waited, until their answers turn out to be written piece by piece;
    `went_on` counts those that had the same reason to begin when a place was free, and stayed silent.
    """

    most: int = 1
    had_to_wait: int = 0
    went_on: int = 0
    suspects: set[str] = field(default_factory=set[str])
    first_us: int = 0
    ended_us: int = 0

    def beside(self, count: int) -> None:
        """So many were written at once, more than ever: what was seen before was said of fewer."""
        self.most, self.had_to_wait, self.went_on = count, 0, 0
        self.suspects.clear()

    @property
    def is_found(self) -> bool:
        """Whether it is more than chance."""
        return self.had_to_wait >= _LEAST_FOUND and self.had_to_wait > self.went_on


class ServedAtOnce:
    """Told of every answer's first piece and of every end; `running` are the tickets that hold slots then."""

    def __init__(self) -> None:
        self._models: OrderedDict[str, _Seen] = OrderedDict()

    def began(self, ticket: Ticket, running: Collection[Ticket], now_us: int) -> None:
        """The first piece of this ticket's answer came."""
        seen = self._seen(ticket.model)
        written = sum(1 for one in _answered(running, ticket.model) if one is not ticket) + 1
        beside_us = _silent_beside_us(ticket, seen)
        if written != seen.most or beside_us < _BESIDE_US:
            return
        if now_us - seen.ended_us <= max(_RIGHT_AFTER_US, beside_us // _READING_SHARE):
            seen.suspects.add(ticket.id)
        else:
            seen.went_on += 1

    def ended(self, ticket: Ticket, running: Collection[Ticket], now_us: int) -> None:
        """This ticket holds its slot no longer."""
        if ticket.first_byte_us is None or ticket.last_byte_us is None:
            return
        seen = self._seen(ticket.model)
        until_us = ticket.last_byte_us - _TOGETHER_US
        beside = [one for one in _answered(running, ticket.model) if (one.first_byte_us or 0) <= until_us]
        if ticket.first_byte_us <= until_us:
            seen.had_to_wait += ticket.id in seen.suspects
            if len(beside) + 1 > seen.most:
                seen.beside(len(beside) + 1)
        seen.suspects.discard(ticket.id)
        seen.first_us, seen.ended_us = ticket.first_byte_us, now_us

    def fewer_than(self, slots: int) -> Mapping[str, int]:
        """Models of which fewer seem to be answered at a time than there are slots, with how many."""
        return {model: seen.most for model, seen in self._models.items() if seen.most < slots and seen.is_found}

    def _seen(self, name: str) -> _Seen:
        model = canonical(name)
        seen = self._models.setdefault(model, _Seen())
        self._models.move_to_end(model)
        if len(self._models) > _MOST_MODELS:
            self._models.popitem(last=False)
        return seen


def _answered(running: Collection[Ticket], name: str) -> list[Ticket]:
    model = canonical(name)
    return [one for one in running if one.first_byte_us is not None and canonical(one.model) == model]


def _silent_beside_us(ticket: Ticket, seen: _Seen) -> int:
    """For how long it had been silent beside the last answer when that one ended."""
    return 0 if ticket.admitted_us is None else seen.ended_us - max(ticket.admitted_us, seen.first_us)
