"""What a request asks of which model, read strictly from its body.

Promise: Sluice and Ollama never read the same body differently. Ollama (Go) matches the keys of JSON without
regard to case and takes the last of several spellings; a body that would be read two ways is refused.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from addon.core.multipart import read_form
from addon.core.refusal import Reason, Refusal
from addon.core.strict_json import read_object, refuse_misspelt
from addon.core.tools import searches_web

FORM_PATHS = frozenset({"/v1/audio/transcriptions"})
"""Where the body is a form."""
_NATIVE_STREAMS = frozenset({"/api/generate", "/api/chat"})
_STREAMS = _NATIVE_STREAMS | {"/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages"}
"""Every other path, embeddings and images among them, answers in one piece whatever "stream" says."""
_HANDING_ON_TOOLS = _NATIVE_STREAMS | {"/v1/chat/completions", "/v1/completions"}
"""Where every tool is the client's own to run. Elsewhere (`/v1/messages`, `/v1/responses`) Ollama runs some, and
what a path does that came after this release nobody knows here."""
_JSON_FORMATS = frozenset({"", "json", "verbose_json", "diarized_json"})
"""The values of a transcription's response_format that ask for JSON; text, srt, vtt and unknown ones do not."""
# Where a body names models. The old key "name" still counts for Ollama.
_NAMING: Mapping[str, tuple[str, ...]] = {
    "/api/show": ("model", "name"),
    "/api/pull": ("model", "name"),
    "/api/push": ("model", "name"),
    "/api/delete": ("model", "name"),
    "/api/create": ("model", "name", "from"),
    "/api/copy": ("source", "destination"),
}
_ANY_NAMING = ("model", "name", "from", "source", "destination")
_ELSEWHERE = "remote_host"
_MOST_MODEL_CHARACTERS = 600  # Ollama's own names end at 593: host 350, namespace, model and tag 80 each
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Ask:
    """What the gate needs to know of inference: which model, and whether the answer is to stream.

    `searches_web` says that Ollama itself would search the web for it; `answers_json` that an answer in one piece
    is JSON, as all are but those of transcriptions that ask for another form.
    """

    model: str
    is_streamed: bool
    searches_web: bool = False
    answers_json: bool = True


@dataclass(frozen=True, slots=True)
class Named:
    """The models that a request which needs no slot acts on; `is_remote` when it makes one that runs elsewhere."""

    models: tuple[str, ...] = ()
    is_remote: bool = False


def read_ask(body: bytes, path: str) -> Ask | Refusal:
    """Read model and stream; of the paths that can stream, native ones do so by default, `/v1` ones do not."""
    hands_on_tools = path in _HANDING_ON_TOOLS
    document = _read(body, {"model", "stream"} if hands_on_tools else {"model", "stream", "tools"})
    if isinstance(document, Refusal):
        return document
    ask = _ask_of(document, path)
    if hands_on_tools or isinstance(ask, Refusal):
        return ask
    searches = searches_web(document.get("tools"))
    return searches if isinstance(searches, Refusal) else replace(ask, searches_web=searches)


def read_form_ask(body: bytes, content_type: str) -> Ask | Refusal:
    """Read the model from a form; it is answered in one piece."""
    fields = read_form(body, content_type)
    if isinstance(fields, Refusal):
        return fields
    model = _model(fields.get("model"), Reason.BODY_NOT_FORM)
    if isinstance(model, Refusal):
        return model
    return Ask(model, is_streamed=False, answers_json=fields.get("response_format", "") in _JSON_FORMATS)


def read_named(body: bytes, path: str) -> Named | Refusal:
    """Read every model that the body of a route without a slot names.

    Ollama itself refuses a body that names none. Only paths that are not known here may have no body at all.
    """
    if not body and path not in _NAMING:
        return Named()
    keys = _NAMING.get(path, _ANY_NAMING)
    document = _read(body, {*keys, "stream", _ELSEWHERE})
    if isinstance(document, Refusal):
        return document
    models: list[str] = []
    for key in keys:
        name = document.get(key)
        if name in (None, ""):
            continue
        if not isinstance(name, str):
            return Refusal(Reason.BODY_NOT_JSON, f'"{key}" must be a text')
        if (odd := _oddity(name)) is not None:
            return Refusal(Reason.BODY_NOT_JSON, f'"{key}" {odd}')
        models.append(name)
    return Named(tuple(models), is_remote=document.get(_ELSEWHERE) not in (None, ""))


def names_in_body(path: str) -> bool:
    """Whether it is known of this path that its body names every model it acts on."""
    return path in _NAMING


def _read(body: bytes, deciding: Collection[str]) -> dict[str, object] | Refusal:
    document = read_object(body)
    if isinstance(document, Refusal):
        return document
    return refuse_misspelt(document, deciding) or document


def _ask_of(document: Mapping[str, object], path: str) -> Ask | Refusal:
    model, stream = _model(document.get("model"), Reason.BODY_NOT_JSON), document.get("stream")
    if isinstance(model, Refusal):
        return model
    if stream is None:
        return Ask(model, path in _NATIVE_STREAMS)
    if not isinstance(stream, bool):
        return Refusal(Reason.BODY_NOT_JSON, '"stream" must be true or false')
    return Ask(model, stream and path in _STREAMS)


def _model(name: object, unfit: Reason) -> str | Refusal:
    if not isinstance(name, str) or not name.strip():
        return Refusal(Reason.MODEL_MISSING)
    odd = _oddity(name)
    return name if odd is None else Refusal(unfit, f'"model" {odd}')


def _oddity(model: str) -> str | None:
    if _LONE_SURROGATE.search(model):
        # Go reads U+FFFD in its place, so Ollama would look for another name.
        return "holds half of a surrogate pair"
    # It is written into the journal and shown to the administrator.
    if len(model) > _MOST_MODEL_CHARACTERS:
        return f"is longer than {_MOST_MODEL_CHARACTERS} characters"
    return None if model.isprintable() else "holds a character that cannot be shown"
