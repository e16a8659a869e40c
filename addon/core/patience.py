"""What a waiting or silent stream is fed so that nobody on the way gives up, and how it is told of a failure.

Promise: a filler means nothing to any client. On NDJSON it is one space, the leading white space of the next
record (a newline breaks the Go and Python clients); on SSE it is a comment (a space loses the first event in
several SDKs). Both were tried on every client that could be had. Once the first filler is out the status is 200
for good, so a later failure is said inside the stream, in the stream's own form.
"""

import json
from enum import Enum

from addon.core.dialect import Dialect, dialect_of


class StreamForm(Enum):
    """How a streamed answer is framed."""

    NDJSON = "application/x-ndjson"
    SSE = "text/event-stream"

    @property
    def filler(self) -> bytes:
        """The bytes that say "still here" and nothing else."""
        return b" " if self is StreamForm.NDJSON else b": ping\n\n"

    def is_between_records(self, tail: bytes) -> bool:
        """Whether a filler may follow these last bytes (none at all, or the end of a record)."""
        if not tail:
            return True
        return tail.endswith(b"\n") if self is StreamForm.NDJSON else tail.endswith((b"\n\n", b"\r\n\r\n"))


def stream_form(path: str) -> StreamForm:
    """The form in which Ollama streams the answer of an inference path."""
    return StreamForm.NDJSON if path.startswith("/api/") else StreamForm.SSE


def is_error_body(body: bytes) -> bool:
    """Whether these bytes are an error's JSON body, and not a proxy's page or nothing at all."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and "error" in document


def in_band(body: bytes, path: str) -> bytes:
    """An error's JSON body, as the last record of a stream that has begun."""
    # A carriage return alone ends a line of SSE, so none may stay.
    record = b" ".join(body.splitlines()).strip()
    match dialect_of(path):
        case Dialect.OLLAMA:
            return record + b"\n"
        case Dialect.ANTHROPIC:
            return b"event: error\ndata: " + record + b"\n\n"
        case _:
            return b"data: " + record + b"\n\n"
