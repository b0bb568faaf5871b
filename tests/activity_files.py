"""Activity files by hand: a FIT writer that shares nothing with our reader and can spoil what it writes, and TCX and
GPX as text. All people and devices in them are invented.

A FIT file is a header of 14 bytes, definition and data messages, and a CRC over all of it; each message begins with a
byte that says which, and which of 16 local definitions it goes by.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

FIT_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
START = datetime(2026, 5, 1, 12, tzinfo=UTC)
# name: number of the base type, letter of struct
BASE = {
    "enum": (0x00, "B"),
    "sint8": (0x01, "b"),
    "uint8": (0x02, "B"),
    "sint16": (0x83, "h"),
    "uint16": (0x84, "H"),
    "sint32": (0x85, "i"),
    "uint32": (0x86, "I"),
    "string": (0x07, "s"),
    "float32": (0x88, "f"),
    "uint32z": (0x8C, "I"),
}
FILE_ID, SESSION, LAP, RECORD, EVENT, ACTIVITY, HRV, DESCRIPTION, DEVELOPER = (
    0,
    18,
    19,
    20,
    21,
    34,
    78,
    206,
    207,
)


def crc16(data: bytes) -> int:
    """CRC-16/ARC, by the nibble table that Garmin publishes."""
    table = (
        0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
        0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
    )  # fmt: skip
    crc = 0
    for byte in data:
        for nibble in (byte & 15, byte >> 4):
            crc = (crc >> 4) ^ table[(crc ^ nibble) & 15]
    return crc


def fit_time(moment: datetime) -> int:
    """Seconds since FIT's own beginning of time."""
    return int((moment - FIT_EPOCH).total_seconds())


@dataclass
class FitFile:
    """One FIT file in the making."""

    body: bytearray = field(default_factory=bytearray)
    layouts: dict[int, str] = field(default_factory=dict)

    def define(
        self,
        local: int,
        message: int,
        *fields: tuple[int, str] | tuple[int, str, int],
        developer: Sequence[tuple[int, int, str]] = (),
        endian: str = "<",
    ) -> None:
        """Fields are (number, base type[, how many]); those of developers (number, index, base type)."""
        self.body += struct.pack("BBB", 0x40 | (0x20 if developer else 0) | local, 0, endian == ">")
        self.body += struct.pack(endian + "HB", message, len(fields))
        layout = endian
        for number, base, *many in fields:
            code, letter = BASE[base]
            count = many[0] if many else 1
            self.body += bytes((number, struct.calcsize("<" + letter) * count, code))
            layout += f"{count}{letter}"
        if developer:
            self.body.append(len(developer))
        for number, index, base in developer:
            letter = BASE[base][1]
            self.body += bytes((number, struct.calcsize("<" + letter), index))
            layout += letter
        self.layouts[local] = layout

    def data(self, local: int, *values: Any) -> None:
        """A data message."""
        self.body += bytes((local,)) + struct.pack(self.layouts[local], *values)

    def compressed(self, local: int, second: int, *values: Any) -> None:
        """A data message whose header tells the last five bits of its time."""
        self.body += bytes((0x80 | local << 5 | second & 31,)) + struct.pack(self.layouts[local], *values)

    def file_id(self, kind: int = 4, serial: int = 77_001, created: int | None = None) -> None:
        """Whose file this is: kind 4 is an activity; maker 1 Garmin, product 3121 a head unit."""
        self.define(0, FILE_ID, (0, "enum"), (1, "uint16"), (2, "uint16"), (3, "uint32z"), (4, "uint32"))
        self.data(0, kind, 1, 3121, serial, fit_time(START) if created is None else created)

    def session(
        self,
        since: int,
        elapsed_s: float,
        timer_s: float,
        *,
        sport: int = 2,
        metres: float = 0xFFFFFFFF / 100,
        mean: int = 0xFF,
        message: int = SESSION,
    ) -> None:
        """A session (or lap) as the device sums it up: sport 1 running, 2 cycling, 5 swimming."""
        # The fields of the two messages have different numbers (profile: session, lap).
        sport_number, mean_number, max_number = (5, 16, 17) if message == SESSION else (25, 15, 16)
        self.define(
            14, message, (253, "uint32"), (2, "uint32"), (7, "uint32"), (8, "uint32"), (9, "uint32"),
            (sport_number, "enum"), (mean_number, "uint8"), (max_number, "uint8"),
        )  # fmt: skip
        end = since + int(elapsed_s)
        times = (round(elapsed_s * 1000), round(timer_s * 1000))
        self.data(14, end, since, *times, min(round(metres * 100), 0xFFFFFFFF), sport, mean, 0xFF)

    def timer(self, second: int, how: int) -> None:
        """The timer is started (0) or stopped for good (4)."""
        self.define(13, EVENT, (253, "uint32"), (0, "enum"), (1, "enum"))
        self.data(13, second, 0, how)

    def developer(self, number: int, name: str, unit: str, base: str = "float32", index: int = 0) -> None:
        """Describes a field of an app on the watch."""
        if not number:
            self.define(12, DEVELOPER, (3, "uint8"))
            self.data(12, index)
        self.define(
            11, DESCRIPTION, (0, "uint8"), (1, "uint8"), (2, "uint8"),
            (3, "string", len(name.encode()) + 1), (8, "string", len(unit.encode()) + 1),
        )  # fmt: skip
        self.data(11, index, number, BASE[base][0], name.encode(), unit.encode())

    def bytes(self) -> bytes:
        """The file, with both checksums."""
        head = struct.pack("<BBHI4s", 14, 0x20, 2132, len(self.body), b".FIT")
        whole = head + struct.pack("<H", crc16(head)) + bytes(self.body)
        return whole + struct.pack("<H", crc16(whole))


