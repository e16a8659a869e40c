"""Which model answers: the demo's, or a real Ollama's where one is named."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Upstream:
    """How to start Sluice in front of a model, and the model's name."""

    name: str
    model: str
    arguments: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict[str, str])


DEMO = Upstream("demo", "gemma3:270m", ("--demo",))


def live_upstream() -> Upstream | None:
    """The Ollama that SLUICE_TEST_OLLAMA names, asked for the model in SLUICE_TEST_MODEL."""
    url, model = os.environ.get("SLUICE_TEST_OLLAMA"), os.environ.get("SLUICE_TEST_MODEL")
    if not url or not model:
        return None
    return Upstream("live", model, environ={"SLUICE_UPSTREAM__URL": url})
