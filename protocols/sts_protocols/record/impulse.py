"""The body of kind IMPULSE: what timers told, each with the time that the timer gave it."""

import re

import msgspec

from sts_protocols.record.compression import pack, unpack_as, wrong
from sts_protocols.record.header import MAX_ERROR_US, MAX_TIME_US
from sts_protocols.sample import SENSOR_NAME

# A longer line is no line of a timer; documents have a kind of their own.
MAX_LINE_BYTES = 512
MAX_TICKS = 2**32
MAX_MARKS = 16

_CHANNEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,15}")
_BIB = re.compile(r"[!-~](?:[ -~]{0,38}[!-~])?")
_MARK = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class Impulse(msgspec.Struct, array_like=True, frozen=True):
    """One line of a timer that tells a time.

    timer: its local name. boot_us: when the line arrived, boot time. ticks: the timer's own time in 1/10,000 s,
    truncated; a time of day unless the timer's channel says otherwise; None if it told none. bib: number or tag;
    None if it has none. marks: words, sorted (manual, unassigned, deleted, ...). line: as it came.
    moment_us: when it was by boot time, right within error_us; both None where nothing is known.
    """

    timer: str
    boot_us: int
    ticks: int | None
    channel: str
    bib: str | None
    marks: tuple[str, ...]
    line: bytes
    moment_us: int | None = None
    error_us: int | None = None


_decoder = msgspec.msgpack.Decoder(list[Impulse])


def encode_impulses(*impulses: Impulse) -> bytes:
    """The compressed body of these impulses. Raises RecordError for what no reader would accept."""
    return pack(msgspec.msgpack.encode([_checked(impulse) for impulse in impulses]))


def decode_impulses(body: bytes) -> list[Impulse]:
    """Raises RecordError."""
    return [_checked(impulse) for impulse in unpack_as(_decoder, body)]


def _checked(impulse: Impulse) -> Impulse:
    if not SENSOR_NAME.fullmatch(impulse.timer) or not _CHANNEL.fullmatch(impulse.channel):
        raise wrong("an impulse needs the name of a timer and a channel")
    if impulse.bib is not None and not _BIB.fullmatch(impulse.bib):
        raise wrong("a bib is not one")
    if len(impulse.marks) > MAX_MARKS or not all(map(_MARK.fullmatch, impulse.marks)):
        raise wrong("a mark is no word")
    if len(impulse.line) > MAX_LINE_BYTES:
        raise wrong("a line is too long")
    if not 0 <= impulse.boot_us <= MAX_TIME_US or not 0 <= (impulse.ticks or 0) < MAX_TICKS:
        raise wrong("a time of an impulse is out of range")
    _check_moment(impulse)
    return impulse


def _check_moment(impulse: Impulse) -> None:
    if (impulse.moment_us is None) != (impulse.error_us is None):
        raise wrong("a moment needs an error")
    if not 0 <= (impulse.moment_us or 0) <= MAX_TIME_US or not 0 <= (impulse.error_us or 0) <= MAX_ERROR_US:
        raise wrong("a moment is out of range")