def ride(
    heart_rates: Sequence[int], *, start: datetime = START, serial: int = 77_001, created: int | None = None
) -> bytes:
    """A ride at one record a second, 5 m each, with position, altitude, cadence and power."""
    file, since = FitFile(), fit_time(start)
    file.file_id(serial=serial, created=since if created is None else created)
    file.define(
        1, RECORD, (253, "uint32"), (0, "sint32"), (1, "sint32"), (2, "uint16"), (3, "uint8"), (4, "uint8"),
        (5, "uint32"), (6, "uint16"), (7, "uint16"),
    )  # fmt: skip
    for second, rate in enumerate(heart_rates):
        file.data(
            1,
            since + second,
            560_000_000 + second * 500,
            101_000_000,
            4600,
            rate,
            88,
            second * 500,
            5000,
            180,
        )
    file.session(since, len(heart_rates), len(heart_rates), metres=(len(heart_rates) - 1) * 5)
    return file.bytes()


def swim() -> bytes:
    """A swim that its watch only sums up."""
    file = FitFile()
    file.file_id()
    file.session(fit_time(START), 1800, 1750, sport=5, metres=1500, mean=131)
    return file.bytes()


def stamp(second: float, start: datetime = START, zone: str = "Z") -> str:
    """A time as XML has it."""
    return (start + timedelta(seconds=second)).isoformat().replace("+00:00", zone)


def tcx(
    tracks: Iterable[Iterable[str]], *, sport: str = "Biking", lap: str = "", creator: str = "Velo 9"
) -> bytes:
    """A TCX file of one lap with these tracks, each a row of trackpoints."""
    told = "".join(f"<Track>{''.join(points)}</Track>" for points in tracks)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
  xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2">
<Activities><Activity Sport="{sport}"><Id>{stamp(0)}</Id><Lap StartTime="{stamp(0)}">{lap}{told}</Lap>
<Creator><Name>{creator}</Name><UnitId>4711</UnitId></Creator></Activity></Activities>
</TrainingCenterDatabase>""".encode()


def trackpoint(
    second: float, rate: int | None = None, *, place: str = "", more: str = "", zone: str = "Z"
) -> str:
    """A trackpoint of a TCX file."""
    heart = "" if rate is None else f"<HeartRateBpm><Value>{rate}</Value></HeartRateBpm>"
    return f"<Trackpoint><Time>{stamp(second, zone=zone)}</Time>{place}{heart}{more}</Trackpoint>"


def gpx(segments: Iterable[Iterable[str]], *, sport: str = "", creator: str = "Läufer & Co") -> bytes:
    """A GPX file of one track with these segments, each a row of points."""
    told = "".join(f"<trkseg>{''.join(points)}</trkseg>" for points in segments)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="{creator.replace("&", "&amp;")}" xmlns="http://www.topografix.com/GPX/1/1"
  xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">
<trk><name>Früh am See</name><type>{sport}</type>{told}</trk></gpx>""".encode()


def point(second: float | None, rate: int | None = None, *, latitude: float = 47.0, zone: str = "Z") -> str:
    """A point of a GPX track."""
    time = "" if second is None else f"<time>{stamp(second, zone=zone)}</time>"
    heart = (
        ""
        if rate is None
        else f"<extensions><gpxtpx:TrackPointExtension><gpxtpx:hr>{rate}</gpxtpx:hr><gpxtpx:cad>85</gpxtpx:cad>"
        "</gpxtpx:TrackPointExtension></extensions>"
    )
    return f'<trkpt lat="{latitude}" lon="8.5"><ele>440.5</ele>{time}{heart}</trkpt>'
