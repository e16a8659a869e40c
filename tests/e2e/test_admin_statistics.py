"""The statistics page in a real browser: its numbers are the journal's, its charts are drawn and can be zoomed."""

import csv
import io
import math
import re
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from addon.store.engine import make_engine, writing
from addon.store.journal import Finished, write
from addon.store.roll_ups import FINE_S, add_to_roll_ups, start_of
from tests.e2e.chat_house import until
from tests.e2e.pages import clean_page, register
from tests.e2e.processes import Sluice, running_sluice
from tests.store.samples import finished

pytestmark = [pytest.mark.slow, pytest.mark.browser]

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LINE_PIXELS = """(canvas, name) => {
    const wanted = getComputedStyle(document.documentElement).getPropertyValue(name);
    const [red, green, blue] = wanted.match(/[0-9a-f]{2}/g).map((digits) => parseInt(digits, 16));
    const bytes = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let found = 0;
    for (let at = 0; at < bytes.length; at += 4) {
        if (bytes[at] === red && bytes[at + 1] === green && bytes[at + 2] === blue) found += 1;
    }
    return found;
}"""
WORDS = {"custom_app": "apps", "direct_api": "coding tools", "web_chat": "chat page"}
# As it is once what was asked of it is drawn.
PICTURE = "canvas => new Promise((tell) => requestAnimationFrame(() => tell(canvas.toDataURL())))"
REFUSED = 4


def journal(now: float) -> Sequence[Finished]:
    """Fifty minutes of requests, and some of this morning's; what they add up to is computed in each test."""
    lately = [
        finished(
            ticket=f"{number:032x}",
            arrived_at=now - 3000 + 20 * number,
            principal_id=("key:1", "user:77", "rule:1")[number % 3],
            principal=("ci", "gone", "office")[number % 3],
            principal_class=tuple(WORDS)[number % 3],
            model=("gemma3:4b", "qwen3:8b")[number % 2],
            waited_s=0.1 * number,
            ran_s=2.5,
            prompt_tokens=10 + number,
            completion_tokens=3 * number,
            state="cancelled" if number % 10 == 0 else "done",
        )
        for number in range(120)
    ]
    earlier = [finished(ticket=f"e{number:031x}", arrived_at=now - 8 * 3600 - number) for number in range(5)]
    return [*earlier, *lately]


@dataclass
class Panel:
    """An administrator's browser on the statistics page, and what stands in the journal."""

    sluice: Sluice
    page: Page
    rows: Sequence[Finished] = field(default=())

    def open(self, query: str) -> None:
        """Go to the page with this address line."""
        self.page.goto(f"{self.sluice.url}/admin/statistics{query}")

    def seed(self) -> None:
        """Write the journal as the gate would."""
        now = time.time()
        self.rows = journal(now)
        engine = make_engine(f"sqlite:///{self.sluice.data_dir}/sluice.db")
        with writing(engine) as session:
            write(session, self.rows, [])
            add_to_roll_ups(session, self.rows, {(start_of(now - 1800, FINE_S), "own_limit"): REFUSED})
        engine.dispose()

    @property
    def lately(self) -> Sequence[Finished]:
        """The rows of the last hour."""
        return [row for row in self.rows if row.arrived_at > time.time() - 3600]


@pytest.fixture(scope="module")
def started(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Panel]:
    data_dir: Path = tmp_path_factory.mktemp("statistics") / "data"
    with running_sluice(data_dir) as sluice, clean_page(browser, timezone_id="Asia/Tokyo") as page:
        assert sluice.setup_link is not None
        register(page, sluice.setup_link, "owner", "correct horse battery staple")
        page.wait_for_url("**/admin")
        yield Panel(sluice, page)


@pytest.fixture(scope="module")
def panel(started: Panel) -> Panel:
    """With a journal. The test of the empty one stands first and does not use this."""
    started.seed()
    return started


def table(page: Page, name: str) -> Mapping[str, Mapping[str, str]]:
    """A table's rows by their first cell, each cell by its column's heading."""
    page.locator(f"#{name}-table").wait_for(state="attached")
    rows = page.locator(f"#{name}-table tr").all()
    heads, *cells = [[text.strip() for text in row.locator("th, td").all_text_contents()] for row in rows]
    return {row[0]: dict(zip(heads, row, strict=True)) for row in cells}


