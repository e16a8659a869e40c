"""How large a body may be: what the gate waits for, and what it refuses before it has come."""

from pathlib import Path

import pytest

from addon.core.policy import Identity
from addon.core.principal import Principal, PrincipalClass
from addon.core.routes import Route, RouteKind
from addon.proxy.limits import body_limit, door_limits
from addon.proxy.visit import Visit
from addon.settings import load_settings

ANN = Identity(Principal("user:1", "ann", PrincipalClass.WEB_CHAT, 3), session_id="s", by_cookie=True)


@pytest.mark.parametrize(
    ("kind", "path", "identity", "most"),
    [
        (RouteKind.INFER, "/api/chat", ANN, 64 * 2**20),
        (RouteKind.UI, "/login", None, 2**20),
        (RouteKind.UI, "/api/conversations/c1/messages/m1", ANN, 24 * 2**20),
        (RouteKind.UI, "/api/conversations/c1/messages/m1", None, 2**20),
        (RouteKind.LIVE, "/gate/slots", ANN, 64 * 2**10),
        (RouteKind.READ, "/api/show", None, 64 * 2**10),
        (RouteKind.MANAGE, "/api/blobs/sha256:0", ANN, None),
    ],
)
def test_a_body_may_be_as_large_as_its_route_and_asker_need(
    tmp_path: Path, kind: RouteKind, path: str, identity: Identity | None, most: int | None
) -> None:
    settings = load_settings(config=None, data=tmp_path, listen=None, environ={})
    visit = Visit(Route(kind, path), identity, None)
    assert body_limit(visit, door_limits(settings)) == most
