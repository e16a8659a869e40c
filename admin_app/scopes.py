"""The scopes of a new key or rule, as they were sent."""

from addon.core.principal import DEFAULT_SCOPES, Scope
from admin_app.errors import InputError
from admin_app.fields import Fields


def scopes_of(fields: Fields) -> frozenset[Scope]:
    """What the field `scopes` names; not sent means infer and read. Raises InputError."""
    named = fields.texts("scopes")
    if named is None:
        return DEFAULT_SCOPES
    try:
        scopes = frozenset(Scope(name) for name in named)
    except ValueError as error:
        raise InputError(f"scopes may hold {', '.join(Scope)}, and nothing else.") from error
    if not scopes:
        raise InputError("scopes is empty, so it could do nothing. Leave it out for infer and read.")
    return scopes
