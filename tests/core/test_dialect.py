"""Each path hears a refusal in the words its clients understand."""

import json
from typing import Any

import pytest

from addon.core.dialect import Dialect, dialect_of, refusal_body
from addon.core.refusal import Reason, Refusal

REFUSAL = Refusal(Reason.OWN_LIMIT, "50")


def shown(refusal: Refusal, dialect: Dialect) -> Any:
    """What a client reads in the body."""
    return json.loads(refusal_body(refusal, dialect))


@pytest.mark.parametrize(
    ("path", "dialect"),
    [
        ("/api/chat", Dialect.OLLAMA),
        ("/api/tags", Dialect.OLLAMA),
        ("/", Dialect.OLLAMA),
        ("/gate/queue", Dialect.OLLAMA),
        ("/nowhere", Dialect.OLLAMA),
        ("/v1", Dialect.OLLAMA),
        ("/v1/chat/completions", Dialect.OPENAI),
        ("/v1/models", Dialect.OPENAI),
        ("/v1/nowhere", Dialect.OPENAI),
        ("/v1/messages/count_tokens", Dialect.OPENAI),
        ("/v1/messages", Dialect.ANTHROPIC),
    ],
)
def test_the_path_chooses_the_dialect(path: str, dialect: Dialect) -> None:
    assert dialect_of(path) is dialect


def test_ollama_s_shape_is_one_sentence() -> None:
    assert shown(REFUSAL, Dialect.OLLAMA) == {"error": REFUSAL.message}


def test_openai_s_shape_carries_type_param_and_code() -> None:
    assert shown(REFUSAL, Dialect.OPENAI) == {
        "error": {"message": REFUSAL.message, "type": "rate_limit_error", "param": None, "code": "own_limit"}
    }


def test_anthropic_s_shape_wraps_the_error() -> None:
    assert shown(REFUSAL, Dialect.ANTHROPIC) == {
        "type": "error",
        "error": {"type": "rate_limit_error", "message": REFUSAL.message},
    }


@pytest.mark.parametrize(
    ("reason", "openai", "anthropic"),
    [
        (Reason.MALFORMED, "invalid_request_error", "invalid_request_error"),
        (Reason.NO_CREDENTIAL, "authentication_error", "authentication_error"),
        (Reason.SCOPE_MISSING, "permission_error", "permission_error"),
        (Reason.UNKNOWN_PATH, "not_found_error", "not_found_error"),
        (Reason.BODY_TOO_LARGE, "invalid_request_error", "request_too_large"),
        (Reason.QUEUE_FULL, "api_error", "overloaded_error"),
        (Reason.IDLE_TIMEOUT, "api_error", "api_error"),
        (Reason.WRONG_METHOD, "api_error", "api_error"),
    ],
)
def test_the_type_follows_the_status(reason: Reason, openai: str, anthropic: str) -> None:
    assert shown(Refusal(reason), Dialect.OPENAI)["error"]["type"] == openai
    assert shown(Refusal(reason), Dialect.ANTHROPIC)["error"]["type"] == anthropic


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("detail", ['a "quoted" name', "two\nlines\r\u2028", "größe", "{braces}", "half \ud800"])
def test_any_detail_makes_one_line_of_sound_json(dialect: Dialect, detail: str) -> None:
    body = refusal_body(Refusal(Reason.MODEL_NOT_ALLOWED, detail), dialect)
    assert len(body.splitlines()) == 1
    error = json.loads(body)["error"]
    assert detail in (error if dialect is Dialect.OLLAMA else error["message"])
