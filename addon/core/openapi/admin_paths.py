"""`/api/admin/…`: the administrator's JSON."""

from addon.core.openapi import admin_wishes as wishes
from addon.core.openapi.answers import nothing, ok, web
from addon.core.openapi.forms import Form, listing, number, one_of, ref, text, thing, whole
from addon.core.openapi.operations import body, for_admins, number_in_path, query, text_in_path

_INSTANT = "Unix seconds (1785542400) or ISO 8601 (2026-08-01)"
_INSTANTS = [number(), text(form="date"), text(form="date-time")]
_AT: Form = {"description": _INSTANT, "anyOf": _INSTANTS}
# As forms send it: an empty field counts as not sent.
_AT_OR_NOT: Form = {"description": _INSTANT, "anyOf": [*_INSTANTS, one_of("")]}


def paths() -> Form:
    """Each path beside its neighbours."""
    return _addresses() | _invites() | _keys() | _users() | _records() | _settings()


def _addresses() -> Form:
    asked, imported = (
        thing({"address": {"anyOf": [text(form="ipv4"), text(form="ipv6")]}}),
        thing({"list": text(least=1)}),
    )
    return {
        "/api/admin/whitelist": {
            "get": for_admins("The allow-list.", web(ok(listing(ref("Rule"))))),
            "post": _making("Allow an address or network.", ref("Rule"), wishes.rule()),
        },
        "/api/admin/whitelist/{rule_id}": {
            "parameters": [number_in_path("rule_id")],
            "patch": _changing(
                "Change a rule, let it rest or count again.", ok(ref("Rule")), wishes.rule_change()
            ),
            "delete": _ending("Take a rule off the list."),
        },
        "/api/admin/whitelist/test": {
            "post": for_admins(
                "Which rule lets this address in?",
                web(ok(ref("TestedAddress"))),
                is_unsafe=True,
                sent=body(asked),
            )
        },
        "/api/admin/whitelist/import": {
            "post": _making("Allow all that a list names, one a line, or nothing.", listing(ref("Rule")), imported)
        },
    }


def _invites() -> Form:
    return {
        "/api/admin/tokens": {
            "get": for_admins("The invites, without their tokens.", web(ok(listing(ref("Invite"))))),
            "post": _making("Make an invite.", ref("NewInvite"), wishes.invite()),
        },
        "/api/admin/tokens/{invite_id}": {
            "parameters": [number_in_path("invite_id")],
            "delete": _ending("End an invite."),
        },
    }


def _keys() -> Form:
    return {
        "/api/admin/keys": {
            "get": for_admins("The API keys, without their texts.", web(ok(listing(ref("Key"))))),
            "post": _making("Make a key.", ref("NewKey"), wishes.key()),
        },
        "/api/admin/keys/{key_id}": {
            "parameters": [number_in_path("key_id")],
            "patch": _changing("Change what a key may do.", ok(ref("Key")), wishes.key_change()),
            "delete": _ending("End a key for good."),
        },
        "/api/admin/keys/{key_id}/rotate": {
            "parameters": [number_in_path("key_id")],
            "post": for_admins(
                "Give a key a new text; the earlier one counts for a while.",
                web(ok(ref("NewKey")), 404),
                is_unsafe=True,
                sent=body(wishes.rotation(), is_needed=False),
            ),
        },
    }


def _users() -> Form:
    links, counted = ok(ref("Reset"), "The link.", 201), ok(thing({"ended": whole("How many sessions ended")}))
    return {
        "/api/admin/users": {"get": for_admins("The accounts.", web(ok(listing(ref("User")))))},
        "/api/admin/users/{user_id}": {
            "parameters": [number_in_path("user_id")],
            "patch": _changing("Change what was sent; the rest stays.", ok(ref("User")), wishes.account(), 409),
            "delete": for_admins(
                "Remove an account with its sessions, keys and conversations.",
                web(nothing("It is gone."), 404, 409),
                is_unsafe=True,
            ),
        },
        "/api/admin/users/{user_id}/reset-password": {
            "parameters": [number_in_path("user_id")],
            "post": for_admins(
                "A link by which the person chooses a new password, once.", web(links, 404), is_unsafe=True
            ),
        },
        "/api/admin/users/{user_id}/sign-out": {
            "parameters": [number_in_path("user_id")],
            "post": for_admins("End all their sessions.", web(counted, 404), is_unsafe=True),
        },
    }


def _records() -> Form:
    deeds = ok(listing(ref("Deed")), "The newest that fit, the latest first.")
    content = deeds["200"]["content"]
    content["text/csv"] = {"schema": text()}
    statistics = ok(
        ref("Statistics"),
        "What the statistics page shows. As JSON the busiest 200 principals and models, and the sums of the "
        "others; a table as CSV has all of them.",
    )
    statistics["200"]["content"]["text/csv"] = {"schema": text()}
    filters = [
        query("actor", text("An id (user:2) or a name", most=256)),
        query("action", text("A whole one (key.revoke) or its noun (key)", most=256)),
        query("subject", text("An id or a name", most=256)),
        query("since", _AT_OR_NOT),
        query("until", _AT_OR_NOT),
        query("before", whole("The last id of the page before", least=1)),
        query("limit", whole("100, if left out", least=1, most=10_000)),
        query("format", one_of("json", "csv")),
    ]
    return {
        "/api/admin/stats": {
            "get": for_admins(
                "Sums and the newest rows of the journal.",
                web(ok(ref("Stats"))),
                asked=[query("since", _AT)],
            )
        },
        "/api/admin/statistics": {
            "get": for_admins(
                "Waits, throughput, use and refusals of the last hour, day, week or month.",
                web(statistics),
                asked=[
                    query("range", one_of("1h", "24h", "7d", "30d")),
                    query("format", one_of("json", "csv")),
                    query("table", one_of("steps", "principals", "models", "refusals")),
                ],
            )
        },
        "/api/admin/overview": {
            "get": for_admins("What to see to, who was refused, what ended last.", web(ok(ref("Overview"))))
        },
        "/api/admin/concerns": {"get": for_admins("What to see to.", web(ok(listing(ref("Concern")))))},
        "/api/admin/audit": {"get": for_admins("Who did what to what.", web(deeds), asked=filters)},
    }


def _settings() -> Form:
    sent = thing({"value": {"description": "Of the setting's own kind", "type": ["number", "integer"]}})
    return {
        "/api/admin/settings": {
            "get": for_admins(
                "Every setting, where its value came from, and whether it can be changed.",
                web(ok(listing(ref("Setting")))),
            )
        },
        "/api/admin/settings/{key}": {
            "parameters": [text_in_path("key", text("As in the file: queue.aging_per_minute"))],
            "put": for_admins(
                "Change one of the gate's numbers while it runs.",
                web(ok(ref("Setting")), 404, 409),
                is_unsafe=True,
                sent=body(sent),
            ),
            "delete": for_admins(
                "Go back to what file, environment and options say.", web(ok(ref("Setting")), 404), is_unsafe=True
            ),
        },
    }


def _making(summary: str, made: Form, wish: Form) -> Form:
    return for_admins(summary, web(ok(made, "Made.", 201), 409), is_unsafe=True, sent=body(wish))


def _changing(summary: str, good: Form, wish: Form, *more: int) -> Form:
    return for_admins(summary, web(good, 404, *more), is_unsafe=True, sent=body(wish))


def _ending(summary: str) -> Form:
    return for_admins(summary, web(nothing("It has ended."), 404), is_unsafe=True)
