"""Words to write operations with: who may ask, what is sent, what stands in the path."""

from collections.abc import Sequence

from addon.core.openapi.forms import Form, whole

_KEY: list[Form] = [{"key": []}, {"bearer": []}, {"basic": []}]
_SESSION: list[Form] = [{"session": []}]


def schemes(cookie_name: str) -> Form:
    """The ways to say who asks."""
    return {
        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "An API key."},
        "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, or a session's access_token."},
        "basic": {"type": "http", "scheme": "basic", "description": "An API key as the password."},
        "session": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An access_token."},
        "cookie": {"type": "apiKey", "in": "cookie", "name": cookie_name, "description": "Set by signing in."},
        "csrf": {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRF-Token",
            "description": "What the cookie sluice_csrf holds, sent from a page of our own origin.",
        },
    }


def for_anyone(summary: str, answers: Form, *, sent: Form | None = None) -> Form:
    """An operation that needs no credential."""
    return _operation(summary, answers, [], sent)


def for_known(summary: str, answers: Form, *, is_unsafe: bool = False) -> Form:
    """An operation for whoever is let in, be it by a listed address alone."""
    return _operation(summary, answers, [*_KEY, *_by_cookie(is_unsafe=is_unsafe), {}])


def for_people(
    summary: str,
    answers: Form,
    *,
    is_unsafe: bool = False,
    sent: Form | None = None,
    asked: Sequence[Form] = (),
) -> Form:
    """An operation that needs a session; keys cannot ask for it."""
    return _operation(summary, answers, [*_SESSION, *_by_cookie(is_unsafe=is_unsafe)], sent, asked)


def for_admins(
    summary: str,
    answers: Form,
    *,
    is_unsafe: bool = False,
    sent: Form | None = None,
    asked: Sequence[Form] = (),
) -> Form:
    """An operation for administrators' sessions and keys with scope admin."""
    return _operation(summary, answers, [*_KEY, *_by_cookie(is_unsafe=is_unsafe)], sent, asked)


def body(form: Form, *, is_needed: bool = True) -> Form:
    """A JSON body."""
    return {"required": is_needed, "content": {"application/json": {"schema": form}}}


def number_in_path(name: str) -> Form:
    """The id that stands in a path."""
    return {"name": name, "in": "path", "required": True, "schema": whole()}


def text_in_path(name: str, form: Form) -> Form:
    """The text that stands in a path."""
    return {"name": name, "in": "path", "required": True, "schema": form}


def query(name: str, form: Form) -> Form:
    """A field of the address line that may be left out."""
    return {"name": name, "in": "query", "schema": form}


def _by_cookie(*, is_unsafe: bool) -> list[Form]:
    # A page's cookie counts on unsafe requests only with the token beside it.
    return [{"cookie": [], "csrf": []}] if is_unsafe else [{"cookie": []}]


def _operation(
    summary: str, answers: Form, security: list[Form], sent: Form | None = None, asked: Sequence[Form] = ()
) -> Form:
    parts: Form = {"summary": summary}
    if asked:
        parts["parameters"] = list(asked)
    if sent is not None:
        parts["requestBody"] = sent
    return parts | {"security": security, "responses": answers}
