"""Invites: links by which people register."""

from addon.store.engine import Actor, changing_rules, reading
from addon.store.errors import StoreError
from addon.store.invites import NewInvite, add_invite, list_invites, revoke_invite
from admin_app.context import WebContext
from admin_app.errors import UnknownError
from admin_app.fields import Fields
from admin_app.shapes import Shape, invite_shape

_DEFAULT_LIFETIME_S = 24 * 3600
_LONGEST_LIFETIME_S = 366 * 24 * 3600
_MOST_USES = 10_000


def listed(context: WebContext) -> list[Shape]:
    """All invites, the newest first."""
    now = context.now()
    with reading(context.engine) as session:
        return [invite_shape(row, now) for row in list_invites(session)]


def add(context: WebContext, by: Actor, fields: Fields) -> Shape:
    """Make an invite from `uses`, `expires_s` and `is_admin`; only this answer holds its token and link."""
    fields.only("uses", "expires_s", "is_admin")
    uses = fields.whole("uses", 1, _MOST_USES) or 1
    lifetime_s = fields.whole("expires_s", 1, _LONGEST_LIFETIME_S) or _DEFAULT_LIFETIME_S
    is_admin, now = fields.flag("is_admin"), context.now()
    with changing_rules(context.engine, by, context.now()) as session:
        row, token = add_invite(session, NewInvite(uses, lifetime_s, is_admin), now)
        # In the fragment, so that the token reaches no log and no referrer.
        link = f"{context.settings.gate.public_url}/register#{token}"
        return invite_shape(row, now) | {"token": token, "link": link}


def revoke(context: WebContext, by: Actor, invite_id: int) -> None:
    """End an invite. Raises UnknownError."""
    with changing_rules(context.engine, by, context.now()) as session:
        try:
            revoke_invite(session, str(invite_id), context.now())
        except StoreError as error:
            raise UnknownError(f"There is no invite {invite_id}.") from error
