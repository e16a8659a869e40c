"""The allow-list: addresses and networks that may use Ollama without a credential."""

from dataclasses import replace

from addon.core.addresses import contains, parse_address
from addon.core.policy import AddressRule as Rule
from addon.core.policy import Policy
from addon.store.address_rules import NewRule, add_rule, import_rules, list_rules, remove_rule, switch_rule
from addon.store.amending import change_rule, stored_rule
from addon.store.engine import Actor, Session, changing_rules, reading
from addon.store.models import AddressRule
from addon.store.policy_loader import load_policy
from admin_app.actions.last_use import rule_shapes
from admin_app.allowance_fields import limits_of, priority_of, what_it_may
from admin_app.context import WebContext
from admin_app.errors import InputError
from admin_app.fields import Fields
from admin_app.rows import row_of
from admin_app.scopes import scopes_of
from admin_app.shapes import Shape

_FIELDS = ("ip", "name", "note", "priority", "scopes", "max_waiting", "max_running", "early_json", "anyone")
_CHANGEABLE = tuple(name for name in _FIELDS if name not in {"ip", "anyone"})


def listed(context: WebContext) -> list[Shape]:
    """All rules, the oldest first."""
    with reading(context.engine) as session:
        return rule_shapes(session, list_rules(session))


def add(context: WebContext, by: Actor, fields: Fields) -> Shape:
    """Add a rule. Raises InputError or StoreError."""
    fields.only(*_FIELDS)
    new = NewRule(
        cidr=fields.needed_text("ip"),
        name=fields.text("name") or "",
        priority=priority_of(fields),
        scopes=scopes_of(fields),
        early_json=fields.flag("early_json"),
        for_anyone=fields.flag("anyone"),
        note=fields.text("note") or "",
        **limits_of(fields),
    )
    with changing_rules(context.engine, by, context.now()) as session:
        return _shape(session, add_rule(session, new, context.now()))


def import_list(context: WebContext, by: Actor, fields: Fields) -> list[Shape]:
    """Add the rules that `list` names, one a line, all or none. Raises StoreError, which names the line."""
    text = fields.only("list").needed_text("list")
    with changing_rules(context.engine, by, context.now()) as session:
        return rule_shapes(session, import_rules(session, text, context.now()))


def remove(context: WebContext, by: Actor, rule_id: int) -> None:
    """Take a rule off the list. Raises UnknownError."""
    with changing_rules(context.engine, by, context.now()) as session:
        row_of(session, AddressRule, rule_id, "allow-list rule")
        remove_rule(session, str(rule_id))


def shown(context: WebContext, rule_id: int) -> Shape:
    """One rule. Raises UnknownError."""
    with reading(context.engine) as session:
        return _shape(session, row_of(session, AddressRule, rule_id, "allow-list rule"))


def change(context: WebContext, by: Actor, rule_id: int, fields: Fields) -> Shape:
    """Change what was sent of a rule; its network and the rest stay. Raises InputError or StoreError."""
    fields.only("is_enabled", *_CHANGEABLE)
    with changing_rules(context.engine, by, context.now()) as session:
        row = row_of(session, AddressRule, rule_id, "allow-list rule")
        present = stored_rule(row)
        name = (fields.text("name") or "") if fields.has("name") else present.name
        change_rule(row, replace(present, name=name, **what_it_may(fields, present)))
        if fields.has("is_enabled"):
            row.is_enabled = fields.flag("is_enabled")
        return _shape(session, row)


def switch(context: WebContext, by: Actor, rule_id: int, *, is_enabled: bool) -> Shape:
    """Let a rule rest, or count again. Raises UnknownError."""
    with changing_rules(context.engine, by, context.now()) as session:
        row_of(session, AddressRule, rule_id, "allow-list rule")
        return _shape(session, switch_rule(session, str(rule_id), is_enabled=is_enabled))


def test_address(context: WebContext, text: str) -> Shape:
    """Which rule lets this address in: `{"address", "rule"}`, None when none does. Raises InputError."""
    address = parse_address(text)
    if address is None:
        raise InputError(f"{text!r} is not one plain IP address, such as 10.0.0.7.")
    with reading(context.engine) as session:
        rule = _policy(context, session).rule_for(address)
        row = None if rule is None else row_of(session, AddressRule, _id_of(rule), "allow-list rule")
        return {"address": str(address), "rule": None if row is None else _shape(session, row)}


def shuts_out(context: WebContext, rule_id: int, text: str | None) -> bool:
    """Whether this rule alone lets the address in, so that it would need a key without it."""
    address = None if text is None else parse_address(text)
    if address is None:
        return False
    with reading(context.engine) as session:
        rules = _policy(context, session).rules
    return {_id_of(rule) for rule in rules if contains(rule.network, address)} == {rule_id}


def _shape(session: Session, row: AddressRule) -> Shape:
    return rule_shapes(session, [row])[0]


def _policy(context: WebContext, session: Session) -> Policy:
    # No session is judged here, so the policy needs no secret.
    return load_policy(session, b"", context.settings.queue.base, context.now())


def _id_of(rule: Rule) -> int:
    return int(rule.principal.id.removeprefix("rule:"))
