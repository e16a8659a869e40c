"""How many requests for one model an upstream answers at a time, learned from when answers begin and end.

Ollama tells nobody its OLLAMA_NUM_PARALLEL, and forces it to 1 for some models; further requests wait inside,
without a sign. Two things give it away: answers that are written beside each other, and one that stays silent
beside another and begins right after that one's end.

Promise: one coincidence is no finding, and an answer that proves the contrary takes a finding back. What is known
is bounded, whatever models are asked for. Answers in one piece prove nothing, and a limit that is lowered while
the gate runs is not noticed.
"""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

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
    """Of one model: the most answers written at once, how often one more had to wait, and the last one's time."""

    most: int = 1
    had_to_wait: int = 0
    first_us: int = 0
    ended_us: int = 0


class ServedAtOnce:
    """Told of every answer's first piece and of every end; `running` are the tickets that hold slots then."""

    def __init__(self) -> None:
        self._models: OrderedDict[str, _Seen] = OrderedDict()

    def began(self, ticket: Ticket, running: Collection[Ticket], now_us: int) -> None:
        """The first piece of this ticket's answer came."""
        seen = self._seen(ticket.model)
        written = sum(1 for one in _answered(running, ticket.model) if one is not ticket) + 1
        if written == seen.most and _had_to_wait(ticket, seen, now_us):
            seen.had_to_wait += 1

    def ended(self, ticket: Ticket, running: Collection[Ticket], now_us: int) -> None:
        """This ticket holds its slot no longer."""
        if ticket.first_byte_us is None or ticket.last_byte_us is None:
            return
        seen = self._seen(ticket.model)
        until_us = ticket.last_byte_us - _TOGETHER_US
        beside = [one for one in _answered(running, ticket.model) if (one.first_byte_us or 0) <= until_us]
        is_long = ticket.first_byte_us <= until_us
        if is_long and len(beside) + 1 > seen.most:
            seen.most, seen.had_to_wait = len(beside) + 1, 0
        seen.first_us, seen.ended_us = ticket.first_byte_us, now_us

    def fewer_than(self, slots: int) -> Mapping[str, int]:
        """Models of which fewer seem to be answered at a time than there are slots, with how many."""
        return {
            model: seen.most
            for model, seen in self._models.items()
            if seen.most < slots and seen.had_to_wait >= _LEAST_FOUND
        }

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


def _had_to_wait(ticket: Ticket, seen: _Seen, now_us: int) -> bool:
    """Whether it was silent beside the last answer for long, and spoke right after that one's end."""
    if ticket.admitted_us is None:
        return False
    beside_us = seen.ended_us - max(ticket.admitted_us, seen.first_us)
    return beside_us >= _BESIDE_US and now_us - seen.ended_us <= max(_RIGHT_AFTER_US, beside_us // _READING_SHARE)
