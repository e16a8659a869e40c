"""What every operation may answer, beside what it is there for.

Promise: a status that a caller can meet is named at the operation, with the form of its body.
"""

from addon.core.openapi.forms import Form, ref, text, thing

_SENTENCES = {
    400: "What was sent cannot be used; the sentence says why. Nothing was changed.",
    401: "Nobody we know asks, or nobody any more.",
    403: "Known, but not permitted: scope, origin or CSRF token.",
    404: "There is nothing of this name.",
    409: "It stands in the way of something that is there.",
    413: "The body is too large.",
    414: "The request line is too long.",
    415: "The body is not application/json, or in a coding that is not read here.",
    417: "Only `Expect: 100-continue` is understood.",
    421: "This host name is not served here.",
    429: "Too many wrong credentials, or too many attempts. Retry-After says when to come again.",
    431: "The head of the request is too large.",
    500: "Sluice failed.",
    502: "The web app broke off.",
    503: "Not now: the rules cannot be read, the database or the web app is busy or away.",
}
_RETRIED = (429, 503)
_DOOR = (400, 413, 414, 415, 417, 421, 429, 431, 500, 503)
_KNOWN = (*_DOOR, 401, 403)
_WEB = 502


def responses() -> Form:
    """The refusals, by the names that operations use."""
    return {_name(status): _refusal(status) for status in _SENTENCES}


def schemas() -> Form:
    """The form of their bodies."""
    return {"Error": thing({"error": text("A full sentence: what happened, and what to do.")})}


def gate(good: Form, *more: int, is_open: bool = False) -> Form:
    """The answers of a live route."""
    return _all(good, (*(_DOOR if is_open else _KNOWN), *more))


def web(good: Form, *more: int, is_open: bool = False) -> Form:
    """The answers of a route of the web app."""
    return _all(good, (*_KNOWN, _WEB, *more) if not is_open else (*_DOOR, 403, _WEB, *more))


def ok(form: Form, means: str = "Done.", status: int = 200, kind: str = "application/json") -> Form:
    """The answer with this body that is hoped for."""
    return {str(status): {"description": means, "content": {kind: {"schema": form}}}}


def nothing(means: str) -> Form:
    """The answer without a body that is hoped for."""
    return {"204": {"description": means}}


def _all(good: Form, refused: tuple[int, ...]) -> Form:
    found = {str(status): {"$ref": f"#/components/responses/{_name(status)}"} for status in refused}
    return dict(sorted((found | good).items()))


def _name(status: int) -> str:
    return f"Refused{status}"


def _refusal(status: int) -> Form:
    headers: Form = {"X-Sluice-Reason": _header("A stable word for the reason, where there is one.", "string")}
    if status in _RETRIED:
        headers["Retry-After"] = _header("Whole seconds until a retry makes sense.", "integer")
    return {
        "description": _SENTENCES[status],
        "headers": headers,
        "content": {"application/json": {"schema": ref("Error")}},
    }


def _header(means: str, kind: str) -> Form:
    return {"description": means, "schema": {"type": kind}}
