"""Statistics: the page's figures are the journal's, in words, numbers and as a table to take away."""

import csv
import io
from typing import Any

import pytest

from addon.store.engine import writing
from addon.store.journal import write
from addon.store.roll_ups import FINE_S, add_to_roll_ups, start_of
from admin_app.actions import what_if
from admin_app.context import WebContext
from admin_app.errors import BusyError
from admin_app.fields import Fields
from admin_app.shapes import Shape
from tests.admin_app.house import NOON, Browser, House
from tests.store.samples import finished

_what_if = what_if.what_if
PATH = "/api/admin/statistics"
ROWS = [
    finished(
        arrived_at=NOON - 30 * number,
        waited_s=float(number),
        ran_s=6.0,
        principal="<i>ci</i>",
        principal_class=("custom_app", "web_chat")[number % 2],
    )
    for number in range(1, 60)
]


@pytest.fixture
def busy(house: House) -> None:
    with writing(house.context.engine) as session:
        write(session, ROWS, [])
        add_to_roll_ups(session, ROWS, {(start_of(NOON - 60, FINE_S), "csrf"): 4})


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("name", ["1h", "24h", "7d", "30d"])
def test_the_figures_are_those_of_the_journal(admin: Browser, name: str) -> None:
    told: Any = admin.get(f"{PATH}?range={name}").json
    assert sum(step["requests"] for step in told["steps"]) == len(ROWS)
    assert sum(step["tokens_out"] for step in told["steps"]) == sum(row.completion_tokens for row in ROWS)
    assert sum(step["busy"] * told["step_s"] for step in told["steps"]) == pytest.approx(6.0 * len(ROWS))
    assert told["waits"]["custom_app"]["requests"] + told["waits"]["web_chat"]["requests"] == len(ROWS)
    waits = sorted(row.waited_s for row in ROWS if row.principal_class == "web_chat")
    true_s = waits[(len(waits) + 1) // 2 - 1]
    assert true_s <= told["waits"]["web_chat"]["p50_s"] <= true_s * 1.19
    assert told["refusals"] == {"csrf": 4}
    assert [(one["name"], one["requests"]) for one in told["principals"]] == [("<i>ci</i>", len(ROWS))]


@pytest.mark.usefixtures("busy")
def test_the_same_can_be_taken_away_as_a_table(admin: Browser) -> None:
    answer = admin.get(f"{PATH}?range=1h&format=csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sluice-steps-1h.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert sum(int(row["requests"]) for row in rows) == len(ROWS)
    assert {"at", "tokens_per_s", "web_chat_p95_s"} <= set(rows[0])


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("principals", {"name": "<i>ci</i>", "requests": str(len(ROWS)), "ran_s": str(6.0 * len(ROWS))}),
        ("models", {"id": ROWS[0].model, "requests": str(len(ROWS))}),
        ("refusals", {"reason": "csrf", "refusals": "4"}),
    ],
)
def test_use_and_refusals_can_be_taken_away_too(admin: Browser, table: str, row: dict[str, str]) -> None:
    answer = admin.get(f"{PATH}?range=24h&format=csv&table={table}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="sluice-{table}-24h.csv"'
    (only,) = csv.DictReader(io.StringIO(answer.text))
    assert only | row == only


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("name", ["1h", "24h", "7d", "30d"])
def test_refusals_are_told_step_by_step(admin: Browser, name: str) -> None:
    told: Any = admin.get(f"{PATH}?range={name}").json
    assert told["refusal_step_s"] == max(600, told["step_s"])
    refused = {step["at"]: step["refusals"] for step in told["refusal_steps"] if step["refusals"]}
    assert refused == {start_of(NOON - 60, told["refusal_step_s"]): {"csrf": 4}}


@pytest.mark.parametrize("query", ["range=2h", "range=", "format=xml", "format=csv&table=all", "table=all"])
def test_another_range_or_format_is_refused(admin: Browser, query: str) -> None:
    assert admin.get(f"{PATH}?{query}").status_code == 400


@pytest.mark.usefixtures("busy")
def test_the_page_shows_them_without_a_script(admin: Browser) -> None:
    page = admin.get("/admin/statistics?range=1h").text
    assert "&lt;i&gt;ci&lt;/i&gt;" in page
    assert "<i>ci</i>" not in page
    assert "csrf" in page
    assert page.count("<caption>") == 5


@pytest.mark.usefixtures("busy")
def test_a_day_is_replayed_only_for_those_who_ask(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    replayed: list[str] = []

    def counted(context: WebContext, fields: Fields) -> Shape:
        replayed.append("")
        return _what_if(context, fields)

    monkeypatch.setattr(what_if, "what_if", counted)
    assert 'id="what-if-table"' not in admin.get("/admin/statistics?range=1h").text
    assert replayed == []
    assert 'id="what-if-table"' in admin.get("/admin/statistics?range=1h&slots=2").text
    assert len(replayed) == 1


def test_an_empty_database_says_what_will_be_here(admin: Browser) -> None:
    page = admin.get("/admin/statistics").text
    assert "No request came in the last 24h" in page
    assert "Nobody was refused" in page


@pytest.mark.usefixtures("busy")
def test_one_day_is_replayed_at_a_time(house: House, admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def replay_and_ask_again(*_arguments: object) -> Shape:
        with pytest.raises(BusyError):
            what_if.what_if(house.context, Fields({"slots": 3}))
        raise BusyError("Tried twice at once.")

    monkeypatch.setattr(what_if, "_replayed", replay_and_ask_again)
    for _ in range(2):  # whatever becomes of one, the next has its turn
        busy = admin.get("/admin/statistics?slots=2")
        assert (busy.status_code, "Tried twice at once." in busy.text) == (503, True)


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("path", ["/admin/statistics", "/admin/settings"])
def test_another_sites_link_shows_the_page_and_replays_nothing(admin: Browser, path: str) -> None:
    assert 'id="what-if-table"' in admin.get(f"{path}?slots=2", Sec_Fetch_Site="same-origin").text
    foreign = admin.get(f"{path}?slots=2", Sec_Fetch_Site="cross-site")
    assert foreign.status_code == 200
    assert 'id="what-if-table"' not in foreign.text


def test_limits_on_running_hold_in_the_what_if_too(house: House, admin: Browser) -> None:
    admin.post_json("/api/admin/keys", {"name": "narrow", "max_running": 1})
    rows = [finished(ticket=str(at), principal_id="key:1", arrived_at=NOON - 60 + at, ran_s=10.0) for at in (0, 1)]
    with writing(house.context.engine) as session:
        write(session, rows, [])
    tried: Any = what_if.what_if(house.context, Fields({"slots": 2}))
    assert tried["after"]["custom_app"]["p99_s"] == 9.0


@pytest.mark.usefixtures("busy")
def test_the_what_if_compares_two_days(admin: Browser) -> None:
    page = admin.get("/admin/statistics?slots=4&aging_per_minute=1&web_chat=0").text
    assert f"The {len(ROWS)} requests of the last day" in page
    assert 'value="4"' in page


def test_the_what_if_sets_beside_it_what_was_measured_and_leaves_out_who_left(house: House) -> None:
    left = [finished(ticket=f"{n:032x}", arrived_at=NOON - 60, waited_s=900.0, ran_s=0.0) for n in range(5)]
    with writing(house.context.engine) as session:
        write(session, [finished(arrived_at=NOON - 60, waited_s=7.5, ran_s=3.0), *left], [])
    tried: Any = what_if.what_if(house.context, Fields({"slots": 2}))
    assert tried["requests"] == 1
    assert tried["measured"]["custom_app"]["p50_s"] == 7.5
    assert tried["before"]["custom_app"]["p50_s"] == 0.0


@pytest.mark.parametrize("query", ["slots=0", "aging_per_minute=-1", "web_chat=10", "nonsense=1", "slots=x"])
def test_odd_numbers_are_refused_on_the_page(admin: Browser, query: str) -> None:
    answer = admin.get(f"/admin/statistics?{query}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
