"""Where a flow's Visit is kept."""

from mitmproxy.test import tflow

from addon.core.routes import Route, RouteKind
from addon.proxy.visit import Visit
from addon.proxy.visits import begin_visit, note_path, path_of, visit_of


def test_a_flow_that_was_refused_at_the_door_has_no_visit_and_speaks_by_its_own_path() -> None:
    flow = tflow.tflow()
    flow.request.path = "/v1/nowhere?x=1"
    assert visit_of(flow) is None
    assert path_of(flow) == "/v1/nowhere"


def test_a_flow_that_was_let_in_speaks_by_the_path_of_its_route() -> None:
    flow = tflow.tflow()
    flow.request.path = "/api/code/v1/models"
    begin_visit(flow, visit := Visit(Route(RouteKind.READ, "/v1/models"), None, None))
    assert visit_of(flow) is visit
    assert path_of(flow) == "/v1/models"


def test_a_flow_speaks_by_the_path_that_was_noted_until_it_has_a_visit() -> None:
    flow = tflow.tflow()
    flow.request.path = "/k/-/api/code/v1/messages"
    assert path_of(flow) == "/api/code/v1/messages"
    note_path(flow, "/v1/messages")
    assert path_of(flow) == "/v1/messages"
    begin_visit(flow, Visit(Route(RouteKind.READ, "/v1/models"), None, None))
    assert path_of(flow) == "/v1/models"
