"""`/api/chat` and `/api/generate`: NDJSON streams and single objects in Ollama's own shape."""

from typing import ClassVar

from addon.demo.answers import answer, encode, send_json
from addon.demo.bodies import ApiError, Body
from addon.demo.catalogue import Catalogue
from addon.demo.engine import Final, Generation, Message, Options
from addon.demo.http1 import Exchange
from addon.demo.runner import Runner
from addon.demo.timestamps import timestamp


class _Native:
    """What both routes share; they differ in where the text stands."""

    stream_type: ClassVar[str] = "application/x-ndjson"

    def __init__(self, model: str) -> None:
        self._model = model

    def piece(self, text: str) -> bytes:
        return encode(self._record(text) | {"done": False}) + b"\n"

    def end(self, final: Final) -> bytes:
        return encode(self.whole("", final)) + b"\n"

    def broken(self, message: str) -> bytes:
        return encode({"error": message}) + b"\n"

    def whole(self, text: str, final: Final) -> dict[str, object]:
        """The last record; like Ollama it leaves out every count and time that is zero."""
        counts = {
            "total_duration": final.total_ns,
            "load_duration": final.load_ns,
            "prompt_eval_count": final.prompt_eval_count,
            "prompt_eval_duration": final.prompt_eval_ns,
            "eval_count": final.eval_count,
            "eval_duration": final.eval_ns,
        }
        ended = {"done": True, "done_reason": final.done_reason}
        return self._record(text) | ended | {name: count for name, count in counts.items() if count}

    def _record(self, text: str) -> dict[str, object]:
        return {"model": self._model, "created_at": timestamp()} | self._text(text)

    def _text(self, text: str) -> dict[str, object]:
        raise NotImplementedError


class ChatDialect(_Native):
    """Records with a `message`."""

    def _text(self, text: str) -> dict[str, object]:
        return {"message": {"role": "assistant", "content": text}}


class GenerateDialect(_Native):
    """Records with a `response`, and every token in the last one."""

    def _text(self, text: str) -> dict[str, object]:
        return {"response": text}

    def whole(self, text: str, final: Final) -> dict[str, object]:
        """The last record, with every token so far; it can be far larger than all other lines."""
        context = {"context": list(final.context)} if final.context else {}
        return super().whole(text, final) | context


class OllamaApi:
    """The two native inference routes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def chat(self, exchange: Exchange) -> None:
        """`POST /api/chat`."""
        body = Body.parse(exchange.request.body)
        await self._infer(exchange, body, ChatDialect(body.text("model") or ""), body.messages())

    async def generate(self, exchange: Exchange) -> None:
        """`POST /api/generate`."""
        body = Body.parse(exchange.request.body)
        prompt = "\n\n".join(filter(None, (body.text("system"), body.text("prompt"))))
        dialect = GenerateDialect(body.text("model") or "")
        await self._infer(exchange, body, dialect, prompt if body.text("prompt") else "")

    async def _infer(
        self, exchange: Exchange, body: Body, dialect: _Native, prompt: str | tuple[Message, ...]
    ) -> None:
        runner = self._catalogue.runner(body.text("model"))
        require(runner, body)
        if not prompt:
            await _load_or_unload(exchange, dialect, runner, unload=body.unloads())
            return
        generation = Generation(runner.facts.name, prompt, _options(body.part("options")))
        generated = runner.generate(generation, then_unload=body.unloads())
        await answer(exchange, generated, dialect, streams=body.flag("stream") is not False)


def require(runner: Runner, body: Body) -> None:
    """Refuse what the model cannot do. Raises `ApiError` 400 in Ollama's words."""
    can = runner.facts.capabilities
    if body.array("tools") and "tools" not in can:
        raise ApiError(400, f"{runner.facts.name} does not support tools")
    if body.is_set("think") and "thinking" not in can:
        raise ApiError(400, f'"{runner.facts.name}" does not support thinking')


async def _load_or_unload(exchange: Exchange, dialect: _Native, runner: Runner, *, unload: bool) -> None:
    await (runner.unload() if unload else runner.load())
    await send_json(exchange, dialect.whole("", Final("unload" if unload else "load")))


def _options(given: Body) -> Options:
    return Options(
        num_predict=given.whole("num_predict"),
        temperature=given.number("temperature"),
        seed=given.whole("seed"),
        top_p=given.number("top_p"),
        top_k=given.whole("top_k"),
        stop=given.strings("stop"),
    )
