"""How the upstreams are, as the running gate tells it: its form, and the words that page and terminal share."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict, cast

from admin_app.control import PATIENCE_S, ask_gate
from admin_app.printable import printable
from admin_app.words import span

_FOR_GOOD_S = 10 * 366 * 24 * 3600
_UNITS = ((10**9, "GB"), (10**6, "MB"))


class Spell(TypedDict):
    """A time up or down; `until_at` is None for the present one."""

    state: str
    since_at: float
    until_at: float | None


class Loaded(TypedDict):
    """A model in memory."""

    name: str
    size_bytes: int
    vram_bytes: int
    context_length: int | None
    expires_at: float | None


class Installed(TypedDict):
    """A model on disk."""

    name: str
    size_bytes: int
    parameter_size: str
    quantization: str
    modified_at: float | None


class Upstream(TypedDict):
    """One Ollama server. The form is that of `GET /gate/upstreams`; None is what could not be had."""

    name: str
    url: str
    state: str
    since_at: float
    history: list[Spell]
    version: str | None
    latency_ms: float | None
    trouble: str | None
    slots: int
    served_at_once: dict[str, int]
    loaded: list[Loaded] | None
    installed: list[Installed] | None


def ask_for_upstreams(data_dir: Path, patience_s: float = PATIENCE_S) -> Sequence[Upstream]:
    """What the gate says now. Raises ControlError when it cannot be asked."""
    found = cast("dict[str, list[Upstream]]", ask_gate(data_dir, "upstreams", patience_s=patience_s))
    return found["upstreams"]


def failures(upstream: Upstream) -> Sequence[tuple[float, str]]:
    """When it was down and for how long, the latest first; the present one is not over and not among them."""
    over = [(spell["since_at"], spell["until_at"]) for spell in upstream["history"] if spell["state"] == "down"]
    return [(since, span(until - since)) for since, until in over if until is not None]


def size(count_bytes: int) -> str:
    """A size as models are sold: `4.7 GB`, `291 MB`."""
    unit, name = next((unit for unit in _UNITS if count_bytes >= unit[0]), _UNITS[-1])
    number = count_bytes / unit
    return f"{number:.0f} {name}" if number >= 100 else f"{number:.1f} {name}"


def on_gpu(model: Loaded) -> str:
    """Where a model in memory is: `all`, `none`, or `67 %` of it on a GPU."""
    whole, part = model["size_bytes"], model["vram_bytes"]
    if part == 0:
        return "none"
    return "all" if part >= whole else f"{100 * part / whole:.0f} %"


def stays(model: Loaded, now: float) -> bool:
    """Whether Ollama keeps a model for good; it then tells an instant centuries ahead."""
    return model["expires_at"] is not None and model["expires_at"] - now > _FOR_GOOD_S


def trouble(upstream: Upstream) -> str:
    """What is wrong with one that is down, and what to look at; empty for one that is up."""
    if upstream["trouble"] is None:
        return ""
    return (
        f"Ollama at {upstream['url']} {upstream['trouble']}. Requests for it are refused until it is back. Look "
        "whether it runs there (`ollama serve` starts it), and whether the address is right (upstream.url)."
    )


def slots_above(upstream: Upstream) -> Sequence[str]:
    """Sentences for models of which fewer seem to be answered at a time than there are slots."""
    slots = upstream["slots"]
    return [
        f"Ollama seems to answer only {count} of the {slots} requests for {printable(model)} that it is sent at a "
        "time; the others wait inside it, where priorities count for nothing. "
        f"Start Ollama with OLLAMA_NUM_PARALLEL={slots}, or set the slots to {count}."
        for model, count in upstream["served_at_once"].items()
    ]


def advice_on_slots(upstream: Upstream) -> str:
    """What to look at, since Ollama tells nobody how many requests it serves at a time."""
    slots = upstream["slots"]
    if slots == 1:
        return "One at a time suits every Ollama; its own OLLAMA_NUM_PARALLEL is 1 unless you set it."
    return (
        f"Ollama does not tell how many it serves at a time. Start it with OLLAMA_NUM_PARALLEL={slots}: with "
        "fewer, the others wait inside Ollama, where priorities count for nothing."
    )
