"""Where a flow's Visit is kept: in the flow, so that it goes when the flow goes."""

from typing import cast

from mitmproxy import http

from addon.core.key_path import dialect_path
from addon.core.refusal import Refusal
from addon.proxy.visit import Visit

_KEY = "sluice"
_REFUSAL = "sluice-refusal"
_PATH = "sluice-path"
_TOLD = "sluice-told"


def begin_visit(flow: http.HTTPFlow, visit: Visit) -> None:
    """Note that this flow has been let in."""
    flow.metadata[_KEY] = visit


def visit_of(flow: http.HTTPFlow) -> Visit | None:
    """The flow's Visit; None for one that was refused at the door."""
    return cast("Visit | None", flow.metadata.get(_KEY))


def note_path(flow: http.HTTPFlow, path: str) -> None:
    """Keep the path whose dialect the flow's client speaks, until a Visit knows it."""
    flow.metadata[_PATH] = path


def path_of(flow: http.HTTPFlow) -> str:
    """The path whose dialect the flow's client speaks, without key, prefix and query."""
    visit = visit_of(flow)
    if visit is not None:
        return visit.route.path
    return cast("str | None", flow.metadata.get(_PATH)) or dialect_path(flow.request.data.path)


def note_refusal(flow: http.HTTPFlow, refusal: Refusal) -> None:
    """Keep why this flow is about to be killed, for the layer that tells its client."""
    flow.metadata[_REFUSAL] = refusal


def noted_refusal(flow: http.HTTPFlow) -> Refusal | None:
    """Why the flow was killed; None for one that was not."""
    return cast("Refusal | None", flow.metadata.get(_REFUSAL))


def note_told(flow: http.HTTPFlow) -> None:
    """The access log has the flow's line."""
    flow.metadata[_TOLD] = True


def is_told(flow: http.HTTPFlow) -> bool:
    """Whether the access log has the flow's line."""
    return _TOLD in flow.metadata
