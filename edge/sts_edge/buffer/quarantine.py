"""Bytes that should have been records are set aside for whoever wants to look: not sent, not just deleted."""

from contextlib import suppress
from pathlib import Path

from .scan import Rot

# Enough for a thousand live records; beyond that the pieces stay in their segment only, until its room is
# needed.
MAX_BYTES = 1 << 20


class Quarantine:
    """The folder of damaged pieces, one file each, named by segment and offset."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, segment_file: Path, rot: Rot) -> bool:
        """Store a piece; returns whether it is new. A full disk only loses the copy."""
        file = self._folder / f"{segment_file.stem}-{rot.offset}.bad"
        if file.exists():
            return False
        with suppress(OSError):
            self._folder.mkdir(exist_ok=True)
            if self._used() + len(rot.raw) <= MAX_BYTES:
                file.write_bytes(rot.raw)
        return True

    def _used(self) -> int:
        return sum(file.stat().st_size for file in self._folder.iterdir())
