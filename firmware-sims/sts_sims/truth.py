"""The truth log: one JSON line for each notification that a sensor emitted, delivered or not."""

from pathlib import Path
from types import TracebackType
from typing import IO, Any

import msgspec

from sts_sims.heart_strap import Measurement
from sts_sims.sensor import Notice


class Truth(msgspec.Struct, omit_defaults=True):
    """One heart rate measurement. `t_boot_us`: CLOCK_BOOTTIME when it was emitted; `why`: why nobody got it."""

    t_boot_us: int
    strap: str
    address: str
    frame_hex: str
    hr: int
    rr_1024: tuple[int, ...]
    contact: bool
    delivered: bool
    why: str | None = None


class NoticeTruth(msgspec.Struct, omit_defaults=True):
    """One notification of anything else. `told`: what it says, in the words of its sensor; `measured_us`:
    the boot time of the instant that it speaks of."""

    t_boot_us: int
    sensor: str
    address: str
    uuid: str
    frame_hex: str
    measured_us: int
    told: dict[str, Any]
    delivered: bool
    why: str | None = None


class CableTruth(msgspec.Struct, omit_defaults=True):
    """What a device said over its cable. `told`: what it means; `why`: why nobody can have heard it."""

    t_boot_us: int
    port: str
    data_hex: str
    told: dict[str, Any]
    delivered: bool
    why: str | None = None


class TruthLog:
    """Appends to a file, each line written at once, so that nothing is missing after a kill."""

    def __init__(self, path: Path | None) -> None:
        self._file: IO[bytes] | None = path.open("ab", buffering=0) if path else None
        self._encoder = msgspec.json.Encoder()

    def note(
        self, boot_us: int, strap: str, address: str, said: Measurement, frame: bytes, why: str | None
    ) -> None:
        """Write a line of a measurement; nothing when no file was asked for."""
        delivered = why is None
        rate, intervals, contact = said.heart_rate, said.rr_1024, said.contact
        self._write(Truth(boot_us, strap, address, frame.hex(), rate, intervals, contact, delivered, why))

    def note_notice(
        self, boot_us: int, sensor: str, address: str, said: Notice, measured_us: int, why: str | None
    ) -> None:
        """Write a line of anything else."""
        delivered = why is None
        self._write(
            NoticeTruth(
                boot_us, sensor, address, said.uuid, said.frame.hex(), measured_us, said.told, delivered, why
            )
        )

    def note_cable(self, boot_us: int, port: str, data: bytes, told: dict[str, Any], why: str | None) -> None:
        """Write a line of what was said over a cable."""
        self._write(CableTruth(boot_us, port, data.hex(), told, why is None, why))

    def _write(self, line: Truth | NoticeTruth | CableTruth) -> None:
        if self._file is not None:
            self._file.write(self._encoder.encode(line) + b"\n")

    def __enter__(self) -> "TruthLog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
