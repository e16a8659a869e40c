"""The real engine: Gemma 3 270M on llama.cpp, inside this process.

`xllamacpp` brings llama.cpp's own server as a library. We talk to it over loopback rather than through its
callbacks: only a closed connection stops it while it still reads the prompt, and its threads never touch our event
loop. Measured on two cores: after a client leaves, the next request's first token comes within 0.05 s (0.6 s when
it left while a long prompt was being read).
"""

import asyncio
import os
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from importlib import import_module
from pathlib import Path
from typing import Any, override
from typing import Final as Constant
from urllib.parse import urlsplit

from addon.demo.engine import Engine, EngineError, Final, Generation, ModelFacts, Options, Piece
from addon.demo.llama_client import BROKE_OFF, LlamaClient
from addon.demo.transcript import NEXT_TURN, transcript
from addon.demo.weights import Weights

MODEL: Constant = "gemma3:270m"
CONTEXT_TOKENS: Constant = 4096
"""Per slot, as Ollama gives small machines."""
PROMPT_TOKENS: Constant = CONTEXT_TOKENS - 512
"""A longer prompt loses its beginning, silently, as in Ollama; the rest is room for an answer."""
BATCH_TOKENS: Constant = 64
"""llama.cpp notices a closed connection between two batches of a prompt."""
DEFAULT_NUM_PREDICT: Constant = 200
"""A base model does not know when it has said enough; Ollama's own default would let it fill the whole context."""
AT_LEAST_20_CHARACTERS: Constant = r"root ::= [^\n<]{20} [^\x00]*"
"""A grammar without which one answer in a hundred is empty or a single word; measured cost: 5 % of the time."""
IMAGE_MARKER: Constant = 255_999
"""The token `<start_of_image>`, which the model sometimes says although it can neither see nor draw."""


class LlamaEngine(Engine):
    """One model, one llama.cpp; `prepare` it before anything else."""

    def __init__(self, cache: Path, parallel: int) -> None:
        """Raises `ModuleNotFoundError` when llama.cpp or the weights are not installed."""
        self._llama = import_module("xllamacpp")
        self._weights = Weights(cache)
        self._parallel = parallel
        self._key = secrets.token_urlsafe()
        self._server: Any = None

    def prepare(self) -> None:
        """Put the weights into the cache and verify them; blocks. Raises `OSError`, `ValueError`."""
        self._weights.ensure()

    @override
    def models(self) -> Sequence[ModelFacts]:
        """The one model; call `prepare` first."""
        about = self._weights.path.stat()
        facts = ModelFacts(
            name=MODEL,
            size_bytes=about.st_size,
            digest=self._weights.digest,
            modified_at=about.st_mtime,
            family="gemma3",
            parameter_size="268.10M",
            quantization_level="Q4_K_M",
            context_length=CONTEXT_TOKENS,
            embedding_length=640,
        )
        return (facts,)

    @override
    async def load(self, model: str) -> None:
        """Start llama.cpp with the weights: about 1.5 s and 400 MB."""
        try:
            self._server = await asyncio.to_thread(self._llama.Server, self._parameters())
        except RuntimeError as error:
            raise EngineError(f"{model} could not be loaded: {error}") from error

    @override
    async def unload(self, model: str) -> None:
        """Stop llama.cpp, which takes about 0.1 s."""
        await asyncio.to_thread(self._drop)

    @override
    async def generate(self, request: Generation) -> AsyncGenerator[Piece | Final, None]:
        """Yield what llama.cpp says as it says it; the counts and times are its own."""
        client = self._client()
        context = await _tokens(client, request)
        ended = False
        async with aclosing(client.stream("/completion", _completion(context, request))) as events:
            async for event in events:
                context.extend(event["tokens"])
                if event["content"]:
                    yield Piece(event["content"])
                if event["stop"]:
                    ended = True
                    yield _final(event, context)
        if not ended:
            raise EngineError(BROKE_OFF)

    def _parameters(self) -> object:
        parameters = self._llama.CommonParams()
        parameters.model.path = str(self._weights.path)
        parameters.n_parallel = self._parallel
        parameters.n_ctx = CONTEXT_TOKENS * self._parallel
        parameters.n_batch = parameters.n_ubatch = BATCH_TOKENS
        parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = min(2, os.cpu_count() or 1)
        parameters.api_keys = [self._key]
        parameters.ui = parameters.endpoint_slots = False
        parameters.verbosity = -1
        return parameters

    def _client(self) -> LlamaClient:
        if self._server is None:
            raise EngineError(f"{MODEL} is not loaded")
        address = urlsplit(str(self._server.listening_address))
        return LlamaClient(address.hostname or "", address.port or 0, self._key)

    def _drop(self) -> None:
        self._server = None


async def _tokens(client: LlamaClient, request: Generation) -> list[int]:
    prompt = request.prompt if isinstance(request.prompt, str) else transcript(request.prompt)
    answer = await client.ask("/tokenize", {"content": prompt, "add_special": True})
    return fitting(answer["tokens"])


def fitting(tokens: list[int]) -> list[int]:
    """A prompt of at most `PROMPT_TOKENS`: the marker of the beginning and the latest rest."""
    return tokens if len(tokens) <= PROMPT_TOKENS else [tokens[0], *tokens[1 - PROMPT_TOKENS :]]


def _completion(prompt: list[int], request: Generation) -> dict[str, object]:
    turn_ends = () if isinstance(request.prompt, str) else (NEXT_TURN,)
    return _sampling(request.options) | {
        "prompt": list(prompt),
        "stream": True,
        "return_tokens": True,
        "stop": [*request.options.stop, *turn_ends],
        "grammar": AT_LEAST_20_CHARACTERS,
        "logit_bias": [[IMAGE_MARKER, False]],
        "repeat_penalty": 1.1,
    }


def _sampling(options: Options) -> dict[str, object]:
    limit = options.num_predict
    given = {
        "temperature": options.temperature,
        "seed": options.seed,
        "top_p": options.top_p,
        "top_k": options.top_k,
        "n_predict": DEFAULT_NUM_PREDICT if limit is None or limit < 0 else limit,
    }
    return {name: value for name, value in given.items() if value is not None}


def _final(event: dict[str, Any], context: list[int]) -> Final:
    timings = event["timings"]
    return Final(
        done_reason="length" if event["stop_type"] == "limit" else "stop",
        prompt_eval_count=event["tokens_evaluated"],
        eval_count=event["tokens_predicted"],
        prompt_eval_ns=round(timings["prompt_ms"] * 1e6),
        eval_ns=round(timings["predicted_ms"] * 1e6),
        context=tuple(context),
    )
