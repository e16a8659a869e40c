"""Which rule a route is under. A route without one is refused by the guard, so none can be forgotten."""

from collections.abc import Callable
from enum import Enum

_MARK = "sluice_rule"


class Rule(Enum):
    """Who may use a route, and how the others are told."""

    ANYONE = "anyone"
    SIGNED_IN_PAGE = "a session; others are sent to /login"
    SIGNED_IN_JSON = "a session; others get 401"
    ADMIN_PAGE = "an administrator's session; others are sent to /login or get 403"
    ADMIN_JSON = "an administrator's session, or a key with scope admin; others get 401 or 403"


def under[**P, R](rule: Rule) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """State the rule of a view; stands between the route decorator and the function."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        setattr(view, _MARK, rule)
        return view

    return mark


def rule_of(view: object) -> Rule | None:
    """The rule stated for a view function."""
    return getattr(view, _MARK, None)
