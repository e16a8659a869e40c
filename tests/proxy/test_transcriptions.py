"""Transcriptions: the one route whose model stands in a form."""

import json

import pytest

from tests.proxy.houses import House
from tests.proxy.managing import FORM_TYPE, ask, form


async def test_a_transcription_waits_for_a_slot_and_reaches_ollama_as_it_came(managing: House) -> None:
    body = form(b"whisper")
    answer = await ask(managing, "POST", "/v1/audio/transcriptions", body, await managing.key(), FORM_TYPE)
    assert (answer.status, json.loads(answer.body)) == (200, {"text": "hello"})
    (seen,) = managing.upstream.requests
    assert (seen.body, seen.header("content-type")) == (body, FORM_TYPE.partition(": ")[2])
    (row,) = await managing.journal()
    assert (row.model, row.path) == ("whisper", "/v1/audio/transcriptions")


@pytest.mark.parametrize(
    ("path", "body", "content_type", "expected"),
    [
        ("", form(b"a", form(b"b")[:-50]), FORM_TYPE, (400, "body_not_form")),
        ("", form(b"a", b'--xYz\r\nContent-Disposition: form-data; name="model"\r\n\r\nb\r\n'), FORM_TYPE,
         (400, "body_not_form")),
        ("", form(b""), FORM_TYPE, (400, "model_missing")),
        ("", b"", FORM_TYPE, (400, "body_not_form")),
        ("", b'{"model":"a"}', "Content-Type: application/json", (400, "body_not_form")),
        ("", form(b"a"), "Content-Type: multipart/form-data", (400, "body_not_form")),
        ("", form(b"a"), "X-Other: none", (400, "body_not_form")),
        ("?model=b", form(b"a"), FORM_TYPE, (400, "body_not_form")),
        ("?", form(b"a"), FORM_TYPE, (400, "body_not_form")),
    ],
)  # fmt: skip
async def test_a_form_that_could_be_read_two_ways_is_refused(
    managing: House, path: str, body: bytes, content_type: str, expected: tuple[int, str]
) -> None:
    answer = await ask(
        managing, "POST", f"/v1/audio/transcriptions{path}", body, await managing.key(), content_type
    )
    assert (answer.status, answer.reason) == expected
    assert set(json.loads(answer.body)["error"]) == {"message", "type", "param", "code"}
    assert managing.upstream.requests == []
    assert managing.gate.is_idle
