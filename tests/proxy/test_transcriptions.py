"""Transcriptions: the one route whose model stands in a form."""

import asyncio
import json

import pytest

from tests.fakes.ollama import replying
from tests.proxy.houses import House
from tests.proxy.managing import FORM_TYPE, ask, form
from tests.proxy.wire import request


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


_TEXT = b'--xYz\r\nContent-Disposition: form-data; name="response_format"\r\n\r\n%b\r\n'


@pytest.mark.parametrize("wished", [b"text", b"srt", b"vtt", b"TEXT"])
async def test_one_that_is_answered_in_text_never_begins_early(quick: House, wished: bytes) -> None:
    path = "/v1/audio/transcriptions"
    quick.upstream.route("POST", path, replying(200, b"hello there", "text/plain"))
    key = await quick.key(early_json=True)
    busy = await quick.occupy(key)
    body = form(b"whisper", _TEXT % wished)
    async with quick.wire() as wire:
        await wire.send(request("POST", path, body, f"X-API-Key: {key}", FORM_TYPE))
        await quick.until_waiting(1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(wire.reader.readexactly(1), 0.4)
        quick.upstream.engine.release()
        answer = await wire.answer("POST")
    assert answer is not None
    assert (answer.status, answer.header("content-type"), answer.body) == (200, "text/plain", b"hello there")
    assert (await busy).status_code == 200


@pytest.mark.parametrize("wished", [b"", b"json", b"verbose_json"])
async def test_one_that_is_answered_in_json_still_does(quick: House, wished: bytes) -> None:
    path = "/v1/audio/transcriptions"
    quick.upstream.route("POST", path, replying(200, b'{"text":"hello"}'))
    key = await quick.key(early_json=True)
    busy = await quick.occupy(key)
    async with quick.wire() as wire:
        await wire.send(request("POST", path, form(b"whisper", _TEXT % wished), f"X-API-Key: {key}", FORM_TYPE))
        await wire.reader.readuntil(b"\r\n\r\n")  # while the slot is still taken
        quick.upstream.engine.release()
    assert (await busy).status_code == 200
