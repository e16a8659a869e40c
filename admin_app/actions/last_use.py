"""Keys and allow-list rules with when and from where they were last used, in the browser and at the terminal."""

from collections.abc import Mapping, Sequence

from addon.store.engine import Session
from addon.store.journal import last_uses
from addon.store.models import AddressRule, ApiKey, LastUse
from admin_app.shapes import Shape, key_shape, rule_shape


def key_shapes(session: Session, rows: Sequence[ApiKey], now: float) -> list[Shape]:
    """Keys without their secrets."""
    uses = last_uses(session)
    return [_with_last_use(key_shape(row, now), uses, f"key:{row.id}") for row in rows]


def rule_shapes(session: Session, rows: Sequence[AddressRule]) -> list[Shape]:
    """Allow-list rules."""
    uses = last_uses(session)
    return [_with_last_use(rule_shape(row), uses, f"rule:{row.id}") for row in rows]


def _with_last_use(shape: Shape, uses: Mapping[str, LastUse], principal_id: str) -> Shape:
    """The shape with `last_used_at` and `last_used_from`, the address; both None when that is not known."""
    use = uses.get(principal_id)
    return shape | {
        "last_used_at": None if use is None else use.used_at,
        "last_used_from": None if use is None else use.address,
    }
