"""Whether an upstream is there."""

from addon.proxy.probe import is_reachable, lacks_model
from addon.proxy.run import free_port
from tests.fakes.ollama import fake_ollama, replying


async def test_an_upstream_that_answers_is_reachable_and_knows_who_asked() -> None:
    async with fake_ollama() as upstream:
        assert await is_reachable(upstream.url)
        assert (upstream.requests[0].header("user-agent") or "").startswith("sluice/")


async def test_an_upstream_that_fails_or_is_not_there_is_not_reachable() -> None:
    async with fake_ollama() as upstream:
        upstream.route("GET", "/api/version", replying(500, b"{}"))
        assert not await is_reachable(upstream.url)
    assert not await is_reachable(f"http://127.0.0.1:{free_port('127.0.0.1')}")


async def test_a_model_lacks_only_where_the_upstream_says_so() -> None:
    async with fake_ollama() as upstream:
        assert await lacks_model(upstream.url, "nobody")
        assert not await lacks_model(upstream.url, "gemma3:270m")
        upstream.route("POST", "/api/show", replying(500, b"{}"))
        assert not await lacks_model(upstream.url, "nobody")
    assert not await lacks_model(upstream.url, "nobody")
