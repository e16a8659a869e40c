"""A refusal comes in the error shape of the path that was asked, and says which kind of credential is wanted."""

import pytest

from tests.proxy.houses import CHAT, House

FORGED_KEY = "sl_aaaaaaaa_" + "A" * 43


@pytest.mark.parametrize("path", ["/api/chat", "/api/generate", "/api/code/api/chat", "/api/tags", "/gate/queue"])
async def test_a_native_path_hears_ollamas_error(house: House, path: str) -> None:
    error = (await house.client.request("GET" if path == "/api/tags" else "POST", path)).json()
    assert list(error) == ["error"]
    assert isinstance(error["error"], str)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/chat/completions",
        "/v1/embeddings?x=1",
        "/v1/unknown",
        "/api/code/v1/completions",
        "/api/code/v1/unknown",
    ],
)
async def test_a_v1_path_hears_openais_error(house: House, path: str) -> None:
    error = (await house.client.post(path)).json()["error"]
    assert list(error) == ["message", "type", "param", "code"]
    assert error["code"] in ("no_credential", "unknown_path")


async def test_the_messages_path_hears_anthropics_error(house: House) -> None:
    error = (await house.client.post("/v1/messages?beta=true")).json()
    assert (error["type"], error["error"]["type"]) == ("error", "authentication_error")


async def test_a_401_says_which_kind_of_credential_is_wanted(house: House) -> None:
    for headers in ({}, {"X-API-Key": FORGED_KEY}):
        answer = await house.client.post("/api/chat", json=CHAT, headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="sluice"')
    assert "www-authenticate" not in (await house.client.get("/api/unknown")).headers


async def test_ollamas_own_client_hears_403_because_it_hides_the_text_of_401(house: House) -> None:
    headers = {"User-Agent": "ollama/0.17.1 (amd64 linux) Go/go1.27"}
    answer = await house.client.post("/api/chat", json=CHAT, headers=headers)
    assert (answer.status_code, answer.headers["x-sluice-reason"]) == (403, "no_credential")
    answer = await house.client.get("/api/unknown", headers=headers)
    assert answer.status_code == 404
