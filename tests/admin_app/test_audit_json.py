"""`GET /api/admin/audit`: who did what, as JSON and as a table that no spreadsheet executes."""

import csv
import io
from typing import Any

import pytest

from addon.store.audit import Actor, Deed, record
from addon.store.engine import writing
from admin_app.audit_csv import as_csv
from tests.admin_app.house import NOON, Browser, House

RULE = {"ip": "10.0.0.0/24", "note": "for tests"}


def deeds(browser: Browser, query: str = "") -> list[dict[str, Any]]:
    answer = browser.get(f"/api/admin/audit{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()
    return found


def test_a_change_is_told_with_who_made_it_and_what_it_changed(admin: Browser) -> None:
    admin.send("POST", "/api/admin/whitelist", RULE, X_Sluice_Address="192.0.2.9")
    admin.send("PATCH", "/api/admin/whitelist/1", {"is_enabled": False})
    latest, earlier = deeds(admin, "?limit=2")
    assert (earlier["actor_id"], earlier["actor"], earlier["address"]) == ("user:1", "root", "192.0.2.9")
    assert (earlier["action"], earlier["subject_id"], earlier["at"]) == ("address.add", "rule:1", NOON)
    assert (earlier["before"], earlier["after"]["note"]) == (None, "for tests")
    assert (latest["action"], latest["before"], latest["after"]) == (
        "address.disable",
        {"is_enabled": True},
        {"is_enabled": False},
    )


def test_it_can_be_filtered_and_read_page_by_page(admin: Browser) -> None:
    admin.post_json("/api/admin/whitelist", RULE)
    admin.post_json("/api/admin/keys", {"name": "ci"})
    assert [deed["action"] for deed in deeds(admin, "?action=key")] == ["key.add"]
    assert [deed["action"] for deed in deeds(admin, "?subject=ci&actor=root")] == ["key.add"]
    assert deeds(admin, "?since=2026-08-02") == []
    everything = deeds(admin, "?until=2026-08-02&actor=")
    assert everything == deeds(admin)
    first = deeds(admin, "?limit=2")
    assert first + deeds(admin, f"?before={first[-1]['id']}") == everything


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=10001", "limit=-1", "limit=x", "before=0", "before=1.5", f"before={'9' * 40}"),
        *("since=yesterday", "since=nan", "until=inf", "since=2026-13-01", f"since={'9' * 400}"),
        *("format=xml", "actr=root", f"actor={'x' * 257}"),
    ],
)
def test_a_wrong_filter_is_a_sentence(admin: Browser, query: str) -> None:
    answer = admin.get(f"/api/admin/audit?{query}")
    assert answer.status_code == 400
    assert answer.get_json()["error"].endswith(".")


def test_the_log_can_only_be_read(admin: Browser) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert admin.send(method, "/api/admin/audit", {}).status_code == 405


def test_as_a_table_it_is_a_file(admin: Browser) -> None:
    answer = admin.get("/api/admin/audit?format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sluice-audit.csv"'
    head, *rows = csv.reader(io.StringIO(answer.text))
    assert head[:5] == ["id", "at", "actor_id", "actor", "address"]
    assert [row[0] for row in rows] == [str(deed["id"]) for deed in deeds(admin)]
    assert rows[0][1] == "2026-08-01T12:00:00.000+00:00"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r="])
def test_no_cell_is_a_formula(house: House, admin: Browser, sign: str) -> None:
    evil = f'{sign}HYPERLINK("http://evil.test"), "x"'
    with writing(house.context.engine) as session:
        record(session, Actor(evil, evil, evil), Deed(evil, evil, evil), NOON)
    (row,) = [row for row in csv.reader(io.StringIO(as_csv(deeds(admin)))) if "evil" in row[3]]
    # Behind a tab or line end, where a spreadsheet may cut, the sign is made harmless, too.
    assert set(row[2:8]) == {f"'{evil.replace('=', "'=") if len(sign) > 1 else evil}"}
