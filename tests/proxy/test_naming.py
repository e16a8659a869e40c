"""Lists of models hold on every route that names one; cloud models are off by default."""

from pathlib import Path

import pytest

from tests.proxy.houses import House, house_with_fake
from tests.proxy.managing import FORM_TYPE, MANAGER, OWNERS, ask, form
from tests.proxy.wire import request

ALLOWED = ("gemma3:270m", "mine")


BEYOND_THE_LIST = [
    ("POST", "/api/chat", b'{"model":"other"}'),
    ("POST", "/v1/embeddings", b'{"model":"other"}'),
    ("POST", "/api/show", b'{"model":"other"}'),
    ("POST", "/api/show", b'{"name":"other"}'),
    ("POST", "/api/show", b'{"model":"mine","name":"other"}'),
    ("GET", "/v1/models/other", None),
    ("GET", "/v1/models/gemma3:1b", None),
    ("POST", "/api/pull", b'{"name":"other"}'),
    ("POST", "/api/pull", b'{"model":"registry.example/library/mine"}'),
    ("POST", "/api/push", b'{"model":"other","insecure":true}'),
    ("POST", "/api/create", b'{"model":"other","from":"mine"}'),
    ("POST", "/api/create", b'{"model":"mine","from":"other"}'),
    ("POST", "/api/copy", b'{"source":"other","destination":"mine"}'),
    ("POST", "/api/copy", b'{"source":"mine","destination":"other"}'),
    ("DELETE", "/api/delete", b'{"model":"other"}'),
    ("DELETE", "/api/delete", b'{"name":"other"}'),
    ("POST", "/v1/audio/transcriptions", form(b"other")),
]


@pytest.mark.parametrize(("method", "path", "body"), BEYOND_THE_LIST)
async def test_a_key_limited_to_models_acts_on_no_other(
    managing: House, method: str, path: str, body: bytes | None
) -> None:
    key = await managing.key(scopes=MANAGER, models=ALLOWED)
    answer = await ask(managing, method, path, body, key, FORM_TYPE)
    assert (answer.status, answer.reason) == (403, "model_not_allowed")
    assert managing.upstream.requests == []
    assert managing.gate.is_idle


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/show", b'{"model":"GEMMA3:270M"}'),
        ("POST", "/api/show", b'{"name":"registry.ollama.ai/library/gemma3:270m","verbose":true}'),
        ("GET", "/v1/models/gemma3:270m", None),
        ("GET", "/api/tags", None),
        ("POST", "/api/pull", b'{"model":"mine:latest","stream":false}'),
        ("POST", "/api/create", b'{"model":"mine","from":"gemma3:270m","remote_host":""}'),
        ("POST", "/api/copy", b'{"source":"gemma3:270m","destination":"library/mine"}'),
        ("DELETE", "/api/delete", b'{"name":"mine"}'),
    ],
)
async def test_it_acts_on_those_of_its_list_in_any_spelling(
    managing: House, method: str, path: str, body: bytes | None
) -> None:
    key = await managing.key(scopes=MANAGER, models=ALLOWED)
    assert (await ask(managing, method, path, body, key)).reason is None
    (seen,) = managing.upstream.requests
    assert (seen.method, seen.target, seen.body) == (method, path, body or b"")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/show", b'{"model":"a","Model":"b"}'),
        ("POST", "/api/show", b'{"name":"a","n\\u0061me":"b"}'),
        ("POST", "/api/pull", b'{"NAME":"a"}'),
        ("POST", "/api/copy", b'{"source":"a","SOURCE":"b"}'),
        ("POST", "/api/create", b"\xef\xbb\xbf{}"),
        ("POST", "/api/push", '{"model":"a"}'.encode("utf-16")),
        ("DELETE", "/api/delete", b""),
        ("DELETE", "/api/delete", b'{"model":NaN}'),
        ("DELETE", "/api/delete", b'{"x":' + b"[" * 64 + b"]" * 64 + b"}"),
    ],
)
async def test_a_body_that_names_models_in_two_ways_is_refused_to_everybody(
    managing: House, method: str, path: str, body: bytes
) -> None:
    answer = await ask(managing, method, path, body, await managing.admin_key())
    assert (answer.status, answer.reason) == (400, "body_not_json")
    assert managing.upstream.requests == []


