"""Token counts and timings, read from the bytes of an answer as they pass by.

Promise: a meter only looks. It is fed copies of the chunks, keeps a bounded tail, and never raises on what an
upstream sends: an answer that tells no usage is counted by its pieces and marked as estimated. An error is no
answer and costs no tokens.

Where the numbers stand (measured on Ollama): native answers end with a record that has `done: true`,
`prompt_eval_count`, `eval_count` and durations in nanoseconds, zero values left out; OpenAI answers carry
`usage`, in a stream only when the client asked for it; Anthropic streams tell the prompt's tokens in their first
event and the answer's in a later one.
"""

import json
from dataclasses import dataclass, replace

_TAIL_BYTES = 1024 * 1024
"""Longer final records (`context` lists every token) are given up on, and the answer counts as estimated."""
_ERRORS = (b'{"error":', b'{"type":"error"')
"""How the records begin with which Ollama ends a stream that failed, by its dialects."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one answer cost. `is_estimated` when the answer told nothing and its pieces were counted."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    load_s: float = 0.0
    is_estimated: bool = True


class Meter:
    """Feed it every chunk of one answer, then ask for the usage.

    `is_error` says that what comes is an error as a whole, by its status; `has_failed` that it is, or that a
    stream's last record was one.
    """

    def __init__(self) -> None:
        self._tail = bytearray()
        self._pieces = 0
        self._said: Usage | None = None
        self._prompt_tokens = 0
        self._skips_record = False
        self._said_error = False
        self.is_error = False
        self.bytes = 0

    def feed(self, chunk: bytes) -> None:
        """Look at one chunk."""
        self.bytes += len(chunk)
        if self.is_error:
            return
        self._tail += chunk
        *records, rest = self._tail.split(b"\n")
        for record in records:
            self._read(record)
        self._tail = rest
        if len(self._tail) > _TAIL_BYTES:
            self._tail.clear()
            self._skips_record = True

    def finish(self) -> Usage:
        """The usage so far; call it when the answer is over, however it ended."""
        self._read(self._tail)
        self._tail.clear()
        if self._said is None:
            return Usage(prompt_tokens=self._prompt_tokens, completion_tokens=self._pieces)
        return replace(self._said, prompt_tokens=self._said.prompt_tokens or self._prompt_tokens)

    @property
    def has_failed(self) -> bool:
        """Whether the answer, as far as it has come, is no answer but an error."""
        rest = _text_of(self._tail)
        return self.is_error or (rest.startswith(_ERRORS) if rest.startswith(b"{") else self._said_error)

    @property
    def pieces(self) -> int:
        """How many records have passed; about one token each."""
        return self._pieces

    def _read(self, record: bytes | bytearray) -> None:
        if self._skips_record:
            self._skips_record = False
            return
        text = _text_of(record)
        if not text.startswith(b"{"):
            return
        self._said_error = text.startswith(_ERRORS)
        if self._said_error:
            return
        self._pieces += 1
        # Parsing every token's record would cost more than passing it on; only these can tell usage.
        if b'"done":true' in text or b'"done": true' in text or b'usage"' in text or b"_count" in text:
            self._look_closer(text)

    def _look_closer(self, text: bytes) -> None:
        try:
            record: dict[str, object] = json.loads(text)  # it opens with a brace
        except (ValueError, RecursionError):
            return
        begun = record.get("message")
        if isinstance(begun, dict) and isinstance(usage := begun.get("usage"), dict):
            self._prompt_tokens = _openai(usage).prompt_tokens
        else:
            self._said = _usage_of(record) or self._said


def _text_of(record: bytes | bytearray) -> bytes:
    return bytes(record).strip().removeprefix(b"data:").strip()


def _usage_of(record: dict[str, object]) -> Usage | None:
    if "eval_count" in record or "prompt_eval_count" in record or record.get("done") is True:
        return _native(record)
    # The last event of a /v1/responses stream wraps the whole answer; /api/generate has a text of that name.
    answer = record.get("response")
    usage = answer.get("usage") if isinstance(answer, dict) else record.get("usage")
    return _openai(usage) if isinstance(usage, dict) else None


def _native(record: dict[str, object]) -> Usage:
    return Usage(
        prompt_tokens=_count(record.get("prompt_eval_count")),
        completion_tokens=_count(record.get("eval_count")),
        load_s=_count(record.get("load_duration")) / 1e9,
        is_estimated=False,
    )


def _openai(usage: dict[str, object]) -> Usage:
    return Usage(
        prompt_tokens=_count(usage.get("prompt_tokens", usage.get("input_tokens"))),
        completion_tokens=_count(usage.get("completion_tokens", usage.get("output_tokens"))),
        is_estimated=False,
    )


def _count(value: object) -> int:
    # `type` and not `isinstance`: true is not a number here. Beyond 64 bits nothing downstream could hold it.
    return value if type(value) is int and 0 <= value < 2**63 else 0
