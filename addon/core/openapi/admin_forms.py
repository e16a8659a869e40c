"""The forms of `/api/admin/…`: keys, addresses, invites, accounts, and what is told of them."""

from addon.core.openapi.forms import (
    CLASS,
    LIMIT,
    MODELS,
    PRIORITY,
    SCOPES,
    Form,
    each,
    flag,
    instant,
    listing,
    number,
    one_of,
    or_null,
    ref,
    text,
    thing,
    whole,
)
from addon.core.ticket import TicketState

_LIMITS = {"max_waiting": LIMIT, "max_running": LIMIT}
_LAST_USE = {
    "last_used_at": or_null(instant("When it was last served")),
    "last_used_from": or_null(text("The address, if known")),
}
_ALLOWANCE = {"priority": PRIORITY, "models": MODELS, **_LIMITS, "may_make_keys": flag()}
_KEY = {
    "id": whole(),
    "name": text(),
    "prefix": text("How the key begins"),
    "state": one_of("active", "expired", "revoked", "owner disabled"),
    "owner": or_null(text("The account whose own key it is")),
    "user_id": or_null(whole()),
    "note": text(),
    "priority": PRIORITY,
    "scopes": SCOPES,
    "models": MODELS,
    **_LIMITS,
    "early_json": flag("Whether answers in one piece may begin early"),
    "created_at": instant(),
    "expires_at": or_null(instant()),
    "revoked_at": or_null(instant()),
    "previous_prefix": or_null(text("Of a rotated key, while its earlier text still counts")),
    "previous_expires_at": or_null(instant()),
    **_LAST_USE,
}
_RULE = {
    "id": whole(),
    "cidr": text(),
    "name": text(),
    "is_enabled": flag(),
    "note": text(),
    "priority": PRIORITY,
    "scopes": SCOPES,
    **_LIMITS,
    "early_json": flag(),
    "created_at": instant(),
    **_LAST_USE,
}
_INVITE = {
    "id": whole(),
    "state": one_of("open", "used up", "expired", "revoked"),
    "is_admin": flag(),
    "is_setup": flag("Whether it makes the first administrator"),
    "uses": whole(),
    "used": whole(),
    "created_at": instant(),
    "expires_at": instant(),
    "revoked_at": or_null(instant()),
    "note": text(),
    **_ALLOWANCE,
    "users": listing(text("Who came by it")),
}
_USER = {
    "id": whole(),
    "name": text(),
    "is_admin": flag(),
    "state": one_of("active", "disabled"),
    "created_at": instant(),
    "disabled_at": or_null(instant()),
    "invite_id": or_null(whole()),
    **_ALLOWANCE,
    "last_seen_at": or_null(instant()),
    "last_seen_from": or_null(text()),
    "requests_today": whole(),
    "keys": whole("How many of their own count"),
}
_DEED = {
    "id": whole(),
    "at": instant(),
    "actor_id": text("user:2, key:7 or terminal"),
    "actor": text("A name for people"),
    "address": or_null(text("Where it came from, if known")),
    "action": text("Such as key.revoke"),
    "subject_id": text(),
    "subject": text(),
    "before": or_null({"type": "object"}),
    "after": or_null({"type": "object"}),
}
_SETTING = {
    "key": text("As in the file"),
    "section": text(),
    "meaning": text(),
    "expects": text("What it may be"),
    "variable": text("The environment variable that sets it"),
    "default": text("As written in the file"),
    "value": text("As it would be written in the file"),
    "source": one_of("default", "file", "live", "environment", "option"),
    "is_live": flag("Whether it can be changed while the gate runs"),
    "is_editable": flag("Whether such a change would count: nothing stands above it"),
    "needs_restart": flag(),
    "changed_at": or_null(instant()),
    "changed_by": or_null(text("user:2, key:7 or terminal")),
}
_ROW = {
    "ticket": text(),
    "principal": text(),
    "class": CLASS,
    "base": whole(),
    "model": text(),
    "path": text(),
    "upstream": text(),
    "arrived_at": instant(),
    "waited_s": number(),
    "first_byte_s": or_null(number()),
    "ran_s": number(),
    "tokens_in": whole(),
    "tokens_out": whole(),
    "is_estimated": flag("Whether the tokens are"),
    "status": or_null(whole()),
    "state": one_of(*TicketState),
    "ended_by": text(),
}
_SUMS = {"since_at": instant(), "requests": whole(), "tokens_in": whole(), "tokens_out": whole()}


_PERCENTILE = number("At most a fifth from the true one")
_WAITS = thing(
    {
        "requests": whole("The admitted ones"),
        "p50_s": _PERCENTILE,
        "p95_s": _PERCENTILE,
        "p99_s": _PERCENTILE,
    }
)
_COUNTS = {"requests": whole(), "failed": whole(), "tokens_in": whole(), "tokens_out": whole()}
_FLOW = _COUNTS | {"tokens_per_s": number(), "busy": number("Slots in use, on average")}
_USE = _COUNTS | {"id": text(), "name": text(), "ran_s": number()}
_OTHERS = _COUNTS | {"count": whole("How many there are of them"), "ran_s": number()}


def schemas() -> Form:
    """All of them, by name."""
    return {
        "Key": thing(_KEY),
        "NewKey": thing(_KEY | {"key": text("The key itself; no other answer holds it")}),
        "Rule": thing(_RULE),
        "TestedAddress": thing({"address": text(), "rule": or_null(ref("Rule"))}),
        "Invite": thing(_INVITE),
        "NewInvite": thing(_INVITE | {"token": text("No other answer holds it"), "link": text()}),
        "User": thing(_USER),
        "Reset": thing({"id": whole(), "name": text(), "link": text(), "token": text(), "expires_at": instant()}),
        "Deed": thing(_DEED),
        "Setting": thing(_SETTING),
        "Concern": thing(
            {"sentence": text(), "path": text("Where to do it; empty where no page helps"), "word": text()}
        ),
        "Overview": thing(
            {
                "at": instant("When all this was so"),
                "concerns": listing(ref("Concern")),
                "remark": text("What to say below them; empty where they say all"),
                "refused": whole("Requests turned away in the last hour"),
                "house": thing({"version": text(), "database": text("Its size"), "free": text("On its disk")}),
                "journal": listing(thing(_ROW)),
            }
        ),
        "Statistics": thing(
            {
                "range": one_of("1h", "24h", "7d", "30d"),
                "since_at": instant(),
                "until_at": instant(),
                "step_s": whole("The length of a step in seconds"),
                "slots": whole("How many requests may run at once, at present"),
                "waits": each(_WAITS),
                "steps": listing(thing({"at": instant(), **_FLOW, "waits": each(_WAITS)})),
                "principals": listing(thing(_USE)) | {"maxItems": 200},
                "models": listing(thing(_USE)) | {"maxItems": 200},
                "other_principals": thing(_OTHERS),
                "other_models": thing(_OTHERS),
                "refusals": each(whole()),
                "refusal_step_s": whole("The length of a step of refusals in seconds, ten minutes at least"),
                "refusal_steps": listing(thing({"at": instant(), "refusals": each(whole())})),
            }
        ),
        "Stats": thing(_SUMS | {"rows": listing(thing(_ROW))}),
    }
