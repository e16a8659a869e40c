"""The charts of the statistics page in a real browser: drawn, told with units, and zoomed together."""

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.chat_house import until
from tests.e2e.statistics_panel import NOTHING, WORDS, Panel, opened_panel

pytestmark = [pytest.mark.slow, pytest.mark.browser]

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
# As it is once what was asked of it is drawn.
PICTURE = "canvas => new Promise((tell) => requestAnimationFrame(() => tell(canvas.toDataURL())))"
DRAG = "Drag over a chart to see a part of it larger."
INSTANT = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"


@pytest.fixture(scope="module")
def panel(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Panel]:
    with opened_panel(browser, tmp_path_factory.mktemp("charts") / "data") as panel:
        panel.seed()
        yield panel


def drag(page: Page, chart: Locator) -> None:
    box = chart.locator(".u-over").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, middle, steps=5)
    page.mouse.up()


def test_the_charts_are_drawn_in_the_colours_of_the_page(panel: Panel) -> None:
    panel.open("?range=1h")
    lines = {"waits": 3, "requests": 2, "throughput": 1, "busy": 2, "refusals": 1}
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


def test_what_the_pointer_is_at_is_told_with_its_unit(panel: Panel) -> None:
    panel.open("?range=24h")
    panel.page.locator("[data-chart=busy]").scroll_into_view_if_needed()
    for name, unit in {"waits": "s", "requests": "a minute", "throughput": "tokens/s", "busy": "slots"}.items():
        chart = panel.page.locator(f"[data-chart={name}]")
        chart.scroll_into_view_if_needed()
        chart.locator(".u-over").hover()
        value = chart.locator(".u-legend .u-value").nth(2 if name == "busy" else 1)
        if name == "waits":  # nobody waited in most steps
            expect(value).to_have_text(re.compile(rf"^({NOTHING}|about [0-9.]+ {unit})$"))
        else:
            expect(value).to_have_text(re.compile(rf"^[0-9.]+ {unit}$"))
        expect(chart.locator(".u-legend .u-value").first).to_have_text(re.compile(r"UTC$"))


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
    expect(note).to_have_text(DRAG)
    other = panel.page.locator("[data-chart=busy] canvas")
    before = other.evaluate(PICTURE)
    chart.scroll_into_view_if_needed()
    drag(panel.page, chart)
    expect(note).to_contain_text("A double click shows all of it again.")
    instants = re.findall(INSTANT, note.inner_text())
    assert len(instants) == 2
    assert instants[0] < instants[1]
    assert other.evaluate(PICTURE) != before
    chart.locator(".u-over").dblclick()
    expect(note).to_have_text(DRAG)
    assert other.evaluate(PICTURE) == before


def test_another_percentile_or_theme_keeps_the_part_that_is_shown(panel: Panel) -> None:
    panel.open("?range=1h")
    note = panel.page.locator("#zoomed")
    chart = panel.page.locator("[data-chart=throughput]")
    chart.scroll_into_view_if_needed()
    drag(panel.page, chart)
    expect(note).to_contain_text("Shown: ")
    shown = note.inner_text()
    waits = panel.page.locator("[data-chart=waits] canvas")
    part = waits.evaluate(PICTURE)
    panel.page.get_by_label("Median").check()
    expect(panel.page.locator("[data-chart=waits] .u-title")).to_have_text("Wait, median (seconds)")
    assert note.inner_text() == shown
    panel.page.get_by_label("95th percentile").check()
    until(lambda: waits.evaluate(PICTURE) == part)
    for scheme in ("dark", "light"):
        panel.page.emulate_media(color_scheme=scheme)
    until(lambda: waits.evaluate(PICTURE) == part)
    assert note.inner_text() == shown


def test_the_keyboard_zooms_and_goes_back(panel: Panel) -> None:
    panel.open("?range=1h")
    note, keys = panel.page.locator("#zoomed"), panel.page.keyboard
    zoom_in = panel.page.get_by_role("button", name="Zoom in")
    back = panel.page.get_by_role("button", name="Show all of it")
    expect(zoom_in).to_be_visible()
    expect(back).to_be_hidden()
    zoom_in.focus()
    keys.press("Enter")
    expect(note).to_contain_text("Shown: ")
    middle = re.findall(INSTANT, note.inner_text())
    keys.press("Tab")
    keys.press("Enter")
    expect(note).not_to_contain_text(middle[0])
    earlier = re.findall(INSTANT, note.inner_text())
    assert earlier[0] < middle[0]
    assert earlier[1] < middle[1]
    back.focus()
    keys.press("Enter")
    expect(note).to_have_text(DRAG)
    expect(back).to_be_hidden()
    expect(zoom_in).to_be_focused()
