"""The form of `GET /gate/queue`, as administrators and the owner at the terminal get it."""

from typing import NotRequired, TypedDict


class Running(TypedDict):
    """One ticket that holds a slot."""

    ticket: str
    principal: str
    model: str
    base: int
    effective: float
    running_s: float
    tokens: NotRequired[int | None]
    tokens_per_s: float | None


class Waiting(TypedDict):
    """One ticket in line; `base` is where its priority began, `effective` where it is now."""

    ticket: str
    position: int
    principal: str
    model: str
    base: int
    effective: float
    bumped: NotRequired[bool]
    waited_s: float
    eta_low_s: float | None
    eta_high_s: float | None
    why: str


class Slots(TypedDict):
    """How many requests may run at once, and how many do."""

    total: int
    used: int


class Queue(TypedDict):
    """The whole answer."""

    state: str
    since_at: float
    by: str
    slots: Slots
    waiting: list[Waiting]
    running: list[Running]
