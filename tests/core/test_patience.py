"""Fillers and late errors, in the two forms a stream can have."""

import json

import pytest

from addon.core.patience import AnswerForm, answer_form, in_band, is_error_body


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/api/chat", AnswerForm.NDJSON),
        ("/api/generate", AnswerForm.NDJSON),
        ("/v1/chat/completions", AnswerForm.SSE),
        ("/v1/responses", AnswerForm.SSE),
        ("/v1/messages", AnswerForm.SSE),
    ],
)
def test_the_path_decides_the_form(path: str, form: AnswerForm) -> None:
    assert answer_form(path, is_streamed=True, early_json=True) is form


@pytest.mark.parametrize(("early_json", "form"), [(True, AnswerForm.JSON), (False, None)])
def test_an_answer_in_one_piece_begins_early_only_where_that_is_allowed(
    early_json: bool, form: AnswerForm | None
) -> None:
    assert answer_form("/v1/embeddings", is_streamed=False, early_json=early_json) is form


@pytest.mark.parametrize("early_json", [True, False])
def test_an_answer_in_one_piece_that_is_text_never_begins_early(early_json: bool) -> None:
    form = answer_form("/v1/audio/transcriptions", is_streamed=False, early_json=early_json, answers_json=False)
    assert form is None


def test_a_filler_means_nothing_to_a_reader_of_records() -> None:
    assert AnswerForm.NDJSON.filler == b" "
    assert json.loads(AnswerForm.NDJSON.filler * 3 + b'{"done":true}') == {"done": True}
    assert json.loads(AnswerForm.JSON.filler * 3 + b'{"embeddings":[]}') == {"embeddings": []}
    assert AnswerForm.SSE.filler.startswith(b":")
    assert AnswerForm.SSE.filler.endswith(b"\n\n")


@pytest.mark.parametrize(
    ("form", "tail", "may_fill"),
    [
        (AnswerForm.NDJSON, b"", True),
        (AnswerForm.NDJSON, b"e}\n", True),
        (AnswerForm.NDJSON, b'{"a', False),
        (AnswerForm.SSE, b"", True),
        (AnswerForm.SSE, b"}\n\n", True),
        (AnswerForm.SSE, b"\r\n\r\n", True),
        (AnswerForm.SSE, b"}\n", False),
        (AnswerForm.SSE, b"data", False),
        (AnswerForm.JSON, b"", True),
        (AnswerForm.JSON, b"}\n", False),
    ],
)
def test_a_filler_stands_only_between_records(form: AnswerForm, tail: bytes, may_fill: bool) -> None:
    assert form.is_between_records(tail) is may_fill


@pytest.mark.parametrize(
    ("form", "path", "said"),
    [
        (AnswerForm.NDJSON, "/api/chat", b'{"error":"x"}\n'),
        (AnswerForm.SSE, "/v1/completions", b'data: {"error":"x"}\n\n'),
        (AnswerForm.SSE, "/v1/messages", b'event: error\ndata: {"error":"x"}\n\n'),
        (AnswerForm.JSON, "/v1/messages", b'{"error":"x"}\n'),
    ],
)
def test_a_late_error_is_one_record_of_the_answer(form: AnswerForm, path: str, said: bytes) -> None:
    assert in_band(b'{"error":"x"}', form, path) == said
    assert in_band(b'\n{"error":"x"}\r\n', form, path) == said


def test_a_late_error_on_many_lines_becomes_one() -> None:
    said = in_band(b'{\r\n"error":\r"a  b"\n}', AnswerForm.SSE, "/v1/completions")
    assert said == b'data: { "error": "a  b" }\n\n'


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
