"""What Polar's sensors that stream have in common: the dialogue at the control point, and a clock of their own.

Layout: Polar Measurement Data Specification for 3rd parties. Packing only: nothing here can read a frame of
samples, so that a wrong decoder meets a right sensor.
"""

import random
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sts_sims.athletes import Heart
from sts_sims.heart_strap import HeartStrap
from sts_sims.peripheral import INDICATE, NOTIFY, READ, WRITE, Characteristic, Service
from sts_sims.sensor import Notice

PMD_SERVICE = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
PMD_CONTROL_POINT = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
PMD_DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

ECG, ACC, PPI = 0, 2, 3
NAMES = {ECG: "ecg", ACC: "acc", PPI: "ppi"}

FEATURE_ANSWER = 0x0F
FEATURE_PADDING = bytes(15)

ASK_SETTINGS, START, STOP = 1, 2, 3
ANSWER, ENDED = 0xF0, 0x01
SUCCESS, NO_SUCH_COMMAND, NO_SUCH_KIND, WRONG_PARAMETER, ALREADY = 0, 1, 2, 5, 6

SAMPLE_RATE, RESOLUTION, RANGE = 0, 1, 2

# The clock of a sensor that nobody has set begins on 2019-01-01; it counts ns since 2000-01-01.
CLOCK_BEGINS_NS = 599_616_000_000_000_000
# Quartz of a small device.
DRIFT_PPM = 40.0

Settings = Mapping[int, tuple[int, ...]]


@dataclass(slots=True)
class Mishaps:
    """What goes wrong on order. `refuse`: status that a start is answered with; `lose`: frames still to be lost;
    `clock_s`: how far the clock has jumped."""

    refuse: int | None = None
    lose: int = 0
    clock_s: float = 0.0


@dataclass(slots=True)
class Stream:
    """A stream that was started: since when (s), with which settings, and how many frames were sent of it."""

    since_s: float
    chosen: Mapping[int, int]
    sent: int = 0


class PolarSensor(HeartStrap):
    """A sensor on one athlete. Its makers say what it can stream (`offered`) and pack it (`full_frames`).

    A stream runs until it is ended: a lost link does not end it.
    """

    turn_s = 0.02
    offered: ClassVar[Mapping[int, Settings]]

    def __init__(self, name: str, address: str, heart: Heart, **more: Any) -> None:
        self.mishaps = Mishaps()
        self._streams: dict[int, Stream] = {}
        self._now_s = 0.0
        self._on_s = 0.0
        self._drift = 1.0 + random.Random(address).uniform(-DRIFT_PPM, DRIFT_PPM) * 1e-6
        super().__init__(name, address, heart, **more)
        self.services.append(self._measurement_service())

    @property
    def running(self) -> frozenset[str]:
        """The streams that drain the battery now."""
        return frozenset(NAMES[kind] for kind in self._streams)

    def switch_on(self, time_s: float) -> None:
        super().switch_on(time_s)
        self._on_s = self._now_s = time_s

    def due(self, time_s: float) -> list[Notice]:
        """All frames that are full by now."""
        self._now_s = time_s
        return [
            notice
            for kind, stream in self._streams.items()
            for notice in self.full_frames(kind, stream, time_s)
        ]

    def full_frames(self, kind: int, stream: Stream, time_s: float) -> list[Notice]:
        """What of a running stream is to be sent by now."""
        raise NotImplementedError

    def end_streams(self) -> bytes:
        """The sensor ends all streams by itself; what it says of it at the control point."""
        kinds = bytes(self._streams)
        self._streams.clear()
        return bytes((ENDED,)) + kinds

    def packed(self, kind: int, stream: Stream, frame: bytes, at_s: float, told: Mapping[str, Any]) -> Notice:
        """A frame as it goes out, unless it is to be lost."""
        stream.sent += 1
        lost = self.mishaps.lose > 0
        self.mishaps.lose -= lost
        return Notice(PMD_DATA, frame, at_s, {"stream": NAMES[kind], **told, "lost": lost})

    def device_ns(self, time_s: float) -> int:
        """What its clock shows."""
        counted_s = (time_s - self._on_s) * self._drift + self.mishaps.clock_s
        return CLOCK_BEGINS_NS + round(counted_s * 1e9)

    def _asked(self, request: bytes) -> list[bytes]:
        """The indications that answer a write."""
        if len(request) < 2:
            return [bytes((ANSWER, request[0] if request else 0, 0, WRONG_PARAMETER))]
        command, kind = request[0], request[1]
        if command not in COMMANDS:
            return [bytes((ANSWER, command, kind, NO_SUCH_COMMAND))]
        if kind not in self.offered:
            return [bytes((ANSWER, command, kind, NO_SUCH_KIND))]
        status, parameters = COMMANDS[command](self, kind, request[2:])
        return [bytes((ANSWER, command, kind, status, 0)) + parameters]

    def _settings(self, kind: int, _rest: bytes) -> tuple[int, bytes]:
        return SUCCESS, b"".join(
            struct.pack(f"<BB{len(values)}H", setting, len(values), *values)
            for setting, values in self.offered[kind].items()
        )

    def _start(self, kind: int, rest: bytes) -> tuple[int, bytes]:
        if self.mishaps.refuse is not None:
            return self.mishaps.refuse, b""
        if kind in self._streams:
            return ALREADY, b""
        offered = self.offered[kind]
        chosen = {rest[at]: rest[at + 2] | rest[at + 3] << 8 for at in range(0, len(rest) - 3, 4)}
        if chosen.keys() != offered.keys() or any(v not in offered[s] for s, v in chosen.items()):
            return WRONG_PARAMETER, b""
        self._streams[kind] = Stream(self._now_s, chosen)
        return SUCCESS, b""

    def _stop(self, kind: int, _rest: bytes) -> tuple[int, bytes]:
        return (ALREADY if self._streams.pop(kind, None) is None else SUCCESS), b""

    def _measurement_service(self) -> Service:
        bits = sum(1 << kind for kind in self.offered)
        features = bytes((FEATURE_ANSWER, bits)) + FEATURE_PADDING
        control = Characteristic(PMD_CONTROL_POINT, (READ, WRITE, INDICATE), features, answers=self._asked)
        return Service(PMD_SERVICE, [control, Characteristic(PMD_DATA, (NOTIFY,))])


Commanded = Callable[[PolarSensor, int, bytes], tuple[int, bytes]]
COMMANDS: dict[int, Commanded] = {
    ASK_SETTINGS: PolarSensor._settings,
    START: PolarSensor._start,
    STOP: PolarSensor._stop,
}
