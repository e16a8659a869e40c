"""Figures and the tables they are shown in: median, 95th percentile, target and verdict."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

_HEADINGS = ("", "median", "p95", "target", "", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured some times; `at_most` is its target, for the median, if it has one."""

    name: str
    samples: Sequence[float]
    unit: str
    at_most: float | None = None
    note: str = ""
    digits: int = 2

    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.samples)

    @property
    def p95(self) -> float:
        """The smallest sample that 95 of 100 stay within."""
        return sorted(self.samples)[math.ceil(0.95 * len(self.samples)) - 1]

    @property
    def verdict(self) -> str:
        """PASS or MISS; nothing where there is no target."""
        if self.at_most is None:
            return ""
        return "PASS" if self.median <= self.at_most else "MISS"

    def cells(self) -> tuple[str, ...]:
        """The figure as a row of a table."""
        p95 = self._written(self.p95) if len(self.samples) > 1 else "-"
        target = "" if self.at_most is None else f"<= {self.at_most:g}"
        return self.name, self._written(self.median), p95, target, self.verdict, self.note

    def _written(self, value: float) -> str:
        return f"{value:,.{self.digits}f} {self.unit}"


@dataclass(frozen=True, slots=True)
class Section:
    """What belongs together under one title."""

    title: str
    figures: Sequence[Figure]

    def lines(self) -> Iterator[str]:
        """The title and the table below it."""
        rows = [_HEADINGS, *(figure.cells() for figure in self.figures)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        yield self.title
        for row in rows:
            name, *others = row[:4]
            numbers = (cell.rjust(width) for cell, width in zip(others, widths[1:4], strict=True))
            yield "  ".join(["", name.ljust(widths[0]), *numbers, row[4].ljust(4), row[5]]).rstrip()
