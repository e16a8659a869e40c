"""Settings: how each stands, and the gate's numbers changed by page, JSON and terminal alike."""

import json
from dataclasses import replace
from types import MappingProxyType

import pytest
from sqlalchemy import select

from addon.settings.live import LIVE
from addon.settings.sources import SETTINGS
from addon.store.engine import Actor, reading, writing
from addon.store.live_settings import changed_live
from addon.store.models import AuditRow, LiveSetting, PolicyRevision
from admin_app.actions import settings
from tests.admin_app.house import NOON, Browser, House
from tests.admin_app.reading import Page

PATH, JSON = "/admin/settings", "/api/admin/settings"
AGING = "queue.aging_per_minute"


def known(admin: Browser) -> dict[str, dict[str, object]]:
    return {one["key"]: one for one in json.loads(admin.get(JSON).data)}


def put(admin: Browser, key: str, value: object) -> tuple[int, dict[str, object]]:
    answer = admin.send("PUT", f"{JSON}/{key}", {"value": value})
    return answer.status_code, json.loads(answer.data)


def test_every_setting_is_told_with_default_value_and_source(admin: Browser) -> None:
    found = known(admin)
    assert set(found) == set(SETTINGS)
    aging = found[AGING]
    assert (aging["value"], aging["default"], aging["source"]) == ("0.1", "0.1", "default")
    assert {key for key, one in found.items() if one["is_live"]} == set(LIVE)
    assert found["retention.audit_days"]["needs_restart"]


def test_a_change_is_kept_audited_and_told_to_the_gate(house: House, admin: Browser) -> None:
    with reading(house.context.engine) as session:
        before = session.scalar(select(PolicyRevision.revision)) or 0
    status, one = put(admin, AGING, 1)
    assert (status, one["value"], one["source"]) == (200, "1", "live")
    assert str(one["changed_by"]).startswith("user:")
    with reading(house.context.engine) as session:
        assert changed_live(session) == {AGING: 1.0}
        assert (session.scalar(select(PolicyRevision.revision)) or 0) > before
        row = session.scalars(select(AuditRow).where(AuditRow.action == "setting.change")).one()
    assert (json.loads(row.before or ""), json.loads(row.after or "")) == ({AGING: "configured"}, {AGING: 1.0})


def test_a_change_is_taken_back(house: House, admin: Browser) -> None:
    put(admin, AGING, 1)
    one = json.loads(admin.send("DELETE", f"{JSON}/{AGING}", {}).data)
    assert (one["value"], one["source"], one["changed_at"]) == ("0.1", "default", None)
    with reading(house.context.engine) as session:
        assert changed_live(session) == {}


@pytest.mark.parametrize("value", ["fast", -1, 1001, None, True, [1], {"a": 1}])
def test_a_value_that_does_not_fit_is_a_sentence_and_nothing_is_changed(admin: Browser, value: object) -> None:
    status, answer = put(admin, AGING, value)
    assert status == 400
    assert str(answer["error"]).startswith(f"{AGING} must be a number from 0 to 1000, but ")
    assert known(admin)[AGING]["source"] == "default"


def test_what_only_a_start_can_change_says_where_it_is_set(admin: Browser) -> None:
    status, answer = put(admin, "queue.heartbeat_s", 5)
    assert status == 400
    assert "SLUICE_QUEUE__HEARTBEAT_S" in str(answer["error"])
    assert put(admin, "queue.nonsense", 5)[0] == 404
    assert admin.send("DELETE", f"{JSON}/queue.nonsense", {}).status_code == 404


