"""The truth log: one JSON line for each notification that a strap emitted, delivered or not."""

from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from sts_sims.heart_strap import Measurement


class Truth(msgspec.Struct, omit_defaults=True):
    """One notification. `t_boot_us`: CLOCK_BOOTTIME when it was emitted; `why`: why nobody got it."""

    t_boot_us: int
    strap: str
    address: str
    frame_hex: str
    hr: int
    rr_1024: tuple[int, ...]
    contact: bool
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
        """Write one line; nothing when no file was asked for."""
        if self._file is None:
            return
        delivered = why is None
        truth = Truth(
            boot_us, strap, address, frame.hex(), said.heart_rate, said.rr_1024, said.contact, delivered, why
        )
        self._file.write(self._encoder.encode(truth) + b"\n")

    def __enter__(self) -> "TruthLog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
