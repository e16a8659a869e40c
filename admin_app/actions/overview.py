"""The overview: what to see to, how the gate is, who was refused, what ended last; and when all that was so."""

from dataclasses import asdict

from admin_app.actions import concerns, house, journal, statistics
from admin_app.context import WebContext
from admin_app.gate_now import GateNow
from admin_app.self_check import SelfCheck
from admin_app.shapes import Shape
from admin_app.words import span

_JOURNAL_ROWS = 20
_UNKNOWN = "\N{EN DASH}"


def told(context: WebContext, self_check: SelfCheck, gate: GateNow) -> Shape:
    """All but the live figures, which a page with a script asks the gate itself for."""
    outlook = concerns.known(context, self_check, gate)
    return {
        "at": context.now(),
        "concerns": [asdict(concern) for concern in outlook.concerns],
        "remark": outlook.remark,
        "refused": statistics.refused_in_last_hour(context),
        "house": house.told(context),
        "journal": journal.latest(context, _JOURNAL_ROWS),
    }


def tiles(gate: GateNow, now: float) -> Shape:
    """The live figures in words, as they are at this instant, for a page without a script."""
    queue = gate.queue
    if queue is None:
        nothing: Shape = dict.fromkeys(("slots", "waiting", "oldest"), _UNKNOWN)
        return nothing | {"state": "unknown", "upstream": "unknown"}
    waits = [one["waited_s"] for one in queue["waiting"]]
    return {
        "state": queue["state"],
        "slots": f"{queue['slots']['used']} of {queue['slots']['total']}",
        "waiting": len(waits),
        "oldest": span(max(waits)) if waits else _UNKNOWN,
        "upstream": _upstream(gate, now),
    }


def _upstream(gate: GateNow, now: float) -> str:
    if not gate.upstreams:
        return "unknown"
    first = gate.upstreams[0]
    if first["state"] == "up":
        return f"up, {first['version'] or 'version unknown'}"
    return f"down for {span(max(0.0, now - first['since_at']))}"