@pytest.fixture
def pinned(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment sets the aging rate."""
    sources = MappingProxyType({**house.context.settings.sources, AGING: "environment"})
    monkeypatch.setitem(house.context.__dict__, "settings", replace(house.context.settings, sources=sources))


@pytest.mark.usefixtures("pinned")
def test_what_the_environment_sets_is_shown_so_and_cannot_be_changed_here(admin: Browser) -> None:
    status, answer = put(admin, AGING, 1)
    assert (status, answer["error"]) == (
        409,
        f"{AGING} is set by the environment, which stands above changes made here. Change it there.",
    )
    page = Page(admin.get(PATH)).text
    assert "Set by the environment , which stands above changes made here; default: 0.1 ." in page


def test_the_page_changes_a_setting_and_says_what_it_means(admin: Browser) -> None:
    assert (
        "At 0.1 points a minute, a chat message can wait for those who come later: at most 20 minutes"
        in Page(admin.get(PATH)).text
    )
    answer = admin.post_form(f"{PATH}/change", {"key": AGING, "value": "1.0"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PATH}#{AGING}")
    text = Page(admin.get(PATH)).text
    assert "At 1 point a minute, a chat message can wait for those who come later: at most 2 minutes" in text
    assert "a change made here" in text
    assert "by root" in text
    assert admin.post_form(f"{PATH}/reset", {"key": AGING}).status_code == 303
    assert known(admin)[AGING]["source"] == "default"


def test_a_wrong_value_is_said_on_the_page(admin: Browser) -> None:
    answer = admin.post_form(f"{PATH}/change", {"key": AGING, "value": "often"})
    assert answer.status_code == 400
    assert 'queue.aging_per_minute must be a number from 0 to 1000, but it is "often".' in Page(answer).text


def test_numbers_are_tried_before_they_are_set(admin: Browser) -> None:
    text = Page(admin.get(f"{PATH}?aging_per_minute=0.5")).text
    assert "at most 4 minutes behind busy coding tools" in text
    assert known(admin)[AGING]["source"] == "default"


def test_what_no_longer_fits_is_left_out_everywhere_and_can_be_forgotten(house: House, admin: Browser) -> None:
    with writing(house.context.engine) as session:
        for key, value in ((AGING, "5000"), ("queue.gone", "1")):
            session.add(LiveSetting(key=key, value=value, changed_at=NOON, changed_by="user:1"))
    with reading(house.context.engine) as session:
        assert settings.in_force(house.context.settings, session) == house.context.settings
    for page in ("settings", "statistics", "keys", "users", "addresses", "invites"):
        assert admin.get(f"/admin/{page}").status_code == 200, page
    for key in (AGING, "queue.gone"):
        settings.reset(house.context, Actor("user:1", "ann"), key)
    with reading(house.context.engine) as session:
        assert changed_live(session) == {}


def test_a_change_is_confirmed_beside_its_setting_once(admin: Browser) -> None:
    admin.post_form(f"{PATH}/change", {"key": AGING, "value": "0.5"})
    row = admin.get(PATH).text.partition(f'id="{AGING}"')[2]
    assert row.index("queue.aging_per_minute is 0.5 now.") < row.index("</dd>")
    assert "is 0.5 now." not in admin.get(PATH).text
    admin.post_form(f"{PATH}/reset", {"key": AGING})
    assert "queue.aging_per_minute is 0.1 again." in admin.get(PATH).text


def test_a_change_that_leaves_the_narrowed_list_is_confirmed_above_it(admin: Browser) -> None:
    answer = admin.post_form(f"{PATH}/change?q=500", {"key": "queue.max_waiting", "value": "60"})
    assert answer.headers["Location"] == f"{PATH}?q=500#queue.max_waiting"
    assert "queue.max_waiting is 60 now." in admin.get(f"{PATH}?q=500").text


def test_taking_back_names_the_file_only_where_a_file_sets_it(
    house: House, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(admin, AGING, 1)
    text = Page(admin.get(PATH)).text
    assert "Back to the default (0.1)" in text
    assert "the file's value" not in text
    sources = MappingProxyType({**house.context.settings.sources, AGING: "file"})
    monkeypatch.setitem(house.context.__dict__, "settings", replace(house.context.settings, sources=sources))
    assert "Back to the file's value (0.1)" in Page(admin.get(PATH)).text


def test_a_setting_has_its_title_its_key_its_unit_and_a_value_that_can_be_read(admin: Browser) -> None:
    text = Page(admin.get(PATH)).text
    assert "Longest wait of a coding tool queue.max_wait_s.direct_api" in text
    assert "seconds (15 min)" in text
    assert "67108864 bytes (64 MiB)" in text


def test_one_link_leads_to_what_needs_a_restart(admin: Browser) -> None:
    (link,) = [one for one in Page(admin.get(PATH)).all("a") if "restart" in str(one["href"])]
    page = Page(admin.get(str(link["href"])))
    assert {str(one["data-setting"]) for one in page.all("div") if "data-setting" in one} == set(SETTINGS) - LIVE
    assert page.all("input", name="key") == []
    assert all("open" in one for one in page.all("details") if "id" in one)


def test_the_contents_lead_to_every_group(admin: Browser) -> None:
    page = Page(admin.get(PATH))
    ids = {attributes.get("id") for _, attributes in page.elements}
    links = [str(one["href"]) for one in page.all("a") if str(one["href"]).startswith("#")]
    assert len(links) > 10
    assert {link[1:] for link in links} <= ids


def test_settings_are_narrowed_by_words(admin: Browser) -> None:
    text = admin.get(f"{PATH}?q=64+mib").text
    assert ('data-setting="limits.body_bytes"' in text, "queue.max_hold_s" in text) == (True, False)
    assert "Nothing here fits &lt;i&gt;" in admin.get(f"{PATH}?q=<i>").text
