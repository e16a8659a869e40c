"""`/api/conversations/…`: what the chat page keeps of one's own conversations."""

from addon.core.openapi.answers import nothing, ok, web
from addon.core.openapi.forms import (
    Form,
    flag,
    instant,
    listing,
    number,
    one_of,
    or_null,
    ref,
    text,
    thing,
    whole,
)
from addon.core.openapi.operations import body, for_people, query, text_in_path

_ID = text("Made by the browser", pattern="^[0-9A-Za-z_-]{8,64}$")
_CONVERSATION = text_in_path("conversation_id", _ID)
_MESSAGE = text_in_path("message_id", _ID)
_LONGEST = 1_000_000
_INTEGER: Form = {"type": "integer"}
_STATISTICS: Form = {
    "type": "object",
    "maxProperties": 20,
    "additionalProperties": {"type": ["string", "number", "null"]},
}
_TITLE, _MODEL = text(most=200), text(most=200)
_SETTINGS: Form = thing(
    {},
    {
        "system": text(most=_LONGEST),
        "temperature": number(),
        "top_p": number(),
        "num_ctx": _INTEGER,
        "seed": _INTEGER,
        "keep_alive": {"type": ["string", "integer"], "maxLength": _LONGEST},
        "think": {"type": ["boolean", "string"], "maxLength": _LONGEST},
    },
)
_LISTED = {
    "id": text(),
    "title": text(),
    "model": text(),
    "created_at": instant(),
    "updated_at": instant(),
}
_SAID = {
    "role": one_of("user", "assistant"),
    "content": text(),
    "thinking": text(),
    "images": listing(text("In base64")),
    "model": text(),
    "state": one_of("complete", "partial", "stopped", "failed"),
    "statistics": or_null({"type": "object"}),
}


def schemas() -> Form:
    """The forms of its answers."""
    message = thing({"id": text(), "parent_id": or_null(text()), **_SAID, "created_at": instant()})
    kept = _LISTED | {"settings": {"type": "object"}, "leaf_id": or_null(text())}
    return {
        "ConversationListed": thing(_LISTED),
        "ConversationFound": thing(_LISTED | {"snippet": text("Matches stand between U+E000 and U+E001")}),
        "ConversationKept": thing(kept | {"messages": {"type": "null"}}),
        "Conversation": thing(kept | {"messages": listing(message)}),
        "Export": thing(
            {
                "format": one_of("sluice-conversations"),
                "version": whole(),
                "conversations": listing(ref("Conversation")),
            }
        ),
        "Lengths": thing({"length": whole("UTF-16 code units"), "thinking_length": whole()}),
        "Gap": thing({"error": text(), "length": whole(), "thinking_length": whole()}),
    }


def paths() -> Form:
    """Each path beside its neighbours."""
    conversation, message = "/api/conversations/{conversation_id}", "messages/{message_id}"
    here, there = [_CONVERSATION], [_CONVERSATION, _MESSAGE]
    return {
        "/api/conversations": {"get": _list()},
        "/api/conversations/search": {"get": _search()},
        "/api/conversations/export": {"get": for_people("Everything.", web(ok(ref("Export"))))},
        "/api/conversations/import": {"post": _import()},
        conversation: {
            "parameters": here,
            "get": for_people("One conversation with its messages.", web(ok(ref("Conversation")), 404)),
            "put": _keep(),
            "delete": for_people("For a day it can be restored.", web(nothing("Deleted."), 404), is_unsafe=True),
        },
        f"{conversation}/restore": {
            "parameters": here,
            "post": for_people("Take a deletion back.", web(ok(ref("ConversationListed")), 404), is_unsafe=True),
        },
        f"{conversation}/{message}": {"parameters": there, "put": _say()},
        f"{conversation}/{message}/append": {"parameters": there, "post": _append()},
    }


def _list() -> Form:
    page = thing({"conversations": listing(ref("ConversationListed")), "more": flag()})
    asked = [query("limit", whole(least=1, most=200)), query("before", number("updated_at of the last one"))]
    return for_people("One page of the list, the latest first.", web(ok(page)), asked=asked)


def _search() -> Form:
    found = thing({"conversations": listing(ref("ConversationFound"))})
    return for_people("Where these words are.", web(ok(found)), asked=[query("q", text())])


def _import() -> Form:
    done = ok(thing({"imported": whole()}), "Taken in, all or nothing.", 201)
    # Whatever is not an export says so in a sentence.
    answers = web(done, 404)
    return for_people(
        "An export, or one conversation of it.", answers, is_unsafe=True, sent=body({"type": "object"})
    )


def _keep() -> Form:
    wish = thing(
        {},
        {
            "title": or_null(_TITLE),
            "model": or_null(_MODEL),
            "settings": or_null(_SETTINGS),
            "leaf_id": or_null(_ID),
        },
    )
    return for_people(
        "Make or change a conversation.",
        web(ok(ref("ConversationKept")), 404),
        is_unsafe=True,
        sent=body(wish),
    )


def _say() -> Form:
    wish = thing(
        {"role": one_of("user", "assistant")},
        {
            "parent_id": or_null(_ID),
            "content": or_null(text(most=_LONGEST)),
            "thinking": or_null(text(most=_LONGEST)),
            "images": or_null({**listing(text("In base64", pattern="^[A-Za-z0-9+/]+={0,2}$")), "maxItems": 8}),
            "model": or_null(_MODEL),
            "state": or_null(one_of("complete", "partial", "stopped", "failed")),
            "statistics": or_null(_STATISTICS),
        },
    )
    return for_people("Make or replace a message.", web(ok(thing({})), 404), is_unsafe=True, sent=body(wish))


def _append() -> Form:
    wish = thing(
        {},
        {
            "offset": or_null(whole(most=2**31 - 1)),
            "content": or_null(text(most=_LONGEST)),
            "thinking_offset": or_null(whole(most=2**31 - 1)),
            "thinking": or_null(text(most=_LONGEST)),
        },
    )
    answers = web(ok(ref("Lengths")), 404) | ok(ref("Gap"), "Text is missing before this piece.", 409)
    return for_people("Add what has arrived of an answer.", answers, is_unsafe=True, sent=body(wish))
