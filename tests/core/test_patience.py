"""Fillers and late errors, in the two forms a stream can have."""

import json

import pytest

from addon.core.patience import StreamForm, in_band, is_error_body, stream_form


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/api/chat", StreamForm.NDJSON),
        ("/api/generate", StreamForm.NDJSON),
        ("/v1/chat/completions", StreamForm.SSE),
        ("/v1/responses", StreamForm.SSE),
        ("/v1/messages", StreamForm.SSE),
    ],
)
def test_the_path_decides_the_form(path: str, form: StreamForm) -> None:
    assert stream_form(path) is form


def test_a_filler_means_nothing_to_a_reader_of_records() -> None:
    assert StreamForm.NDJSON.filler == b" "
    assert json.loads(StreamForm.NDJSON.filler * 3 + b'{"done":true}') == {"done": True}
    assert StreamForm.SSE.filler.startswith(b":")
    assert StreamForm.SSE.filler.endswith(b"\n\n")


@pytest.mark.parametrize(
    ("form", "tail", "may_fill"),
    [
        (StreamForm.NDJSON, b"", True),
        (StreamForm.NDJSON, b"e}\n", True),
        (StreamForm.NDJSON, b'{"a', False),
        (StreamForm.SSE, b"", True),
        (StreamForm.SSE, b"}\n\n", True),
        (StreamForm.SSE, b"\r\n\r\n", True),
        (StreamForm.SSE, b"}\n", False),
        (StreamForm.SSE, b"data", False),
    ],
)
def test_a_filler_stands_only_between_records(form: StreamForm, tail: bytes, may_fill: bool) -> None:
    assert form.is_between_records(tail) is may_fill


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/chat", b'{"error":"x"}\n'),
        ("/v1/completions", b'data: {"error":"x"}\n\n'),
        ("/v1/messages", b'event: error\ndata: {"error":"x"}\n\n'),
    ],
)
def test_a_late_error_is_one_record_of_the_stream(path: str, said: bytes) -> None:
    assert in_band(b'{"error":"x"}', path) == said
    assert in_band(b'\n{"error":"x"}\r\n', path) == said


def test_a_late_error_on_many_lines_becomes_one() -> None:
    assert in_band(b'{\r\n"error":\r"a  b"\n}', "/v1/completions") == b'data: { "error": "a  b" }\n\n'


@pytest.mark.parametrize(
    ("body", "is_error"),
    [
        (b'{"error":"x"}', True),
        (b' {"type":"error","error":{"message":"x"}}\n', True),
        (b"", False),
        (b"404 page not found", False),
        (b"<html></html>", False),
        (b'["error"]', False),
        (b'{"message":"x"}', False),
        (b'{"error":"\xff"}', False),
        (b"[" * 100_000, False),
    ],
    ids=[
        "Ollama's",
        "Anthropic's",
        "nothing",
        "a text",
        "a page",
        "a list",
        "another object",
        "not UTF-8",
        "deep",
    ],
)
def test_only_a_json_object_with_an_error_is_an_error(body: bytes, is_error: bool) -> None:
    assert is_error_body(body) is is_error
