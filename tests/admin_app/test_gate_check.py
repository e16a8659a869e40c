"""Only the gate may ask the app."""

import pytest

from tests.admin_app.house import GATE_SECRET, Browser


@pytest.mark.parametrize("path", ["/login", "/static/app.css", "/api/auth/session", "/nothing"])
@pytest.mark.parametrize("shown", [None, "", "wrong", GATE_SECRET.upper(), GATE_SECRET + "x", "\xff"])
def test_without_the_gates_secret_every_path_is_refused(visitor: Browser, path: str, shown: str | None) -> None:
    del visitor.client.environ_base["HTTP_X_SLUICE_GATE"]
    answer = visitor.get(path) if shown is None else visitor.get(path, X_Sluice_Gate=shown)
    assert answer.status_code == 403


def test_with_the_gates_secret_pages_are_served(visitor: Browser) -> None:
    assert visitor.get("/login").status_code == 200
