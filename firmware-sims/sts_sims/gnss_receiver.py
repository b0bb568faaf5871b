"""A GNSS receiver that moves with an athlete round a track: NMEA 0183, UBX NAV-PVT, or both. Packing only.

Layouts: NMEA 0183 (RMC, GGA, VTG, GSA); u-blox interface description, NAV-PVT.
"""

import math
import random
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import reduce
from itertools import count
from operator import xor
from typing import Literal, NamedTuple

from sts_sims.athletes import Effort
from sts_sims.cable import Utterance

Language = Literal["nmea", "ubx", "mixed"]

# A runner goes 2 m/s at rest of a plan and 8 m/s all out.
WALK_MPS, SPRINT_MPS = 2.0, 8.0
TRACK_RADIUS_M = 400.0 / (2 * math.pi)
METRES_PER_DEGREE = 111_195.0
# The time a receiver needs from the moment to its first byte.
COMPUTING_S = 0.08
# A receiver that was switched on knows nothing for so long.
COLD_S = 3.0
KNOT_MPS = 1852 / 3600


class Place(NamedTuple):
    """Where the athlete truly is, and how fast."""

    latitude: float
    longitude: float
    speed_mps: float
    course_deg: float


def sentence(text: str) -> bytes:
    """With checksum and end."""
    return f"${text}*{reduce(xor, text.encode()):02X}\r\n".encode()


def degrees(value: float, width: int, sides: str) -> str:
    """`ddmm.mmmmm,N`."""
    whole, rest = divmod(round(abs(value) * 60 * 100_000), 60 * 100_000)
    return f"{whole:0{width}d}{rest / 100_000:08.5f},{sides[value < 0]}"


def nav_pvt(moment: datetime, place: Place | None) -> bytes:
    """A UBX frame; without a place fixType 0."""
    here = place or Place(0.0, 0.0, 0.0, 0.0)
    speed = round(here.speed_mps * 1000)
    course = math.radians(here.course_deg)
    payload = struct.pack(
        "<IHBBBBBBIiBBBBiiiiIIiiiiiIIH14x",
        0,
        moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second,
        7 if place else 0,
        30,
        moment.microsecond * 1000,
        3 if place else 0,
        1 if place else 0,
        0,
        11 if place else 2,
        round(here.longitude * 1e7), round(here.latitude * 1e7),
        592_300, 545_400,
        1_100, 1_900,
        round(speed * math.cos(course)), round(speed * math.sin(course)), 0,
        speed, round(here.course_deg * 1e5),
        200, 0, 130,
    )  # fmt: skip
    body = b"\x01\x07" + struct.pack("<H", len(payload)) + payload
    first = second = 0
    for byte in body:
        first = (first + byte) & 0xFF
        second = (second + first) & 0xFF
    return b"\xb5\x62" + body + bytes((first, second))


def sentences(moment: datetime, place: Place | None) -> bytes:
    """RMC, VTG, GGA and GSA of one epoch."""
    time = f"{moment:%H%M%S}.{moment.microsecond // 10_000:02d}"
    if place is None:
        return sentence(f"GNRMC,{time},V,,,,,,,{moment:%d%m%y},,,N") + sentence(
            f"GNGGA,{time},,,,,0,02,99.99,,,,,,"
        )
    where = f"{degrees(place.latitude, 2, 'NS')},{degrees(place.longitude, 3, 'EW')}"
    knots = place.speed_mps / KNOT_MPS
    return (
        sentence(f"GNRMC,{time},A,{where},{knots:.3f},{place.course_deg:.2f},{moment:%d%m%y},,,A")
        + sentence(f"GNVTG,{place.course_deg:.2f},T,,M,{knots:.3f},N,{place.speed_mps * 3.6:.3f},K,A")
        + sentence(f"GNGGA,{time},{where},1,11,0.80,545.4,M,46.9,M,,")
        + sentence("GNGSA,A,3,01,02,03,04,05,06,07,08,09,10,11,,1.30,0.80,1.02")
    )


class GnssReceiver:
    """One epoch each `1 / rate_hz` s. began: the receiver's UTC at the start of the run."""

    def __init__(
        self,
        seed: int,
        effort: Effort,
        *,
        began: datetime,
        language: Language = "mixed",
        rate_hz: float = 1.0,
        latitude: float = 48.1173,
        longitude: float = 11.5167,
    ) -> None:
        self._chance = random.Random(f"{seed}:gnss")
        self._effort = effort
        self._began = began
        self._language = language
        self._step_s = 1.0 / rate_hz
        self._centre = (latitude, longitude)

    def utterances(self) -> Iterator[Utterance]:
        """Epoch after epoch, from a cold start on."""
        way_m = 0.0
        for number in count(1):
            at_s = number * self._step_s
            speed = WALK_MPS + (SPRINT_MPS - WALK_MPS) * self._effort(at_s)
            way_m += speed * self._step_s
            place = self._place(way_m, speed) if at_s >= COLD_S else None
            moment = self._began + timedelta(seconds=at_s)
            yield Utterance(at_s + COMPUTING_S, self._said(moment, place), self._about(moment, place))

    def _place(self, way_m: float, speed: float) -> Place:
        angle = way_m / TRACK_RADIUS_M
        north_m = TRACK_RADIUS_M * math.cos(angle) + self._chance.gauss(0.0, 0.3)
        east_m = TRACK_RADIUS_M * math.sin(angle) + self._chance.gauss(0.0, 0.3)
        latitude = self._centre[0] + north_m / METRES_PER_DEGREE
        longitude = self._centre[1] + east_m / (METRES_PER_DEGREE * math.cos(math.radians(self._centre[0])))
        return Place(latitude, longitude, speed, math.degrees(angle + math.pi / 2) % 360)

    def _said(self, moment: datetime, place: Place | None) -> bytes:
        parts = {"nmea": (sentences,), "ubx": (nav_pvt,), "mixed": (sentences, nav_pvt)}[self._language]
        return b"".join(part(moment, place) for part in parts)

    def _about(self, moment: datetime, place: Place | None) -> dict[str, object]:
        return {"utc": moment.isoformat(), **({} if place is None else place._asdict())}