def told_s(waits: Sequence[float], share: float) -> str:
    """A percentile by nearest rank, as the page tells it: the bound of its bucket, 2^(1/4) ms apart."""
    wait_s = sorted(waits)[math.ceil(share * len(waits)) - 1]
    bound_s = 0.0 if wait_s <= 0.001 else 0.001 * 2 ** (math.ceil(math.log2(wait_s * 1000) * 4 - 1e-9) / 4)
    return f"{bound_s:.2f} s" if bound_s < 10 else f"{bound_s:.0f} s"


def plain(figure: str) -> str:
    """A figure as programs write it."""
    return figure.replace(",", "")


def drag(page: Page, chart: Locator) -> None:
    box = chart.locator(".u-over").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, middle, steps=5)
    page.mouse.up()


def test_an_empty_database_teaches_what_will_be_here(started: Panel) -> None:
    started.open("")
    expect(started.page.locator("#waits")).to_contain_text("No request came in the last 24h.")
    expect(started.page.locator("#refusals")).to_contain_text("Nobody was refused in the last 24h.")
    expect(started.page.locator("[data-chart=throughput] canvas")).to_be_visible()


def test_waits_are_those_of_the_journal(panel: Panel) -> None:
    panel.open("?range=1h")
    shown = table(panel.page, "waits")
    assert set(shown) == set(WORDS.values())
    for kind, word in WORDS.items():
        waits = [row.waited_s for row in panel.lately if row.principal_class == kind]
        expected = {"Requests": str(len(waits)), "Median": told_s(waits, 0.5)}
        expected |= {"p95": told_s(waits, 0.95), "p99": told_s(waits, 0.99)}
        assert shown[word] == {"Class": word} | expected


@pytest.mark.parametrize("name", ["1h", "24h", "7d", "30d"])
def test_use_and_refusals_are_those_of_the_journal(panel: Panel, name: str) -> None:
    panel.open(f"?range={name}")
    rows = panel.lately if name == "1h" else panel.rows
    models = table(panel.page, "models")
    assert set(models) == {row.model for row in rows}
    for model, shown in models.items():
        mine = [row for row in rows if row.model == model]
        assert shown["Requests"] == f"{len(mine):,}"
        assert shown["Failed"] == f"{sum(row.state != 'done' for row in mine):,}"
        assert shown["Tokens in"] == f"{sum(row.prompt_tokens for row in mine):,}"
        assert shown["Tokens out"] == f"{sum(row.completion_tokens for row in mine):,}"
        ran_s = sum(row.ran_s for row in mine)
        assert shown["Time in slots"] == (f"{ran_s:.2f} s" if ran_s < 10 else f"{ran_s:,.0f} s")
    assert table(panel.page, "refusals")["own_limit"]["Requests"] == str(REFUSED)


def test_somebody_who_is_gone_keeps_a_history(panel: Panel) -> None:
    panel.open("?range=1h")
    mine = [row for row in panel.lately if row.principal_id == "user:77"]
    assert table(panel.page, "principals")["gone"]["Requests"] == f"{len(mine):,}"


