"""Readers of RFID tags by EPCglobal's Low Level Reader Protocol, versions 1.0.1 and 1.1: binary over TCP port 5084.

    message     3 bits reserved, 3 version (1 or 2), 10 type; length 4 bytes, with these 10; number 4 bytes; parameters
    TLV         6 bits reserved, 10 type; length 2 bytes, with these 4; fields and parameters
    TV          bit 7 set, 7 bits type; fields of the length that the type stands for

Big endian. A reader runs what it is told to run (an ROSpec) and sends what it sees of tags (RO_ACCESS_REPORT); a
KEEPALIVE must be acknowledged. What it has sent it forgets: nothing can be asked for again. Parameters that are not
used here are passed over; a TV of an unknown type has no known length and ends the message with an error.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from sts_protocols.errors import DecodeError
from sts_protocols.serial.heard import TimerLine
from sts_protocols.serial.ticks import DAY_TICKS, TICK_US

PORT = 5084
HEADER_BYTES = 10
# A report of some thousand tags; a peer that announces more is no reader.
MAX_MESSAGE_BYTES = 1 << 20
# A tag that a record of impulses can carry: its line, in hexadecimal, and its number as text.
MAX_TAG_BYTES = 256
MAX_EPC_BYTES = 20

_VERSIONS = (1, 2)
_VERSION = 1

SET_READER_CONFIG, CLOSE_CONNECTION = 3, 14
ADD_ROSPEC, DELETE_ROSPEC, START_ROSPEC, ENABLE_ROSPEC, GET_ROSPECS = 20, 21, 22, 24, 26
REPORT, KEEPALIVE, EVENT, ENABLE_REPORTS, KEEPALIVE_ACK, ERROR = 61, 62, 63, 64, 72, 100
# The answer to a request of the last two rows but one has its type and this.
ANSWERS = 10
NAMES = {
    SET_READER_CONFIG + ANSWERS: "set_reader_config_response",
    ADD_ROSPEC + ANSWERS: "add_rospec_response",
    DELETE_ROSPEC + ANSWERS: "delete_rospec_response",
    START_ROSPEC + ANSWERS: "start_rospec_response",
    ENABLE_ROSPEC + ANSWERS: "enable_rospec_response",
    GET_ROSPECS + ANSWERS: "get_rospecs_response",
    REPORT: "ro_access_report",
    KEEPALIVE: "keepalive",
    EVENT: "reader_event_notification",
    ERROR: "error_message",
}

# Bytes of the fields of each TV parameter (LLRP 1.1, 17.2.7.3).
_TV_BYTES = {1: 2, 2: 8, 3: 8, 4: 8, 5: 8, 6: 1, 7: 2, 8: 2, 9: 4, 10: 2, 11: 2, 12: 2, 13: 12, 14: 2, 15: 2}
_TV_BYTES |= {16: 4, 17: 2, 18: 4, 19: 2, 20: 2}
_ANTENNA, _FIRST_UTC, _FIRST_UPTIME, _LAST_UTC, _LAST_UPTIME, _RSSI, _SEEN, _EPC_96 = 1, 2, 3, 4, 5, 6, 8, 13
_ROSPEC, _BOUNDARY, _START, _STOP, _AISPEC, _AISPEC_STOP, _INVENTORY = 177, 178, 179, 182, 183, 184, 186
_KEEPALIVE_SPEC, _EVENTS_AND_REPORTS, _REPORT_SPEC, _CONTENT, _TAG, _EPC = 220, 226, 237, 238, 240, 241
_EVENTS, _ATTEMPT, _CLOSED, _STATUS = 246, 256, 257, 287

ACTIVE = 2
_PERIODIC = 1
_HOLD = 0x80
_EACH_TAG = 1
_C1G2 = 1
_ALL_ANTENNAS = 0
# What is to be told of a tag: antenna, peak RSSI, first and last time, how often (LLRP 1.1, 17.2.7.1.1).
_WANTED = 1 << 12 | 1 << 10 | 1 << 9 | 1 << 8 | 1 << 7

# A tag that has not been seen for so long has gone; the next time is another pass.
GONE_AFTER_US = 1_000_000
MOST_PASSES = 4_096


class TagSeen(NamedTuple):
    """One report of one tag. epc: hexadecimal capitals. Times in µs, since 1970 (utc) or since the reader's start
    (uptime). None where the reader does not say. data: the whole parameter as it came."""

    epc: str
    antenna: int | None
    rssi_dbm: int | None
    first_utc_us: int | None
    first_uptime_us: int | None
    last_utc_us: int | None
    last_uptime_us: int | None
    times_seen: int | None
    data: bytes


class Rospec(NamedTuple):
    """Something that a reader can run. state: 0 disabled, 1 inactive, 2 active."""

    number: int
    state: int


class Reading(NamedTuple):
    """One message of a reader. status: 0 for a request that was followed; None in what is no answer. connection: of
    the event of a new connection, 0 if it was accepted. closed: the reader ends it."""

    message: str
    number: int
    tags: tuple[TagSeen, ...] = ()
    rospecs: tuple[Rospec, ...] = ()
    status: int | None = None
    text: str = ""
    connection: int | None = None
    closed: bool = False


def size(header: bytes) -> int:
    """How long the message of this header is. Raises DecodeError."""
    if len(header) < HEADER_BYTES:
        raise DecodeError("A message of an RFID reader is cut within its header", header)
    first, length = struct.unpack_from(">HI", header)
    if first >> 10 & 7 not in _VERSIONS:
        raise DecodeError(f"Version {first >> 10 & 7} of LLRP is not read here", header)
    if not HEADER_BYTES <= length <= MAX_MESSAGE_BYTES:
        raise DecodeError(f"A message of an RFID reader has {length} bytes", header)
    return int(length)


def decode(frame: bytes) -> Reading:
    """One whole message. Raises DecodeError; also for a type that no reader sends to us."""
    if len(frame) != size(frame):
        raise DecodeError("A message of an RFID reader has not the length that it says", frame)
    kind, number, body = int.from_bytes(frame[:2]) & 0x3FF, int.from_bytes(frame[6:10]), frame[HEADER_BYTES:]
    if kind not in NAMES:
        raise DecodeError(f"Messages of type {kind} are not read here", frame)
    reading = Reading(NAMES[kind], number)
    if kind == KEEPALIVE:
        return reading
    found = list(_parameters(body, frame))
    if kind == REPORT:
        tags = (_tag(content, whole) for number, content, whole in found if number == _TAG)
        return reading._replace(tags=tuple(tags))
    if kind == EVENT:
        return _event(reading, found, frame)
    return _answer(reading, found, frame)


def impulse(tag: TagSeen) -> TimerLine:
    """The report as an impulse on the channel of its antenna, at the time at which the tag was first seen; its line
    is the report in hexadecimal. Raises DecodeError for a report that is too long for a line."""
    if len(tag.data) > MAX_TAG_BYTES:
        raise DecodeError(f"The report of a tag has {len(tag.data)} bytes", tag.data[:MAX_TAG_BYTES])
    at_us = tag.first_utc_us if tag.first_utc_us is not None else tag.first_uptime_us
    bib = tag.epc if 0 < len(tag.epc) <= 2 * MAX_EPC_BYTES else None
    holds = {
        "tag": True,
        "first_seen": at_us is not None,
        "since-start": tag.first_utc_us is None and at_us is not None,
        "unassigned": bib is None,
    }
    ticks = None if at_us is None else at_us // TICK_US % DAY_TICKS
    marks = tuple(sorted(mark for mark, so in holds.items() if so))
    return TimerLine(ticks, str(tag.antenna or 0), bib, marks, tag.data.hex().encode())


class Passes:
    """Which reports of one reader tell something new: the first of each pass, and each that is stronger than all
    before, since the strongest is nearest to the line. A reader tells the others some twenty times a second."""

    def __init__(self) -> None:
        self._passes: dict[tuple[str, int | None], tuple[int, int]] = {}

    def is_new(self, tag: TagSeen) -> bool:
        """Of a report without time or strength nothing can be said: it is."""
        at_us = tag.first_utc_us if tag.first_utc_us is not None else tag.first_uptime_us
        if at_us is None or tag.rssi_dbm is None:
            return True
        key = tag.epc, tag.antenna
        last_us, best_dbm = self._passes.pop(key, (at_us - GONE_AFTER_US - 1, tag.rssi_dbm))
        goes_on = abs(at_us - last_us) <= GONE_AFTER_US
        self._passes[key] = at_us, max(best_dbm, tag.rssi_dbm) if goes_on else tag.rssi_dbm
        if len(self._passes) > MOST_PASSES:
            del self._passes[next(iter(self._passes))]
        return not goes_on or tag.rssi_dbm > best_dbm


# What is said to a reader.


def request(kind: int, number: int, body: bytes = b"") -> bytes:
    """A message."""
    return struct.pack(">HII", _VERSION << 10 | kind, HEADER_BYTES + len(body), number) + body


def config(keepalive_ms: int) -> bytes:
    """The body of SET_READER_CONFIG: a keepalive each so often; reports are held while nobody is connected, until
    they are asked for."""
    keepalive = _tlv(_KEEPALIVE_SPEC, struct.pack(">BI", _PERIODIC, keepalive_ms))
    return b"\0" + keepalive + _tlv(_EVENTS_AND_REPORTS, bytes([_HOLD]))


def rospec_number(number: int) -> bytes:
    """The body of a request about one ROSpec."""
    return number.to_bytes(4)


def rospec(number: int) -> bytes:
    """The body of ADD_ROSPEC: all antennas, until it is stopped, each sighting told at once."""
    never = _tlv(_START, b"\0") + _tlv(_STOP, struct.pack(">BI", 0, 0))
    inventory = _tlv(_INVENTORY, struct.pack(">HB", 1, _C1G2))
    antennas = struct.pack(">HH", 1, _ALL_ANTENNAS) + _tlv(_AISPEC_STOP, struct.pack(">BI", 0, 0)) + inventory
    report = struct.pack(">BH", _EACH_TAG, 1) + _tlv(_CONTENT, struct.pack(">H", _WANTED))
    parts = _tlv(_BOUNDARY, never) + _tlv(_AISPEC, antennas) + _tlv(_REPORT_SPEC, report)
    return _tlv(_ROSPEC, struct.pack(">IBB", number, 0, 0) + parts)


def _tlv(kind: int, content: bytes) -> bytes:
    return struct.pack(">HH", kind, 4 + len(content)) + content


# What a reader says, inside.

_Parameter = tuple[int, bytes, bytes]


def _parameters(data: bytes, frame: bytes) -> Iterator[_Parameter]:
    """Each parameter in order: its type, its content, and the whole of it."""
    at = 0
    while at < len(data):
        head, kind, length = _head(data, at, frame)
        if at + length > len(data):
            raise DecodeError(f"Parameter {kind} of an RFID reader is cut", frame)
        yield kind, data[at + head : at + length], data[at : at + length]
        at += length


def _head(data: bytes, at: int, frame: bytes) -> tuple[int, int, int]:
    """Bytes of the head, type, and bytes of all."""
    if data[at] & 0x80:
        kind = data[at] & 0x7F
        if kind not in _TV_BYTES:
            raise DecodeError(f"Parameter {kind} of an RFID reader has no known length", frame)
        return 1, kind, 1 + _TV_BYTES[kind]
    if at + 4 > len(data):
        raise DecodeError("A parameter of an RFID reader is cut within its head", frame)
    kind, length = struct.unpack_from(">HH", data, at)
    if length < 4:
        raise DecodeError(f"Parameter {kind & 0x3FF} of an RFID reader has {length} bytes", frame)
    return 4, kind & 0x3FF, length


def _tag(content: bytes, whole: bytes) -> TagSeen:
    told = {kind: inside for kind, inside, _ in _parameters(content, whole)}
    rssi = told.get(_RSSI)
    return TagSeen(
        _epc(told, whole),
        _unsigned(told.get(_ANTENNA)),
        None if rssi is None else int.from_bytes(rssi, signed=True),
        _unsigned(told.get(_FIRST_UTC)),
        _unsigned(told.get(_FIRST_UPTIME)),
        _unsigned(told.get(_LAST_UTC)),
        _unsigned(told.get(_LAST_UPTIME)),
        _unsigned(told.get(_SEEN)),
        whole,
    )


def _epc(told: dict[int, bytes], whole: bytes) -> str:
    if _EPC_96 in told:
        return told[_EPC_96].hex().upper()
    data = told.get(_EPC, b"")
    if len(data) < 2:
        raise DecodeError("The report of a tag does not say which", whole)
    epc, bits = data[2:], int.from_bytes(data[:2])
    if (bits + 7) // 8 != len(epc):
        raise DecodeError(f"The number of a tag has {bits} bits and {len(epc)} bytes", whole)
    return epc.hex().upper()


def _unsigned(content: bytes | None) -> int | None:
    return None if content is None else int.from_bytes(content)


def _event(reading: Reading, found: list[_Parameter], frame: bytes) -> Reading:
    told = {
        kind: content
        for number, inside, _ in found
        if number == _EVENTS
        for kind, content, _ in _parameters(inside, frame)
    }
    return reading._replace(connection=_unsigned(told.get(_ATTEMPT)), closed=_CLOSED in told)


def _answer(reading: Reading, found: list[_Parameter], frame: bytes) -> Reading:
    told = {kind: content for kind, content, _ in found}
    status = told.get(_STATUS, b"")
    if len(status) < 4:
        raise DecodeError("An answer of an RFID reader has no status", frame)
    code, length = struct.unpack_from(">HH", status)
    text = status[4 : 4 + length].decode("utf-8", "replace")
    rospecs = (content for kind, content, _ in found if kind == _ROSPEC)
    return reading._replace(status=code, text=text, rospecs=tuple(_rospec(one, frame) for one in rospecs))


def _rospec(content: bytes, frame: bytes) -> Rospec:
    if len(content) < 6:
        raise DecodeError("An ROSpec of an RFID reader is cut", frame)
    return Rospec(int.from_bytes(content[:4]), content[5])
