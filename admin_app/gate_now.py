"""What the gate says of itself and of Ollama now, for a page that must come soon even when it does not answer.

Promise: `ask` raises nothing and takes four seconds at most; a gate that is gone costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from admin_app.control import ControlError, ask_gate
from admin_app.queue_form import Queue
from admin_app.upstreams import Upstream, ask_for_upstreams

# The queue is answered from memory. Ollama is asked first, and given up after two seconds.
_QUEUE_S = 1.0
_UPSTREAMS_S = 3.0


@dataclass(frozen=True, slots=True)
class GateNow:
    """Its queue and its upstreams; None is what it did not tell, and `why` says why not."""

    queue: Queue | None
    upstreams: Sequence[Upstream] | None
    why: str = ""


def ask(data_dir: Path) -> GateNow:
    """Ask the gate of this data directory."""
    try:
        queue = cast("Queue", ask_gate(data_dir, "queue", patience_s=_QUEUE_S))
    except ControlError as error:
        return GateNow(None, None, str(error))
    try:
        return GateNow(queue, ask_for_upstreams(data_dir, _UPSTREAMS_S))
    except ControlError as error:
        return GateNow(queue, None, str(error))
