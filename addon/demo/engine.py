"""What the HTTP face asks of a model, and nothing more.

The face (`ollama_api`, `openai_api`) talks to an `Engine` only. A real llama.cpp stands behind it in the
product, a scripted one in the tests, so both show clients exactly the same server.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

DoneReason = Literal["stop", "length", "load", "unload"]


class EngineError(Exception):
    """The model refused a request or died; the text goes to the client as it is."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What `/api/tags`, `/api/show`, `/api/ps` and `/v1/models` say about one model."""

    name: str
    size_bytes: int
    digest: str
    """SHA-256 of the weights, 64 hexadecimal digits."""
    modified_at: float
    family: str
    parameter_size: str
    quantization_level: str
    context_length: int
    embedding_length: int
    capabilities: tuple[str, ...] = ("completion",)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation: who speaks (system, user, assistant, tool) and what."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Options:
    """How to pick tokens and when to stop; None means the engine's own default."""

    num_predict: int | None = None
    """Most tokens to generate; a negative number means no limit of the caller's."""
    temperature: float | None = None
    seed: int | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Generation:
    """One request to generate: a conversation, or a bare prompt to continue."""

    model: str
    prompt: str | tuple[Message, ...]
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of the answer: usually one token, more where a character spans several."""

    text: str


@dataclass(frozen=True, slots=True)
class Final:
    """The last thing a generation yields: why it ended, and the engine's own counts.

    Times are nanoseconds, as in Ollama's JSON. `load_ns` and `total_ns` include waiting and are filled in
    by `Runner`, the only part that sees a request from its start.
    """

    done_reason: DoneReason
    prompt_eval_count: int = 0
    eval_count: int = 0
    prompt_eval_ns: int = 0
    eval_ns: int = 0
    load_ns: int = 0
    total_ns: int = 0
    context: tuple[int, ...] = ()
    """Every token of prompt and answer; `/api/generate` hands it out in its last record."""


class Engine(Protocol):
    """One or more models that can be loaded, unloaded and asked to generate."""

    def models(self) -> Sequence[ModelFacts]:
        """Every model this engine serves; the list does not change while it runs."""
        ...

    async def load(self, model: str) -> None:
        """Bring a model into memory. Raises `EngineError` when that fails."""
        ...

    async def unload(self, model: str) -> None:
        """Give the memory back. Called only while the model generates nothing."""
        ...

    def generate(self, request: Generation) -> AsyncGenerator[Piece | Final, None]:
        """Yield pieces of text, then one `Final`; raise `EngineError` when the model dies.

        Closing the generator (`aclose`), or cancelling the one who waits for it, stops the generation
        at once.
        """
        ...
