"""What an inference request asks for, read strictly from its JSON body.

Promise: Sluice and Ollama never read the same body differently. Ollama (Go) matches keys without regard to
case and takes the last of several spellings; a body that would be read two ways is refused.
"""

import re
from dataclasses import dataclass

from addon.core.refusal import Reason, Refusal
from addon.core.strict_json import read_object

_NATIVE_STREAMS = frozenset({"/api/generate", "/api/chat"})
_STREAMS = _NATIVE_STREAMS | {"/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages"}
"""Every other path, embeddings and images among them, answers in one piece whatever "stream" says."""
_DECIDING_KEYS = frozenset({"model", "stream"})
_MOST_MODEL_CHARACTERS = 1000  # Ollama's own names end at 593: host 350, namespace, model and tag 80 each
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Ask:
    """The two facts the gate needs: which model, and whether the answer is to stream."""

    model: str
    is_streamed: bool


def read_ask(body: bytes, path: str) -> Ask | Refusal:
    """Read model and stream; of the paths that can stream, native ones do so by default, `/v1` ones do not."""
    document = read_object(body)
    return document if isinstance(document, Refusal) else _ask_of(document, path)


def _ask_of(document: dict[str, object], path: str) -> Ask | Refusal:
    misspelt = next((key for key in document if _is_misspelt(key)), None)
    if misspelt is not None:
        detail = f"the key {misspelt!r} must be written {misspelt.casefold()!r}"
        return Refusal(Reason.BODY_NOT_JSON, detail)
    model, stream = document.get("model"), document.get("stream")
    if not isinstance(model, str) or not model.strip():
        return Refusal(Reason.MODEL_MISSING)
    odd = _oddity(model)
    if odd is not None:
        return Refusal(Reason.BODY_NOT_JSON, f'"model" {odd}')
    if stream is None:
        return Ask(model, path in _NATIVE_STREAMS)
    if not isinstance(stream, bool):
        return Refusal(Reason.BODY_NOT_JSON, '"stream" must be true or false')
    return Ask(model, stream and path in _STREAMS)


def _oddity(model: str) -> str | None:
    if _LONE_SURROGATE.search(model):
        # Go reads U+FFFD in its place, so Ollama would look for another name.
        return "holds half of a surrogate pair"
    # It is written into the journal and shown to the administrator.
    if len(model) > _MOST_MODEL_CHARACTERS:
        return f"is longer than {_MOST_MODEL_CHARACTERS} characters"
    return None if model.isprintable() else "holds a character that cannot be shown"


def _is_misspelt(key: str) -> bool:
    # Asked of the outermost keys alone: a tool may well have a parameter called "Model".
    return key not in _DECIDING_KEYS and key.casefold() in _DECIDING_KEYS
