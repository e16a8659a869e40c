"""Sign-in as JSON: for the pages' scripts, which get cookies, and for programs, which get a token."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from addon.store.sessions import SignedInFrom
from admin_app.actions import accounts
from admin_app.actor import the_actor, the_address
from admin_app.cookies import clear_cookies, set_cookies
from admin_app.fields import Fields
from admin_app.guard import known_identity, the_identity
from admin_app.pages import admin_url
from admin_app.parts import the_context, the_parts
from admin_app.rules import Rule, under

blueprint = Blueprint("auth", __name__, url_prefix="/api/auth")


@blueprint.post("/register")
@under(Rule.ANYONE)
def register() -> ResponseReturnValue:
    """`{username, password, token}` -> the account, signed in."""
    return _welcome(accounts.join(the_parts(), Fields.from_json(request.get_data()), _origin())), 201


@blueprint.post("/login")
@under(Rule.ANYONE)
def login() -> ResponseReturnValue:
    """`{username, password}` -> signed in."""
    identity = known_identity()
    fields = Fields.from_json(request.get_data())
    earlier = identity.session_id if identity is not None and identity.by_cookie else None
    return _welcome(accounts.sign_in(the_parts(), fields, _origin(), earlier))


@blueprint.post("/reset")
@under(Rule.ANYONE)
def reset() -> ResponseReturnValue:
    """`{password, token}` -> the new password counts; whoever was signed in with the old one is so no more."""
    accounts.choose_password(the_parts(), Fields.from_json(request.get_data()), the_address())
    return Response(status=204)


@blueprint.post("/logout")
@under(Rule.SIGNED_IN_JSON)
def logout() -> ResponseReturnValue:
    """End the session that asks."""
    context = the_context()
    accounts.sign_out(context, the_actor(), the_identity().session_id or "")
    response = Response(status=204)
    clear_cookies(response, context)
    return response


@blueprint.get("/session")
@under(Rule.SIGNED_IN_JSON)
def session() -> ResponseReturnValue:
    """Who is signed in, and for administrators where their panel is."""
    principal = the_identity().principal
    way = {"admin_url": admin_url()} if principal.is_admin else {}
    return jsonify(username=principal.label, is_admin=principal.is_admin, **way)


def _origin() -> SignedInFrom:
    return SignedInFrom(the_address(), request.headers.get("User-Agent", ""))


def _welcome(signed_in: accounts.SignedIn) -> Response:
    response = jsonify(
        access_token=signed_in.access_token,
        token_type="bearer",  # noqa: S106 - OAuth's word, not a secret
        expires_in=accounts.ACCESS_LIFETIME_S,
    )
    set_cookies(response, the_context(), signed_in.session_id, signed_in.cookie_token, signed_in.lifetime_s)
    return response
