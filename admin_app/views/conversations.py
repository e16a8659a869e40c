"""`/api/conversations`: what the chat page keeps. People see their own and nobody else's."""

import math
import secrets

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from addon.store.conversations import TextGapError, UnknownConversationError
from admin_app.actions import conversations
from admin_app.errors import InputError, sentence_response
from admin_app.fields import Fields
from admin_app.guard import the_identity
from admin_app.own_pages import check_is_json
from admin_app.parts import the_context
from admin_app.rules import Rule, under

blueprint = Blueprint("conversations", __name__, url_prefix="/api/conversations")
MOST_BODY_BYTES = 24 * 2**20
_PAGE, _MOST_LISTED = 50, 200


@blueprint.get("")
@under(Rule.SIGNED_IN_JSON)
def list_conversations() -> ResponseReturnValue:
    """`?limit=&before=` -> one page of the list."""
    most = _number("limit", _PAGE)
    if not 1 <= most <= _MOST_LISTED:
        raise InputError(f"limit must be a number from 1 to {_MOST_LISTED}.")
    before = _number("before", None) if "before" in request.args else None
    return jsonify(conversations.listed(the_context(), _user_id(), int(most), before))


@blueprint.get("/search")
@under(Rule.SIGNED_IN_JSON)
def search() -> ResponseReturnValue:
    """`?q=` -> where these words are."""
    return jsonify(conversations.found(the_context(), _user_id(), request.args.get("q", "")[:200]))


@blueprint.get("/export")
@under(Rule.SIGNED_IN_JSON)
def export() -> ResponseReturnValue:
    """Everything."""
    return jsonify(conversations.exported(the_context(), _user_id()))


@blueprint.post("/import")
@under(Rule.SIGNED_IN_JSON)
def import_() -> ResponseReturnValue:
    """An export, or one conversation of it."""
    fresh_id = secrets.token_urlsafe(12)
    return jsonify(conversations.imported(the_context(), _user_id(), _fields(), fresh_id)), 201


@blueprint.get("/<string(minlength=8):conversation_id>")
@under(Rule.SIGNED_IN_JSON)
def show(conversation_id: str) -> ResponseReturnValue:
    """One conversation with its messages."""
    return jsonify(conversations.whole(the_context(), _user_id(), conversation_id))


@blueprint.put("/<string(minlength=8):conversation_id>")
@under(Rule.SIGNED_IN_JSON)
def keep(conversation_id: str) -> ResponseReturnValue:
    """Make or change a conversation."""
    return jsonify(conversations.keep(the_context(), _user_id(), conversation_id, _fields()))


@blueprint.delete("/<string(minlength=8):conversation_id>")
@under(Rule.SIGNED_IN_JSON)
def delete(conversation_id: str) -> ResponseReturnValue:
    """Delete a conversation."""
    conversations.delete(the_context(), _user_id(), conversation_id)
    return Response(status=204)


@blueprint.post("/<string(minlength=8):conversation_id>/restore")
@under(Rule.SIGNED_IN_JSON)
def restore(conversation_id: str) -> ResponseReturnValue:
    """Take a deletion back."""
    return jsonify(conversations.restore(the_context(), _user_id(), conversation_id))


@blueprint.put("/<string(minlength=8):conversation_id>/messages/<message_id>")
@under(Rule.SIGNED_IN_JSON)
def say(conversation_id: str, message_id: str) -> ResponseReturnValue:
    """Make or replace a message."""
    conversations.say(the_context(), _user_id(), conversation_id, message_id, _fields())
    return jsonify({})


@blueprint.post("/<string(minlength=8):conversation_id>/messages/<message_id>/append")
@under(Rule.SIGNED_IN_JSON)
def append(conversation_id: str, message_id: str) -> ResponseReturnValue:
    """Add what has arrived of an answer."""
    return jsonify(conversations.append(the_context(), _user_id(), conversation_id, message_id, _fields()))


@blueprint.errorhandler(UnknownConversationError)
def unknown(error: UnknownConversationError) -> ResponseReturnValue:
    """Another's conversation is as unknown as none."""
    return sentence_response(str(error), 404)


@blueprint.errorhandler(TextGapError)
def gap(error: TextGapError) -> ResponseReturnValue:
    """Say how much there is."""
    return jsonify(error=str(error), length=error.length, thinking_length=error.thinking_length), 409


def _user_id() -> int:
    # Only sessions get here, and those are people's.
    return int(the_identity().principal.id.removeprefix("user:"))


def _fields() -> Fields:
    check_is_json(request)
    request.max_content_length = MOST_BODY_BYTES
    return Fields.from_json(request.get_data())


def _number(name: str, default: float | None) -> float:
    try:
        number = float(request.args.get(name, default if default is not None else ""))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"{name} must be a number.")
    return number
