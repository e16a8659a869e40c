"""The statistics page of a Sluice with a small journal, and how its figures are read."""

import math
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

from addon.store.engine import make_engine, writing
from addon.store.journal import Finished, write
from addon.store.roll_ups import FINE_S, add_to_roll_ups, start_of
from tests.e2e.pages import clean_page, register
from tests.e2e.processes import Sluice, running_sluice
from tests.store.samples import finished

WORDS = {"custom_app": "apps", "direct_api": "coding tools", "web_chat": "chat page"}
NOTHING = "–"  # noqa: RUF001 - this very letter
# Of the page of a range that there is not.
FORESEEN = ("Failed to load resource: the server responded with a status of 400",)
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
    # Left while it waited.
    who = {"principal_id": "key:1", "principal": "ci", "principal_class": "custom_app", "model": "gemma3:4b"}
    gone = {"arrived_at": now - 700, "waited_s": 900.0, "ran_s": 0.0, "state": "cancelled"}
    lately.append(finished(ticket="f" * 32, **who, **gone))
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


@contextmanager
def opened_panel(browser: Browser, data_dir: Path) -> Generator[Panel]:
    """A fresh Sluice and its administrator, far from UTC; the journal is empty."""
    with running_sluice(data_dir) as sluice, clean_page(browser, FORESEEN, timezone_id="Asia/Tokyo") as page:
        assert sluice.setup_link is not None
        register(page, sluice.setup_link, "owner", "correct horse battery staple")
        page.wait_for_url("**/admin")
        yield Panel(sluice, page)


def table(page: Page, name: str) -> Mapping[str, Mapping[str, str]]:
    """A table's rows by their first cell, each cell by its column's heading."""
    page.locator(f"#{name}-table").wait_for(state="attached")
    rows = page.locator(f"#{name}-table tr").all()
    heads, *cells = [[text.strip() for text in row.locator("th, td").all_text_contents()] for row in rows]
    return {row[0]: dict(zip(heads, row, strict=True)) for row in cells}


UNITS_S = {"s": 1, "min": 60, "h": 3600}


def seconds(words: str) -> float:
    """A length of time as the page tells it (`about 8.0 min`, `3 h 39 min`)."""
    parts = words.removeprefix("about ").replace(",", "").split()
    return sum(float(part) * UNITS_S[unit] for part, unit in zip(parts[::2], parts[1::2], strict=True))


def percentile(waits: Sequence[float], share: float) -> float:
    """By nearest rank."""
    return sorted(waits)[math.ceil(share * len(waits)) - 1]


def check_about(words: str, true_s: float) -> None:
    """It says that it is not exact, and is within the bound it gives: a fifth, and the rounding to two digits."""
    assert words.startswith("about "), words
    assert true_s / 1.2 * 0.95 <= seconds(words) <= true_s * 1.2 * 1.05, (words, true_s)


def plain(figure: str) -> str:
    """A figure as programs write it."""
    return figure.replace(",", "")
