"""A figure, its promise, and how both are told."""

from __future__ import annotations

import asyncio
import gc
import math
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

TRIES = 5
# Shorter, and the clock's own grain would show.
LEAST_TRY_S = 0.05
PACE_STEPS = 300_000


@dataclass(frozen=True)
class Figure:
    """One measured number. `at_most` is the promise; without one the figure is there to compare with.

    `each` are the single measurements where there are several; `value` says what follows from them.
    """

    part: str
    name: str
    value: float | None
    unit: str
    at_most: float | None = None
    each: tuple[float, ...] = ()
    note: str = ""

    @property
    def verdict(self) -> str:
        """met, MISSED, not run, or an empty word where nothing was promised."""
        if self.value is None or not math.isfinite(self.value):
            return "not run"
        if self.at_most is None:
            return ""
        return "met" if self.value <= self.at_most else "MISSED"

    def row(self) -> tuple[str, str, str, str, str]:
        """Name, value, promise, verdict, remark."""
        promise = "" if self.at_most is None else f"≤ {_number(self.at_most)}"
        value = "-" if self.value is None else f"{_number(self.value)} {self.unit}".rstrip()
        remarks = [" / ".join(map(_number, self.each))] if len(self.each) > 1 else []
        return self.name, value, promise, self.verdict, "; ".join([*remarks, *filter(None, [self.note])])

    def told(self) -> dict[str, Any]:
        """As the JSON report has it."""
        return {
            "part": self.part,
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "at_most": self.at_most,
            "verdict": self.verdict,
            "each": list(self.each),
            "note": self.note,
        }


def of_three(part: str, name: str, each: list[float], unit: str, at_most: float | None = None) -> Figure:
    """A figure in seconds: all measurements are told, and the worst must keep the promise."""
    return Figure(part, name, max(each, default=None), unit, at_most, tuple(each), "worst of these")


def table(figures: list[Figure]) -> str:
    """All figures for a person, part after part."""
    rows = [figure.row() for figure in figures]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    lines, part = [], ""
    for figure, row in zip(figures, rows, strict=True):
        if figure.part != part:
            part = figure.part
            lines += ["", part]
        name, value, promise, verdict, remark = row
        cells = (
            name.ljust(widths[0]),
            value.rjust(widths[1]),
            promise.rjust(widths[2]),
            verdict.ljust(widths[3]),
        )
        lines.append(f"  {'  '.join(cells)}  {remark}".rstrip())
    return "\n".join(lines)


def cpu_us(work: Callable[[], object]) -> float:
    """CPU time of one call, µs: the best of some tries, each long enough to be measured."""
    work()
    calls = 1
    while (spent_s := _cpu_s(work, calls)) < LEAST_TRY_S:
        calls = max(2 * calls, int(calls * 1.2 * LEAST_TRY_S / max(spent_s, 1e-6)))
    return min(_cpu_s(work, calls) for _ in range(TRIES)) / calls * 1e6


def pace_ms() -> float:
    """CPU time of one fixed piece of work, ms: on a busy machine the same work costs more CPU, too."""
    return (
        min(_cpu_s(lambda: sum(number * number for number in range(PACE_STEPS)), 1) for _ in range(3)) * 1e3
    )


def median(values: list[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def as_they_come(figures: AsyncIterator[Figure]) -> Iterator[Figure]:
    """Figures of a part that needs an event loop."""
    with asyncio.Runner() as runner:
        while (figure := runner.run(_next(figures))) is not None:
            yield figure


async def _next(figures: AsyncIterator[Figure]) -> Figure | None:
    return await anext(figures, None)


def _cpu_s(work: Callable[[], object], calls: int) -> float:
    collecting = gc.isenabled()
    gc.disable()
    try:
        began = time.process_time()
        for _ in range(calls):
            work()
        return time.process_time() - began
    finally:
        if collecting:
            gc.enable()


def _number(value: float) -> str:
    if value and abs(value) < 10:
        return f"{value:,.2f}"
    return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"
