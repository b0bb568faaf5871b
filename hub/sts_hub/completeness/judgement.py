"""The words of completeness, from the ledger alone.

A gateway numbers its records without a gap and tells in each beat how far the numbers on its disk reach. So
what has not arrived is known by number, and the times of the records around it say when it was measured.
Eight words, each a fact:

complete  every record from 0 to the head is here, and a running gateway covered every instant
missing   recorded and still expected
lost      declared by the gateway (or discarded here), with the reason
parked    arrived, could not be stored as it is, is kept
withheld  measured without the athlete's consent, refused at ingest
expired   older than the retention of samples
silent    the gateway listened, the sensor said nothing against its expected interval
unknown   after the last beat, or at a time when no gateway process ran

All times are integer microseconds since 1970, UTC. Nothing here reads a clock or a database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sts_hub.completeness.periods import Interval, Periods, intersect, longer_than, subtract, union

# The reason of a time that is unknown because an epoch waits for a person to say when it was.
UNPLACED = "unplaced"
# The reason of what a gateway took back because what it would have stood for has stayed: nothing is lost by it.
WITHDRAWN = "withdrawn"
# Where no beat told a bound: 2100-01-01.
LATEST_US = 4_102_444_800_000_000

SeqRange = tuple[int, int]
"""Record numbers from-to, both included."""


class Word(StrEnum):
    """How complete a stretch of time is."""

    COMPLETE = "complete"
    MISSING = "missing"
    LOST = "lost"
    PARKED = "parked"
    WITHHELD = "withheld"
    EXPIRED = "expired"
    SILENT = "silent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Span:
    """An unbroken run of received records with the time of its first and last value."""

    first: int
    last: int
    first_us: int
    last_us: int


@dataclass(frozen=True)
class Declared:
    """Records that will not come, with the reason; the times where they are known."""

    run: SeqRange
    reason: str
    times: Interval | None = None


@dataclass(frozen=True)
class Epoch:
    """What the ledger holds of one start of a gateway's agent.

    ``told_us``: hub time of its own first and last beat; None when it never spoke to the hub itself.
    ``bounds``: it has records that wait for a place in time; not before, not after, None where nothing is
    known.
    """

    name: str
    running: bool
    head: int
    received: list[SeqRange]
    parked: list[SeqRange]
    declared: list[Declared]
    spans: list[Span]
    told_us: Interval | None
    placed: bool = True
    bounds: tuple[int | None, int | None] | None = None


@dataclass(frozen=True)
class Period:
    """One word about one stretch of time; ``records`` where the word is about numbered records."""

    word: Word
    start_us: int
    end_us: int
    records: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Judgement:
    """The verdict about a gateway in a time range; an empty list of periods means complete."""

    periods: list[Period]
    covered: Periods
    expected: int
    received: int

    @property
    def complete(self) -> bool:
        """Whether nothing but the word complete holds."""
        return not self.periods


@dataclass(frozen=True)
class Wearing:
    """One assignment inside the range and what was heard of its sensor.

    ``heard``: the set of time in which no expected value failed to come, at whatever gateway; ``elsewhere``: at
    another one. ``rhythmic`` is false for a sensor none of whose metrics has an expected interval: it is not judged
    for silence.
    """

    start_us: int
    end_us: int
    consented: Periods
    heard: Periods
    lost_after_us: int
    rhythmic: bool = True
    elsewhere: Periods = field(default_factory=list)


def judge(epochs: list[Epoch], start_us: int, end_us: int, expired_before_us: int) -> Judgement:
    """The words for all records of a gateway between two instants."""
    asked: Periods = union([(start_us, end_us)])
    covers = {epoch.name: _cover(epoch, _next_start(epoch, epochs)) for epoch in epochs}
    found = [p for epoch in epochs if epoch.placed for p in _of_epoch(epoch, covers[epoch.name])]
    covered = intersect(asked, union(c for c in covers.values() if c is not None))
    periods = [clipped for p in found if (clipped := _clip(p, start_us, end_us)) is not None]
    expired = intersect(asked, union([(start_us, min(end_us, expired_before_us))]))
    periods = [p for p in periods if p.start_us >= expired_before_us] + _all(Word.EXPIRED, expired)
    told = union((p.start_us, p.end_us) for p in periods)
    periods += _unknown(subtract(subtract(asked, covered), told), epochs)
    inside = [e for e in epochs if (c := covers[e.name]) is not None and intersect(asked, [c])]
    return Judgement(
        periods=sorted(periods, key=lambda p: (p.start_us, p.end_us, p.word)),
        covered=covered,
        expected=sum(e.head + 1 for e in inside),
        received=sum(_count(e.received) for e in inside),
    )


def judge_wearing(wearing: Wearing, gateway: Judgement) -> list[Period]:
    """The words for one athlete and sensor: the gateway's within the assignment, and withheld and silent.

    What this gateway has not and another one has is nothing that the athlete misses.
    """
    worn: Periods = union([(wearing.start_us, wearing.end_us)])
    withheld = subtract(worn, wearing.consented)
    allowed = subtract(worn, withheld)
    own = [
        Period(p.word, start, end, p.records, p.reason)
        for p in gateway.periods
        for start, end in intersect(_missed(p.word, allowed, wearing), [(p.start_us, p.end_us)])
    ]
    explained = union((p.start_us, p.end_us) for p in own)
    quiet = subtract(intersect(allowed, gateway.covered), union([*wearing.heard, *explained]))
    silent = longer_than(quiet, wearing.lost_after_us) if wearing.rhythmic else []
    periods = [*own, *_all(Word.WITHHELD, withheld), *_all(Word.SILENT, silent)]
    return sorted(periods, key=lambda p: (p.start_us, p.end_us, p.word))


def _missed(word: Word, allowed: Periods, wearing: Wearing) -> Periods:
    return allowed if word is Word.EXPIRED else subtract(allowed, wearing.elsewhere)


def _unknown(periods: Periods, epochs: list[Epoch]) -> list[Period]:
    """What nobody can tell, with the reason where records that have no place yet may belong there."""
    bounds = [epoch.bounds for epoch in epochs if epoch.bounds is not None]
    maybe = union((low or 0, LATEST_US if high is None else high) for low, high in bounds)
    waiting = [Period(Word.UNKNOWN, a, b, None, UNPLACED) for a, b in intersect(periods, maybe)]
    return waiting + _all(Word.UNKNOWN, subtract(periods, maybe))


def _cover(epoch: Epoch, next_start_us: int | None) -> Interval | None:
    """From when to when this epoch's process certainly ran; None when nothing tells.

    An ended epoch whose last records are not here ended somewhere before the next one began: until then it
    counts as covering, because what it recorded there is expected.
    """
    known = [(s.first_us, s.last_us) for s in epoch.spans]
    known += [d.times for d in epoch.declared if d.times is not None]
    known += [epoch.told_us] if epoch.told_us is not None else []
    if not known or not epoch.placed:
        return None
    start, end = min(k[0] for k in known), max(k[1] for k in known)
    if not epoch.running and _outstanding_tail(epoch) and next_start_us is not None:
        end = max(end, next_start_us)
    return start, max(end, start + 1)


def _next_start(epoch: Epoch, epochs: list[Epoch]) -> int | None:
    own, others = _earliest(epoch), [_earliest(other) for other in epochs if other is not epoch]
    later = [at for at in others if at is not None and own is not None and at > own]
    return min(later, default=None)


def _earliest(epoch: Epoch) -> int | None:
    known = [s.first_us for s in epoch.spans] + ([epoch.told_us[0]] if epoch.told_us else [])
    return min(known, default=None)


def _outstanding_tail(epoch: Epoch) -> bool:
    last = max((r[1] for r in epoch.received), default=-1)
    return epoch.head > last


def _of_epoch(epoch: Epoch, cover: Interval | None) -> list[Period]:
    """Missing, lost and parked stretches of one epoch. Received wins over declared, declared over others."""
    if cover is None:
        return []
    here = epoch.received
    gone = [*here, *(d.run for d in epoch.declared)]
    lost = [d for d in epoch.declared if d.reason != WITHDRAWN]
    missing = without([(0, epoch.head)], [*gone, *epoch.parked])
    return [
        *(_period(Word.LOST, epoch, r, cover, d) for d in lost for r in without([d.run], here)),
        *(_period(Word.PARKED, epoch, run, cover) for run in without(epoch.parked, gone)),
        *(_period(Word.MISSING, epoch, run, cover) for run in missing),
    ]


def _period(
    word: Word, epoch: Epoch, run: SeqRange, cover: Interval, declared: Declared | None = None
) -> Period:
    """When these records were measured: between the last value before them and the first after them.

    Later records may tell of earlier times: the summary of what was given up stands for its very seconds.
    """
    before = max((s.last_us for s in epoch.spans if s.last < run[0]), default=cover[0])
    later = [s.first_us for s in epoch.spans if s.first > run[1]]
    after = min((first_us for first_us in later if first_us > before), default=cover[1])
    if declared is not None and declared.times is not None:
        before, after = max(before, declared.times[0]), min(after, declared.times[1])
    reason = declared.reason if declared else ""
    return Period(word, before, max(after, before + 1), run[1] - run[0] + 1, reason)


def without(ranges: list[SeqRange], taken: list[SeqRange]) -> list[SeqRange]:
    """Ranges of record numbers less others, both ends included."""
    half_open = subtract(union((a, b + 1) for a, b in ranges), union((a, b + 1) for a, b in taken))
    return [(a, b - 1) for a, b in half_open]


def _count(ranges: list[SeqRange]) -> int:
    return sum(b - a + 1 for a, b in ranges)


def _clip(period: Period, start_us: int, end_us: int) -> Period | None:
    start, end = max(period.start_us, start_us), min(period.end_us, end_us)
    return Period(period.word, start, end, period.records, period.reason) if start < end else None


def _all(word: Word, periods: Periods) -> list[Period]:
    return [Period(word, start, end) for start, end in periods]
