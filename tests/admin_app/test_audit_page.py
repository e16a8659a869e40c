"""The audit log on its page: what is told, filters in the address line, pages, exports."""

import pytest

from addon.store.audit import Actor, Deed, record
from tests.admin_app.house import NOON, Browser, House
from tests.admin_app.reading import Page
from tests.changing import changing_rules

PATH = "/admin/audit"


@pytest.fixture
def deeds(house: House, admin: Browser) -> None:
    """Sixty deeds of a key, one a minute, and a change of a user."""
    with changing_rules(house.context.engine) as session:
        for number in range(60):
            deed = Deed("gate.pause", "gate", f"pause {number:02}")
            record(session, Actor("key:7", "ci", "10.0.0.7"), deed, NOON - 3600 + 60 * number)
        change = Deed(
            "user.change",
            "user:2",
            "ann",
            {"priority": None, "expires_at": None},
            {"priority": 5, "expires_at": NOON + 60},
        )
        record(session, Actor("user:1", "root"), change, NOON)


@pytest.mark.usefixtures("deeds")
def test_a_row_says_who_did_what_to_what_from_where_and_what_changed(admin: Browser) -> None:
    text = Page(admin.get(f"{PATH}?action=user.change")).text
    for fact in (
        "root user:1",
        "changed an account",
        "ann user:2",
        "priority: \N{EN DASH} → 5",
        "ends: \N{EN DASH} → in 60 seconds",
    ):
        assert fact in text
    assert "ci key:7" in Page(admin.get(f"{PATH}?action=gate")).text


@pytest.mark.usefixtures("deeds")
def test_the_newest_come_first_and_the_older_on_further_pages(admin: Browser) -> None:
    first = Page(admin.get(f"{PATH}?action=gate"))
    assert ("pause 59" in first.text, "pause 10" in first.text, "pause 09" in first.text) == (True, True, False)
    (older,) = first.all("a", id="older")
    second = Page(admin.get(str(older["href"])))
    assert ("pause 10" in second.text, "pause 09" in second.text, "pause 00" in second.text) == (False, True, True)
    assert second.all("a", id="older") == []
    assert second.all("a", href=f"{PATH}?action=gate")


@pytest.mark.usefixtures("deeds")
@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("actor=ci", "pause 59", "ann user:2"),
        ("actor=user:1&action=user.change", "changed an account", "pause 59"),
        ("subject=user:2", "ann user:2", "pause 59"),
        ("subject=pause+07", "pause 07", "pause 08"),
        ("since=2026-08-01T11:58:00Z&action=gate", "pause 58", "pause 57"),
        ("until=2026-08-01T11:01:00Z&action=gate", "pause 00", "pause 01"),
    ],
)
def test_filters_stand_in_the_address_line_and_in_their_fields(
    admin: Browser, query: str, shown: str, hidden: str
) -> None:
    page = Page(admin.get(f"{PATH}?{query}"))
    assert (shown in page.text, hidden in page.text) == (True, False)
    name, _, value = query.partition("&")[0].replace("+", " ").partition("=")
    assert page.all("input", name=name)[0]["value"] == value


@pytest.mark.usefixtures("deeds")
def test_the_exports_ask_for_the_same(admin: Browser) -> None:
    page = Page(admin.get(f"{PATH}?actor=ci"))
    csv, json = (str(link["href"]) for link in page.all("a") if "download" in link)
    assert admin.get(csv).mimetype == "text/csv"
    exported = admin.get(json).json
    assert exported is not None
    assert {deed["actor"] for deed in exported} == {"ci"}


@pytest.mark.parametrize("query", ["since=yesterday", "before=0", "before=x", "until=nan"])
def test_a_filter_that_cannot_be_read_is_said_and_kept(admin: Browser, query: str) -> None:
    answer = admin.get(f"{PATH}?{query}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    name, _, value = query.partition("=")
    if name != "before":
        assert Page(answer).all("input", name=name)[0]["value"] == value


def test_nothing_that_fits_is_said(admin: Browser) -> None:
    text = Page(admin.get(f"{PATH}?actor=nobody")).text
    assert "Nothing fits all of these filters." in text
    assert "take a whole name or id: ann , user:2" in text
    assert "show everything" in text


@pytest.mark.usefixtures("deeds")
@pytest.mark.parametrize(
    ("query", "is_shown"),
    [
        ("since=2026-08-01", True),
        ("since=2026-08-02", False),
        ("until=2026-08-01", True),
        ("until=2026-07-31", False),
        ("since=2026-08-01&until=2026-08-01", True),
    ],
)
def test_days_are_chosen_from_a_calendar_and_both_count(admin: Browser, query: str, is_shown: bool) -> None:
    page = Page(admin.get(f"{PATH}?action=gate&{query}"))
    assert ("pause 59" in page.text) is is_shown
    assert {page.all("input", name=name)[0]["type"] for name in ("since", "until")} == {"date"}
    link = next(str(one["href"]) for one in page.all("a") if one.get("download") == "audit.json")
    assert bool(admin.get(link).json) is is_shown


def test_a_day_that_is_none_is_said_without_words_of_machines(admin: Browser) -> None:
    page = Page(admin.get(f"{PATH}?since=yesterday"))
    assert "“From the start of” takes a day, such as 2026-08-01, and 'yesterday' is none." in page.text
    assert "ISO" not in page.text


def test_the_terminal_has_one_name_and_tells_whose_it_was(house: House, admin: Browser) -> None:
    with changing_rules(house.context.engine) as session:
        record(session, Actor("terminal", "pat"), Deed("key.add", "key:1", "ci"), NOON)
        record(session, Actor("terminal", "terminal"), Deed("gate.pause", "gate", ""), NOON)
    answer = admin.get(f"{PATH}?actor=terminal")
    text = Page(answer).text
    assert ("terminal as pat" in text, "as terminal" in text) == (True, False)
    assert "made a key" in text
    assert Page(answer).all("a", href=f"{PATH}?action=key.add")


def test_a_change_by_a_form_is_told_with_its_actor_and_address(admin: Browser) -> None:
    admin.post_form("/admin/addresses", {"ip": "10.0.0.0/24"}, X_Sluice_Address="192.0.2.1")
    text = Page(admin.get(f"{PATH}?action=address")).text
    for fact in ("root user:1", "192.0.2.1", "allowed an address", "10.0.0.0/24"):
        assert fact in text
