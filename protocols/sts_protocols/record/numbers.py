"""Columns of numbers inside a body: deltas of whole steps, counts, runs, and the float64 fall-back.

All are plain msgpack, so that any language reads them with its msgpack library and a running sum.
Measured on thirty straps (1 s, 60 s) and an ECG of 130 Hz, zstd level 3 outside: narrow fixed-width integers
391 B, 8,351 B, 1.30 B/value; LEB128 zig-zag 329 B, 6,083 B, 1.03 B/value; msgpack integers 356 B, 6,213 B,
1.10 B/value. The last is within a tenth of the smallest, needs no code of its own at either end, and has no
widths to overflow.
"""

import math
import struct
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, groupby, pairwise, repeat

from sts_protocols.errors import RecordError
from sts_protocols.metrics import Metric, by_id
from sts_protocols.record.compression import wrong
from sts_protocols.sample import MAX_METRIC

# steps x numerator stays within this, so that it is exact in float64 and one division rounds once; half of
# what float64 can hold, so that a difference of two steps is exact too.
MAX_EXACT = 2**52

# As many values, and as many packets, as a full body has bytes. Without this bound a message of 64 KB could
# claim 400 million values that are all alike.
MAX_VALUES = 48 * 1024

MAX_SCALE = 2**31
MAX_QUALITY = 255

Steps = list[int]
Counts = int | list[int]


def scale_of(metric: int) -> tuple[int, int]:
    """Numerator and denominator in which values of that metric are told; whole numbers for one not in the
    catalogue."""
    known: Metric | None = by_id(metric)
    return (1, 1) if known is None else (known.numerator, known.denominator)


def fold_values(values: Sequence[float], numerator: int, denominator: int) -> Steps | bytes:
    """Deltas of whole steps; float64 little endian if a single value is not exactly a number of steps."""
    try:
        steps = [round(value * denominator / numerator) for value in values]
    except OverflowError:
        return struct.pack(f"<{len(values)}d", *values)
    for value, step in zip(values, steps, strict=True):
        if step * numerator / denominator != value or abs(step * numerator) > MAX_EXACT:
            return struct.pack(f"<{len(values)}d", *values)
    return fold(steps)


def fold(steps: Steps) -> Steps:
    """Each number as its difference from the one before it, the first from 0."""
    return [now - before for before, now in pairwise(chain((0,), steps))]


def unfold(deltas: Steps, low: int, high: int) -> Steps:
    """The running sum. Raises RecordError if it leaves low..high."""
    steps = list(accumulate(deltas))
    if steps and (min(steps) < low or max(steps) > high):
        raise wrong("a number is out of range")
    return steps


def unfold_values(column: Steps | bytes, numerator: int, denominator: int) -> list[float]:
    """What `fold_values` was given. Raises RecordError."""
    if isinstance(column, bytes):
        return unpack_floats(column)
    limit = MAX_EXACT // numerator
    return [step * numerator / denominator for step in unfold(column, -limit, limit)]


def unpack_floats(packed: bytes) -> list[float]:
    """The float64 fall-back. Raises RecordError for what is no finite number."""
    values = struct.unpack(f"<{len(packed) // 8}d", packed)
    if not all(map(math.isfinite, values)):
        raise wrong("a value is no number")
    return list(values)


def check_column(
    column: Steps | bytes, metric: int, numerator: int, denominator: int, quality: list[int]
) -> int:
    """How many values a column has, once its parts fit together. Raises RecordError."""
    length, cut = divmod(len(column), 8) if isinstance(column, bytes) else (len(column), 0)
    if cut or not length:
        raise wrong("a column is empty or cut")
    if not 0 < metric <= MAX_METRIC or not 0 < numerator <= MAX_SCALE or not 0 < denominator <= MAX_SCALE:
        raise wrong("a metric or its scale is out of range")
    check_runs(quality, length, 0, MAX_QUALITY)
    return length


def check_total(values: int) -> None:
    """Raises RecordError for more values or packets than a record may have."""
    if values > MAX_VALUES:
        raise RecordError(
            "size", f"{values} values or packets are over the limit of {MAX_VALUES}: close sooner"
        )


def to_runs(items: Iterable[int]) -> list[int]:
    """Run-length code: value, how often, value, how often, ..."""
    return [part for value, run in groupby(items) for part in (value, sum(1 for _ in run))]


def from_runs(runs: list[int]) -> list[int]:
    """What `to_runs` was given."""
    if len(runs) == 2:  # nearly always
        return runs[:1] * runs[1]
    return list(chain.from_iterable(map(repeat, runs[0::2], runs[1::2])))


def check_runs(runs: list[int], total: int, low: int, high: int) -> None:
    """Runs must add up to `total`, so that a small body cannot claim a large one. Raises RecordError."""
    if len(runs) == 2 and 0 < runs[1] == total and low <= runs[0] <= high:
        return  # nearly always
    items, times = runs[0::2], runs[1::2]
    if len(items) != len(times) or sum(times) != total or min(times, default=1) < 1:
        raise wrong("runs do not add up")
    if items and (min(items) < low or max(items) > high):
        raise wrong("a run of numbers is out of range")


def to_counts(counts: list[int]) -> Counts:
    """One integer if all are alike."""
    return counts[0] if counts and counts.count(counts[0]) == len(counts) else counts


def counts_of(counts: Counts, parts: int) -> list[int]:
    """The count of each of that many parts."""
    return [counts] * parts if isinstance(counts, int) else counts


def check_counts(counts: Counts, low: int, parts: int, total: int) -> None:
    """Counts of `parts` parts, none below `low`, must add up to `total`. Raises RecordError."""
    if isinstance(counts, int):
        fits = counts >= low and counts * parts == total
    else:
        fits = len(counts) == parts and sum(counts) == total and min(counts, default=low) >= low
    if not fits:
        raise wrong("counts do not add up")
