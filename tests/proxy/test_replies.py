"""Answers the gate writes itself, as objects and as bytes."""

import json

import pytest
from mitmproxy.test import tflow

from addon.core.dialect import Dialect
from addon.core.refusal import Reason, Refusal
from addon.proxy.replies import answer, json_response, raw_refusal, refusal_response


@pytest.mark.parametrize("reason", Reason)
def test_every_refusal_has_its_headers(reason: Reason) -> None:
    response = refusal_response(Refusal(reason, "x"), "/api/chat")
    assert response.status_code == reason.status
    assert response.headers["X-Sluice-Reason"] == reason.code
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert ("Retry-After" in response.headers) == (reason.status in (429, 503))


@pytest.mark.parametrize("reason", Reason)
def test_the_raw_form_says_the_same(reason: Reason) -> None:
    cooked = refusal_response(Refusal(reason, "x"), "/v1/models")
    head, _, body = raw_refusal(Refusal(reason, "x"), Dialect.OPENAI).partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert status.startswith(f"HTTP/1.1 {reason.status} ")
    assert headers.pop("Connection") == "close"
    assert {name.lower(): value for name, value in headers.items()} == {
        name.lower(): value for name, value in cooked.headers.items()
    }
    assert body == cooked.raw_content


def test_the_raw_form_for_head_tells_the_length_of_what_it_leaves_out() -> None:
    raw = raw_refusal(Refusal(Reason.UPSTREAM_BROKEN), Dialect.OLLAMA, has_body=False)
    assert raw.endswith(b"\r\n\r\n")
    assert b"Content-Length: 0" not in raw


@pytest.mark.parametrize(
    ("agent", "status"), [("ollama/0.1", 403), ("OLLAMA/1", 401), ("x ollama/1", 401), ("", 401)]
)
def test_only_ollamas_own_client_has_its_401_changed(agent: str, status: int) -> None:
    assert refusal_response(Refusal(Reason.NO_CREDENTIAL), "/", agent).status_code == status
    assert refusal_response(Refusal(Reason.UNKNOWN_PATH), "/", agent).status_code == 404


def test_json_is_compact_and_not_stored() -> None:
    response = json_response({"a": [1, None]}, 503)
    assert (response.status_code, response.raw_content) == (503, b'{"a":[1,null]}')
    assert response.headers["Cache-Control"] == "no-store"


def test_head_gets_the_headers_alone() -> None:
    flow = tflow.tflow()
    flow.request.method = "HEAD"
    answer(flow, json_response({"status": "ok"}))
    assert flow.response is not None
    assert (flow.response.raw_content, flow.response.headers["content-length"]) == (b"", "15")


def test_the_sentence_fits_the_dialect() -> None:
    body = refusal_response(Refusal(Reason.QUEUE_FULL, "7"), "/v1/messages").raw_content or b""
    assert json.loads(body)["error"] == {
        "type": "overloaded_error",
        "message": "The queue is full (7 waiting). Try again later.",
    }
