"""Statistics: the page's figures are the journal's, in words, numbers and as a table to take away."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest

from addon.store.engine import writing
from addon.store.journal import Finished, write
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


def _keep(house: House, rows: Sequence[Finished]) -> None:
    with writing(house.context.engine) as session:
        write(session, rows, [])
        add_to_roll_ups(session, rows, {})


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
    assert true_s / 1.19 <= told["waits"]["web_chat"]["p50_s"] <= true_s * 1.19
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
    assert "No request was admitted in the last 24h" in page
    assert "Nobody was refused" in page


@pytest.mark.usefixtures("busy")
def test_a_class_of_a_later_release_is_shown_by_its_name_and_not_replayed(house: House, admin: Browser) -> None:
    odd = finished(ticket="odd", arrived_at=NOON - 60, principal_class="robot")
    with writing(house.context.engine) as session:
        write(session, [odd], [])
        add_to_roll_ups(session, [odd], {(start_of(NOON - 60, FINE_S), "not_yet_known"): 1})
    page = admin.get("/admin/statistics?slots=2").text
    assert "robot" in page
    assert "not_yet_known" in page
    assert 'id="what-if-table"' in page


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


def test_only_those_with_a_slot_are_told_to_have_waited(house: House, admin: Browser) -> None:
    left = [finished(ticket="a", arrived_at=NOON - 60, waited_s=900.0, ran_s=0.0, state="cancelled")]
    _keep(house, left)
    page = admin.get("/admin/statistics?range=1h").text
    assert "No request was admitted in the last 1h" in page
    told: Any = admin.get(f"{PATH}?range=1h").json
    assert (told["waits"], sum(step["requests"] for step in told["steps"])) == ({}, 1)


@pytest.mark.parametrize("minute_begun_s", [0.003, 10.0, 15.0, 40.0])
def test_a_step_that_has_hardly_begun_makes_no_rate_of_hundreds(
    house: House, admin: Browser, minute_begun_s: float
) -> None:
    house.clock.now = NOON + minute_begun_s
    _keep(house, [finished(arrived_at=NOON - 4.997, waited_s=0.0, ran_s=5.0, completion_tokens=3)])
    told: Any = admin.get(f"{PATH}?range=1h").json
    assert sum(step["tokens_out"] for step in told["steps"]) == 3
    assert all(step["tokens_per_s"] <= 3 / 15 for step in told["steps"])


@pytest.mark.parametrize("past_s", [0.0, 0.25, 599.0])
@pytest.mark.parametrize("name", ["1h", "24h", "7d", "30d"])
def test_steps_of_requests_and_of_refusals_end_alike(
    house: House, admin: Browser, name: str, past_s: float
) -> None:
    house.clock.now = start_of(NOON, 21_600) + past_s
    told: Any = admin.get(f"{PATH}?range={name}").json
    for steps, step_s in ((told["steps"], told["step_s"]), (told["refusal_steps"], told["refusal_step_s"])):
        assert steps[0]["at"] <= told["since_at"] < steps[0]["at"] + step_s
        assert steps[-1]["at"] < told["until_at"] <= steps[-1]["at"] + step_s


def _crowd(number: int, **more: Any) -> Finished:
    fields = {"arrived_at": NOON - 60 - number / 100, "ran_s": 1.0 + number / 1000, "waited_s": 0.0}
    return finished(ticket=f"{number:032x}", **(fields | more))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["1h", "30d"])
def test_twenty_thousand_names_make_no_large_page_and_none_is_lost(
    house: House, admin: Browser, name: str
) -> None:
    names = 20_000
    letters = "<\U0001f999>" * 40
    rows = [
        _crowd(
            number,
            model=f"{letters}{number}",
            principal_id=f"key:{number}",
            principal=f"{letters}{number}",
        )
        for number in range(names)
    ]
    _keep(house, rows)
    page = admin.get(f"/admin/statistics?range={name}")
    assert len(page.data) < 300_000
    assert f"{names - 50:,} others together" in page.text
    told: Any = admin.get(f"{PATH}?range={name}").json
    for kind in ("principals", "models"):
        assert (len(told[kind]), told[f"other_{kind}"]["count"]) == (200, names - 200)
        parts = [*told[kind], told[f"other_{kind}"]]
        assert sum(part["requests"] for part in parts) == names
        assert sum(part["tokens_out"] for part in parts) == 22 * names
        table = admin.get(f"{PATH}?range={name}&format=csv&table={kind}").text
        assert len(list(csv.reader(io.StringIO(table)))) == names + 1


def test_few_names_leave_no_others(house: House, admin: Browser) -> None:
    _keep(house, [_crowd(number, model=str(number)) for number in range(50)])
    assert "others together" not in admin.get("/admin/statistics?range=1h").text
    told: Any = admin.get(f"{PATH}?range=1h").json
    assert (told["other_models"]["count"], told["other_models"]["requests"]) == (0, 0)


def test_whoever_asked_is_told_by_kind_and_number_and_linked_while_there(house: House, admin: Browser) -> None:
    house.key("ci")
    admin.post_json("/api/admin/whitelist", {"ip": "10.0.0.0/24", "name": "office"})
    asked = [("key:1", "ci"), ("rule:1", "office"), ("user:1", "boss"), ("key:9", "gone")]
    asked += [("user:77", "deleted account"), ("user:78", "deleted account")]
    _keep(house, [_crowd(at, principal_id=one, principal=name) for at, (one, name) in enumerate(asked)])
    page = admin.get("/admin/statistics?range=24h").text
    for path, name, what in (
        ("keys/1", "ci", "key 1"),
        ("addresses/1", "office", "address 1"),
        ("users/1", "boss", "person 1"),
    ):
        assert f'<a href="/admin/{path}">{name}</a></th><td data-label="Kind">{what}</td>' in page
        assert admin.get(f"/admin/{path}").status_code == 200
    for name, what in (
        ("gone", "key 9"),
        ("deleted account", "person 77"),
        ("deleted account", "person 78"),
    ):
        assert f'<th scope="row">{name}</th><td data-label="Kind">{what}</td>' in page


def test_an_id_of_no_known_kind_is_told_as_it_is(house: House, admin: Browser) -> None:
    asked = ["user:x", "else", "key:", f"key:{'9' * 40}"]
    _keep(house, [_crowd(at, principal_id=one, principal="odd") for at, one in enumerate(asked)])
    page = admin.get("/admin/statistics?range=24h").text
    for what in ("person x", "else", "key ", f"key {'9' * 40}"):
        assert f'<th scope="row">odd</th><td data-label="Kind">{what}</td>' in page


def test_a_refusal_is_told_in_words_beside_its_code(house: House, admin: Browser) -> None:
    with writing(house.context.engine) as session:
        refused = {(start_of(NOON - 60, FINE_S), code): 1 for code in ("own_limit", "of_an_older_release")}
        add_to_roll_ups(session, [], refused)
    page = admin.get("/admin/statistics?range=1h").text
    assert "You already have … requests waiting, your own limit. Try again later." in page
    assert "<code>of_an_older_release</code>" in page


@pytest.mark.parametrize("name", ["99d", "", "<b>"])
def test_the_page_says_which_ranges_there_are(admin: Browser, name: str) -> None:
    answer = admin.get(f"/admin/statistics?range={name}")
    assert answer.status_code == 400
    assert "Choose 1h, 24h, 7d or 30d; shown are the last 24h." in answer.text
    assert "<b>" not in answer.text


@pytest.mark.usefixtures("busy")
def test_slots_are_those_in_force(house: House, admin: Browser) -> None:
    assert admin.get(f"{PATH}?range=1h").json["slots"] == house.context.settings.upstreams[0].slots  # type: ignore[index]
    admin.post_form("/admin/settings/change", {"key": "upstream.slots", "value": "7"})
    assert admin.get(f"{PATH}?range=1h").json["slots"] == 7  # type: ignore[index]


@pytest.mark.usefixtures("busy")
def test_the_what_if_says_whom_it_leaves_out_and_why(
    house: House, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _keep(house, [finished(ticket="left", arrived_at=NOON - 60, ran_s=0.0, state="cancelled")])
    page = admin.get("/admin/statistics?slots=2").text
    assert f"{len(ROWS)} of the {len(ROWS) + 1} requests of the last day" in page
    assert "Left out is 1 that was never admitted" in page
    monkeypatch.setattr(what_if, "MOST_REPLAYED", 10)
    page = admin.get("/admin/statistics?slots=2").text
    assert f"10 of the {len(ROWS) + 1} requests of the last day" in page
    assert f"and {len(ROWS) - 10} that came before 2026-08-01 11:55" in page


@pytest.mark.usefixtures("busy")
def test_the_what_if_says_nothing_of_leaving_out_when_it_has_not(admin: Browser) -> None:
    assert "Left out" not in admin.get("/admin/statistics?slots=2").text


@pytest.mark.usefixtures("busy")
def test_what_was_tried_can_be_applied_where_it_differs(house: House, admin: Browser) -> None:
    present = what_if.present_numbers(house.context)
    page = admin.get(f"/admin/statistics?slots=9&aging_per_minute={present['aging_per_minute']}").text
    assert "Set slots to 9" in page
    assert "Set aging" not in page
    assert 'action="/admin/settings/change"' in page
    assert "takes effect at the next start" not in page
    settings = admin.get("/admin/settings?aging_per_minute=3&web_chat=1").text
    assert '<a href="#queue.aging_per_minute">Set aging to 3.0</a>' in settings
    assert "takes effect at the next start" in settings
    assert 'id="what-if-apply"' not in admin.get(f"/admin/statistics?slots={present['slots']}").text


@pytest.mark.usefixtures("busy")
def test_the_what_if_compares_two_days(admin: Browser) -> None:
    page = admin.get("/admin/statistics?slots=4&aging_per_minute=1&web_chat=0").text
    assert f"{len(ROWS)} of the {len(ROWS)} requests of the last day" in page
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