def test_the_csv_says_what_the_table_says(panel: Panel) -> None:
    panel.open("?range=1h")
    shown = table(panel.page, "steps")
    with panel.page.expect_download() as download:
        panel.page.locator("#throughput").get_by_role("link", name="as CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    rows = {row["at"][:16].replace("T", " ") + " UTC": row for row in csv.DictReader(io.StringIO(text))}
    assert sum(int(row["requests"]) for row in rows.values()) == len(panel.lately)
    for at, step in shown.items():
        row = rows[at]
        assert (step["Requests"], step["Failed"]) == (row["requests"], row["failed"])
        assert (plain(step["Tokens in"]), plain(step["Tokens out"])) == (row["tokens_in"], row["tokens_out"])
        assert step["Tokens/s"] == f"{float(row['tokens_per_s']):.1f}"
        assert step["Slots in use"] == f"{float(row['busy']):.2f}"
    assert {at for at, row in rows.items() if int(row["requests"]) or float(row["busy"])} == set(shown)


def test_the_charts_are_drawn_in_the_colours_of_the_page(panel: Panel) -> None:
    panel.open("?range=1h")
    lines = {"waits": 3, "requests": 2, "throughput": 1, "busy": 1, "refusals": 1}
    for name, count in lines.items():
        canvas = panel.page.locator(f"[data-chart={name}] canvas")
        expect(canvas).to_be_visible()
        for number in range(count):
            assert canvas.evaluate(LINE_PIXELS, f"--series-{number + 1}") > 50, (name, number)
    assert panel.page.locator("#waits .u-legend .u-label").all_inner_texts()[1:] == list(WORDS.values())
    assert panel.page.locator("#refusals .u-legend .u-label").all_inner_texts()[1:] == ["own_limit"]


def test_another_percentile_is_drawn_when_chosen(panel: Panel) -> None:
    panel.open("?range=24h")
    chart = panel.page.locator("[data-chart=waits]")
    expect(chart.locator(".u-title")).to_have_text("Wait, 95th percentile (seconds)")
    before = chart.locator("canvas").evaluate(PICTURE)
    panel.page.get_by_label("Median").check()
    expect(chart.locator(".u-title")).to_have_text("Wait, median (seconds)")
    assert chart.locator("canvas").evaluate(PICTURE) != before


def test_the_bars_of_use_are_as_long_as_the_times(panel: Panel) -> None:
    panel.open("?range=1h")
    used: dict[str, float] = {}
    for row in panel.lately:
        used[row.principal] = used.get(row.principal, 0.0) + row.ran_s
    bars = panel.page.locator("#principals rect")
    widths = bars.evaluate_all("bars => bars.map((bar) => Number(bar.getAttribute('width')))")
    longest = max(used.values())
    assert widths == [round(160 * ran_s / longest, 1) for ran_s in sorted(used.values(), reverse=True)]


def test_the_charts_follow_the_theme(panel: Panel) -> None:
    panel.open("?range=1h")
    canvas = panel.page.locator("[data-chart=busy] canvas")
    expect(canvas).to_be_visible()
    panel.page.emulate_media(color_scheme="dark")
    until(lambda: canvas.evaluate(LINE_PIXELS, "--series-1") > 50)
    panel.page.emulate_media(color_scheme="light")


def test_dragging_zooms_every_chart_and_a_double_click_goes_back(panel: Panel) -> None:
    panel.open("?range=1h")
    note, chart = panel.page.locator("#zoomed"), panel.page.locator("[data-chart=throughput]")
    expect(note).to_have_text("Drag over a chart to see a part of it larger.")
    other = panel.page.locator("[data-chart=busy] canvas")
    before = other.evaluate(PICTURE)
    chart.scroll_into_view_if_needed()
    drag(panel.page, chart)
    expect(note).to_contain_text("A double click shows all of it again.")
    instants = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", note.inner_text())
    assert len(instants) == 2
    assert instants[0] < instants[1]
    assert other.evaluate(PICTURE) != before
    chart.locator(".u-over").dblclick()
    expect(note).to_have_text("Drag over a chart to see a part of it larger.")
    assert other.evaluate(PICTURE) == before


def test_the_range_stands_in_the_address_and_survives_a_reload(panel: Panel) -> None:
    panel.open("")
    panel.page.get_by_role("link", name="7d").click()
    expect(panel.page).to_have_url(re.compile(r"\?range=7d$"))
    panel.page.reload()
    expect(panel.page.get_by_role("link", name="7d")).to_have_attribute("aria-current", "page")
    expect(panel.page.locator("#waits-table caption")).to_contain_text("in the last 7d")


@pytest.mark.parametrize("query", ["?range=1h", "?range=1h&slots=2"])
def test_every_figure_has_its_unit_and_its_definition_one_click_away(panel: Panel, query: str) -> None:
    panel.open(query)
    headings = panel.page.locator("th.number").all()
    assert len(headings) >= 20
    for heading in headings:
        section = heading.locator("xpath=ancestor::section")
        meaning = section.locator(f"dt[data-figure={heading.get_attribute('data-figure')}] + dd")
        assert re.match(r"In [a-z ]+\. [A-Z].+\.$", meaning.text_content() or ""), heading.text_content()
    panel.page.locator("#waits summary").click()
    expect(panel.page.locator("#waits dd").first).to_be_visible()


def test_other_numbers_are_tried_from_the_page(panel: Panel) -> None:
    panel.open("?range=1h")
    panel.page.get_by_label("Slots").fill("3")
    panel.page.get_by_role("button", name="Try it").click()
    expect(panel.page.locator("#what-if-table")).to_be_visible()
    expect(panel.page.locator("#what-if")).to_contain_text(f"The {len(panel.rows)} requests of the last day")
    expect(panel.page.get_by_label("Slots")).to_have_value("3")


def test_it_fits_a_telephone(panel: Panel) -> None:
    panel.page.set_viewport_size({"width": 360, "height": 740})
    panel.open("?range=1h&slots=2")
    expect(panel.page.locator("[data-chart=busy] canvas")).to_be_visible()
    assert panel.page.evaluate(OVERFLOW) <= 0
    panel.page.set_viewport_size({"width": 1280, "height": 720})
