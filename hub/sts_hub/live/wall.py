"""The live wall of one process: what was last heard of every sensor, and who wants to know. No I/O, no clock.

Each thing heard gets the next sequence number and goes into a ring, so that a client that was away for a
moment goes on where it was. The number stands behind a random name of this process: after a restart, or at
another process, an id of ours means nothing to it and the client gets a snapshot instead.
"""

import secrets
from bisect import insort
from collections import deque
from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol

from sts_hub.analytics.reception import SAME_US
from sts_hub.live.frames import Alert, FleetNews, Frame, FrameValue, Message, Notice
from sts_hub.live.receptions import Receptions
from sts_protocols.metrics import HEART_RATE
from sts_protocols.sample import Quality

# A minute of frames at four a second.
RING: Final = 240
# Alerts outlive the ring: none is left out for a client that was away for longer, unless so many came meanwhile.
MAX_ALERTS: Final = 1000
TREND_US: Final = 60_000_000
# A strap at 1 Hz makes 60 values a minute; more than five times that is a sensor that reports faster than it should.
TREND_VALUES: Final = 300

CREDIBLE: Final = frozenset({Quality.OK, Quality.TRUNCATED, Quality.CLOCK_UNSYNCED, Quality.ESTIMATED})

Key = tuple[int, int]


class Gap(NamedTuple):
    """Why no values can come, and since when."""

    reason: str
    since_us: int


class Place(NamedTuple):
    """Where in the stream a client is."""

    boot: str
    seq: int

    @classmethod
    def parse(cls, text: str | None) -> "Place | None":
        """The place that an event id names; None for anything else."""
        boot, dash, seq = (text or "").rpartition("-")
        return cls(boot, int(seq)) if dash and seq.isascii() and seq.isdecimal() and len(seq) < 19 else None

    def __str__(self) -> str:
        return f"{self.boot}-{self.seq}"


class Entry(NamedTuple):
    """One thing heard: new values, or news of one gateway, an alert, or a gap (None: over)."""

    seq: int
    what: "list[FrameValue] | FleetNews | Alert | Gap | None"


class Listener(Protocol):
    """Somebody who is told everything that is new."""

    def tell(self, entry: Entry) -> None:
        """Take it; must not block."""


class Wall:
    """All that is live."""

    def __init__(self, boot: str | None = None) -> None:
        self.boot = boot or secrets.token_hex(6)
        self.seq = 0
        self.gap: Gap | None = None
        self.fleet: dict[str, FleetNews] = {}
        self._receptions = Receptions()
        self._values: dict[int, dict[int, FrameValue]] = {}
        self._trends: dict[int, deque[FrameValue]] = {}
        self._ring: deque[Entry] = deque(maxlen=RING)
        self._alerts: deque[Entry] = deque(maxlen=MAX_ALERTS)
        self._listeners: set[Listener] = set()

    @property
    def place(self) -> Place:
        """Where the stream is now."""
        return Place(self.boot, self.seq)

    def join(self, listener: Listener) -> None:
        """Tell this listener everything from now on."""
        self._listeners.add(listener)

    def leave(self, listener: Listener) -> None:
        """Tell this listener nothing more."""
        self._listeners.discard(listener)

    def take(self, message: Message) -> None:
        """Take a message of the exchange; what is older than what is known changes nothing."""
        match message:
            case Frame(gateway=gateway, values=values):
                self._take_values(gateway, values)
            case FleetNews(gateway=gateway, hub_us=hub_us):
                known = self.fleet.get(gateway)
                if known is None or known.hub_us <= hub_us:
                    self.fleet[gateway] = message
                    self._tell(message)
            case Alert():
                self._tell(message)
            case Notice(reason="database_away", hub_us=hub_us):
                self.open_gap(Gap("database_away", hub_us))
            case Notice():
                self.close_gap("database_away")

    def open_gap(self, gap: Gap) -> None:
        """No values can come from now on; the first reason stands until it is over."""
        if self.gap is None:
            self.gap = gap
            self._tell(gap)

    def close_gap(self, reason: str) -> None:
        """This reason is over."""
        if self.gap is not None and self.gap.reason == reason:
            self.gap = None
            self._tell(None)

    def since(self, place: Place | None) -> list[Entry] | None:
        """What came after that place; None when that is not known any more, or was never ours."""
        if place is None or place.boot != self.boot or place.seq > self.seq:
            return None
        if place.seq < (self._ring[0].seq - 1 if self._ring else self.seq):
            return None
        return [entry for entry in self._ring if entry.seq > place.seq]

    def alerts_since(self, place: Place) -> list[Entry]:
        """The alerts that came after that place; all that are known for a place that was never ours."""
        return [entry for entry in self._alerts if place.boot != self.boot or entry.seq > place.seq]

    def of(self, sensor_id: int) -> Iterable[FrameValue]:
        """The newest value of each metric of a sensor."""
        return self._values.get(sensor_id, {}).values()

    def trend(self, sensor_id: int) -> Iterable[FrameValue]:
        """The credible heart rates of the last minute, rising in time."""
        return self._trends.get(sensor_id, ())

    def show(self, values: Iterable[FrameValue]) -> None:
        """Take what was worked out from values of this wall, quantities below 0 by number: no reception has a say in it."""
        fresh = [value for value in values if self._keep_if_newer(value)]
        if fresh:
            self._tell(fresh)

    def fill(self, past: Iterable[tuple[str, FrameValue]]) -> None:
        """Take what the database knows of the time before this process listened, by gateway and rising in time;
        nobody is told."""
        receptions = Receptions()
        for gateway, value in past:
            for told in receptions.merged(gateway, [value]):
                self._keep_if_newer(told)
                self._add_to_trend(told)
        self._receptions.go_on_from(receptions)

    def _take_values(self, gateway: str, values: list[FrameValue]) -> None:
        self.close_gap("database_away")
        fresh = [value for value in self._receptions.merged(gateway, values) if self._keep_if_newer(value)]
        for value in fresh:
            self._add_to_trend(value)
        if fresh:
            self._tell(fresh)

    def _keep_if_newer(self, value: FrameValue) -> bool:
        of_sensor = self._values.setdefault(value.sensor_id, {})
        known = of_sensor.get(value.metric)
        if known is not None and known.t_us >= value.t_us:
            return False
        of_sensor[value.metric] = value
        return True

    def _add_to_trend(self, value: FrameValue) -> None:
        if value.metric != HEART_RATE.id or value.quality not in CREDIBLE:
            return
        trend = self._trends.setdefault(value.sensor_id, deque(maxlen=TREND_VALUES))
        if not trend or trend[-1].t_us < value.t_us:
            trend.append(value)
        elif all(abs(known.t_us - value.t_us) >= SAME_US for known in trend) and len(trend) < TREND_VALUES:
            insort(trend, value, key=lambda known: known.t_us)
        while trend[-1].t_us - trend[0].t_us > TREND_US:
            trend.popleft()

    def _tell(self, what: "list[FrameValue] | FleetNews | Alert | Gap | None") -> None:
        self.seq += 1
        entry = Entry(self.seq, what)
        self._ring.append(entry)
        if isinstance(what, Alert):
            self._alerts.append(entry)
        for listener in tuple(self._listeners):
            listener.tell(entry)
