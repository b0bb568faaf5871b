"""Beats of a strap on the gateway's clock, from what is stored: arrival times and RR intervals.

A strap counts RR intervals on its own clock (1/1024 s) and tells those of the last second in one packet. Sums
of RR give the beats on that clock; each packet's arrival is later than its last beat by a delay that is never
negative: the beat's age when the strap spoke, and the way to the gateway. So arrival less sum is an upper
bound of the offset between the clocks, and the lower envelope of these bounds is the best one known (as in
D. L. Mills, RFC 5905, section 10, the clock filter takes the quickest packet).

The age is spread evenly over one interval, because heart and strap know nothing of each other. Of n packets
the quickest had then an age below T (1 - 0.025^(1/n)) with 97.5 % confidence, so the error that is stated
becomes smaller with n, until after some minutes the drift of two quartz clocks outweighs it; what remains is
the quickest way itself, which nobody can tell from one side.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# The k-th value of a packet is stored k µs behind the first; packets are a millisecond apart at least.
SAME_PACKET_US: Final = 500
# The quickest of many packets still waited for a connection event (at most 50 ms with straps) and crossed two
# sockets.
LEAST_WAY_US: Final = 60_000.0
# Quartz clocks of straps and gateways are within 50 ppm each (crystal data sheets, 0 to 50 °C).
DRIFT_PPM: Final = 100.0
# A strap speaks once a second, and a heart at 30 /min beats every 2 s: after three seconds something is lost.
PAUSE_US: Final = 3_000_000
# Fewer packets tell nothing about how old their beats were.
FEWEST: Final = 8
DOUBT: Final = 0.025
# Of ages, without the packets that were late on a busy radio.
SPREAD_SHARE: Final = 0.85
# Behind a lost interval the envelope lies a whole one higher; half of it cannot be chance, if ages then reach
# beyond what one interval holds.
LOST_SHARE: Final = 0.5
HIGHER_SHARE: Final = 1.2
# So many packets around a loss show its place within two.
WINDOW: Final = 16
BESIDE: Final = 2


@dataclass(frozen=True, slots=True)
class Alignment:
    """One unbroken stretch of a strap's beats on the gateway's clock.

    beat_us: when each beat was, µs on the clock of the arrivals, rising; one for each interval, the beat that
    ended it. first: the place of its first interval in what was given. offset_us: of the first packet. drift_ppm: of the strap's clock against the gateway's, 0 where
    the stretch is too short to tell. error_ms: every beat is right within this.
    """

    beat_us: Floats
    first: int
    offset_us: float
    drift_ppm: float
    error_ms: float


@dataclass(frozen=True, slots=True)
class _Packets:
    """arrival_us and sum_us, of RR up to the last beat: one for each packet; beat_us, beats before: one for each beat."""

    arrival_us: Floats
    sum_us: Floats
    beat_us: Floats
    first_beat: Ints
    first: int = 0

    @property
    def bound_us(self) -> Floats:
        return self.arrival_us - self.sum_us

    @property
    def interval_us(self) -> float:
        return float(np.median(np.diff(self.beat_us, prepend=0.0)))

    def part(self, begin: int, end: int) -> _Packets:
        """The packets from `begin` to before `end`, with their beats."""
        ends = np.append(self.first_beat, self.beat_us.size)
        beats = slice(int(ends[begin]), int(ends[end]))
        before = self.beat_us[beats.start - 1] if beats.start else 0.0
        return _Packets(
            self.arrival_us[begin:end],
            self.sum_us[begin:end] - before,
            self.beat_us[beats] - before,
            self.first_beat[begin:end] - beats.start,
            self.first + beats.start,
        )


def align(t_us: Ints, rr_ms: Floats) -> list[Alignment]:
    """The stretches of one reception of a strap; a pause or a lost interval ends one and begins the next.

    t_us: when each interval was stored, µs, rising, values of one packet 1 µs apart; rr_ms: its length.
    Stretches of fewer than eight packets are left out: nothing can be said of them.
    """
    if t_us.size == 0:
        return []
    whole = _packed(t_us, rr_ms)
    pauses = np.flatnonzero(np.diff(whole.arrival_us) > PAUSE_US) + 1
    ends = [0, *pauses.tolist(), whole.arrival_us.size]
    parts = [whole.part(begin, end) for begin, end in itertools.pairwise(ends)]
    unbroken = [piece for part in parts for piece in _without_losses(part)]
    return [_aligned(part) for part in unbroken if part.arrival_us.size >= FEWEST]


def _packed(t_us: Ints, rr_ms: Floats) -> _Packets:
    first = np.flatnonzero(np.diff(t_us, prepend=t_us[0] - PAUSE_US) > SAME_PACKET_US)
    beat_us = np.cumsum(rr_ms) * 1000.0
    last = np.append(first[1:], t_us.size) - 1
    return _Packets(t_us[first].astype(np.float64), beat_us[last], beat_us, first)


def _without_losses(part: _Packets) -> list[_Packets]:
    """Cut where an interval is missing, and leave out the packets beside it, of which nobody can tell."""
    count = part.arrival_us.size
    cut = _loss(part.bound_us, part.interval_us) if count >= 2 * FEWEST else None
    if cut is None:
        return [part]
    before, after = part.part(0, cut - BESIDE), part.part(cut + BESIDE, count)
    return [*_without_losses(before), *_without_losses(after)]


def _loss(bound_us: Floats, interval_us: float) -> int | None:
    """The packet before which an interval is missing: from there on the whole envelope lies an interval higher."""
    cuts = np.arange(FEWEST, bound_us.size - FEWEST + 1)
    low = np.minimum.accumulate(bound_us)[cuts - 1]
    steps = np.minimum.accumulate(bound_us[::-1])[::-1][cuts] - low
    found = np.flatnonzero(steps >= LOST_SHARE * interval_us)
    for at in found[:1]:
        cut = int(cuts[at])
        if np.quantile(bound_us[cut:], SPREAD_SHARE) - low[at] >= HIGHER_SHARE * interval_us:
            return _between(bound_us, cut)
    return None


def _between(bound_us: Floats, cut: int) -> int:
    """The packet near `cut` that parts two levels best, by least squares."""
    begin = max(cut - WINDOW, 0)
    near = bound_us[begin : cut + WINDOW]
    costs = [np.var(near[:at]) * at + np.var(near[at:]) * (near.size - at) for at in range(1, near.size)]
    at = begin + 1 + int(np.argmin(costs))
    return min(max(at, BESIDE), bound_us.size - BESIDE)


def _aligned(part: _Packets) -> Alignment:
    interval_us = part.interval_us
    drift_ppm, doubt_ppm = _drift(part, interval_us)
    since_us = part.arrival_us - part.arrival_us[0]
    level = part.bound_us - since_us * drift_ppm / 1e6
    oldest_us = LEAST_WAY_US + _age_us(level, interval_us)
    offset_us = float(level.min()) - oldest_us / 2
    beat_us = part.beat_us + offset_us
    beat_us = beat_us + (beat_us - part.arrival_us[0]) * drift_ppm / 1e6
    quickest_us = float(since_us[int(np.argmin(level))])
    farthest_us = max(quickest_us, float(since_us[-1]) - quickest_us)
    error_us = oldest_us / 2 + doubt_ppm * farthest_us / 1e6
    return Alignment(beat_us, part.first, offset_us, drift_ppm, error_us / 1000.0)


def _age_us(level: Floats, interval_us: float) -> float:
    """How old the last beat of the quickest packet was at most.

    Ages fill one interval evenly; a heart in step with the strap's second leaves a part out, and the quickest
    packet may then be older by as much as is left out.
    """
    filled_us = float(np.quantile(level, SPREAD_SHARE) - level.min()) / SPREAD_SHARE
    return interval_us * float(1.0 - DOUBT ** (1.0 / level.size)) + max(interval_us - filled_us, 0.0)


def _drift(part: _Packets, interval_us: float) -> tuple[float, float]:
    """The slope of the envelope and its doubt, ppm: from the quickest packets of the first and the last third,
    where these tell more than that quartz clocks are what they are."""
    third = part.arrival_us.size // 3
    early = int(np.argmin(part.bound_us[:third]))
    late = part.arrival_us.size - third + int(np.argmin(part.bound_us[-third:]))
    apart_us = float(part.arrival_us[late] - part.arrival_us[early])
    age_us = interval_us * (1.0 - DOUBT ** (1.0 / third)) + LEAST_WAY_US / 2
    doubt_ppm = age_us / apart_us * 1e6
    if doubt_ppm >= DRIFT_PPM:
        return 0.0, DRIFT_PPM
    slope_ppm = float(part.bound_us[late] - part.bound_us[early]) / apart_us * 1e6
    return float(np.clip(slope_ppm, -DRIFT_PPM, DRIFT_PPM)), doubt_ppm
