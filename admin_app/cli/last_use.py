"""When something was last used or seen, from its shape into words."""

from admin_app.shapes import Shape
from admin_app.words import ago


def since(shape: Shape, name: str, now: float) -> str:
    """How long ago the instant of this name was; `never` where it never was."""
    instant = shape[name]
    return ago(instant if isinstance(instant, float | int) else None, now)
