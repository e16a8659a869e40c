"""Sending a generation to a client: streamed or whole, in whichever dialect the path speaks.

As in Ollama the status line leaves with the first piece of text and not before, so whatever fails until then is
still a proper error answer; what fails later is told inside the stream, in the dialect's own form.
"""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import ClassVar, Protocol

from addon.demo.engine import EngineError, Final, Piece
from addon.demo.http1 import Exchange

JSON = "application/json; charset=utf-8"

Generated = AsyncGenerator[Piece | Final, None]


class Dialect(Protocol):
    """How one route writes what a model says."""

    stream_type: ClassVar[str]
    """The Content-Type of a stream."""

    def piece(self, text: str) -> bytes:
        """A part of the answer, streamed."""
        ...

    def end(self, final: Final) -> bytes:
        """All that follows the last part of a stream."""
        ...

    def broken(self, message: str, /) -> bytes:
        """What ends a stream whose model died."""
        ...

    def whole(self, text: str, final: Final) -> object:
        """The JSON value of an answer that does not stream."""
        ...


async def answer(exchange: Exchange, generated: Generated, dialect: Dialect, *, streams: bool) -> None:
    """Send what is generated. Raises `EngineError` when the model dies before anything was sent."""
    try:
        if streams:
            await _stream(exchange, generated, dialect)
        else:
            await send_json(exchange, await _whole(generated, dialect))
    except EngineError as error:
        if not exchange.is_started:
            raise
        await exchange.write(dialect.broken(str(error)))
        await exchange.finish()


async def send_json(exchange: Exchange, value: object, status: int = 200) -> None:
    """Send one complete JSON answer."""
    await exchange.respond(status, JSON, encode(value))


def encode(value: object) -> bytes:
    """JSON as Go writes it: no spaces, and text as UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


async def _stream(exchange: Exchange, generated: Generated, dialect: Dialect) -> None:
    async with aclosing(generated):
        async for piece in generated:
            if not exchange.is_started:
                await exchange.start(200, [(b"Content-Type", dialect.stream_type.encode())])
            await exchange.write(dialect.piece(piece.text) if isinstance(piece, Piece) else dialect.end(piece))
    await exchange.finish()


async def _whole(generated: Generated, dialect: Dialect) -> object:
    texts: list[str] = []
    final: Final | None = None
    async with aclosing(generated):
        async for piece in generated:
            if isinstance(piece, Piece):
                texts.append(piece.text)
            else:
                final = piece
    if final is None:
        raise EngineError("an error was encountered while running the model: unexpected EOF")
    return dialect.whole("".join(texts), final)
