"""Sources: what brings measurements into the gateway. Each kind keeps the promises of `Source`.

A source knows nothing of buffers and uplinks; it hands what it was told to whoever gave it `emit`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

from sts_protocols.record import DocumentPart, Impulse, Waveform
from sts_protocols.sample import Packet

Told = Packet | Waveform | Impulse | DocumentPart
"""What a source may hand on: values that share one time, values of one channel at a fixed rate, a line of a
timer, or a part of a file."""

Emit = Callable[[Told], None]
"""Takes one of them, at once and without waiting. What it raises is logged by the source, never passed on."""

Keep = Callable[[str, str, int, bytes], None]
"""Takes a frame as it came, to be kept: the sensor, what decodes it, boot time in µs, the bytes. Never raises."""


def keep_nothing(sensor: str, kind: str, boot_us: int, frame: bytes) -> None:
    """Where raw frames are not kept."""


SensorWord = Literal["live", "late", "lost", "connecting", "not_worn", "off"]


class SensorState(NamedTuple):
    """How one registered sensor is now.

    state: `off` not heard since the start (or no radio to hear it), `connecting` heard but silent so far,
    `live`, `late` and `lost` by the age of its last value against its metric's rhythm, `not_worn` live
    without skin contact. rssi in dBm and battery in % as last told; last_heard_us on CLOCK_BOOTTIME, µs.
    """

    name: str
    address: str
    kind: str
    state: SensorWord
    rssi: int | None = None
    battery: int | None = None
    last_heard_us: int | None = None
    model: str | None = None
    firmware: str | None = None


class Source(Protocol):
    """Reads sensors until it is cancelled.

    Promises, kept by one suite of tests for every kind:
    - `run` ends only by cancellation, whatever the radio, the wire or a sensor does;
    - once `run` has ended, nothing more is emitted and no task of its own is left;
    - packets are emitted only for registered sensors, stamped with CLOCK_BOOTTIME when they came, in order;
    - waveforms too, each channel in order, stamped when they were measured, as far as the sensor tells;
    - impulses are emitted at once, stamped when their line came;
    - an `emit` that raises costs what it was given and nothing else;
    - `states` names each registered sensor once, before, while and after it runs.
    """

    async def run(self) -> None: ...

    def states(self) -> Sequence[SensorState]: ...

    def counts(self) -> Mapping[str, int]:
        """What happened since the start, for diagnosis; the names are the source's own."""
        ...

    def faults(self) -> Sequence[str]:
        """What a technician should know now, each a sentence with the way out; empty when all is well."""
        ...
