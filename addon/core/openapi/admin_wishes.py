"""What is sent to `/api/admin/…`. A field that may be left out may be null as well, unless it is a yes or no."""

from addon.core.openapi.forms import PRIORITY, Form, flag, listing, one_of, or_null, text, thing, whole
from addon.core.principal import Scope

_MOST_AT_ONCE = 1_000_000
_NAME = "^(?=.*[A-Za-z ._-])[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$"
_NOTE = or_null(text("Printable, on one line", most=200))
_LIMITS = {name: or_null(whole(least=1, most=_MOST_AT_ONCE)) for name in ("max_waiting", "max_running")}
_MODELS = or_null(listing(text("Printable, without commas"), least=1))
_SCOPES = listing(one_of(*Scope), least=1)
_RULE_SCOPES = listing(one_of(*(scope for scope in Scope if scope is not Scope.ADMIN)), least=1)
_ALLOWANCE = {"priority": PRIORITY, "models": _MODELS, **_LIMITS, "may_make_keys": flag()}


def key() -> Form:
    """A new key."""
    return thing(
        {"name": text("It may not be a number", pattern=_NAME)},
        {
            "note": _NOTE,
            "user_id": or_null(whole("The account whose own key it is to be", least=1, most=2**31 - 1)),
            "priority": PRIORITY,
            "scopes": or_null(_SCOPES),
            "models": _MODELS,
            "expires_s": or_null(whole("Seconds from now; null is never", least=1, most=10 * 366 * 24 * 3600)),
            **_LIMITS,
            "early_json": flag(),
        },
    )


_MAY = {"note": _NOTE, "priority": PRIORITY, **_LIMITS, "early_json": flag()}


def key_change() -> Form:
    """What is to be different about a key."""
    expiry = or_null(whole("Seconds from now; null is never", least=1, most=10 * 366 * 24 * 3600))
    return thing({}, {"scopes": _SCOPES, "models": _MODELS, "expires_s": expiry, **_MAY})


def rule_change() -> Form:
    """What is to be different about a rule of the allow-list."""
    name = or_null(text("It may be empty", pattern=f"{_NAME}|^$"))
    return thing({}, {"is_enabled": flag(), "name": name, "scopes": _RULE_SCOPES, **_MAY})


def rotation() -> Form:
    """How long the earlier text of a key counts."""
    return thing({}, {"overlap_s": or_null(whole("A day, if left out", most=30 * 24 * 3600))})


def rule() -> Form:
    """A new rule of the allow-list."""
    return thing(
        {"ip": text("An address or network", least=1)},
        {
            "name": or_null(text("It may be empty", pattern=f"{_NAME}|^$")),
            "note": _NOTE,
            "priority": PRIORITY,
            "scopes": or_null(_RULE_SCOPES),
            **_LIMITS,
            "early_json": flag(),
            "anyone": flag("Whether a network of everybody is meant"),
        },
    )


def invite() -> Form:
    """A new invite."""
    return thing(
        {},
        {
            "uses": or_null(whole("1, if left out", least=1, most=10_000)),
            "expires_s": or_null(whole("Seconds from now; a day, if left out", least=1, most=366 * 24 * 3600)),
            "is_admin": flag(),
            "note": _NOTE,
            **_ALLOWANCE,
        },
    )


def account() -> Form:
    """What is to be different about an account."""
    return thing({}, {"is_admin": flag(), "disabled": flag(), **_ALLOWANCE})
