"""Records back from the disk, each checked again: what was whole at the start may have rotted since."""

import os
from contextlib import ExitStack
from pathlib import Path

from sts_protocols.errors import RecordError
from sts_protocols.record import Record, read

from .shelf import Spot


class Unreadable(Exception):  # noqa: N818 - it never leaves this package
    """A record that was here is no longer whole; `raw` is what is left of it."""

    def __init__(self, spot: Spot, raw: bytes) -> None:
        super().__init__(f"record {spot.segment.seq(spot.at)} in {spot.segment.path.name} cannot be read")
        self.spot = spot
        self.raw = raw


class Reader:
    """Reads records, opening each file once for as long as the reader is entered."""

    def __init__(self) -> None:
        self._files: dict[Path, int] = {}
        self._stack = ExitStack()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()
        self._files.clear()

    def record(self, spot: Spot) -> Record:
        """Return the record at a spot. Raises Unreadable."""
        slot = spot.segment.slot(spot.at)
        raw = b""
        try:
            raw = os.pread(self._file(spot.segment.path), slot.size, slot.offset)
            record = read(raw)
        except (OSError, RecordError):
            raise Unreadable(spot, raw) from None
        if record.header.segment_id != spot.segment.id or record.header.seq != spot.segment.seq(spot.at):
            raise Unreadable(spot, raw)
        return record

    def _file(self, path: Path) -> int:
        if path not in self._files:
            file = self._files[path] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            self._stack.callback(os.close, file)
        return self._files[path]
