"""What comes from one sensor: stamped, decoded, handed on; and how the sensor is, judged by it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from sts_edge.config import SensorSettings
from sts_edge.sources import Emit, Keep, SensorState, SensorWord, Told, keep_nothing
from sts_edge.sources.bluetooth.limits import REPEAT_US
from sts_edge.sources.bluetooth.profiles import RHYTHMS_US, SECOND_US, Said, Subscription
from sts_edge.sources.bluetooth.signal import Signal
from sts_protocols.errors import DecodeError
from sts_protocols.metrics import BATTERY_LEVEL, LATE_INTERVALS, LOST_INTERVALS
from sts_protocols.sample import Packet

log = structlog.get_logger(__name__)

# A time of arrival is known to the millisecond at best: the radio's connection interval is longer.
TICK_US = 1_000

# A sensor without a rhythm is not missed, but after so long it is told as not here any more.
OFF_AFTER_US = 180 * SECOND_US


def raw_kind(uuid: str) -> str:
    """What decodes raw frames of a characteristic: the first part of its UUID tells it from all others here."""
    return f"gatt-{uuid[:8]}"


@dataclass(slots=True)
class FrameCount:
    """Frames of one sensor since the start."""

    good: int = 0
    bad: int = 0
    repeated: int = 0
    refused: int = 0


class Reception:
    """The ear for one sensor; it outlives links."""

    def __init__(
        self, sensor: SensorSettings, emit: Emit, now_us: Callable[[], int], keep: Keep = keep_nothing
    ) -> None:
        self.count = FrameCount()
        self.heard_us: int | None = None
        self._sensor = sensor
        self._emit = emit
        self._now_us = now_us
        self._keep = keep
        self._value_us: int | None = None
        self._refusing = False
        self._worn: bool | None = None
        self._battery: int | None = None
        self._last: tuple[str, bytes, int] = ("", b"", -REPEAT_US)
        self._bad: bytes | None = None
        self._signal = Signal()
        self._rhythm_us = RHYTHMS_US.get(sensor.kind, SECOND_US)

    def hear(self, subscription: Subscription, frame: bytes) -> None:
        """Take one frame. Nothing that is in it can raise."""
        came_us = self._now_us()
        self._keep(self._sensor.name, raw_kind(subscription.uuid), came_us, frame)
        self._note_repeat(subscription.uuid, frame, came_us)
        try:
            said = subscription.hear(frame, came_us)
        except DecodeError as error:
            self._tell_bad(frame, error)
            return
        self._take(said, came_us, subscription.period_us)

    def overhear(
        self, kind: str, content: bytes, dbm: int, read: Callable[[bytes, int], Said | None]
    ) -> None:
        """Take what the sensor tells everybody; most of it was told before. Nothing that is in it can raise.

        kind: as raw frames name it. dbm: how strong it was heard. read: what is new in it; raises DecodeError.
        """
        came_us = self._now_us()
        self._signal.hear(dbm)
        try:
            said = read(content, came_us)
        except DecodeError as error:
            if content != self._bad:  # an advert that cannot be read comes twice a second
                self._keep(self._sensor.name, kind, came_us, content)
                self._tell_bad(content, error)
            self._bad = content
            return
        if said is not None:
            self._keep(self._sensor.name, kind, came_us, content)
            self._take(said, came_us, self._rhythm_us or 0, self._signal)

    def hear_streamed(self, uuid: str, frame: bytes, read: Callable[[bytes, int], Sequence[Told]]) -> None:
        """Take one frame of a stream, whose reader knows the boot time at which it came. Nothing can raise."""
        came_us = self._now_us()
        self._keep(self._sensor.name, raw_kind(uuid), came_us, frame)
        self._note_repeat(uuid, frame, came_us)
        try:
            told = read(frame, came_us)
        except DecodeError as error:
            self._tell_bad(frame, error)
            return
        self.count.good += 1
        for one in told:
            self._hand_on(one)

    def state(
        self, *, linked: bool, rssi: int | None, model: str | None, firmware: str | None
    ) -> SensorState:
        """How the sensor is now."""
        return SensorState(
            name=self._sensor.name,
            address=self._sensor.address,
            kind=self._sensor.kind,
            state=self._word(linked or rssi is not None),
            rssi=rssi,
            battery=self._battery,
            last_heard_us=self.heard_us,
            model=model,
            firmware=firmware,
        )

    def _take(self, said: Said, came_us: int, period_us: int, signal: Signal | None = None) -> None:
        self.count.good += 1
        self._note(said, came_us)
        if said.values:
            stamp_us = came_us - came_us % TICK_US
            values = (*said.values, *(signal.due(came_us) if signal else ()))
            self._hand_on(Packet(self._sensor.name, stamp_us, TICK_US, period_us, values))

    def _tell_bad(self, frame: bytes, error: DecodeError) -> None:
        self.count.bad += 1
        log.warning("bad_frame", sensor=self._sensor.name, frame=frame.hex(), error=str(error))

    def _note_repeat(self, uuid: str, frame: bytes, came_us: int) -> None:
        """Count what looks like one notification told twice; keep it, because two equal beats are legal."""
        last_uuid, last_frame, last_us = self._last
        if uuid == last_uuid and frame == last_frame and came_us - last_us < REPEAT_US:
            self.count.repeated += 1
        self._last = (uuid, frame, came_us)

    def _note(self, said: Said, came_us: int) -> None:
        levels = [int(value.value) for value in said.values if value.metric == BATTERY_LEVEL.id]
        if levels:
            self._battery = levels[-1]
            if len(levels) == len(said.values):
                return
        self.heard_us = came_us
        self._worn = said.worn
        if said.values:
            self._value_us = came_us

    def _hand_on(self, told: Told) -> None:
        try:
            self._emit(told)
        except Exception:
            self.count.refused += 1
            self._tell_refusal()
        else:
            self._refusing = False

    def _tell_refusal(self) -> None:
        """Once for a row of refusals: the reason is the same at every beat."""
        if not self._refusing:
            log.exception("packets_refused", sensor=self._sensor.name)
        self._refusing = True

    def _word(self, near: bool) -> SensorWord:
        if self.heard_us is None:
            return "connecting" if near else "off"
        now_us = self._now_us()
        age_us = now_us - (self._value_us or self.heard_us)
        if self._rhythm_us is None:
            return "live" if age_us < OFF_AFTER_US else "off"
        late_us = LATE_INTERVALS * self._rhythm_us
        if now_us - self.heard_us < late_us and self._worn is False:
            return "not_worn"
        if age_us >= LOST_INTERVALS * self._rhythm_us:
            return "lost"
        return "late" if age_us >= late_us else "live"
