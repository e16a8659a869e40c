"""Refusals in the words of the path that was asked.

Promise: `/api/*` hears Ollama's error shape, `/v1/messages` Anthropic's, every other `/v1/*` OpenAI's.
Clients print anything else badly: an OpenAI object on `/api/*` becomes "[object Object]", an Ollama object on
`/v1/*` becomes an empty message.
"""

import json
from enum import Enum

from addon.core.refusal import Refusal


class Dialect(Enum):
    """Whose error shape a path speaks."""

    OLLAMA = "ollama"
    OPENAI = "openai"
    ANTHROPIC = "anthropic"


# Anthropic's and OpenAI's SDKs choose the exception class by status; the type is for people and logs.
_OPENAI_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "invalid_request_error",
    429: "rate_limit_error",
}
_ANTHROPIC_TYPES = _OPENAI_TYPES | {413: "request_too_large", 503: "overloaded_error"}


def dialect_of(path: str) -> Dialect:
    """The dialect of a path without query; unknown paths speak Ollama's."""
    if path == "/v1/messages":
        return Dialect.ANTHROPIC
    return Dialect.OPENAI if path.startswith("/v1/") else Dialect.OLLAMA


def refusal_body(refusal: Refusal, dialect: Dialect) -> bytes:
    """The JSON body, on one line."""
    text = json.dumps(_shape(refusal, dialect), ensure_ascii=False, separators=(",", ":"))
    # A detail may quote the client; a lone surrogate becomes the JSON escape it came as.
    return text.encode(errors="backslashreplace")


def _shape(refusal: Refusal, dialect: Dialect) -> object:
    match dialect:
        case Dialect.OLLAMA:
            return {"error": refusal.message}
        case Dialect.ANTHROPIC:
            kind = _ANTHROPIC_TYPES.get(refusal.status, "api_error")
            return {"type": "error", "error": {"type": kind, "message": refusal.message}}
        case _:
            kind = _OPENAI_TYPES.get(refusal.status, "api_error")
            code = refusal.reason.code
            return {"error": {"message": refusal.message, "type": kind, "param": None, "code": code}}
