"""The gate's own routes: found by method and path, or refused."""

import pytest

from addon.core.live_routes import OPEN_LIVE, LiveRoute, LiveWish, find_live
from addon.core.refusal import Reason, Refusal
from addon.core.routes import RouteKind, classify


@pytest.mark.parametrize("route", LiveRoute)
def test_each_route_is_found_and_forwarded_as_the_gates_own(route: LiveRoute) -> None:
    path = route.path.replace("{ticket}", "x-1")
    assert find_live(route.method, path) == LiveWish(route, {"ticket": "x-1"} if "{" in route.path else {})
    found = classify(route.method.encode(), path.encode())
    assert not isinstance(found, Refusal)
    assert found.kind is RouteKind.LIVE


def test_head_is_answered_wherever_get_is() -> None:
    assert find_live("HEAD", "/gate/me") == LiveWish(LiveRoute.ME)


@pytest.mark.parametrize(
    ("method", "path", "known"),
    [
        ("POST", "/gate/health", "GET, HEAD"),
        ("PUT", "/gate/tickets/x", "DELETE, GET, HEAD"),
        ("HEAD", "/gate/pause", "POST"),
        ("get", "/gate/me", "GET, HEAD"),
    ],
)
def test_another_method_hears_the_right_ones(method: str, path: str, known: str) -> None:
    assert find_live(method, path) == Refusal(Reason.WRONG_METHOD, known)


@pytest.mark.parametrize("path", ["/gate", "/gate/", "/gate/x", "/gate/me/", "/gate/tickets", "/gate/tickets/x/y"])
def test_what_is_not_in_the_table_does_not_exist(path: str) -> None:
    assert find_live("GET", path) == Refusal(Reason.UNKNOWN_PATH)


def test_anybody_may_read_three_paths_and_no_more() -> None:
    assert {"/gate/health", "/gate/ready", "/gate/openapi.json"} == OPEN_LIVE
