"""The allow-list: addresses and networks that may use Ollama without a credential."""

from addon.store.address_rules import add_rule, list_rules, remove_rule
from addon.store.engine import changing_rules, reading
from addon.store.errors import StoreError
from admin_app.context import WebContext
from admin_app.errors import UnknownError
from admin_app.fields import Fields
from admin_app.shapes import Shape, rule_shape


def listed(context: WebContext) -> list[Shape]:
    """All rules, the oldest first."""
    with reading(context.engine) as session:
        return [rule_shape(row) for row in list_rules(session)]


def add(context: WebContext, fields: Fields) -> Shape:
    """Add a rule from `ip`, `name`, `priority` and `early_json`. Raises InputError or StoreError."""
    fields.only("ip", "name", "priority", "early_json")
    cidr, name = fields.needed_text("ip"), fields.text("name") or ""
    priority, early_json = fields.whole("priority", 0, 9), fields.flag("early_json")
    with changing_rules(context.engine) as session:
        return rule_shape(add_rule(session, cidr, name, priority, context.now(), early_json=early_json))


def remove(context: WebContext, rule_id: int) -> None:
    """Take a rule off the list. Raises UnknownError."""
    with changing_rules(context.engine) as session:
        try:
            remove_rule(session, str(rule_id))
        except StoreError as error:
            raise UnknownError(f"There is no allow-list rule {rule_id}.") from error
