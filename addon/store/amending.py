"""Keys and allow-list rules, changed after they were made: what they may do, never who they are.

Promise: what may not be made may not come about by a change either; the checks are the same. Functions take a
Session of `engine.changing_rules`.
"""

from addon.store.address_rules import NewRule, check_for_everybody, check_rule_scopes
from addon.store.allowances import check_limits, check_models, check_priority, join_models, split_models
from addon.store.errors import StoreError
from addon.store.keys import NewKey, check_key_scopes, check_name, check_note, join_scopes, parse_scopes
from addon.store.models import AddressRule, ApiKey


def stored_key(row: ApiKey) -> NewKey:
    """The key as somebody would have to wish for it, to begin a change with."""
    models = split_models(row.models)
    return NewKey(
        name=row.name,
        priority=row.priority,
        scopes=parse_scopes(row.scopes),
        models=None if models is None else tuple(sorted(models)),
        expires_at=row.expires_at,
        max_waiting=row.max_waiting,
        max_running=row.max_running,
        early_json=row.early_json,
        note=row.note,
        user_id=row.user_id,
    )


def change_key(row: ApiKey, wish: NewKey) -> ApiKey:
    """Let the key be as wished, but for its name and owner.

    Raises StoreError for what no key may be, and for a key that is revoked: that is for good.
    """
    if row.revoked_at is not None:
        raise StoreError(f"Key {row.name!r} is revoked. Make a new one.")
    check_key_scopes(wish.scopes, is_owned=row.owner is not None)
    check_limits(wish.max_waiting, wish.max_running)
    check_models(wish.models)
    row.priority = check_priority(wish.priority)
    row.scopes, row.models = join_scopes(wish.scopes), join_models(wish.models)
    row.max_waiting, row.max_running = wish.max_waiting, wish.max_running
    row.early_json, row.expires_at, row.note = wish.early_json, wish.expires_at, check_note(wish.note)
    return row


def stored_rule(row: AddressRule) -> NewRule:
    """The rule as somebody would have to wish for it, to begin a change with."""
    return NewRule(
        cidr=row.cidr,
        name=row.name,
        priority=row.priority,
        scopes=parse_scopes(row.scopes),
        early_json=row.early_json,
        for_anyone=True,
        max_waiting=row.max_waiting,
        max_running=row.max_running,
        note=row.note,
    )


def change_rule(row: AddressRule, wish: NewRule) -> AddressRule:
    """Let the rule be as wished, but for its network. Raises StoreError for what no rule may be."""
    check_for_everybody(row.cidr, wish.scopes)
    check_limits(wish.max_waiting, wish.max_running)
    row.name = check_name(wish.name) if wish.name else ""
    row.priority = check_priority(wish.priority)
    row.scopes = join_scopes(check_rule_scopes(wish.scopes))
    row.max_waiting, row.max_running = wish.max_waiting, wish.max_running
    row.early_json, row.note = wish.early_json, check_note(wish.note)
    return row
