"""Which tools Ollama would run itself: told by their type alone, and read in one way only."""

import json

import pytest

from addon.core.ask import Ask, read_ask
from addon.core.refusal import Reason, Refusal
from addon.core.tools import searches_web

FUNCTION = {"type": "function", "name": "web_search", "parameters": {"properties": {"Type": {}, "TYPE": {}}}}
RUNNING = ["/v1/messages", "/v1/responses", "/v1/messages/later", "/api/later"]
HANDING_ON = ["/api/chat", "/api/generate", "/v1/chat/completions", "/v1/completions"]


@pytest.mark.parametrize(
    ("tools", "expected"),
    [
        (None, False),
        ([], False),
        ([FUNCTION], False),
        ([{"name": "web_search", "input_schema": {"type": "web_search"}}], False),
        ([{"type": "custom", "name": "web_search"}], False),
        ([{"type": "web_fetch_20250910"}], False),
        ([{"type": "my_web_search"}], False),
        ([{"type": ["web_search"]}, None, "web_search", 1, {}], False),
        ([{"type": "web_search"}], True),
        ([{"type": "web_search", "external_web_access": False}], True),
        ([{"type": "web_search_preview"}], True),
        ([{"type": "web_search_20250305", "name": "web_search", "max_uses": 5}], True),
        ([FUNCTION, {"type": " \tweb_search"}], True),
    ],
)
def test_a_tool_searches_the_web_when_its_type_says_so(tools: object, expected: bool) -> None:
    assert searches_web(tools) is expected


@pytest.mark.parametrize(
    ("tools", "said"),
    [
        ({"type": "web_search"}, '"tools" must be a list'),
        ("web_search", '"tools" must be a list'),
        (False, '"tools" must be a list'),
        ([{"Type": "web_search"}], "'Type' must be written 'type'"),
        ([FUNCTION, {"type": "function", "TYPE": "web_search"}], "'TYPE' must be written 'type'"),
    ],
)
def test_tools_that_could_be_read_two_ways_are_refused(tools: object, said: str) -> None:
    refusal = searches_web(tools)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.BODY_NOT_JSON
    assert said in refusal.message


def _body(**more: object) -> bytes:
    return json.dumps({"model": "m", **more}).encode()


@pytest.mark.parametrize("path", RUNNING)
def test_where_ollama_runs_tools_itself_they_are_looked_at(path: str) -> None:
    found = read_ask(_body(tools=[{"type": "web_search"}]), path)
    assert isinstance(found, Ask)
    assert found.searches_web
    for odd in (_body(Tools=[]), '{"model":"m","tool\u017f":[]}'.encode(), _body(tools=[{"tYpe": "x"}])):
        refusal = read_ask(odd, path)
        assert isinstance(refusal, Refusal)
        assert "must be written" in refusal.message


@pytest.mark.parametrize("path", HANDING_ON)
def test_where_ollama_hands_every_tool_on_they_are_the_clients_business(path: str) -> None:
    odd: list[dict[str, object]] = [{"tools": [{"type": "web_search"}]}, {"Tools": []}, {"tools": {}}]
    for more in odd:
        found = read_ask(_body(**more), path)
        assert isinstance(found, Ask)
        assert not found.searches_web
