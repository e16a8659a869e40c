"""`python -m tests.bench [--quick]`: measures the queue's targets and prints one table for each.

The exit code is 0 whatever the figures are, and 1 when something broke, so that there are none.
"""

import asyncio
import os
import platform
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from tests.bench import checks, enqueueing, handing_over, holding
from tests.bench.figures import Section
from tests.bench.processes import BenchError, allow_open_files
from tests.bench.scale import FULL, QUICK, Scale
from tests.bench.sluice import prepare_house


@click.command()
@click.option("--quick", "is_quick", is_flag=True, help="Smaller sizes and one round: some 20 seconds.")
def main(*, is_quick: bool) -> None:
    """Measure the queue's targets on this machine."""
    try:
        asyncio.run(_measure(QUICK if is_quick else FULL))
    except (BenchError, TimeoutError) as error:
        raise click.ClickException(str(error) or "something took far too long.") from error


async def _measure(scale: Scale) -> None:
    allow_open_files(2 * scale.held + 1000)
    load = f"load {os.getloadavg()[0]:.1f} at the start"
    click.echo(f"Python {platform.python_version()}, {os.cpu_count()} cores, {load}, rounds: {scale.rounds}\n")
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as place:
        data_dir = Path(place) / "data"
        await prepare_house(data_dir)
        _show([await handing_over.measure(scale, data_dir)])
        _show([await checks.measure(scale, data_dir)])
        _show(await holding.measure(scale, data_dir))
    _show([enqueueing.measure(scale)])


def _show(sections: Iterable[Section]) -> None:
    for section in sections:
        click.echo("\n".join(section.lines()) + "\n")


if __name__ == "__main__":
    main()
