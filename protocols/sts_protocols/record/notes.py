"""The bodies of what a gateway says beside its samples: DROP, ANCHOR and LOG."""

import re

import msgspec

from sts_protocols.record.compression import pack, unpack_as, wrong
from sts_protocols.record.header import MAX_SEQ, MAX_TIME_US, ClockSource

_WORD = re.compile(r"[a-z][a-z0-9_.-]{0,79}")

Range = tuple[int, int]
Scalar = str | int | float | bool | None


class Drop(msgspec.Struct, array_like=True, frozen=True):
    """Records of an epoch that will never come: inclusive ranges of seq, ascending and apart, and why (one
    word).

    first_us and last_us bound the boot times of what was lost, in the boot time of that epoch.
    """

    epoch: bytes
    ranges: list[Range]
    reason: str
    first_us: int
    last_us: int


class Anchor(msgspec.Struct, array_like=True, frozen=True):
    """One tie of boot time to wall time (µs since 1970 UTC), right within error_us; source is a
    `ClockSource`."""

    boot_us: int
    wall_us: int
    error_us: int
    source: int


class Log(msgspec.Struct, array_like=True, frozen=True):
    """Something a technician should know: level (debug, info, warning, error), event (one word), plain
    fields."""

    boot_us: int
    level: str
    event: str
    fields: dict[str, Scalar]


LEVELS = ("debug", "info", "warning", "error")

_drops = msgspec.msgpack.Decoder(Drop)
_anchors = msgspec.msgpack.Decoder(Anchor)
_logs = msgspec.msgpack.Decoder(Log)


def encode_drop(drop: Drop) -> bytes:
    """The compressed body of a declared loss. Raises RecordError for one that says nothing or contradicts
    itself."""
    return pack(msgspec.msgpack.encode(_checked_drop(drop)))


def decode_drop(body: bytes) -> Drop:
    """Raises RecordError."""
    return _checked_drop(unpack_as(_drops, body))


def encode_anchor(anchor: Anchor) -> bytes:
    """The compressed body of a tie of boot time to wall time. Raises RecordError for one that ties
    nothing."""
    return pack(msgspec.msgpack.encode(_checked_anchor(anchor)))


def decode_anchor(body: bytes) -> Anchor:
    """Raises RecordError."""
    return _checked_anchor(unpack_as(_anchors, body))


def encode_log(log: Log) -> bytes:
    """The compressed body of a log entry. Raises RecordError."""
    return pack(msgspec.msgpack.encode(_checked_log(log)))


def decode_log(body: bytes) -> Log:
    """Raises RecordError."""
    return _checked_log(unpack_as(_logs, body))


def _checked_drop(drop: Drop) -> Drop:
    if len(drop.epoch) != 16 or not _WORD.fullmatch(drop.reason):
        raise wrong("a drop needs an epoch of 16 bytes and a reason of one word")
    if not 0 <= drop.first_us <= drop.last_us <= MAX_TIME_US:
        raise wrong("the times of a drop are out of range")
    before = -1
    for first, last in drop.ranges:
        if not before < first <= last <= MAX_SEQ:
            raise wrong("the ranges of a drop are not ascending and apart")
        before = last
    if before < 0:
        raise wrong("a drop names no records")
    return drop


def _checked_anchor(anchor: Anchor) -> Anchor:
    if (
        not 0 <= anchor.boot_us <= MAX_TIME_US
        or not 0 <= anchor.wall_us <= MAX_TIME_US
        or anchor.error_us < 0
    ):
        raise wrong("an anchor is out of range")
    if anchor.source == ClockSource.UNKNOWN:
        raise wrong("an anchor has no source")
    return anchor


def _checked_log(log: Log) -> Log:
    if log.level not in LEVELS or not _WORD.fullmatch(log.event) or not 0 <= log.boot_us <= MAX_TIME_US:
        raise wrong("a log entry needs a level, an event of one word and a time")
    return log
