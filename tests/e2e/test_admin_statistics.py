"""The statistics page in a real browser: its numbers are the journal's, and it fits a telephone."""

import csv
import io
import re
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.statistics_panel import (
    NOTHING,
    REFUSED,
    WORDS,
    Panel,
    check_about,
    opened_panel,
    percentile,
    plain,
    seconds,
    table,
)

pytestmark = [pytest.mark.slow, pytest.mark.browser]

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
RIGHT_EDGES = "cells => cells.map((cell) => [cell.getBoundingClientRect().right, cell.textContent])"


@pytest.fixture(scope="module")
def started(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Panel]:
    with opened_panel(browser, tmp_path_factory.mktemp("statistics") / "data") as panel:
        yield panel


@pytest.fixture(scope="module")
def panel(started: Panel) -> Panel:
    """With a journal. The test of the empty one stands first and does not use this."""
    started.seed()
    return started


def test_an_empty_database_teaches_what_will_be_here(started: Panel) -> None:
    started.open("")
    expect(started.page.locator("#waits")).to_contain_text("No request was admitted in the last 24h.")
    expect(started.page.locator("#refusals")).to_contain_text("Nobody was refused in the last 24h.")
    expect(started.page.locator("[data-chart=throughput] canvas")).to_be_visible()


def test_waits_are_those_of_the_journal(panel: Panel) -> None:
    panel.open("?range=1h")
    shown = table(panel.page, "waits")
    assert set(shown) == set(WORDS.values())
    for kind, word in WORDS.items():
        waits = [row.waited_s for row in panel.lately if row.principal_class == kind and row.was_admitted]
        assert shown[word]["Admitted"] == str(len(waits))
        for name, share in (("Median", 0.5), ("p95", 0.95), ("p99", 0.99)):
            check_about(shown[word][name], percentile(waits, share))
            assert seconds(shown[word][name]) <= max(waits) * 1.05, "the rounding alone may be above the longest"


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
        assert seconds(shown["Time in slots"]) == pytest.approx(sum(row.ran_s for row in mine), abs=0.5)
    assert table(panel.page, "refusals")["own_limit"]["Requests"] == str(REFUSED)


def test_somebody_who_is_gone_keeps_a_history(panel: Panel) -> None:
    panel.open("?range=1h")
    mine = [row for row in panel.lately if row.principal_id == "user:77"]
    shown = table(panel.page, "principals")["gone"]
    assert (shown["Kind"], shown["Requests"]) == ("person 77", f"{len(mine):,}")


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
        for kind, word in WORDS.items():
            for heading, name in (("Median", "p50_s"), ("p95", "p95_s")):
                shown_s, wait_s = step[f"{heading}, {word}"], row[f"{kind}_{name}"]
                assert (shown_s == NOTHING) == (wait_s == "")
                if wait_s:
                    assert seconds(shown_s) == pytest.approx(float(wait_s), rel=0.05)
    assert {at for at, row in rows.items() if int(row["requests"]) or float(row["busy"])} == set(shown)


def test_the_bars_of_use_are_as_long_as_the_times(panel: Panel) -> None:
    panel.open("?range=1h")
    used: dict[str, float] = {}
    for row in panel.lately:
        used[row.principal] = used.get(row.principal, 0.0) + row.ran_s
    bars = panel.page.locator("#principals rect")
    widths = bars.evaluate_all("bars => bars.map((bar) => Number(bar.getAttribute('width')))")
    longest = max(used.values())
    assert widths == [round(160 * ran_s / longest, 1) for ran_s in sorted(used.values(), reverse=True)]


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
        assert re.match(r"In [a-z, ]+\. [A-Z].+\.$", meaning.text_content() or ""), heading.text_content()
    panel.page.locator("#waits summary").click()
    expect(panel.page.locator("#waits dd").first).to_be_visible()


def test_other_numbers_are_tried_from_the_page(panel: Panel) -> None:
    panel.open("?range=1h")
    panel.page.get_by_label("Slots").fill("3")
    panel.page.get_by_role("button", name="Try it").click()
    shown = table(panel.page, "what-if")
    admitted = [row for row in panel.rows if row.was_admitted]
    expect(panel.page.locator("#what-if")).to_contain_text(
        f"{len(admitted)} of the {len(panel.rows)} requests of the last day"
    )
    expect(panel.page.locator("#what-if-left-out")).to_contain_text("Left out is 1 that was never admitted")
    expect(panel.page.get_by_label("Slots")).to_have_value("3")
    for kind, word in WORDS.items():
        waits = [row.waited_s for row in admitted if row.principal_class == kind]
        assert shown[word]["Requests"] == str(len(waits))
        assert seconds(shown[word]["Median, measured"]) == pytest.approx(percentile(waits, 0.5), abs=0.5)
        assert seconds(shown[word]["p95, measured"]) == pytest.approx(percentile(waits, 0.95), abs=0.5)


def test_what_was_tried_can_be_made_the_gates_own_number(panel: Panel) -> None:
    panel.open("?range=1h&slots=3")
    panel.page.get_by_role("button", name="Set slots to 3").click()
    panel.page.wait_for_url("**/admin/settings#upstream.slots")
    expect(panel.page.get_by_label("Slots: requests at once", exact=True)).to_have_value("3")
    panel.page.get_by_role("button", name="Back to the default (1): Slots: requests at once").click()
    expect(panel.page.get_by_label("Slots: requests at once", exact=True)).not_to_have_value("3")


def test_an_unknown_range_is_said_and_the_known_ones_are_named(panel: Panel) -> None:
    panel.open("?range=99d")
    expect(panel.page.get_by_role("alert")).to_have_text(
        "There is no range '99d'. Choose 1h, 24h, 7d or 30d; shown are the last 24h."
    )
    expect(panel.page.get_by_role("link", name="24h")).to_have_attribute("aria-current", "page")


def test_it_fits_a_telephone(panel: Panel) -> None:
    panel.page.set_viewport_size({"width": 360, "height": 740})
    panel.open("?range=1h&slots=2")
    expect(panel.page.locator("[data-chart=busy] canvas")).to_be_visible()
    assert panel.page.evaluate(OVERFLOW) <= 0
    for name in ("waits", "principals", "models", "refusals", "what-if"):
        cells = panel.page.locator(f"#{name}-table tbody :is(td, th, svg, button)")
        rights = cells.evaluate_all(RIGHT_EDGES)
        assert rights, name
        assert all(right <= 360 for right, _ in rights), (name, rights)
        expect(cells.last).to_be_visible()
    for word in ("p99", "Time in slots", "p95, tried"):
        assert panel.page.locator(f"td[data-label='{word}']").first.is_visible(), word
    panel.page.set_viewport_size({"width": 1280, "height": 720})
