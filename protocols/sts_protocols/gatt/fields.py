"""Walks a frame of little-endian fields, one after the other, as its flags announce them.

A frame that ends early keeps every whole field before the cut: the field that is cut, and each one behind it,
is None, and `truncated` says so. Bytes left behind the last announced field make the frame none of its standard.
"""

from sts_protocols.errors import DecodeError


class Fields:
    """What is left of a frame. `what` names it in errors."""

    def __init__(self, frame: bytes, what: str) -> None:
        self.truncated = False
        self._frame = frame
        self._what = what
        self._at = 0

    def flags(self, width: int) -> int:
        """The flags at the head of the frame, which say what follows. Raises DecodeError if they are cut."""
        flags = self.unsigned(width)
        if flags is None:
            raise DecodeError(f"{self._what} ends within its flags", self._frame)
        return flags

    def unsigned(self, width: int) -> int | None:
        """The next field of `width` bytes as a number from 0 on; None if it is cut."""
        return self._number(width, signed=False)

    def signed(self, width: int) -> int | None:
        """The next field of `width` bytes in two's complement; None if it is cut."""
        return self._number(width, signed=True)

    def skip(self, width: int) -> None:
        """Pass over a field that nobody here needs."""
        self._number(width, signed=False)

    @property
    def left(self) -> int:
        """How many bytes are not read yet; none behind a cut."""
        return max(len(self._frame) - self._at, 0)

    def end(self) -> None:
        """Nothing may be left. Raises DecodeError for bytes that no flag announces."""
        if not self.truncated and self.left:
            raise DecodeError(
                f"{self.left} bytes of {self._what.lower()} are announced by no flag", self._frame
            )

    def _number(self, width: int, *, signed: bool) -> int | None:
        start, self._at = self._at, self._at + width
        if self.truncated or self._at > len(self._frame):
            self.truncated = True
            return None
        return int.from_bytes(self._frame[start : self._at], "little", signed=signed)
