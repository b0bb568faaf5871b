"""Messages that were handed on and not acknowledged yet, remembered across a kill.

What was on the disk when the agent was killed, and not acknowledged, the broker sends again. It marks it as sent
before, but a message has no number by which it could be known: two equal temperatures are two. So what is handed on
is noted with the time of its packet, and after a start the buffer says which of it was stored. The note is not synced:
a kill leaves it as it is, and after a power cut some may be stored twice.
"""

import contextlib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

LastStored = Callable[[bytes, int], Mapping[str, int]]
"""By sensor the newest packet (boot time, µs) that the buffer holds of an epoch, from a time on. Reads files."""


class Handed(msgspec.Struct, array_like=True, frozen=True):
    """A message that was handed on: what it was, and the packet that it became, in the epoch of which start. It became
    none of any sensor where `sensor` is empty."""

    digest: bytes
    epoch: bytes
    sensor: str
    boot_us: int


def digest(topic: str, payload: bytes) -> bytes:
    """What tells a message from others of another content."""
    return hashlib.blake2b(topic.encode() + b"\0" + payload, digest_size=16).digest()


class Unacknowledged:
    """The note in a file."""

    def __init__(self, file: Path, last_stored: LastStored) -> None:
        self._file = file
        self._last_stored = last_stored

    def stored_before(self) -> list[Handed]:
        """What was stored and may come again, in the order in which it was taken, when the agent ended. Reads files; a
        note that cannot be read is none."""
        try:
            handed = msgspec.msgpack.decode(self._file.read_bytes(), type=list[Handed])
            last = {epoch: self._last(epoch, handed) for epoch in {one.epoch for one in handed}}
        except (OSError, msgspec.DecodeError):
            return []
        return [one for one in handed if not one.sensor or last[one.epoch].get(one.sensor, -1) >= one.boot_us]

    def note(self, handed: Sequence[Handed]) -> None:
        """All that was handed on and may come again. Where it cannot be written, a kill may double some."""
        draft = self._file.with_suffix(".new")
        with contextlib.suppress(OSError):
            draft.write_bytes(msgspec.msgpack.encode(handed))
            draft.replace(self._file)

    def _last(self, epoch: bytes, handed: Sequence[Handed]) -> Mapping[str, int]:
        return self._last_stored(epoch, min(one.boot_us for one in handed if one.epoch == epoch))
