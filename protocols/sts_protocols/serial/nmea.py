"""NMEA 0183 sentences of GNSS receivers: RMC, GGA, VTG and GSA, of any talker.

The checksum is the exclusive or of the characters between $ and *. An empty field means that nothing is
known: a receiver that has just been switched on tells no 0 degrees. Status V and quality 0: no position.
"""

import re
from collections.abc import Callable
from functools import reduce
from operator import xor
from typing import NamedTuple, TypeAlias

from sts_protocols.errors import DecodeError
from sts_protocols.serial.utc import DAY_US, midnight_us

KNOT_MPS = 1852 / 3600
KMH_MPS = 1 / 3.6
# The standard has 82 characters; receivers of many constellations send some more.
LONGEST_SENTENCE = 120
# A two-digit year below this is of this century; nobody logs training from before 1980.
CENTURY_FROM = 80

_SENTENCE = re.compile(rb"\$([A-Z]{2})([A-Z]{3}),([ -~]*)\*([0-9A-Fa-f]{2})")
_CLOCK = re.compile(r"(\d\d)(\d\d)(\d\d)(?:\.(\d{1,6}))?")
_DATE = re.compile(r"(\d\d)(\d\d)(\d\d)")
_ANGLE = re.compile(r"(\d{1,3})(\d\d(?:\.\d+)?)")
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?")


class Rmc(NamedTuple):
    """Recommended minimum: time_us since midnight, the day's midnight in µs since 1970, where, how fast."""

    time_us: int | None
    midnight_us: int | None
    active: bool
    latitude: float | None
    longitude: float | None
    speed_mps: float | None
    course_deg: float | None


class Gga(NamedTuple):
    """Fix data: quality 0 is no position, 6 dead reckoning; altitude above mean sea level."""

    time_us: int | None
    quality: int
    latitude: float | None
    longitude: float | None
    altitude_m: float | None
    satellites: int | None
    horizontal_dilution: float | None


class Vtg(NamedTuple):
    """Course and speed over ground."""

    course_deg: float | None
    speed_mps: float | None


class Gsa(NamedTuple):
    """Kind of fix (1 none, 2 plane, 3 space) and dilution."""

    mode: int | None
    position_dilution: float | None
    horizontal_dilution: float | None


Sentence: TypeAlias = Rmc | Gga | Vtg | Gsa


def decode(line: bytes) -> Sentence | None:
    """One sentence without its end; None for a good one of another kind. Raises DecodeError."""
    found = _SENTENCE.fullmatch(line)
    if found is None:
        raise DecodeError("A line is no NMEA sentence with a checksum", line)
    if reduce(xor, line[1:-3]) != int(found[4], 16):
        raise DecodeError("The checksum of an NMEA sentence is wrong", line)
    reader = _READERS.get(found[2])
    if reader is None:
        return None
    fields = found[3].decode("ascii").split(",")
    try:
        return reader(fields)
    except (ValueError, IndexError):
        raise DecodeError(
            f"A field of an NMEA {found[2].decode()} sentence is not what it should be", line
        ) from None


def _rmc(fields: list[str]) -> Rmc:
    return Rmc(
        _time(fields[0]),
        _midnight(fields[8]),
        fields[1] == "A",
        _degrees(fields[2], fields[3], "NS", 90),
        _degrees(fields[4], fields[5], "EW", 180),
        _scaled(fields[6], KNOT_MPS),
        _number(fields[7]),
    )


def _gga(fields: list[str]) -> Gga:
    return Gga(
        _time(fields[0]),
        int(fields[5] or "0"),
        _degrees(fields[1], fields[2], "NS", 90),
        _degrees(fields[3], fields[4], "EW", 180),
        _number(fields[8]),
        int(fields[6]) if fields[6] else None,
        _number(fields[7]),
    )


def _vtg(fields: list[str]) -> Vtg:
    kmh = fields[6] if len(fields) > 6 else ""
    return Vtg(_number(fields[0]), _scaled(kmh, KMH_MPS) if kmh else _scaled(fields[4], KNOT_MPS))


def _gsa(fields: list[str]) -> Gsa:
    return Gsa(int(fields[1]) if fields[1] else None, _number(fields[14]), _number(fields[15]))


_READERS: dict[bytes, Callable[[list[str]], Sentence]] = {
    b"RMC": _rmc,
    b"GGA": _gga,
    b"VTG": _vtg,
    b"GSA": _gsa,
}


def _number(field: str) -> float | None:
    if not field:
        return None
    if not _NUMBER.fullmatch(field):
        raise ValueError(field)
    return float(field)


def _scaled(field: str, factor: float) -> float | None:
    number = _number(field)
    return None if number is None else number * factor


def _time(field: str) -> int | None:
    """µs since midnight UTC; a leap second is the end of its minute."""
    if not field:
        return None
    found = _CLOCK.fullmatch(field)
    if found is None:
        raise ValueError(field)
    hours, minutes, seconds = (int(part) for part in found.groups()[:3])
    time_us = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + int((found[4] or "").ljust(6, "0"))
    if minutes > 59 or seconds > 60 or time_us > DAY_US + 1_000_000:
        raise ValueError(field)
    return time_us


def _midnight(field: str) -> int | None:
    if not field:
        return None
    found = _DATE.fullmatch(field)
    if found is None:
        raise ValueError(field)
    day, month, year = (int(part) for part in found.groups())
    midnight = midnight_us(year + (1900 if year >= CENTURY_FROM else 2000), month, day)
    if midnight is None:
        raise ValueError(field)
    return midnight


def _degrees(field: str, side: str, sides: str, most: int) -> float | None:
    """`dddmm.mmmm` and its side of the world."""
    if not field and not side:
        return None
    found = _ANGLE.fullmatch(field)
    if found is None or side not in sides or not side:
        raise ValueError(field)
    degrees = int(found[1]) + float(found[2]) / 60
    if degrees > most or float(found[2]) >= 60:
        raise ValueError(field)
    return -degrees if side == sides[1] else degrees
