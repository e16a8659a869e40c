"""Where a flow's Visit is kept: in the flow, so that it goes when the flow goes."""

from typing import cast

from mitmproxy import http

from addon.proxy.visit import Visit

_KEY = "sluice"


def begin_visit(flow: http.HTTPFlow, visit: Visit) -> None:
    """Note that this flow has been let in."""
    flow.metadata[_KEY] = visit


def visit_of(flow: http.HTTPFlow) -> Visit | None:
    """The flow's Visit; None for one that was refused at the door."""
    return cast("Visit | None", flow.metadata.get(_KEY))


def path_of(flow: http.HTTPFlow) -> str:
    """The path whose dialect the flow's client speaks, without prefix where that is known."""
    visit = visit_of(flow)
    return flow.request.path.partition("?")[0] if visit is None else visit.route.path
