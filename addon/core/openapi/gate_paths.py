"""`/gate/…`: the gate's own JSON."""

from addon.core.openapi.answers import gate, ok
from addon.core.openapi.forms import (
    CLASS,
    MODELS,
    SCOPES,
    Form,
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
from addon.core.openapi.operations import body, for_admins, for_anyone, for_known, text_in_path
from addon.core.openapi.upstream_forms import UPSTREAMS
from addon.core.principal import PRIORITIES, PrincipalClass
from addon.core.ticket import TicketState

_TICKET = text_in_path("ticket", text("A ticket's name", pattern="^[A-Za-z0-9_-]{1,100}$"))
_USAGE = {"requests": whole(), "tokens_in": whole(), "tokens_out": whole()}
_USAGE_OF_DAY = {
    "day": text("The day in UTC, as 2026-08-01"),
    **_USAGE,
    "wait_p50_s": number("How long half of them waited at most"),
    "wait_p95_s": number("The same for 95 of 100"),
}
_PLACE = {
    "ticket": text("Its name; a UUID"),
    "principal": text("Whose it is"),
    "class": CLASS,
    "model": text(),
    "base": whole("Base priority", most=PRIORITIES[-1]),
    "effective": number("Base priority less what waiting has earned"),
}
_WAITING = _PLACE | {
    "position": whole(least=1),
    "ahead": thing(
        {}, {each.value: whole("How many of this class are before it", least=1) for each in PrincipalClass}
    ),
    "bumped": flag("Whether somebody sent it to the front"),
    "waited_s": number(),
    "eta_low_s": or_null(number("Seconds until its turn, at best; null while nobody is admitted")),
    "eta_high_s": or_null(number("The same, at worst")),
}
_RUNNING = _PLACE | {
    "upstream": text(),
    "running_s": number(),
    "tokens": whole("Pieces of the answer so far"),
    "tokens_per_s": or_null(number("Pieces a second since the first one; null before half a second of them")),
}
_WHY = {"why": text("Why it stands behind the one above, in sentences; for administrators")}
_STANDING = {
    "at": instant("When this was so, by the clock of `since_at`; for administrators"),
    "since_at": instant("Since when the gate is in this state; for administrators"),
    "by": text("Who put it there; empty for the state it started in; for administrators"),
}
_STATES = [state for state in TicketState if state is not TicketState.WAITING]


def schemas() -> Form:
    """The forms of its answers."""
    return {
        "Ready": thing(
            {"ready": flag()},
            {
                "upstreams": listing(thing({"name": text(), "reachable": flag()})),
                "database": thing({"readable": flag()}),
            },
        ),
        "Me": thing(
            {
                "principal": text(),
                "class": CLASS,
                "priority": whole(most=PRIORITIES[-1]),
                "scopes": SCOPES,
                "limits": thing(
                    {
                        "max_waiting": whole(),
                        "max_running": or_null(whole()),
                        "max_wait_s": number(),
                        "models": MODELS,
                    }
                ),
                "usage_today": or_null(thing(_USAGE)),
                "usage_by_day": or_null(listing(thing(_USAGE_OF_DAY))),
                "waiting": whole("How many of one's requests wait"),
                "running": whole("How many of them run"),
            }
        ),
        "Queue": thing(
            {
                "state": one_of("open", "paused", "draining"),
                "slots": thing({"total": whole(), "used": whole()}),
                "totals": thing({"waiting": whole(), "running": whole()}),
                "waiting": listing(thing(_WAITING, _WHY)),
                "running": listing(thing(_RUNNING)),
            },
            _STANDING,
        ),
        "Upstreams": UPSTREAMS,
        "Ticket": {
            "anyOf": [
                thing({"state": one_of(TicketState.WAITING), **_WAITING}),
                thing({"state": one_of(*_STATES), "waited_s": number(), **_RUNNING}, {"ended_by": text()}),
            ]
        },
    }


def paths() -> Form:
    """Each path beside its neighbours."""
    return {
        "/gate/health": {
            "get": for_anyone("Is the gate alive?", gate(ok(thing({"status": one_of("ok")})), is_open=True))
        },
        "/gate/ready": {"get": for_anyone("Are the rules loaded, and is Ollama there?", _ready())},
        "/gate/openapi.json": {"get": for_anyone("This document.", gate(ok({"type": "object"}), is_open=True))},
        "/gate/metrics": {
            "get": for_admins(
                "The gate's numbers for Prometheus; networks in gate.metrics_addresses need no credential.",
                gate(ok(text(), "Prometheus's text format.", kind="text/plain")),
            )
        },
        "/gate/upstreams": {
            "get": for_admins("How Ollama is, since when, and which models it has.", gate(ok(ref("Upstreams"))))
        },
        "/gate/me": {"get": for_known("Who one is to the gate.", gate(ok(ref("Me"))))},
        "/gate/queue": {
            "get": for_known("The queue: one's own tickets; all of them for administrators.", _queue())
        },
        "/gate/tickets/{ticket}": {
            "parameters": [_TICKET],
            "get": for_known("One's own ticket.", gate(ok(ref("Ticket")), 404)),
            "delete": for_known("Cancel it.", gate(ok(ref("Ticket")), 404), is_unsafe=True),
        },
        "/gate/tickets/{ticket}/bump": {"parameters": [_TICKET], "post": _bump()},
        "/gate/pause": {"post": for_admins("Admit nobody.", _queue(), is_unsafe=True)},
        "/gate/resume": {"post": for_admins("Admit people again.", _queue(), is_unsafe=True)},
        "/gate/drain": {"post": for_admins("Take no new requests, refuse who waits.", _queue(), is_unsafe=True)},
        "/gate/slots": {"put": _slots()},
    }


def _queue() -> Form:
    return gate(ok(ref("Queue")))


def _ready() -> Form:
    answers = gate(ok(ref("Ready")), is_open=True)
    return answers | ok({"anyOf": [ref("Ready"), ref("Error")]}, "It is not; people would be refused.", 503)


def _bump() -> Form:
    wish = thing({}, {"priority": or_null(whole(most=PRIORITIES[-1]))})
    return for_admins(
        "Move a waiting ticket to the front, or to another base priority.",
        gate(ok(ref("Ticket")), 404),
        is_unsafe=True,
        sent=body(wish, is_needed=False),
    )


def _slots() -> Form:
    slots: Form = {"anyOf": [whole(least=1, most=1024), one_of("configured")]}
    wish = thing({"slots": slots}, {"upstream": or_null(text("The upstream's name; there is only one"))})
    return for_admins(
        "How many requests run at once; kept over restarts. `configured` goes back.",
        gate(ok(ref("Queue")), 409),
        is_unsafe=True,
        sent=body(wish),
    )
