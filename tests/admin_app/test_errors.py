"""What goes wrong, in the form the path speaks."""

from typing import Any

import pytest

from addon.store.users import find_user
from tests.admin_app.house import Browser, House
from tests.changing import changing_rules


def test_an_unknown_json_path_answers_json(visitor: Browser) -> None:
    answer = visitor.get("/api/admin/nothing")
    assert (answer.status_code, answer.headers["X-Sluice-Reason"]) == (404, "unknown_path")
    assert answer.json == {"error": "There is nothing at this path."}


def test_an_unknown_page_answers_a_page(visitor: Browser) -> None:
    answer = visitor.get("/account/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/api/admin/keys"), ("POST", "/login"), ("OPTIONS", "/login")]
)
def test_a_wrong_method_names_the_right_ones(visitor: Browser, method: str, path: str) -> None:
    answer = visitor.client.open(path, method=method)
    assert (answer.status_code, answer.headers["X-Sluice-Reason"]) == (405, "wrong_method")
    assert "GET" in answer.headers["Allow"]


def test_a_failure_nobody_foresaw_is_answered_without_its_details(
    house: House, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("the secret detail")

    monkeypatch.setattr("admin_app.actions.users.list_users", fail)
    house.app.testing = False
    answer = admin.get("/api/admin/users")
    assert (answer.status_code, answer.headers["X-Sluice-Reason"]) == (500, "internal")
    assert "secret" not in answer.text
    assert answer.headers["Content-Security-Policy"]


def test_a_database_that_another_holds_is_a_503_and_the_page_keeps_working(
    house: House, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("addon.store.engine._BUSY_TIMEOUT_MS", 1)
    with changing_rules(house.context.engine) as session:
        session.connection()
        answer = admin.post_json("/api/admin/whitelist", {"ip": "10.0.0.1"})
        page = admin.post_form("/admin/addresses", {"ip": "10.0.0.1"})
        removal = admin.delete("/api/admin/whitelist/1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Nothing was changed" in answer.text
    assert (page.status_code, "Nothing was changed" in page.text) == (503, True)
    assert removal.status_code == 503


def test_a_disabled_account_is_out_with_the_next_request(house: House, person: Browser) -> None:
    with changing_rules(house.context.engine) as session:
        user = find_user(session, "ann")
        assert user is not None
        user.disabled_at = house.clock()
    assert person.get("/api/auth/session").status_code == 401
    assert person.get("/chat").headers["Location"] == "/login?next=/chat"
