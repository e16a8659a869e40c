"""Routing, the sign of life, and everything that is not a route."""

import httpx
import pytest

from tests.fakes.engine import GEMMA


@pytest.mark.parametrize("path", ["/", "/api/version", "/api/tags"])
async def test_head_is_answered_like_get_without_a_body(http: httpx.AsyncClient, path: str) -> None:
    got, headed = await http.get(path), await http.head(path)
    assert (got.status_code, headed.status_code) == (200, 200)
    assert got.headers["content-length"] == headed.headers["content-length"] == str(len(got.content))


async def test_the_root_says_that_ollama_is_running(http: httpx.AsyncClient) -> None:
    answer = await http.get("/")
    assert (answer.text, answer.headers["content-type"]) == ("Ollama is running", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/API/tags", 404),
        ("POST", "/api/pull", 404),
        ("GET", "/v1/models/a/b", 404),
        ("GET", "/api/chat", 405),
        ("POST", "/api/tags", 405),
        ("OPTIONS", "/api/tags", 405),
    ],
)
async def test_what_is_not_routed_is_plain_text(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await http.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8")


async def test_an_encoded_path_is_decoded_before_it_is_routed(http: httpx.AsyncClient) -> None:
    assert (await http.get("/api/%74ags?x=1")).status_code == 200


@pytest.mark.parametrize("headers", [{"Host": "gate.example.com"}, {"Origin": "https://example.com"}])
async def test_foreign_hosts_and_origins_get_an_empty_403(
    http: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await http.get("/api/tags", headers=headers)
    assert (answer.status_code, answer.content) == (403, b"")


async def test_tags_describe_the_model(http: httpx.AsyncClient) -> None:
    (tag,) = (await http.get("/api/tags")).json()["models"]
    assert (tag["name"], tag["model"], tag["size"], tag["digest"]) == (
        GEMMA.name, GEMMA.name, GEMMA.size_bytes, GEMMA.digest,
    )  # fmt: skip
    assert tag["details"]["quantization_level"] == GEMMA.quantization_level


@pytest.mark.parametrize("field", ["model", "name"])
async def test_show_knows_the_model_by_either_field(http: httpx.AsyncClient, field: str) -> None:
    shown = (await http.post("/api/show", json={field: " library/GEMMA3:270m "})).json()
    assert shown["capabilities"] == list(GEMMA.capabilities)
    assert shown["model_info"]["gemma3.context_length"] == GEMMA.context_length


async def test_show_does_not_find_what_is_not_there(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/show", json={"model": "x"})
    assert (answer.status_code, answer.json()) == (404, {"error": "model 'x' not found"})


async def test_ps_lists_what_is_loaded(http: httpx.AsyncClient) -> None:
    assert (await http.get("/api/ps")).json() == {"models": []}
    await http.post("/api/generate", json={"model": GEMMA.name})
    (model,) = (await http.get("/api/ps")).json()["models"]
    assert (model["name"], model["context_length"]) == (GEMMA.name, GEMMA.context_length)
    assert model["expires_at"].endswith("Z")
