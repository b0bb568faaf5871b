"""The parts of a race between the times that its result tells, in wall time and with the heart rate held over each.

A missed time costs both parts beside it: nothing is guessed across a gate that did not see anybody. A leg of a relay begins
with the take-over, when the one before has finished.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from sts_hub.analytics.holding import Samples, Window, held
from sts_protocols.results.times import TICKS_PER_S

US_PER_TICK: Final = 1_000_000 // TICKS_PER_S
# A strap tells once a second; after three of its intervals a value is late, and holds no longer.
LONGEST_GAP_US: Final = 3_000_000


class Part(NamedTuple):
    """Of a race, from one time to the next, in 1/10,000 s from its start."""

    at: str
    distance_m: float | None
    begin_ticks: int
    end_ticks: int


class Rate(NamedTuple):
    """Heart rate over a part, /min; None without any. `coverage`: how much of the part has values, 0 to 1."""

    mean: float | None
    low: float | None
    high: float | None
    coverage: float


def start_of(told: Sequence[str], day: date | None, zone: str) -> datetime | None:
    """The first of these texts that tells a moment, in UTC: date and time, or a time of the day given, in the zone given
    where it has none of its own."""
    for text in told:
        found = _moment(text.strip(), day)
        if found is not None:
            return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    return None


def _moment(text: str, day: date | None) -> datetime | None:
    try:
        if "T" in text:
            return datetime.fromisoformat(text)
        # `9:05` of a start list is no ISO time.
        clock = time.fromisoformat(text if text[1:2] != ":" else f"0{text}")
    except ValueError:
        return None
    return None if day is None else datetime.combine(day, clock)


def parts(result: Mapping[str, Any]) -> Iterator[Part]:
    """The parts of a result, the last one to the finish."""
    yield from filter(None, _slots(result))


def parts_of_legs(result: Mapping[str, Any], legs: Sequence[Mapping[str, Any]]) -> list[list[Part]]:
    """The parts of each leg of a relay; none of a leg where nothing says when it began and ended.

    By the legs' own times, if the source tells any and they make up the time of the whole; else by the splits of the whole,
    if every leg has equally many.
    """
    if any(leg.get("time") for leg in legs):
        return _by_own_times(result, legs)
    slots = _slots(result)
    each, over = divmod(len(slots), len(legs))
    if over:
        return [[] for _ in legs]
    return [[one for one in slots[place * each : (place + 1) * each] if one] for place in range(len(legs))]


def _by_own_times(result: Mapping[str, Any], legs: Sequence[Mapping[str, Any]]) -> list[list[Part]]:
    """A leg without a time costs all behind it, too."""
    found: list[list[Part]] = []
    begin: int | None = 0
    for leg in legs:
        ticks = (leg.get("time") or {}).get("ticks")
        told = [] if begin is None else [_later(one, begin) for one in parts(leg)]
        found.append(told if ticks is not None else [])
        begin = None if begin is None or ticks is None else begin + int(ticks)
    whole = (result.get("time") or {}).get("ticks")
    fits = begin is None or whole is None or abs(begin - whole) <= len(legs) * TICKS_PER_S
    return found if fits else [[] for _ in legs]


def _later(part: Part, by_ticks: int) -> Part:
    return part._replace(begin_ticks=part.begin_ticks + by_ticks, end_ticks=part.end_ticks + by_ticks)


def _slots(result: Mapping[str, Any]) -> list[Part | None]:
    """What lies before each time that the source has a place for; None where one of its two times is missing."""
    found: list[Part | None] = []
    before: int | None = 0
    for split in result.get("splits", ()):
        end = _end(split, before)
        there = end is not None and before is not None and end > before
        found.append(
            Part(split.get("at", ""), split.get("distance_m"), before or 0, end or 0) if there else None
        )
        before = end
    finish = (result.get("time") or {}).get("ticks")
    if finish is not None and finish != before:
        there = before is not None and finish > before
        found.append(Part("finish", None, before or 0, int(finish)) if there else None)
    return found


def _end(split: Mapping[str, Any], before: int | None) -> int | None:
    whole, lap = ((split.get(name) or {}).get("ticks") for name in ("time", "lap"))
    if whole is not None:
        return int(whole)
    return None if lap is None or before is None else before + int(lap)


def window(part: Part, start_us: int) -> Window:
    """When a part was, µs since 1970."""
    return Window(start_us + part.begin_ticks * US_PER_TICK, start_us + part.end_ticks * US_PER_TICK)


def rate(samples: Samples, during: Window) -> Rate:
    """The heart rate over a part: each value counts as long as it holds."""
    values = held(samples, during, LONGEST_GAP_US)
    if not len(values.value):
        return Rate(None, None, None, 0.0)
    mean = float(np.sum(values.value * values.us) / values.total_us)
    low, high = float(values.value.min()), float(values.value.max())
    return Rate(mean, low, high, values.total_us / during.us)
