"""How much of what comes over a line is garbage: much of it means a wrong baud rate, or another device."""

from sts_protocols.serial.heard import Stream

# Long enough for a receiver's ten epochs, short enough for a technician who turns a switch and looks.
WINDOW_US = 10_000_000
# Below this nothing can be said: the half line of a plug that was put in.
LEAST_BYTES = 60
# A good line has none, a disturbed one some; a wrong rate makes nearly all of it.
SHARE = 0.5


class Garbage:
    """The share of garbage in the last whole window; 0 where little came."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._began_us = 0
        self._before = (0, 0)
        self.share = 0.0

    def look(self, now_us: int) -> None:
        """Judge a window that has ended."""
        if now_us - self._began_us < WINDOW_US:
            return
        counts = (self._stream.heard_bytes, self._stream.garbage_bytes)
        heard, garbage = (now - before for now, before in zip(counts, self._before, strict=True))
        self.share = garbage / heard if heard >= LEAST_BYTES else 0.0
        self._began_us, self._before = now_us, counts

    @property
    def is_much(self) -> bool:
        """Whether a technician should know."""
        return self.share > SHARE
