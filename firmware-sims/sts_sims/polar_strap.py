"""A chest strap that also streams ECG and acceleration: Polar Measurement Data, as an H10 offers it.

Layout: Polar Measurement Data Specification for 3rd parties. Packing only: nothing here can read a frame of
samples, so that a wrong decoder meets a right strap.
"""

import math
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from sts_sims.athletes import Heart
from sts_sims.electrocardiogram import Electrocardiogram
from sts_sims.heart_strap import HeartStrap
from sts_sims.peripheral import INDICATE, NOTIFY, READ, WRITE, Characteristic, Service
from sts_sims.sensor import Notice

PMD_SERVICE = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
PMD_CONTROL_POINT = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
PMD_DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

ECG, ACC = 0, 2
FEATURES = bytes((0x0F, 1 << ECG | 1 << ACC)) + bytes(15)

ASK_SETTINGS, START, STOP = 1, 2, 3
ANSWER, ENDED = 0xF0, 0x01
SUCCESS, NO_SUCH_COMMAND, NO_SUCH_KIND, WRONG_PARAMETER, ALREADY = 0, 1, 2, 5, 6

SAMPLE_RATE, RESOLUTION, RANGE = 0, 1, 2
OFFERED: dict[int, dict[int, tuple[int, ...]]] = {
    ECG: {SAMPLE_RATE: (130,), RESOLUTION: (14,)},
    ACC: {SAMPLE_RATE: (25, 50, 100, 200), RESOLUTION: (16,), RANGE: (2, 4, 8)},
}
NAMES = {ECG: "ecg", ACC: "acc"}
# What fits into one notification of a modern link, as an H10 fills it.
FRAME_SAMPLES = {ECG: 73, ACC: 36}
FRAME_TYPES = {ECG: 0, ACC: 1}

# The clock of a strap that nobody has set begins on 2019-01-01; it counts ns since 2000-01-01.
CLOCK_BEGINS_NS = 599_616_000_000_000_000
# Quartz of a small device.
DRIFT_PPM = 40.0

# A runner's trunk: one g down the strap, a bounce with each step at 165 steps a minute, some sway.
STEPS_PER_S = 2.75
BOUNCE_MG = 600.0
SWAY_MG = 150.0
GRAVITY_MG = 1_000.0


class Acceleration:
    """What the strap's sensor feels on a running athlete."""

    def __init__(self, seed: str) -> None:
        self._phase = random.Random(seed).uniform(0.0, 2.0 * math.pi)

    def sample(self, time_s: float) -> tuple[int, int, int]:
        """x, y, z in mg; x points down."""
        turn = 2.0 * math.pi * STEPS_PER_S * time_s + self._phase
        return (
            round(GRAVITY_MG + BOUNCE_MG * math.sin(turn)),
            round(SWAY_MG * math.sin(turn / 2.0)),
            round(SWAY_MG * math.cos(turn)),
        )


class Running(NamedTuple):
    """A stream that was started: since when (s), and its rate."""

    since_s: float
    rate_hz: float


@dataclass(slots=True)
class Mishaps:
    """What goes wrong on order. `refuse`: status that a start is answered with; `lose`: frames still to be lost;
    `clock_s`: how far the clock has jumped."""

    refuse: int | None = None
    lose: int = 0
    clock_s: float = 0.0


@dataclass(slots=True)
class Stream:
    """What was sent of a running stream."""

    running: Running
    sent: int = field(default=0)


