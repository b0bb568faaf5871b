"""What the straps emitted against what the gateway accepted, with a reason for every difference.

The oracle proves that nothing accepted was lost. This says how much of what was on the air was accepted,
and why the rest was not: nobody was connected, or the agent was down or killed with a record open.
"""

from __future__ import annotations

import bisect
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# The agent stamps in the callback; between emit and callback lie two hops over D-Bus. Shorter than the second to
# the strap's next word, which may say the same heart rate.
LATE_STAMP_US = 900_000
# A record closes at the latest after 1 s; the kill that cost it comes within that time.
OPEN_RECORD_US = 1_300_000


def table(
    truth: Path, accepted: Iterable[tuple[str, int, float]], down: list[tuple[int, int]]
) -> Counter[str]:
    """Count emitted heart rates by what became of them.

    ``accepted``: (strap, boot time µs, heart rate) of every accepted value. ``down``: from when to when
    (boot time, µs) no agent ran.
    """
    heard: dict[str, list[tuple[int, float]]] = {}
    for strap, boot_us, rate in accepted:
        heard.setdefault(strap, []).append((boot_us, rate))
    for values in heard.values():
        values.sort()
    counts: Counter[str] = Counter()
    with truth.open() as lines:
        for emitted in map(json.loads, lines):
            if "hr" in emitted:
                counts[_fate(emitted, heard, down)] += 1
    return counts


def _fate(
    emitted: dict[str, Any], heard: dict[str, list[tuple[int, float]]], down: list[tuple[int, int]]
) -> str:
    at_us = emitted["t_boot_us"]
    if not emitted["delivered"]:
        return f"not delivered: {emitted.get('why') or 'nobody connected'}"
    if _take(heard.get(emitted["strap"], []), at_us, float(emitted["hr"])):
        return "accepted"
    if any(since - OPEN_RECORD_US <= at_us <= until + OPEN_RECORD_US for since, until in down):
        return "agent killed or down"
    return "unexplained"


def _take(values: list[tuple[int, float]], at_us: int, rate: float) -> bool:
    """Find and use up the accepted value that this notification became."""
    place = bisect.bisect_left(values, (at_us - 1000, 0.0))
    while place < len(values) and values[place][0] <= at_us + LATE_STAMP_US:
        if values[place][1] == rate:
            del values[place]
            return True
        place += 1
    return False
