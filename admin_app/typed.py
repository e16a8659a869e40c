"""What cannot be undone is done once its name has been typed; blanks around it count for nothing."""

from admin_app.errors import InputError
from admin_app.fields import Fields


def check_typed(form: Fields, name: str) -> None:
    """Raises InputError unless `typed` is that name."""
    if (form.text("typed") or "").strip() != name.strip():
        raise InputError(f"What was typed is not {name!r}. Nothing was done.")
