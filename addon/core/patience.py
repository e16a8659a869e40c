"""What a waiting or silent stream is fed so that nobody on the way gives up, and how it is told of a failure.

Promise: a filler means nothing to any client. On NDJSON it is one space, the leading white space of the next
record (a newline breaks the Go and Python clients); on SSE it is a comment (a space loses the first event in
several SDKs). Both were tried on every client that could be had. An answer in one piece may begin with spaces too,
where its asker allows that. Once the first filler is out the status is 200 for good, so a later failure is said
inside the answer, in the answer's own form.
"""

import json
from enum import Enum

from addon.core.dialect import Dialect, dialect_of


class AnswerForm(Enum):
    """How an answer is framed; the value is its Content-Type."""

    NDJSON = "application/x-ndjson"
    SSE = "text/event-stream"
    JSON = "application/json"

    @property
    def filler(self) -> bytes:
        """The bytes that say "still here" and nothing else."""
        return b": ping\n\n" if self is AnswerForm.SSE else b" "

    def is_between_records(self, tail: bytes) -> bool:
        """Whether a filler may follow these last bytes (none at all, or the end of a record)."""
        if not tail or self is AnswerForm.JSON:
            return not tail
        return tail.endswith(b"\n") if self is AnswerForm.NDJSON else tail.endswith((b"\n\n", b"\r\n\r\n"))


def answer_form(path: str, *, is_streamed: bool, early_json: bool, answers_json: bool = True) -> AnswerForm | None:
    """The form in which Ollama answers on an inference path; None for an answer nobody may add to.

    `answers_json` is false for an answer in one piece that is text: spaces in front would become a part of it.
    """
    if not is_streamed:
        return AnswerForm.JSON if early_json and answers_json else None
    return AnswerForm.NDJSON if path.startswith("/api/") else AnswerForm.SSE


def is_error_body(body: bytes) -> bool:
    """Whether these bytes are an error's JSON body, and not a proxy's page or nothing at all."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and "error" in document


def in_band(body: bytes, form: AnswerForm, path: str) -> bytes:
    """An error's JSON body, as the last record of an answer that has begun."""
    # A carriage return alone ends a line of SSE, so none may stay.
    record = b" ".join(body.splitlines()).strip()
    if form is not AnswerForm.SSE:
        return record + b"\n"
    event = b"event: error\n" if dialect_of(path) is Dialect.ANTHROPIC else b""
    return event + b"data: " + record + b"\n\n"
