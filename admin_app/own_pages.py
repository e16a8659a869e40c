"""Does a request come from one of our own pages?"""

from collections.abc import Sequence

from flask import Request
from werkzeug.datastructures import Headers

from addon.core.access import SAFE_METHODS
from admin_app.errors import WrongTypeError

FORM_FIELD = "csrf_token"
_TOKEN_HEADER = "x-csrf-token"  # noqa: S105 - a header's name
_FORM_TYPE = "application/x-www-form-urlencoded"


def comes_from_foreign_page(headers: Headers) -> bool:
    """Whether a browser says that another site's page asks. Programs say nothing and are not meant."""
    if headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("Origin")
    if origin is None:
        return False
    # As in the core, the scheme is not compared: behind a tunnel the browser says https and the gate sees http.
    return origin.lower().partition("://")[2] != headers.get("Host", "").lower()


def check_is_json(request: Request) -> None:
    """Refuse a body of another type: a foreign form can send text, but never this type without asking first."""
    if not request.is_json:
        raise WrongTypeError("Send JSON, with Content-Type: application/json.")


def headers_with_form_token(headers: Sequence[tuple[str, str]], request: Request) -> list[tuple[str, str]]:
    """The headers, with the token of a plain HTML form put where page scripts put it."""
    if request.method in SAFE_METHODS or request.mimetype != _FORM_TYPE or _has_token(headers):
        return list(headers)
    return [*headers, (_TOKEN_HEADER, request.form.get(FORM_FIELD, ""))]


def _has_token(headers: Sequence[tuple[str, str]]) -> bool:
    return any(name == _TOKEN_HEADER for name, _ in headers)
