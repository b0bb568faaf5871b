"""What every stream tells, whatever its protocol."""

from typing import NamedTuple, Protocol

from sts_protocols.sample import Value


class TimerLine(NamedTuple):
    """One impulse as its timer told it.

    ticks: the timer's own time in 1/10,000 s, truncated; a time of day, or a duration on the channels RT and
    TT; None if the line has none. bib: the number or tag, None if there is no valid one. marks: words, sorted.
    """

    ticks: int | None
    channel: str
    bib: str | None
    marks: tuple[str, ...]
    line: bytes


class UtcTime(NamedTuple):
    """What time a receiver says it was at the moment it speaks of, µs since 1970, right within error_us."""

    utc_us: int
    error_us: int


class Heard(NamedTuple):
    """One frame or line. boot_us: when its first byte came. A good one may tell nothing (the next bib on a
    display). fault: why a bad one is none; then the rest is empty."""

    boot_us: int
    frame: bytes
    values: tuple[Value, ...] = ()
    impulse: TimerLine | None = None
    utc: UtcTime | None = None
    fault: str | None = None


class Stream(Protocol):
    """Bytes of one port in, frames out, bad ones in their place.

    heard_bytes: all that came. garbage_bytes: those of them that belong to no good frame; a wrong baud rate
    shows in their share. bad_frames: whole lines or frames whose checksum or layout is wrong. lost_frames:
    those that a sequence number says are missing, for protocols that have one.
    """

    heard_bytes: int
    garbage_bytes: int
    bad_frames: int
    lost_frames: int

    def hear(self, data: bytes, boot_us: int) -> tuple[Heard, ...]: ...
