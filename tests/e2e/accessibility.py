"""What hinders people on a page: axe's findings in both themes, wide and narrow, and fields without a label."""

from collections.abc import Iterator, Sequence
from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WIDE = (1280, 800)
NARROW = (360, 740)
_THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

_AXE = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id}: ${target.join(" ")}: ${failureSummary.replace(/\\s+/g, " ")}`));
}"""
# Axe is content with a placeholder or a title, which are gone or unseen when people need them.
_UNLABELLED = """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
  .filter((field) => field.checkVisibility() && !field.labels?.length)
  .filter((field) => !field.ariaLabel && !field.getAttribute("aria-labelledby"))
  .map((field) => `no label: ${field.outerHTML.slice(0, 120)}`)"""


def findings(page: Page, name: str, sizes: Sequence[tuple[int, int]] = (WIDE, NARROW)) -> list[str]:
    """A line for everything that is wrong with this state of the page, which the lines call `name`."""
    if page.evaluate("globalThis.axe === undefined"):
        page.evaluate(AXE_SCRIPT)
    found = [*page.evaluate(_UNLABELLED)]
    for size, theme in _looks(page, sizes):
        found += [f"{theme}, {size[0]} px: {each}" for each in page.evaluate(_AXE)]
    return [f"{name}: {each}" for each in found]


def _looks(page: Page, sizes: Sequence[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], str]]:
    """Each look, while the page has it; at last it is wide."""
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        for theme in _THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            yield (width, height), theme
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
