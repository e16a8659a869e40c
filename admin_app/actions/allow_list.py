"""The allow-list: addresses and networks that may use Ollama without a credential."""

from addon.store.address_rules import NewRule, add_rule, list_rules, remove_rule
from addon.store.engine import Actor, changing_rules, reading
from addon.store.errors import StoreError
from admin_app.context import WebContext
from admin_app.errors import UnknownError
from admin_app.fields import Fields
from admin_app.scopes import scopes_of
from admin_app.shapes import Shape, rule_shape


def listed(context: WebContext) -> list[Shape]:
    """All rules, the oldest first."""
    with reading(context.engine) as session:
        return [rule_shape(row) for row in list_rules(session)]


def add(context: WebContext, by: Actor, fields: Fields) -> Shape:
    """Add a rule. Raises InputError or StoreError."""
    fields.only("ip", "name", "priority", "scopes", "early_json", "anyone")
    new = NewRule(
        cidr=fields.needed_text("ip"),
        name=fields.text("name") or "",
        priority=fields.whole("priority", 0, 9),
        scopes=scopes_of(fields),
        early_json=fields.flag("early_json"),
        for_anyone=fields.flag("anyone"),
    )
    with changing_rules(context.engine, by, context.now()) as session:
        return rule_shape(add_rule(session, new, context.now()))


def remove(context: WebContext, by: Actor, rule_id: int) -> None:
    """Take a rule off the list. Raises UnknownError."""
    with changing_rules(context.engine, by, context.now()) as session:
        try:
            remove_rule(session, str(rule_id))
        except StoreError as error:
            raise UnknownError(f"There is no allow-list rule {rule_id}.") from error
