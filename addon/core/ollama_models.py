"""Ollama's lists of models, read from what `/api/ps` and `/api/tags` answer.

Promise: whatever an upstream sends, nothing is raised. What has not the expected form is left out, so that a list
with one odd row still shows the others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model in memory. `vram_bytes` of `size_bytes` are on a GPU; `expires_at` (unix seconds) is when Ollama
    lets go of it, None when that cannot be read."""

    name: str
    size_bytes: int
    vram_bytes: int
    context_length: int | None
    expires_at: float | None


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model on disk; `modified_at` in unix seconds. What Ollama does not say is empty or None."""

    name: str
    size_bytes: int
    parameter_size: str
    quantization: str
    modified_at: float | None


def loaded_models(answer: object) -> Sequence[LoadedModel]:
    """The models of an `/api/ps` answer, in its order."""
    return [
        LoadedModel(
            name,
            _count(row.get("size")),
            _count(row.get("size_vram")),
            _count(row.get("context_length")) or None,
            _instant(row.get("expires_at")),
        )
        for name, row in _rows(answer)
    ]


def installed_models(answer: object) -> Sequence[InstalledModel]:
    """The models of an `/api/tags` answer, by name."""
    found = [
        InstalledModel(
            name,
            _count(row.get("size")),
            _word(_details(row).get("parameter_size")),
            _word(_details(row).get("quantization_level")),
            _instant(row.get("modified_at")),
        )
        for name, row in _rows(answer)
    ]
    return sorted(found, key=lambda model: model.name)


def _rows(answer: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    rows = answer.get("models") if isinstance(answer, dict) else None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and (name := _word(row.get("name"))):
            yield name, row


def _details(row: Mapping[str, Any]) -> Mapping[str, Any]:
    details = row.get("details")
    return details if isinstance(details, dict) else {}


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    # `type` and not `isinstance`: true is not a number here.
    return value if type(value) is int and 0 <= value < 2**63 else 0


def _instant(value: object) -> float | None:
    try:
        instant = datetime.fromisoformat(_word(value)).timestamp()
    except (ValueError, OverflowError):
        return None
    return instant if instant > 0 else None  # Go's zero time is the year 1
