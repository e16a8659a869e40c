"""Why a waiting ticket stands where it stands: its arithmetic against the one above it, in words.

Promise: the sentence never contradicts the line. Both numbers are read from the integer the line is sorted by, and
have as many digits as it takes to tell them apart.
"""

from dataclasses import dataclass

from addon.core.aging import US_PER_S, point_us
from addon.core.ticket import Ticket

_MINUTE_S, _HOUR_S = 60, 3600
_DIGITS = range(2, 16)
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Why:
    """What the sentences are about, at one instant of the gate's clock.

    `is_admitting` is False while the gate is paused or drains.
    """

    aging_per_minute: float
    now_us: int
    is_admitting: bool = True

    def of(
        self, ticket: Ticket, above: Ticket | None, *, held_to: int | None = None, is_above_held: bool = False
    ) -> str:
        """Why `ticket` is behind `above`, which stands next to it in the line; None is above the first.

        `held_to` is how many requests its owner may run at once, if so many run; `is_above_held` says that the
        one above is held back by such a limit.
        """
        parts = [self._comparison(ticket, above), self._newcomers(ticket)]
        if held_to is not None:
            parts.append(f"Its owner runs {held_to} at once, which is the limit, so those behind it may go first.")
        elif is_above_held:
            parts.append("The owner of the one above runs as many as they may, so this one may go before it.")
        if not self.is_admitting:
            parts.append("Nobody is admitted until the gate is resumed.")
        return " ".join(part[0].upper() + part[1:] for part in parts)

    def _comparison(self, ticket: Ticket, above: Ticket | None) -> str:
        if above is None:
            first = "It was put at the front." if ticket.is_bumped else f"{self._sum(ticket, 2)}."
            return f"{first} Nobody is ahead of it."
        if ticket.is_bumped:
            return "It was put at the front; the one above was put there later, so that one goes first."
        if above.is_bumped:
            return "The one above was put at the front, ahead of every number."
        if ticket.base == above.base or self.aging_per_minute == 0:
            return self._plain(ticket, above)
        digits = self._digits(ticket, above)
        mine, other = self._sum(ticket, digits), self._sum(above, digits)
        if ticket.order_key == above.order_key:
            return f"{mine}; the one above: {other}. They are equal, so the one that came first goes first."
        return f"{mine}; the one above: {other}. The lower number goes first."

    def _plain(self, ticket: Ticket, above: Ticket) -> str:
        """Equal bases, or no aging: no sum is needed."""
        if ticket.base != above.base:
            other = f"base {above.base}, which is lower"
            return f"Base {ticket.base}; the one above: {other}, and waiting does not count."
        apart = _time(ticket.arrived_us - above.arrived_us)
        return f"Both have base {ticket.base}, so the one that came first goes first: the one above, by {apart}."

    def _sum(self, ticket: Ticket, digits: int) -> str:
        base, waited = ticket.base, _time(self.now_us - ticket.arrived_us)
        if self.aging_per_minute == 0:
            return f"base {base} (waiting does not count)"
        effective = round(self._effective(ticket), digits)
        earned = f"{base - effective:.{digits}f}"
        return f"base {base}, waited {waited}: {base} {_MINUS} {earned} = {_signed(effective, digits)}"

    def _effective(self, ticket: Ticket) -> float:
        # Division of integers rounds correctly, so the order of the keys is kept.
        return (ticket.order_key - self.now_us) / point_us(self.aging_per_minute)

    def _digits(self, ticket: Ticket, above: Ticket) -> int:
        if ticket.order_key == above.order_key:
            return _DIGITS[0]
        mine, other = self._effective(ticket), self._effective(above)
        return next((digits for digits in _DIGITS if f"{mine:.{digits}f}" != f"{other:.{digits}f}"), _DIGITS[-1])

    def _newcomers(self, ticket: Ticket) -> str:
        """Who can still come and get ahead: one point better buys as much time as a point takes to earn."""
        if ticket.is_bumped:
            return "Only a request that is put at the front after it gets ahead."
        if self.aging_per_minute == 0 and ticket.base:
            return f"Every newcomer with a base below {ticket.base} gets ahead."
        point, waited_us = point_us(self.aging_per_minute), self.now_us - ticket.arrived_us
        # So many points its waiting does not outweigh yet.
        lead = waited_us // point + 1
        nearest = ticket.base - lead
        if nearest < 0:
            return "Nobody who comes now gets ahead."
        left = _time(lead * point - waited_us, is_limit=True)
        more = f", and {_time(point, is_limit=True)} longer for each point below" if nearest else ""
        return f"It is overtaken only by requests that arrive within {left} with base {nearest}{more}."


def _signed(number: float, digits: int) -> str:
    text = f"{abs(number):.{digits}f}"
    # Minus nought is nought.
    return f"{_MINUS}{text}" if number < 0 and float(text) else text


def _time(us: int, *, is_limit: bool = False) -> str:
    """A length of time; a limit is rounded up, so that it holds."""
    seconds = -(-us // US_PER_S) if is_limit else us // US_PER_S
    if seconds < 1:
        return "less than 1 s"
    if seconds < _MINUTE_S:
        return f"{seconds} s"
    if seconds < _HOUR_S:
        return _two(seconds // _MINUTE_S, "min", seconds % _MINUTE_S, "s")
    minutes = -(-seconds // _MINUTE_S) if is_limit else seconds // _MINUTE_S
    return _two(minutes // 60, "h", minutes % 60, "min")


def _two(many: int, unit: str, few: int, smaller: str) -> str:
    return f"{many} {unit} {few} {smaller}" if few else f"{many} {unit}"
