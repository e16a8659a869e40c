"""The tools of a request that Ollama runs itself, instead of handing them to the model's client.

One is known, web search: `/v1/messages` and `/v1/responses` search at ollama.com with the owner's account,
whatever the model, up to three times and with as many hidden generations (Ollama's middleware/anthropic.go and
openai/responses.go). Both go by the tool's type; a function that a client has called "web_search" is the client's.
"""

from typing import cast

from addon.core.refusal import Reason, Refusal
from addon.core.strict_json import refuse_misspelt

_WEB_SEARCH = "web_search"  # web_search_20250305, web_search_preview and whatever comes after them


def searches_web(tools: object) -> bool | Refusal:
    """Whether one of the tools searches the web, or why they cannot be read in one way only."""
    if tools is None:
        return False
    if not isinstance(tools, list):
        return Refusal(Reason.BODY_NOT_JSON, '"tools" must be a list')
    # Ollama itself refuses a tool that is no object.
    declared = [cast("dict[str, object]", tool) for tool in cast("list[object]", tools) if isinstance(tool, dict)]
    refusals = (refuse_misspelt(tool, {"type"}) for tool in declared)
    refusal = next((one for one in refusals if one is not None), None)
    return refusal or any(_is_web_search(tool.get("type")) for tool in declared)


def _is_web_search(kind: object) -> bool:
    return isinstance(kind, str) and kind.strip().startswith(_WEB_SEARCH)