CLOUD = [
    ("POST", "/api/chat", b'{"model":"gpt-oss:120b-cloud"}'),
    ("POST", "/api/generate", b'{"model":" GPT-OSS:Cloud "}'),
    ("POST", "/v1/chat/completions", b'{"model":"gemma3:270m:cloud"}'),
    ("POST", "/v1/messages", b'{"model":"gemma3:270m-CLOUD","max_tokens":1}'),
    ("POST", "/api/show", b'{"name":"gpt-oss:cloud"}'),
    ("GET", "/v1/models/gpt-oss:120b-cloud", None),
    ("POST", "/api/pull", b'{"model":"gpt-oss:120b-cloud"}'),
    ("POST", "/api/push", b'{"model":"me/x:cloud"}'),
    ("POST", "/api/copy", b'{"source":"gpt-oss:cloud","destination":"innocent"}'),
    ("POST", "/api/create", b'{"model":"innocent","from":"gpt-oss:120b-cloud"}'),
    ("POST", "/api/create", b'{"model":"innocent","from":"gpt-oss:120b","remote_host":"https://ollama.com"}'),
    ("DELETE", "/api/delete", b'{"model":"gpt-oss:cloud"}'),
    ("POST", "/v1/audio/transcriptions", form(b"whisper:cloud")),
]


@pytest.mark.parametrize(("method", "path", "body"), CLOUD)
async def test_a_cloud_model_is_refused_to_everybody(
    managing: House, method: str, path: str, body: bytes | None
) -> None:
    answer = await ask(managing, method, path, body, await managing.admin_key(), FORM_TYPE)
    assert (answer.status, answer.reason) == (403, "cloud_model")
    assert "gate.cloud_models" in answer.text
    assert managing.upstream.requests == []
    assert managing.gate.is_idle


@pytest.mark.parametrize(("method", "path", "body"), CLOUD)
async def test_a_cloud_model_that_is_switched_on_passes(
    generous: House, method: str, path: str, body: bytes | None
) -> None:
    await ask(generous, method, path, body, await generous.admin_key(), FORM_TYPE)
    (seen,) = generous.upstream.requests
    assert (seen.target, seen.body) == (path, body or b"")
    await generous.until_idle()


async def test_nobody_without_a_credential_reads_of_cloud_models_either(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data", SLUICE_GATE__ANONYMOUS_READ="true") as house:
        for body, reason in ((b'{"model":"a:cloud"}', "cloud_model"), (b'{"Model":"a"}', "body_not_json")):
            async with house.wire() as wire:
                assert (await wire.ask(request("POST", "/api/show", body))).reason == reason
        assert house.upstream.requests == []
        async with house.wire() as wire:
            assert (await wire.ask(request("POST", "/api/show", b'{"model":"gemma3:270m"}'))).status == 200


async def test_a_refusal_takes_no_slot_from_who_waits_for_it(managing: House) -> None:
    key = await managing.key(scopes=MANAGER, models=ALLOWED)
    busy = await managing.occupy(key)
    waiting = managing.chatting(key)
    await managing.until_waiting(1)
    before = (len(managing.gate.waiting), len(managing.gate.running), len(managing.upstream.requests))
    for method, path, body in (*BEYOND_THE_LIST, *CLOUD, *OWNERS):
        assert (await ask(managing, method, path, body, key, FORM_TYPE)).status == 403
    assert (len(managing.gate.waiting), len(managing.gate.running), len(managing.upstream.requests)) == before
    managing.upstream.engine.release()
    assert [(await task).status_code for task in (busy, waiting)] == [200, 200]
