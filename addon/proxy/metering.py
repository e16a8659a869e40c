"""The pair of eyes on a streamed answer: notes progress, counts tokens and bytes, passes every byte unchanged."""

import logging
from collections.abc import Callable

from addon.core.usage import Meter
from addon.proxy.visit import Visit

_log = logging.getLogger(__name__)


def counted(visit: Visit) -> Callable[[bytes], bytes]:
    """A stream callable that counts the bytes of an answer without a ticket."""

    def look(chunk: bytes) -> bytes:
        visit.passed_bytes += len(chunk)
        return chunk

    return look


def metered(meter: Meter, progress: Callable[[bytes], None]) -> Callable[[bytes], bytes]:
    """A stream callable for mitmproxy.

    It must not raise: a callable that raises leaves the stream open with no hook ever called, and so the slot
    lost (measured on 12.2.3). A failing meter costs the count, never the answer.
    """

    def look(chunk: bytes) -> bytes:
        try:
            if chunk:
                progress(chunk)
                meter.feed(chunk)
        except Exception:  # noqa: BLE001 - see the docstring
            _log.exception("the meter failed; this answer's tokens are not counted")
        return chunk

    return look
