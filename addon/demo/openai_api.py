"""The `/v1` routes: the same generations in OpenAI's shapes, as SSE or JSON."""

import itertools
import time
from typing import ClassVar
from urllib.parse import unquote

from addon.demo.answers import answer, encode, send_json
from addon.demo.bodies import ApiError, Body
from addon.demo.catalogue import Catalogue
from addon.demo.engine import Final, Generation, Message, ModelFacts, Options
from addon.demo.http1 import Exchange
from addon.demo.ollama_api import require

_numbers = itertools.count(1)


def openai_error(status: int, message: str) -> dict[str, object]:
    """An error as OpenAI shapes it, with Ollama's choice of types."""
    kind = {400: "invalid_request_error", 404: "not_found_error"}.get(status, "api_error")
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}


class _OpenAi:
    """What both routes share: ids, server-sent events, usage."""

    stream_type: ClassVar[str] = "text/event-stream"
    prefix: ClassVar[str]
    stream_object: ClassVar[str]
    whole_object: ClassVar[str]

    def __init__(self, model: str, *, tells_usage: bool) -> None:
        self._model = model
        self._tells_usage = tells_usage
        self._id = f"{self.prefix}-{next(_numbers)}"

    def piece(self, text: str) -> bytes:
        return _event(self._chunk(self._model, [self._part(text, None)]))

    def end(self, final: Final) -> bytes:
        last = _event(self._chunk(self._model, [self._part("", final.done_reason)]))
        usage = _event(self._chunk(self._model, []) | _usage(final)) if self._tells_usage else b""
        return last + usage + b"data: [DONE]\n\n"

    def broken(self, _message: str, /) -> bytes:
        """Ollama swallows the message: an empty chunk without a model, no finish, no `[DONE]`."""
        return _event(self._chunk("", [self._part("", None)]))

    def whole(self, text: str, final: Final) -> dict[str, object]:
        choice = self._choice(text, final.done_reason)
        return self._head(self.whole_object, self._model) | {"choices": [choice]} | _usage(final)

    def _chunk(self, model: str, choices: list[dict[str, object]]) -> dict[str, object]:
        return self._head(self.stream_object, model) | {"choices": choices}

    def _head(self, kind: str, model: str) -> dict[str, object]:
        return {
            "id": self._id,
            "object": kind,
            "created": int(time.time()),
            "model": model,
            "system_fingerprint": "fp_ollama",
        }

    def _part(self, text: str, reason: str | None) -> dict[str, object]:
        return self._choice(text, reason)

    def _choice(self, text: str, reason: str | None) -> dict[str, object]:
        return {"text": text, "index": 0, "finish_reason": reason}


class CompletionDialect(_OpenAi):
    """`/v1/completions`: choices with a `text`."""

    prefix = "cmpl"
    stream_object = "text_completion"
    whole_object = "text_completion"


class ChatCompletionDialect(_OpenAi):
    """`/v1/chat/completions`: choices with a `delta` or a `message`."""

    prefix = "chatcmpl"
    stream_object = "chat.completion.chunk"
    whole_object = "chat.completion"

    def _part(self, text: str, reason: str | None) -> dict[str, object]:
        return {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": reason}

    def _choice(self, text: str, reason: str | None) -> dict[str, object]:
        return {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reason}


class OpenAiApi:
    """The OpenAI-compatible routes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def chat(self, exchange: Exchange) -> None:
        """`POST /v1/chat/completions`."""
        body = Body.parse(exchange.request.body)
        messages = body.messages()
        if not messages:
            raise ApiError(400, "[] is too short - 'messages'")
        await self._infer(exchange, body, ChatCompletionDialect, messages)

    async def complete(self, exchange: Exchange) -> None:
        """`POST /v1/completions`."""
        body = Body.parse(exchange.request.body)
        await self._infer(exchange, body, CompletionDialect, body.text("prompt") or "")

    async def models(self, exchange: Exchange) -> None:
        """`GET /v1/models`; like Ollama, null instead of an empty list."""
        listed = [_model(runner.facts) for runner in self._catalogue.runners]
        await send_json(exchange, {"object": "list", "data": listed or None})

    async def model(self, exchange: Exchange) -> None:
        """`GET /v1/models/NAME`."""
        name = unquote(exchange.request.target.partition("?")[0].rpartition("/")[2])
        await send_json(exchange, _model(self._catalogue.runner(name).facts))

    async def _infer(
        self, exchange: Exchange, body: Body, dialect: type[_OpenAi], prompt: str | tuple[Message, ...]
    ) -> None:
        name = body.text("model")
        runner = self._catalogue.runner(name)
        require(runner, body)
        wants_usage = body.part("stream_options").flag("include_usage") is True
        await answer(
            exchange,
            runner.generate(Generation(runner.facts.name, prompt, _options(body))),
            dialect(name or "", tells_usage=wants_usage),
            streams=body.flag("stream") is True,
        )


def _event(value: object) -> bytes:
    return b"data: " + encode(value) + b"\n\n"


def _usage(final: Final) -> dict[str, object]:
    counts = {
        "prompt_tokens": final.prompt_eval_count,
        "completion_tokens": final.eval_count,
        "total_tokens": final.prompt_eval_count + final.eval_count,
    }
    return {"usage": counts}


def _model(facts: ModelFacts) -> dict[str, object]:
    return {"id": facts.name, "object": "model", "created": int(facts.modified_at), "owned_by": "library"}


def _options(body: Body) -> Options:
    limit = body.whole("max_tokens")
    return Options(
        num_predict=body.whole("max_completion_tokens") if limit is None else limit,
        temperature=body.number("temperature"),
        seed=body.whole("seed"),
        top_p=body.number("top_p"),
        stop=body.strings("stop"),
    )
