"""Receptions: several gateways hear one sensor, one of them leads, and nothing is told twice.

A reception is what one gateway heard of one sensor. At every moment one reception leads, whole, and the lead
passes on by one rule (`next_lead`), whose inputs are who is heard and how strong the signal is:

    the leader   the best of the others   who leads then
    nobody       heard                    the other
    silent       heard or better          the other
    heard        better                   the other
    any          anything else            as before

Better is who hears values of quality ok beside one that hears none (a sensor taken off, a gateway whose clock is not
set), and among equals in this whose signal is stronger by MARGIN_DB. The best of the others is the best in this order;
one without a known signal comes behind those with one, and among equals the first by name leads, so that the same
receptions give the same answer wherever it is asked for.

Where the lead passes on, the two receptions hold copies of the same packets, stamped by two clocks. What the next
leader heard up to SAME_US after the last value told is such a copy and is left out; what it heard later is new.
`spans` does this in hindsight for stored values, `Handover` as they come: a live leader is found silent only when
another has been heard for SILENT_US longer, and what the other heard meanwhile is then told after all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sts_hub.analytics.holding import EVER_US
from sts_protocols.metrics import EVERY_SECOND_MS
from sts_protocols.sample import Quality

Ints = NDArray[np.int64]
Key = TypeVar("Key", bound=Hashable)

# Sensors speak once a second, give or take what the radio holds them up; after one and a half, a packet is lost.
SILENT_US: Final = EVERY_SECOND_MS * 1500
# Half of the time between two packets: clocks of gateways agree to 0.1 s or say that they do not (agreement 7), and
# the radio's delays add up to some 0.3 s.
SAME_US: Final = EVERY_SECOND_MS * 500
# The k-th value of a packet is stored k µs behind the first; packets are a millisecond apart at least.
SAME_PACKET_US: Final = 500
# A body that turns costs 10 dB or more for a moment, but what a gateway tells is the middle of ten seconds; twice
# the power twice over is no chance, and the way back needs as much again.
MARGIN_DB: Final = 6.0
# A gateway tells the signal every 10 s; after three without a word nobody knows it.
SIGNAL_HOLDS_US: Final = 30_000_000

# Of a reception that does not lead, no more than this waits: two seconds of a strap in its fastest words are 18.
_WAITING: Final = 64


class Ear(NamedTuple):
    """How a reception stands at a moment: whether the sensor is heard, whether with values of quality ok, and how
    strong, dBm (None: not known)."""

    heard: bool
    ok: bool = False
    dbm: float | None = None


class Leader(Enum):
    """How the reception that leads stands."""

    NOBODY = auto()
    SILENT = auto()
    HEARD = auto()


class Other(Enum):
    """How the best of the others stands beside it."""

    SILENT = auto()
    HEARD = auto()
    BETTER = auto()


PASSES_ON: Final = frozenset(
    {
        (Leader.NOBODY, Other.HEARD),
        (Leader.SILENT, Other.HEARD),
        (Leader.SILENT, Other.BETTER),
        (Leader.HEARD, Other.BETTER),
    }
)


def next_lead(lead: Key | None, ears: Mapping[Key, Ear]) -> Key | None:
    """Which reception leads from now on; None while none was ever heard."""
    others = [key for key in sorted(ears, key=str) if key != lead and ears[key].heard]
    best = max(others, key=lambda key: _rank(ears[key]), default=None)
    if (_leader(lead, ears), _other(best, lead, ears)) in PASSES_ON:
        return best
    return lead


def _leader(lead: Key | None, ears: Mapping[Key, Ear]) -> Leader:
    if lead is None:
        return Leader.NOBODY
    return Leader.HEARD if ears[lead].heard else Leader.SILENT


def _other(best: Key | None, lead: Key | None, ears: Mapping[Key, Ear]) -> Other:
    if best is None:
        return Other.SILENT
    return Other.BETTER if lead is not None and _better(ears[best], ears[lead]) else Other.HEARD


def _rank(ear: Ear) -> tuple[bool, float]:
    return ear.ok, -np.inf if ear.dbm is None else ear.dbm


def _better(one: Ear, other: Ear) -> bool:
    if one.ok != other.ok:
        return one.ok
    return one.dbm is not None and other.dbm is not None and one.dbm >= other.dbm + MARGIN_DB


# what is stored


@dataclass(frozen=True, slots=True)
class Reception(Generic[Key]):
    """t_us: when values came, µs, rising; ok: which of them are of quality ok. signal: what was told of its strength,
    (µs, dBm), rising in time."""

    key: Key
    t_us: Ints
    ok: NDArray[np.bool_]
    signal: Sequence[tuple[int, float]] = ()


class Span(NamedTuple, Generic[Key]):
    """Where one reception leads: from since_us to before until_us."""

    key: Key
    since_us: int
    until_us: int


class _Turn(NamedTuple, Generic[Key]):
    """Something that may pass the lead on. Of one instant, who begins comes before who ends."""

    at_us: int
    order: int
    key: Key
    now: dict[str, Any]


def spans(receptions: Sequence[Reception[Key]]) -> list[Span[Key]]:
    """Where which reception leads, rising in time: each value of a sensor lies in one span of one reception.

    A pause of the leader of more than SILENT_US is filled by another that heard something in it.
    """
    by_key = {one.key: one for one in receptions}
    ears = {one.key: Ear(False) for one in receptions}
    led: list[Span[Key]] = []
    lead: Key | None = None
    since_us = -EVER_US
    for turn in sorted(_turns(receptions), key=lambda turn: (turn.at_us, turn.order, str(turn.key))):
        ears[turn.key] = ears[turn.key]._replace(**turn.now)
        then = next_lead(lead, ears)
        if lead is not None and then != lead:
            since_us = _end(led, by_key[lead], since_us, turn.at_us)
        lead = then
    if lead is not None:
        _end(led, by_key[lead], since_us, EVER_US)
    return led


def _end(led: list[Span[Key]], reception: Reception[Key], since_us: int, at_us: int) -> int:
    """End a lead behind the last packet up to then, and say where the next one begins."""
    begin = int(np.searchsorted(reception.t_us, since_us))
    end = int(np.searchsorted(reception.t_us, at_us + SAME_PACKET_US))
    if end <= begin:
        return since_us
    last_us = int(reception.t_us[end - 1])
    led.append(Span(reception.key, since_us, last_us + 1))
    return last_us + SAME_US


def _turns(receptions: Iterable[Reception[Key]]) -> Iterable[_Turn[Key]]:
    for one in receptions:
        yield from _heard_turns(one.key, "heard", one.t_us)
        yield from _heard_turns(one.key, "ok", one.t_us[one.ok])
        yield from _signal_turns(one)


def _heard_turns(key: Key, what: str, t_us: Ints) -> Iterable[_Turn[Key]]:
    if not t_us.size:
        return
    pauses = np.flatnonzero(np.diff(t_us) > SILENT_US)
    for begin_us in (int(t_us[0]), *t_us[pauses + 1].tolist()):
        yield _Turn(begin_us, 1, key, {what: True})
    for end_us in (*t_us[pauses].tolist(), int(t_us[-1])):
        yield _Turn(end_us, 2, key, {what: False})


def _signal_turns(one: Reception[Key]) -> Iterable[_Turn[Key]]:
    for place, (at_us, dbm) in enumerate(one.signal):
        yield _Turn(at_us, 0, one.key, {"dbm": dbm})
        forgotten_us = at_us + SIGNAL_HOLDS_US
        if place + 1 == len(one.signal) or one.signal[place + 1][0] > forgotten_us:
            yield _Turn(forgotten_us, 0, one.key, {"dbm": None})


# what comes


class Timed(Protocol):
    """A value with the time at which it was measured, µs, and its quality by number."""

    @property
    def t_us(self) -> int: ...

    @property
    def quality(self) -> int: ...


Value = TypeVar("Value", bound=Timed)


@dataclass(slots=True)
class Handover(Generic[Value]):
    """Of the values of one metric of one sensor that several gateways tell: those to tell on, rising in time."""

    lead: str | None = None
    told_us: int = -EVER_US
    _told_by: str | None = None
    _newest_us: dict[str, int] = field(default_factory=dict)
    _ok_us: dict[str, int] = field(default_factory=dict)
    _waiting: dict[str, deque[Value]] = field(default_factory=dict)

    def take(self, gateway: str, value: Value, dbm: Mapping[str, float | None]) -> list[Value]:
        """What to tell now that this gateway has told this value. dbm: the signal of each gateway, where known."""
        self._newest_us[gateway] = max(value.t_us, self._newest_us.get(gateway, -EVER_US))
        if value.quality == Quality.OK:
            self._ok_us[gateway] = max(value.t_us, self._ok_us.get(gateway, -EVER_US))
        self._waiting.setdefault(gateway, deque(maxlen=_WAITING)).append(value)
        self.lead = next_lead(self.lead, self._ears(dbm))
        told = self._told_by_the_lead()
        self._forget()
        return told

    def _ears(self, dbm: Mapping[str, float | None]) -> dict[str, Ear]:
        heard_us = max(self._newest_us.values()) - SILENT_US
        return {
            name: Ear(at_us >= heard_us, self._ok_us.get(name, -EVER_US) >= heard_us, dbm.get(name))
            for name, at_us in self._newest_us.items()
        }

    def _told_by_the_lead(self) -> list[Value]:
        told: list[Value] = []
        for value in self._waiting[self.lead] if self.lead is not None else ():
            told += self._fill(value.t_us)
            told += self._told_of(self.lead, value)
        return told

    def _fill(self, next_us: int) -> list[Value]:
        """What another gateway heard where the lead has lost something before this time."""
        if self._told_by is None or next_us - self.told_us <= SILENT_US:
            return []
        return [
            value
            for name in sorted(self._waiting.keys() - {self.lead})
            for value in self._waiting[name]
            if value.t_us < next_us - SAME_US
            for value in self._told_of(name, value)
        ]

    def _told_of(self, gateway: str | None, value: Value) -> list[Value]:
        after_us = self.told_us + (1 if gateway == self._told_by else SAME_US)
        if value.t_us < after_us:
            return []
        self.told_us, self._told_by = value.t_us, gateway
        return [value]

    def _forget(self) -> None:
        """What can never be told any more: all that the lead said, and of others what is too old."""
        for name, waiting in self._waiting.items():
            while waiting and (name == self.lead or waiting[0].t_us < self.told_us + SAME_US):
                waiting.popleft()
