"""A month of journal in a fresh data directory, and how long the statistics take on it.

`python -m tests.seed DIR [ROWS]`; ten million rows take a quarter of an hour and 2.2 GB. Arrivals follow the hours
of a day, waits and runs are spread as in a busy house; a fixed seed makes every month the same but for its end,
the present hour, so that the panel shows it.
"""

import math
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from addon.store.engine import Engine, make_engine, reading, writing
from addon.store.flow import flow_by_step
from addon.store.journal import Finished, write
from addon.store.refusal_statistics import refusals_by_step
from addon.store.roll_ups import FINE_S, add_to_roll_ups, start_of
from addon.store.schema import ensure_schema
from addon.store.statistics import (
    use,
    wait_counts,
)
from addon.store.stretch import Stretch

END = time.time() // 3600 * 3600
_DAYS = 30
_BATCH = 50_000
_ROUNDS = 5
_TARGET_MS = 200
_CLASSES = (("custom_app", "key", 2), ("direct_api", "rule", 1), ("web_chat", "user", 3))
_MODELS = ("gemma3:4b", "llama3.2:3b", "qwen3:8b", "mistral:7b")
_PRINCIPALS_OF_A_CLASS = 40
_REASONS = ("bad_credential", "own_limit", "queue_full", "unknown_path")
_SPANS = (("1 h", 3600), ("24 h", 24 * 3600), ("7 d", 7 * 24 * 3600), ("30 d", 30 * 24 * 3600))


def rows_of_a_month(count: int, dice: random.Random) -> Iterator[Finished]:
    """Finished requests in the order of their arrival."""
    step_s = _DAYS * 24 * 3600 / count
    for number in range(count):
        arrived_at = END - _DAYS * 24 * 3600 + (number + dice.random()) * step_s
        kind, prefix, base = _CLASSES[number % 3]
        busy = 1.2 + math.sin(arrived_at / (24 * 3600) * 2 * math.pi)
        who = dice.randrange(_PRINCIPALS_OF_A_CLASS)
        tokens = dice.randrange(20, 900)
        yield Finished(
            ticket=f"{number:032x}",
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


def fill(engine: Engine, count: int) -> None:
    """Write the month, with progress."""
    rows = rows_of_a_month(count, random.Random(7))
    batch: list[Finished] = []
    with click.progressbar(length=count, label="writing", file=sys.stderr) as bar:
        for row in rows:
            batch.append(row)
            if len(batch) == _BATCH:
                _write(engine, batch)
                bar.update(len(batch))
                batch = []
        _write(engine, batch)
        bar.update(len(batch))


def measure(engine: Engine) -> list[tuple[str, float]]:
    """The median time of everything one page of statistics asks, for each stretch; in milliseconds."""

    def page(length_s: float) -> Callable[[], None]:
        stretch = Stretch(END - length_s, END)

        def ask() -> None:
            with reading(engine) as session:
                wait_counts(session, stretch)
                flow_by_step(session, stretch)
                use(session, stretch)
                refusals_by_step(session, stretch)

        return ask

    return [(name, _median_ms(page(length_s))) for name, length_s in _SPANS]


def _median_ms(ask: Callable[[], None]) -> float:
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


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.argument("count", type=int, default=10_000_000)
def main(directory: Path, count: int) -> None:
    """Fill DIRECTORY with COUNT rows, then time the statistics."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = make_engine(f"sqlite:///{directory.absolute()}/sluice.db")
    ensure_schema(engine, directory)
    fill(engine, count)
    click.echo(f"{count:,} rows; everything on one page of statistics, median of {_ROUNDS}:")
    for name, taken_ms in measure(engine):
        verdict = "PASS" if taken_ms <= _TARGET_MS else "MISS"
        click.echo(f"  {name:>5}  {taken_ms:7.1f} ms  <= {_TARGET_MS}  {verdict}")


if __name__ == "__main__":
    main()
