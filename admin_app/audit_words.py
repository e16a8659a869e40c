"""The audit log in words: what was done, and which of a thing's facts changed. Exports keep the words of the code.

Promise: what has no word here is shown by its name in the log, so that nothing is hidden by being new.
"""

from collections.abc import Iterator, Mapping

ACTIONS: Mapping[str, str] = {
    "key.add": "made a key",
    "key.change": "changed a key",
    "key.rotate": "rotated a key",
    "key.revoke": "revoked a key",
    "key.restore": "brought a key back",
    "key.remove": "removed a key",
    "address.add": "allowed an address",
    "address.change": "changed an address",
    "address.enable": "enabled an address",
    "address.disable": "disabled an address",
    "address.remove": "removed an address",
    "user.add": "made an account",
    "user.change": "changed an account",
    "user.disable": "disabled an account",
    "user.enable": "enabled an account",
    "user.promote": "made somebody an administrator",
    "user.demote": "took the administration away",
    "user.password": "set a password",
    "user.remove": "deleted an account",
    "invite.add": "made an invite",
    "invite.change": "changed an invite",
    "invite.revoke": "revoked an invite",
    "invite.restore": "brought an invite back",
    "invite.remove": "removed an invite",
    "session.add": "signed in",
    "session.change": "changed a session",
    "session.end": "ended a session",
    "session.restore": "brought a session back",
    "session.remove": "removed a session",
    "reset.add": "made a link for a new password",
    "reset.change": "changed a link for a new password",
    "reset.use": "used a link for a new password",
    "reset.restore": "brought a link for a new password back",
    "reset.remove": "removed a link for a new password",
    "setting.change": "changed a setting",
    "gate.pause": "paused the gate",
    "gate.resume": "let the gate run again",
    "gate.drain": "let the gate run empty",
    "ticket.cancel": "cancelled a request",
    "ticket.bump": "moved a request in the queue",
    "model.pull": "pulled a model",
    "model.delete": "deleted a model",
    "model.create": "made a model",
    "model.copy": "copied a model",
    "model.push": "pushed a model",
    "ollama.request": "used a managing route of Ollama",
}

FIELDS: Mapping[str, str] = {
    "name": "name",
    "cidr": "address or network",
    "note": "note",
    "prefix": "starts with",
    "previous_prefix": "started with",
    "previous_expires_at": "old text ends",
    "user_id": "account",
    "invite_id": "came by invite",
    "scopes": "scopes",
    "models": "models",
    "priority": "priority",
    "max_waiting": "most waiting at once",
    "max_running": "most running at once",
    "early_json": "may begin before its turn",
    "may_make_keys": "may make own keys",
    "is_enabled": "enabled",
    "is_admin": "administrator",
    "is_setup": "sets Sluice up",
    "uses": "uses",
    "used": "used",
    "created_at": "made",
    "expires_at": "ends",
    "revoked_at": "revoked",
    "disabled_at": "disabled",
    "ended_at": "ended",
    "used_at": "used",
    "address": "from",
    "user_agent": "browser or program",
    "state": "state",
    "base": "base priority",
    "bump": "moved to the front",
    "status": "answered with",
    "ended_by": "ended by",
}
_INTERNAL = frozenset({"name_key", "created_at"})
_CONFIGURED = "configured"

type Change = tuple[str, object, object]


def deed_words(action: str) -> str:
    """What was done, in the past tense, as it goes with who did it."""
    return ACTIONS.get(action, action)


def field_words(name: str) -> str:
    """What a fact of a row, or a setting, is called."""
    return FIELDS.get(name, name)


def changes(before: object, after: object) -> Iterator[Change]:
    """Name, value before and value after of each fact that changed; of what is made or gone, each that is said.

    Only what was changed has both a before and an after; the missing one is None.
    """
    was, is_now = _values(before), _values(after)
    for name in {**was, **is_now}:
        pair = was.get(name), is_now.get(name)
        # What was made or removed was nothing before or after; there, no and nothing say the same.
        is_empty = all(one in (None, "") or (one is False and not (was and is_now)) for one in pair)
        if name not in _INTERNAL and not is_empty and pair[0] != pair[1]:
            told = value(name, pair[0]), value(name, pair[1])
            yield name, told[0], told[1] if told[0] != told[1] else "again"


def value(name: str, raw: object) -> object:
    """A value as people say it; what needs no word of its own stays as it is."""
    if name == "bump" and isinstance(raw, int):
        return "yes" if raw else "no"
    # Names of settings have a point in them; other things may well be called so.
    return "as configured" if raw == _CONFIGURED and "." in name else raw


def _values(document: object) -> Mapping[str, object]:
    return document if isinstance(document, dict) else {}
