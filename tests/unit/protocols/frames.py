"""Rules that hold for every decoder of flagged frames, to be asked of each."""

from collections.abc import Callable, Iterator
from typing import Any

from sts_protocols.errors import DecodeError

Decode = Callable[[bytes], Any]


def told_by(decode: Decode, frame: bytes) -> Any:
    """What a decoder makes of a frame; None where it refuses it. Anything else that it raises is a mistake."""
    try:
        return decode(frame)
    except DecodeError:
        return None


def cut_everywhere(frame: bytes, flags_bytes: int) -> Iterator[bytes]:
    """The frame one byte short, two bytes short and so on, down to its bare flags."""
    return (frame[:length] for length in range(len(frame) - 1, flags_bytes - 1, -1))
