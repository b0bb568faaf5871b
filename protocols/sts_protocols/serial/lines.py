"""Lines that end with CR, LF or both, cut from a stream of bytes."""

import re
from collections.abc import Callable

from sts_protocols.errors import DecodeError
from sts_protocols.serial.heard import Heard

# The longest line of any of these devices is below 60 characters; what is longer is noise at a wrong rate.
LONGEST_LINE = 120
# Half a line that nothing followed for so long belongs to a device that was unplugged. At 300 baud a line of 40
# characters takes 1.3 s.
STALE_US = 2_000_000

_NOISE = re.compile(rb"(?s)\A.*[^ -~\t]")
_ENDS = frozenset(b"\r\n")


class LineStream:
    """A `Stream` of lines, each read by `decode(line, boot_us)`, which raises DecodeError for one that is none
    of its own."""

    def __init__(self, decode: Callable[[bytes, int], Heard]) -> None:
        self.heard_bytes = 0
        self.garbage_bytes = 0
        self.bad_frames = 0
        self.lost_frames = 0
        self._decode = decode
        self._open = bytearray()
        self._began_us = 0
        self._overlong = False

    def hear(self, data: bytes, boot_us: int) -> tuple[Heard, ...]:
        """The lines that these bytes complete."""
        self.heard_bytes += len(data)
        if self._open and boot_us - self._began_us > STALE_US:
            self._discard()
        heard = []
        for byte in data:
            if byte not in _ENDS:
                self._take(byte, boot_us)
            elif (line := self._close()) is not None:
                heard.append(self._read(line))
        return tuple(heard)

    def _take(self, byte: int, boot_us: int) -> None:
        if not self._open:
            self._began_us = boot_us
        self._open.append(byte)
        if len(self._open) > LONGEST_LINE:
            self._discard()
            self._overlong = True

    def _discard(self) -> None:
        self.garbage_bytes += len(self._open)
        self._open.clear()

    def _close(self) -> bytes | None:
        """The line that has ended; None for an empty one and for the end of an overlong one."""
        if self._overlong:
            self._overlong = False
            self._discard()
            return None
        line = bytes(self._open)
        self._open.clear()
        return line if line.strip(b" \t\0") else None

    def _read(self, line: bytes) -> Heard:
        """What follows the last byte that is no text is tried first: a line right behind a plug that is put in,
        or behind a baud rate that was wrong until now, is good."""
        text = _NOISE.sub(b"", line)
        if text != line and (heard := self._try(text)).fault is None:
            self.garbage_bytes += len(line) - len(text)
            return heard
        heard = self._try(line)
        if heard.fault is not None:
            self.bad_frames += 1
            self.garbage_bytes += len(line)
        return heard

    def _try(self, line: bytes) -> Heard:
        try:
            return self._decode(line, self._began_us)
        except DecodeError as error:
            return Heard(self._began_us, line, fault=str(error))