class PolarStrap(HeartStrap):
    """A strap on one athlete; `twin` beats like `heart`, for the electrode.

    A stream runs until it is ended: a lost link does not end it.
    """

    turn_s = 0.02

    def __init__(
        self,
        name: str,
        address: str,
        heart: Heart,
        twin: Heart,
        *,
        battery: float = 100.0,
        rssi_dbm: int = -60,
    ) -> None:
        self.mishaps = Mishaps()
        self._streams: dict[int, Stream] = {}
        self._now_s = 0.0
        self._on_s = 0.0
        self._drift = 1.0 + random.Random(address).uniform(-DRIFT_PPM, DRIFT_PPM) * 1e-6
        self._ecg = Electrocardiogram(twin, f"{address}:ecg")
        self._acceleration = Acceleration(f"{address}:acc")
        super().__init__(name, address, heart, battery=battery, rssi_dbm=rssi_dbm)
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
        notices = []
        for kind, stream in self._streams.items():
            while self._instant(kind, stream, FRAME_SAMPLES[kind] - 1) <= time_s:
                notices.append(self._frame(kind, stream))
        return notices

    def end_streams(self) -> bytes:
        """The strap ends all streams by itself; what it says of it at the control point."""
        kinds = bytes(self._streams)
        self._streams.clear()
        return bytes((ENDED,)) + kinds

    # the control point

    def _asked(self, request: bytes) -> list[bytes]:
        """The indications that answer a write."""
        if len(request) < 2:
            return [bytes((ANSWER, request[0] if request else 0, 0, WRONG_PARAMETER))]
        command, kind = request[0], request[1]
        if command not in COMMANDS:
            return [bytes((ANSWER, command, kind, NO_SUCH_COMMAND))]
        if kind not in OFFERED:
            return [bytes((ANSWER, command, kind, NO_SUCH_KIND))]
        status, parameters = COMMANDS[command](self, kind, request[2:])
        return [bytes((ANSWER, command, kind, status, 0)) + parameters]

    def _settings(self, kind: int, _rest: bytes) -> tuple[int, bytes]:
        return SUCCESS, b"".join(
            struct.pack(f"<BB{len(values)}H", setting, len(values), *values)
            for setting, values in OFFERED[kind].items()
        )

    def _start(self, kind: int, rest: bytes) -> tuple[int, bytes]:
        if self.mishaps.refuse is not None:
            return self.mishaps.refuse, b""
        if kind in self._streams:
            return ALREADY, b""
        chosen = {rest[at]: rest[at + 2] | rest[at + 3] << 8 for at in range(0, len(rest) - 3, 4)}
        if chosen.keys() != OFFERED[kind].keys() or any(v not in OFFERED[kind][s] for s, v in chosen.items()):
            return WRONG_PARAMETER, b""
        self._streams[kind] = Stream(Running(self._now_s, chosen[SAMPLE_RATE]))
        return SUCCESS, b""

    def _stop(self, kind: int, _rest: bytes) -> tuple[int, bytes]:
        return (ALREADY if self._streams.pop(kind, None) is None else SUCCESS), b""

    # the data

    def _instant(self, kind: int, stream: Stream, place: int) -> float:
        """When a sample of the next frame is taken."""
        number = stream.sent * FRAME_SAMPLES[kind] + place + 1
        return stream.running.since_s + number / stream.running.rate_hz

    def _frame(self, kind: int, stream: Stream) -> Notice:
        instants = [self._instant(kind, stream, place) for place in range(FRAME_SAMPLES[kind])]
        stream.sent += 1
        samples: list[tuple[int, ...]] = [
            (self._ecg.sample(at_s),) if kind == ECG else self._acceleration.sample(at_s) for at_s in instants
        ]
        width = 3 if kind == ECG else 2
        body = b"".join(
            number.to_bytes(width, "little", signed=True) for sample in samples for number in sample
        )
        device_ns = self._device_ns(instants[-1])
        frame = struct.pack("<BQB", kind, device_ns, FRAME_TYPES[kind]) + body
        lost = self.mishaps.lose > 0
        self.mishaps.lose -= lost
        told = {"stream": NAMES[kind], "device_ns": device_ns, "samples": samples, "lost": lost}
        return Notice(PMD_DATA, frame, instants[-1], told)

    def _device_ns(self, time_s: float) -> int:
        counted_s = (time_s - self._on_s) * self._drift + self.mishaps.clock_s
        return CLOCK_BEGINS_NS + round(counted_s * 1e9)

    def _measurement_service(self) -> Service:
        control = Characteristic(PMD_CONTROL_POINT, (READ, WRITE, INDICATE), FEATURES, answers=self._asked)
        return Service(PMD_SERVICE, [control, Characteristic(PMD_DATA, (NOTIFY,))])


Commanded = Callable[[PolarStrap, int, bytes], tuple[int, bytes]]
COMMANDS: dict[int, Commanded] = {
    ASK_SETTINGS: PolarStrap._settings,
    START: PolarStrap._start,
    STOP: PolarStrap._stop,
}
