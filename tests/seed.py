"""A month of journal in a fresh data directory, and how long the panel's answers take on it.

`python -m tests.seed DIR [ROWS]`; ten million rows take a quarter of an hour and 2.2 GB. Arrivals follow the hours
of a day, waits and runs are spread as in a busy house; a fixed seed makes every month the same but for its end,
the present hour, so that the panel shows it. What is timed is the whole answer, JSON included, of each range, what
the overview asks, and the last hour once more when a hundred thousand requests more have come in it.
"""

import json
import math
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import click

from addon.settings import load_settings
from addon.store.engine import Engine, make_engine, writing
from addon.store.journal import Finished, write
from addon.store.roll_ups import FINE_S, add_to_roll_ups, start_of
from addon.store.schema import ensure_schema
from admin_app.actions.journal import latest
from admin_app.actions.statistics import RANGES, refused_in_last_hour, told
from admin_app.context import WebContext
from admin_app.statistics_shapes import busiest

END = time.time() // 3600 * 3600
_DAYS = 30
_BATCH = 50_000
_ROUNDS = 5
_TARGET_MS = 200
_JSON_ROWS = 200
_OVERVIEW_ROWS = 20
_CLASSES = (("custom_app", "key", 2), ("direct_api", "rule", 1), ("web_chat", "user", 3))
_MODELS = ("gemma3:4b", "llama3.2:3b", "qwen3:8b", "mistral:7b")
_PRINCIPALS_OF_A_CLASS = 40
_REASONS = ("bad_credential", "own_limit", "queue_full", "unknown_path")
_CROWD = 100_000
"""Requests in one crowded hour."""


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of journal up to END: how long they are, and how many rows; `mark` tells their tickets apart."""

    length_s: float
    count: int
    mark: str = "0"


def rows_of(span: Span, dice: random.Random) -> Iterator[Finished]:
    """Finished requests in the order of their arrival."""
    step_s = span.length_s / span.count
    for number in range(span.count):
        arrived_at = END - span.length_s + (number + dice.random()) * step_s
        kind, prefix, base = _CLASSES[number % 3]
        busy = 1.2 + math.sin(arrived_at / (24 * 3600) * 2 * math.pi)
        who = dice.randrange(_PRINCIPALS_OF_A_CLASS)
        tokens = dice.randrange(20, 900)
        yield Finished(
            ticket=f"{span.mark}{number:031x}",
            principal_id=f"{prefix}:{who}",
            principal=f"{prefix} {who}",
            principal_class=kind,
            base=base,
            model=_MODELS[dice.randrange(len(_MODELS))],
            path="/api/chat",
            upstream="default",
            arrived_at=arrived_at,
            waited_s=dice.expovariate(1 / (5 * busy)),
            first_byte_s=0.4,
            ran_s=tokens / 60,
            prompt_tokens=dice.randrange(50, 4000),
            completion_tokens=tokens,
            is_estimated=False,
            status=200,
            state="done" if dice.random() < 0.97 else "cancelled",
            ended_by="upstream",
        )


def fill(engine: Engine, span: Span) -> None:
    """Write them, with progress."""
    rows = rows_of(span, random.Random(7))
    with click.progressbar(length=span.count, label="writing", file=sys.stderr) as bar:
        while batch := list(islice(rows, _BATCH)):
            _write(engine, batch)
            bar.update(len(batch))


def answers(context: WebContext) -> Mapping[str, Callable[[], object]]:
    """What the panel asks of the journal, each as a whole answer, by name."""

    def statistics_of(name: str) -> Callable[[], object]:
        return lambda: json.dumps(busiest(told(context, name), _JSON_ROWS))

    pages = {f"statistics, {name}": statistics_of(name) for name in RANGES}
    return pages | {
        "newest rows": lambda: latest(context, _OVERVIEW_ROWS),
        "refused, 1h": lambda: refused_in_last_hour(context),
    }


def median_ms(ask: Callable[[], object]) -> float:
    """The median time of some rounds, in milliseconds."""
    taken = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def _write(engine: Engine, batch: list[Finished]) -> None:
    with writing(engine) as session:
        write(session, batch, ())
        add_to_roll_ups(session, batch, _refusals(batch))


def _refusals(batch: Sequence[Finished]) -> Mapping[tuple[int, str], int]:
    """One beside every fiftieth request."""
    refused = Counter[tuple[int, str]]()
    for number, row in enumerate(batch[::50]):
        refused[start_of(row.arrived_at, FINE_S), _REASONS[number % len(_REASONS)]] += 1
    return refused


def _told(name: str, taken_ms: float) -> None:
    verdict = "PASS" if taken_ms <= _TARGET_MS else "MISS"
    click.echo(f"  {name:>24}  {taken_ms:7.1f} ms  <= {_TARGET_MS}  {verdict}")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.argument("count", type=int, default=10_000_000)
def main(directory: Path, count: int) -> None:
    """Fill DIRECTORY with COUNT rows, then time the panel's answers."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = make_engine(f"sqlite:///{directory.absolute()}/sluice.db")
    ensure_schema(engine, directory)
    settings = load_settings(config=None, data=directory.absolute(), listen=None, environ={})
    context = WebContext(settings=settings, engine=engine, session_secret=b"", gate_secret="", now=lambda: END)
    fill(engine, Span(_DAYS * 24 * 3600, count))
    click.echo(f"{count:,} rows; whole answers, median of {_ROUNDS}:")
    for name, ask in answers(context).items():
        _told(name, median_ms(ask))
    fill(engine, Span(3600, _CROWD, "c"))
    click.echo(f"{_CROWD:,} more in the last hour:")
    _told("statistics, 1h", median_ms(answers(context)["statistics, 1h"]))


if __name__ == "__main__":
    main()
