"""Polar Measurement Data, the control point: what can be measured, how, start and stop.

Polar Measurement Data Specification for 3rd parties (polarofficial/polar-ble-sdk, technical_documentation).

    read          0f, then a byte with a bit for each kind of measurement, then reserved bytes
    settings?     01 kind
    start         02 kind (setting 01 value)*           one value of each setting
    stop          03 kind
    answer        f0 command kind status [more settings]   by indication; settings: (setting count value*)*
                  more 01: the list goes on in the next indication, which is: more settings
    ended         01 kind*                               by indication: the sensor ended these by itself

Little endian. Settings are 2 bytes wide, but for the range in thousandths and the factor, a float32 (4), and
the channels (1).
"""

import struct
from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from sts_protocols.errors import DecodeError

SERVICE = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
CONTROL_POINT = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

_FEATURES = 0x0F
_ANSWER = 0xF0
_ENDED = 0x01


class Kind(IntEnum):
    """A kind of measurement; the number is its bit among the features."""

    ECG = 0
    PPG = 1
    ACC = 2
    PPI = 3
    GYRO = 5
    MAG = 6


class Command(IntEnum):
    """What the control point is asked to do."""

    SETTINGS = 1
    START = 2
    STOP = 3


class Setting(IntEnum):
    """What can be set. The factor is told by the sensor and never asked for."""

    SAMPLE_RATE_HZ = 0
    RESOLUTION_BITS = 1
    RANGE = 2
    RANGE_MILLI = 3
    CHANNELS = 4
    FACTOR = 5


class Status(IntEnum):
    """How a command ended."""

    SUCCESS = 0
    INVALID_OP_CODE = 1
    INVALID_MEASUREMENT_TYPE = 2
    NOT_SUPPORTED = 3
    INVALID_LENGTH = 4
    INVALID_PARAMETER = 5
    ALREADY_IN_STATE = 6
    INVALID_RESOLUTION = 7
    INVALID_SAMPLE_RATE = 8
    INVALID_RANGE = 9
    INVALID_MTU = 10
    INVALID_NUMBER_OF_CHANNELS = 11
    INVALID_STATE = 12
    DEVICE_IN_CHARGER = 13
    DISK_FULL = 14

    @property
    def words(self) -> str:
        """As it is said to a person."""
        return self.name.lower().replace("_", " ")


Settings = dict[Setting, tuple[int, ...]]

_WIDTHS = {Setting.RANGE_MILLI: 4, Setting.CHANNELS: 1, Setting.FACTOR: 4}
_FLOAT = struct.Struct("<f")


class Answer(NamedTuple):
    """The answer to a command. `status` and `kind` may be numbers that this version does not know; `more`:
    `settings` go on in the next indication; they are raw until all of it has come."""

    command: int
    kind: int
    status: int
    more: bool
    settings: bytes

    @property
    def words(self) -> str:
        """The status as it is said to a person."""
        known = self.status in Status._value2member_map_
        return Status(self.status).words if known else f"status {self.status}"


class Features(NamedTuple):
    """What the sensor can measure."""

    kinds: tuple[Kind, ...]


class Ended(NamedTuple):
    """Streams that the sensor ended by itself."""

    kinds: tuple[int, ...]


def decode(frame: bytes) -> Features | Answer | Ended:
    """Whatever the control point says, by a read or an indication. Raises DecodeError."""
    if kinds := ended(frame):
        return Ended(kinds)
    return answer(frame) or Features(tuple(sorted(features(frame))))


def features(frame: bytes) -> frozenset[Kind]:
    """What the sensor can measure, from a read of the control point. Raises DecodeError."""
    if len(frame) < 2 or frame[0] != _FEATURES:
        raise DecodeError("This is no list of features of a Polar sensor", frame)
    return frozenset(kind for kind in Kind if frame[1] >> kind & 1)


def ask_settings(kind: Kind) -> bytes:
    """Which settings a kind of measurement offers."""
    return bytes((Command.SETTINGS, kind))


def start(kind: Kind, chosen: Mapping[Setting, int]) -> bytes:
    """Start a stream with one value of each setting."""
    told = (
        bytes((setting, 1)) + value.to_bytes(_width(setting), "little") for setting, value in chosen.items()
    )
    return bytes((Command.START, kind)) + b"".join(told)


def stop(kind: Kind) -> bytes:
    """End a stream."""
    return bytes((Command.STOP, kind))


def answer(frame: bytes) -> Answer | None:
    """The first indication of an answer; None for one of another sort. Raises DecodeError."""
    if not frame or frame[0] != _ANSWER:
        return None
    if len(frame) < 4:
        raise DecodeError("An answer of a Polar sensor has at least 4 bytes", frame)
    more = len(frame) > 4 and frame[4] != 0
    return Answer(frame[1], frame[2], frame[3], more, frame[5:])


def join(begun: Answer, frame: bytes) -> Answer:
    """An answer with the next indication of its list. Raises DecodeError."""
    if not frame:
        raise DecodeError("An answer of a Polar sensor goes on with nothing", frame)
    return begun._replace(more=frame[0] != 0, settings=begun.settings + frame[1:])


def ended(frame: bytes) -> tuple[int, ...]:
    """The kinds that the sensor ended by itself; none if this is another indication."""
    return tuple(frame[1:]) if frame[:1] == bytes((_ENDED,)) else ()


def settings(listed: bytes) -> Settings:
    """What a list of settings offers. It ends before a setting that is not known, whose width nobody knows.

    Raises DecodeError for one that is cut.
    """
    offered: Settings = {}
    at = 0
    while at < len(listed) and listed[at] in Setting._value2member_map_:
        setting = Setting(listed[at])
        width = _width(setting)
        count = listed[at + 1] if at + 1 < len(listed) else 0
        values_at, at = at + 2, at + 2 + count * width
        if at > len(listed) or not count:
            raise DecodeError(f"The setting {setting.name} of a Polar sensor is cut", listed)
        offered[setting] = tuple(
            int.from_bytes(listed[place : place + width], "little") for place in range(values_at, at, width)
        )
    return offered


def factor(offered: Settings) -> float | None:
    """The factor that turns raw values into the unit; None where the sensor told none."""
    if Setting.FACTOR not in offered:
        return None
    told: float = _FLOAT.unpack(offered[Setting.FACTOR][0].to_bytes(_FLOAT.size, "little"))[0]
    return told


def _width(setting: Setting) -> int:
    return _WIDTHS.get(setting, 2)
