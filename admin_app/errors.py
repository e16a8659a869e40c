"""Everything that can go wrong, as an answer.

Promise: JSON paths hear `{"error": sentence}`, with `X-Sluice-Reason` where a Reason of the core fits; pages hear
the same sentence as a page. What nobody foresaw is logged by Flask and answered without any of its details.
"""

from http import HTTPStatus

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from addon.core.refusal import Reason, Refusal
from addon.store.errors import StoreBusyError, StoreError
from addon.store.users import LastAdministratorError, NameTakenError

_SENTENCES = {
    404: Reason.UNKNOWN_PATH.value.sentence,
    413: "The body is larger than 64 KiB, the limit of these pages. Send less.",
    500: Reason.INTERNAL.value.sentence,
}
_REASONS = {
    404: Reason.UNKNOWN_PATH,
    413: Reason.BODY_TOO_LARGE,
    500: Reason.INTERNAL,
}

_BUSY_RETRY_S = 5


class RefusedError(Exception):
    """The request is refused for one of the core's reasons."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.message)


class InputError(ValueError):
    """What was sent cannot be used; the message is a sentence for whoever sent it."""

    status = 400


class NotAllowedError(InputError):
    """Whoever asks is known, and may not do this."""

    status = 403


class TakenError(InputError):
    """The name is somebody else's."""

    status = 409


class UnknownError(InputError):
    """There is no row of this id."""

    status = 404


class BusyError(InputError):
    """It cannot be done just now; the same may be asked again in a few seconds."""

    status = 503


class WrongTypeError(InputError):
    """The body has another media type than the route reads."""

    status = 415


class WrongCredentialsError(Exception):
    """Nobody signs in with this name and password. It does not say which of the two is wrong."""


def init_app(app: Flask) -> None:
    """Answer every error."""
    app.register_error_handler(RefusedError, _refused)
    app.register_error_handler(InputError, _wrong_input)
    app.register_error_handler(StoreError, _broken_rule)
    app.register_error_handler(WrongCredentialsError, _wrong_credentials)
    app.register_error_handler(HTTPException, _http_error)


def sentence_response(sentence: str, status: int, reason: Reason | None = None) -> Response:
    """The sentence in the form the path speaks."""
    if request.path.startswith("/api/"):
        response = jsonify(error=sentence)
    else:
        phrase = HTTPStatus(status).phrase
        response = make_response(render_template("error.html", sentence=sentence, phrase=phrase))
    response.status_code = status
    if reason is not None:
        response.headers["X-Sluice-Reason"] = reason.code
    return response


def status_of(error: InputError | StoreError) -> int:
    """The status that goes with wrong input."""
    if isinstance(error, InputError):
        return error.status
    if isinstance(error, StoreBusyError):
        return 503
    return 409 if isinstance(error, NameTakenError | LastAdministratorError) else 400


def _refused(error: RefusedError) -> Response:
    refusal = error.refusal
    response = sentence_response(refusal.message, refusal.status, refusal.reason)
    if refusal.retry_after_s is not None:
        response.headers["Retry-After"] = str(refusal.retry_after_s)
    return response


def _wrong_input(error: InputError) -> Response:
    return sentence_response(str(error), error.status)


def _broken_rule(error: StoreError) -> Response:
    response = sentence_response(str(error), status_of(error))
    if isinstance(error, StoreBusyError):
        response.headers["Retry-After"] = str(_BUSY_RETRY_S)
    return response


def _wrong_credentials(_error: WrongCredentialsError) -> Response:
    sentence = "The user name or the password is not right. Check both and try again."
    return sentence_response(sentence, 401, Reason.BAD_CREDENTIAL)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    # werkzeug knows which methods a path answers to.
    allowed = dict(error.get_headers()).get("Allow")
    if allowed:
        response = sentence_response(Refusal(Reason.WRONG_METHOD, allowed).message, status, Reason.WRONG_METHOD)
        response.headers["Allow"] = allowed
        return response
    sentence = _SENTENCES.get(status, "The request cannot be understood. Check what was sent.")
    return sentence_response(sentence, status, _REASONS.get(status))
