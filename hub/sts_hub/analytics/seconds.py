"""One value a second: the mean of what is held in each second of a window, and nothing where less than half of it is."""

from __future__ import annotations

from typing import Final

import numpy as np

from sts_hub.analytics.formula import NoNumber
from sts_hub.analytics.holding import SECOND_US, Floats, Held, Hold, Ints, Samples, Window

# A month of seconds: longer than anything that is trained at one go, and 20 MB.
MOST: Final = 31 * 86_400


class Seconds:
    """The live form: takes samples as they come, and hands out each second once no later sample can change it."""

    def __init__(self, since_us: int, max_gap_us: int) -> None:
        self._since_us = since_us
        self._hold = Hold(since_us, max_gap_us)
        self._begun = Held(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))

    def take(self, samples: Samples) -> Floats:
        """The seconds that these samples have made certain, NaN for one without a value."""
        self._begun = self._begun.then(self._hold.take(samples))
        return self._told(samples.t_us)

    def rest(self, until_us: int) -> Floats:
        """The whole seconds up to then that have not been handed out; it changes nothing."""
        heard = self._begun.then(self._hold.rest(until_us))
        return means(heard, self._since_us, max(until_us - self._since_us, 0) // SECOND_US)

    def _told(self, t_us: Ints) -> Floats:
        if not t_us.size:
            return np.empty(0)
        count = max(int(t_us[-1]) - self._since_us, 0) // SECOND_US
        told = means(self._begun, self._since_us, count)
        self._since_us += count * SECOND_US
        self._begun = self._begun.ending_after(self._since_us)
        return told


def per_second(samples: Samples, window: Window, max_gap_us: int) -> Floats:
    """A value for each whole second of a window, NaN where there is none."""
    live = Seconds(window.since_us, max_gap_us)
    certain = live.take(samples.up_to(window.until_us))
    return np.append(certain, live.rest(window.until_us))


def means(heard: Held, since_us: int, count: int, period_us: int = SECOND_US) -> Floats:
    """The means of so many periods from since_us on, NaN where less than half is held; what is held may reach beyond them.

    Raises NoNumber for more periods than anybody trains.
    """
    if count > MOST:
        raise NoNumber(f"The window is too long: more than {MOST} times {period_us / SECOND_US:g} s.")
    first, pieces = _pieces(heard, since_us, period_us)
    owner = np.repeat(np.arange(heard.us.size), pieces)
    place = np.repeat(first, pieces) + _counting(pieces)
    begin_us = np.maximum(heard.begin_us[owner], since_us + place * period_us)
    end_us = np.minimum((heard.begin_us + heard.us)[owner], since_us + (place + 1) * period_us)
    inside = (place >= 0) & (place < count)
    place, us, value = place[inside], (end_us - begin_us)[inside], heard.value[owner[inside]]
    held_us = np.bincount(place, us, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Added up from left to right, so that a second is the same in whatever pieces its samples came.
        mean = np.bincount(place, value * us, count) / held_us
    return np.where(held_us >= period_us / 2, mean, np.nan)


def _pieces(heard: Held, since_us: int, period_us: int) -> tuple[Ints, Ints]:
    """The period in which each value begins, and in how many it lies."""
    first = (heard.begin_us - since_us) // period_us
    last = (heard.begin_us + heard.us - 1 - since_us) // period_us
    return first, last - first + 1


def _counting(pieces: Ints) -> Ints:
    """0, 1, ... anew for each."""
    ends = np.cumsum(pieces)
    return np.arange(int(pieces.sum())) - np.repeat(ends - pieces, pieces)
