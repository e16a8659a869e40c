"""Invites: links by which people register, and what they will be allowed."""

from addon.store.engine import Actor, changing_rules, reading
from addon.store.invites import NewInvite, add_invite, list_invites, registered, revoke_invite
from addon.store.models import Invite
from admin_app.allowance_fields import ALLOWANCE_FIELDS, allowance_of
from admin_app.context import WebContext
from admin_app.fields import Fields
from admin_app.rows import row_of
from admin_app.shapes import Shape, invite_shape

_DEFAULT_LIFETIME_S = 24 * 3600
_LONGEST_LIFETIME_S = 366 * 24 * 3600
_MOST_USES = 10_000


def listed(context: WebContext) -> list[Shape]:
    """All invites, the newest first, with the names of who came by them."""
    now = context.now()
    with reading(context.engine) as session:
        names = registered(session)
        return [invite_shape(row, now) | {"users": list(names.get(row.id, ()))} for row in list_invites(session)]


def add(context: WebContext, by: Actor, fields: Fields) -> Shape:
    """Make an invite; only this answer holds its token and link. Raises InputError or StoreError."""
    new, now = _new_invite(fields), context.now()
    with changing_rules(context.engine, by, now) as session:
        row, token = add_invite(session, new, now)
        # In the fragment, so that the token reaches no log and no referrer.
        link = f"{context.settings.gate.public_url}/register#{token}"
        return invite_shape(row, now) | {"users": [], "token": token, "link": link}


def revoke(context: WebContext, by: Actor, invite_id: int) -> None:
    """End an invite. Raises UnknownError."""
    with changing_rules(context.engine, by, context.now()) as session:
        row_of(session, Invite, invite_id, "invite")
        revoke_invite(session, str(invite_id), context.now())


def _new_invite(fields: Fields) -> NewInvite:
    fields.only("uses", "expires_s", "is_admin", "note", *ALLOWANCE_FIELDS)
    return NewInvite(
        uses=fields.whole("uses", 1, _MOST_USES) or 1,
        lifetime_s=fields.whole("expires_s", 1, _LONGEST_LIFETIME_S) or _DEFAULT_LIFETIME_S,
        is_admin=fields.flag("is_admin"),
        allowance=allowance_of(fields),
        note=fields.text("note") or "",
    )
