"""What a request of one of our own pages looks like. Whether a foreign page asks is the core's question."""

from collections.abc import Sequence

from flask import Request

from addon.core.access import SAFE_METHODS
from admin_app.errors import WrongTypeError

FORM_FIELD = "csrf_token"
_TOKEN_HEADER = "x-csrf-token"  # noqa: S105 - a header's name
_FORM_TYPE = "application/x-www-form-urlencoded"


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
