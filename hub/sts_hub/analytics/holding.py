"""How long a sample counts: until the next one comes, but never longer than a stated gap.

What lies behind that gap is a hole: it is nobody's time, and lowers the coverage. A value that is not credible is a
hole from its own time on. Times are whole µs, so that sums of them are exact however the samples are cut into pieces;
`Hold` takes them piece by piece, as they come live, and holds the same times as `held` does for all at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SECOND_US: Final = 1_000_000
MINUTE_US: Final = 60 * SECOND_US
# After every time there is, and far enough from the ends of 64 bits to be added to.
EVER_US: Final = 2**61


@dataclass(frozen=True, slots=True)
class Samples:
    """Values of one metric. t_us: never falling; value: in the metric's unit, NaN where nothing credible was told."""

    t_us: Ints
    value: Floats

    def up_to(self, until_us: int) -> Samples:
        """The samples up to a time, with one at that very time."""
        end = int(np.searchsorted(self.t_us, until_us, side="right"))
        return Samples(self.t_us[:end], self.value[:end])


class Window(NamedTuple):
    """The time that a number is about: from since_us to before until_us."""

    since_us: int
    until_us: int

    @property
    def us(self) -> int:
        """How long it lasts."""
        return self.until_us - self.since_us

    def holds(self, t_us: int) -> bool:
        """Whether a time lies in it."""
        return self.since_us <= t_us < self.until_us


class Held(NamedTuple):
    """Credible values, rising in time: each counts from begin_us on for `us`, which is more than nothing."""

    value: Floats
    begin_us: Ints
    us: Ints

    @property
    def total_us(self) -> int:
        """How long they count together."""
        return int(self.us.sum())

    def then(self, later: Held) -> Held:
        """These, and others behind them."""
        return Held(
            np.append(self.value, later.value),
            np.append(self.begin_us, later.begin_us),
            np.append(self.us, later.us),
        )

    def ending_after(self, t_us: int) -> Held:
        """Those that still count at a time or behind it."""
        after = self.begin_us + self.us > t_us
        return Held(self.value[after], self.begin_us[after], self.us[after])


@dataclass(slots=True)
class Hold:
    """Samples as they come, from since_us on; what came before it counts only for what it holds behind it."""

    since_us: int
    max_gap_us: int
    _t_us: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    _value: Floats = field(default_factory=lambda: np.empty(0))

    def take(self, samples: Samples) -> Held:
        """What is certain now that these have come: all but the last of them."""
        t_us, value = np.append(self._t_us, samples.t_us), np.append(self._value, samples.value)
        self._t_us, self._value = t_us[-1:], value[-1:]
        return self._held(value[:-1], t_us[:-1], t_us[1:])

    def rest(self, until_us: int) -> Held:
        """What the last sample adds until then; it changes nothing."""
        return self._held(self._value, self._t_us, np.full_like(self._t_us, until_us))

    def _held(self, value: Floats, begin_us: Ints, next_us: Ints) -> Held:
        end_us = np.minimum(next_us, begin_us + self.max_gap_us)
        begin_us = np.maximum(begin_us, self.since_us)
        counts = (end_us > begin_us) & ~np.isnan(value)
        return Held(value[counts], begin_us[counts], (end_us - begin_us)[counts])


def held(samples: Samples, window: Window, max_gap_us: int) -> Held:
    """All samples of a window, each with how long it counts in it."""
    hold = Hold(window.since_us, max_gap_us)
    return hold.take(samples.up_to(window.until_us)).then(hold.rest(window.until_us))


def sum_on(total: float, terms: Floats) -> float:
    """A sum taken strictly from left to right, so that it is the same however the terms are cut into pieces."""
    return float(np.add.accumulate(np.append(total, terms))[-1])
