"""How the statistics are told: steps of time, and use by whom and of what, the busiest by themselves.

Clients choose the names of models, and there may be thousands of them: `busiest` keeps the answer small.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from addon.store.flow import Flow
from addon.store.refusal_statistics import RefusalSteps, refusal_step_s
from addon.store.statistics import Use, Waits, WaitSteps
from addon.store.stretch import Stretch
from admin_app.shapes import Shape, wait_shape

_NOTHING = Flow(0, 0, 0, 0, 0.0)
_FAIR_PART = 0.25
"""Of a step that has begun; what happened in less of it says little about the rest."""
_SUMS = ("requests", "failed", "tokens_in", "tokens_out", "ran_s")


def step_shapes(stretch: Stretch, waits: WaitSteps, flows: Mapping[int, Flow]) -> list[Shape]:
    """Every step, those without anything too."""
    kinds = sorted({kind for _, kind in waits})
    nobody = Waits({})
    return [
        {"at": at}
        | _flow_shape(flows.get(at, _NOTHING), _length_s(stretch, at))
        | {"waits": {kind: wait_shape(waits.get((at, kind), nobody).summary) for kind in kinds}}
        for at in stretch.starts(stretch.step_s)
    ]


def refusal_step_shapes(stretch: Stretch, refusals: RefusalSteps) -> list[Shape]:
    """The same for refusals, whose steps may be longer."""
    return [{"at": at, "refusals": dict(refusals.get(at, {}))} for at in stretch.starts(refusal_step_s(stretch))]


def use_shape(one: Use) -> Shape:
    """What one principal asked for, or what was asked of one model."""
    return {
        "id": one.name,
        "name": one.label,
        "requests": one.flow.requests,
        "failed": one.flow.failed,
        "tokens_in": one.flow.tokens_in,
        "tokens_out": one.flow.tokens_out,
        "ran_s": one.flow.ran_s,
    }


def busiest(told: Mapping[str, Any], most: int) -> dict[str, Any]:
    """The statistics with this many principals and models at most; `other_principals` and `other_models` are the
    sums of those that are left out."""
    kept = {name: told[name][:most] for name in ("principals", "models")}
    others = {f"other_{name}": _together(told[name][most:]) for name in kept}
    return {**told, **kept, **others}


def _together(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"count": len(rows)} | {name: sum(row[name] for row in rows) for name in _SUMS}


def _length_s(stretch: Stretch, at: int) -> float:
    """How long a step has lasted."""
    return min(stretch.step_s, max(stretch.until - at, stretch.step_s * _FAIR_PART))


def _flow_shape(flow: Flow, length_s: float) -> Shape:
    return {
        "requests": flow.requests,
        "failed": flow.failed,
        "tokens_in": flow.tokens_in,
        "tokens_out": flow.tokens_out,
        "tokens_per_s": flow.tokens_out / length_s,
        "busy": flow.ran_s / length_s,
    }
