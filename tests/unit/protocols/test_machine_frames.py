"""Bicycles, runners and machines: each field alone, each cut, each tail, and agreement with others' readers.

The layouts stand here once more, as bytes by bit, written from the standard and not from the decoders.
"""

from __future__ import annotations

import random
from itertools import accumulate
from typing import Any, NamedTuple

import pytest
from bluetooth_sig.gatt.characteristics.csc_measurement import CSCMeasurementCharacteristic
from bluetooth_sig.gatt.characteristics.cycling_power_measurement import (
    CyclingPowerMeasurementCharacteristic,
)
from bluetooth_sig.gatt.characteristics.rsc_measurement import RSCMeasurementCharacteristic

from oracles import ask
from sts_protocols.errors import DecodeError
from sts_protocols.gatt import cycling_power, cycling_speed_cadence, fitness_machine, running_speed_cadence
from sts_protocols.kinds import by_name

# Signed fields and unknown codes are no matter here: every byte of a field is below 0x7f and not 0.
BYTES = random.Random(1)


class Shape(NamedTuple):
    """A kind: bytes of flags, bytes that are always there, bytes by bit; `inverted`: bit 0 counts when clear."""

    kind: str
    flag_bytes: int
    always: tuple[int, ...]
    by_bit: dict[int, tuple[int, ...]]
    inverted: bool = False

    def frame(self, bits: int) -> bytes:
        """A whole frame with these flags."""
        return bits.to_bytes(self.flag_bytes, "little") + bytes(
            BYTES.randrange(1, 0x7F) for _ in range(sum(self.always) + sum(map(sum, self._there(bits))))
        )

    def cuts(self, bits: int) -> set[int]:
        """The lengths at which a field ends; a frame of another length is cut within one."""
        sizes = [size for some in (self.always, *self._there(bits)) for size in some]
        return set(accumulate(sizes, initial=self.flag_bytes))

    def _there(self, bits: int) -> list[tuple[int, ...]]:
        there = bits ^ (1 if self.inverted else 0)
        return [sizes for bit, sizes in self.by_bit.items() if there & 1 << bit]


SESSION = ((2, 2, 1), (1,), (1,), (2,), (2,))
SHAPES = [
    Shape("speed_cadence", 1, (), {0: (4, 2), 1: (2, 2)}),
    Shape("running", 1, (2, 1), {0: (2,), 1: (4,)}),
    Shape(
        "cycling_power",
        2,
        (2,),
        {0: (1,), 2: (2,), 4: (4, 2), 5: (2, 2), 6: (2, 2), 7: (2, 2), 8: (3,), 9: (2,), 10: (2,), 11: (2,)},
    ),
    Shape(
        "bike",
        2,
        (),
        dict(enumerate([(2,), (2,), (2,), (2,), (3,), (2,), (2,), (2,), *SESSION])),
        inverted=True,
    ),
    Shape(
        "treadmill",
        2,
        (),
        dict(enumerate([(2,), (2,), (3,), (2, 2), (2, 2), (2,), (2,), *SESSION, (2, 2)])),
        inverted=True,
    ),
    Shape(
        "rower",
        2,
        (),
        dict(enumerate([(1, 2), (1,), (3,), (2,), (2,), (2,), (2,), (2,), *SESSION])),
        inverted=True,
    ),
    Shape(
        "cross_trainer",
        3,
        (),
        dict(enumerate([(2,), (2,), (3,), (2, 2), (2,), (2, 2), (2, 2), (2,), (2,), (2,), *SESSION])),
        inverted=True,
    ),
]
shapes = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.kind)


def read(shape: Shape, frame: bytes) -> dict[str, Any]:
    """The reading of one frame, by a new reader."""
    kind = by_name(shape.kind)
    assert kind is not None
    (told,) = kind.reader().feed(frame, 0)
    return told


def flags_of(shape: Shape) -> list[int]:
    """Nothing optional, each bit alone, all bits."""
    nothing = 1 if shape.inverted else 0
    return [
        nothing,
        *(nothing ^ 1 << bit for bit in shape.by_bit),
        nothing ^ sum(1 << bit for bit in shape.by_bit),
    ]


@shapes
def test_each_field_alone_and_all_together_fill_the_frame(shape: Shape) -> None:
    """A frame as long as its flags demand is whole; one byte more is refused with the frame."""
    for bits in flags_of(shape):
        frame = shape.frame(bits)
        assert read(shape, frame)["reading"]["truncated"] is False
        with pytest.raises(DecodeError) as caught:
            read(shape, frame + b"\1")
        assert caught.value.frame == frame + b"\1"


@shapes
def test_one_byte_short_at_every_place_keeps_the_whole_fields_before(shape: Shape) -> None:
    """What is told of a cut frame is a beginning of what is told of the whole one, and says so.

    Asked without the fields whose width the length of the frame tells (the vectors have them): resistance, and
    the paces of a treadmill.
    """
    width_unsure = {"bike": 1 << 5, "rower": 1 << 7, "cross_trainer": 1 << 7, "treadmill": 3 << 5}
    bits = flags_of(shape)[-1] & ~width_unsure.get(shape.kind, 0)
    frame = shape.frame(bits)
    whole = read(shape, frame)
    names = [value["metric"] for value in whole["values"]]
    before: list[str] = []
    for length in range(shape.flag_bytes, len(frame)):
        cut = read(shape, frame[:length])
        assert cut["reading"]["truncated"] is True
        assert {value["quality"] for value in cut["values"]} <= {"truncated", "implausible"}
        told = [value["metric"] for value in cut["values"]]
        assert [name for name in names if name in told] == told
        assert len(told) >= len(before)
        if length not in shape.cuts(bits):
            assert told == before
        before = told
    for length in range(shape.flag_bytes):
        with pytest.raises(DecodeError):
            read(shape, frame[:length])


def chance_frames(shape: Shape, seed: int = 7, count: int = 300) -> list[bytes]:
    """Whole frames with any flags that the standard defines and any bytes."""
    chance = random.Random(seed)
    frames = []
    for _ in range(count):
        bits = chance.randrange(1 << 13 if shape.flag_bytes == 2 else 1 << 3)
        frame = bytearray(chance.randbytes(len(shape.frame(bits))))
        frame[: shape.flag_bytes] = bits.to_bytes(shape.flag_bytes, "little")
        frames.append(bytes(frame))
    return frames


def same(ours: Any, theirs: Any) -> bool:
    return ours == theirs if ours is None or theirs is None else abs(ours - theirs) < 1e-9


def test_an_independent_reader_agrees_on_cycling_power() -> None:
    """bluetooth-sig 0.6.0: power, balance, counters, event times in seconds, energy."""
    for frame in chance_frames(SHAPES[2]):
        theirs = CyclingPowerMeasurementCharacteristic().parse_value(frame, validate=False)
        ours = cycling_power.decode(frame)
        pairs = [
            (ours.power_w, theirs.instantaneous_power),
            (ours.balance_percent, theirs.pedal_power_balance),
            (ours.wheel_turns, theirs.cumulative_wheel_revolutions),
            (ours.crank_turns, theirs.cumulative_crank_revolutions),
            (None if ours.wheel_ticks is None else ours.wheel_ticks / 2048, theirs.last_wheel_event_time),
            (None if ours.crank_ticks is None else ours.crank_ticks / 1024, theirs.last_crank_event_time),
        ]
        assert all(same(*pair) for pair in pairs), (frame.hex(" "), pairs)


def test_an_independent_reader_agrees_on_speed_and_cadence() -> None:
    """bluetooth-sig 0.6.0: counters, and event times in seconds."""
    for frame in chance_frames(SHAPES[0]):
        theirs = CSCMeasurementCharacteristic().parse_value(frame, validate=False)
        ours = cycling_speed_cadence.decode(frame)
        assert ours.wheel_turns == theirs.cumulative_wheel_revolutions
        assert ours.crank_turns == theirs.cumulative_crank_revolutions
        assert same(
            None if ours.wheel_ticks is None else ours.wheel_ticks / 1024, theirs.last_wheel_event_time
        )


def test_an_independent_reader_agrees_on_running() -> None:
    """bluetooth-sig 0.6.0: speed, cadence, stride, distance."""
    for frame in chance_frames(SHAPES[1]):
        theirs = RSCMeasurementCharacteristic().parse_value(frame, validate=False)
        ours = running_speed_cadence.decode(frame)
        assert same(ours.speed_m_s, theirs.instantaneous_speed)
        assert ours.cadence_per_min == theirs.instantaneous_cadence
        assert same(ours.stride_m, theirs.instantaneous_stride_length)
        assert same(ours.distance_m, theirs.total_distance)


@pytest.mark.timeout(600)
def test_an_independent_reader_agrees_on_indoor_bikes() -> None:
    """pycycling 0.4.1 was right on every frame of a bike that was tried; it knows no unknown codes."""
    frames = [SHAPES[3].frame(bits) for bits in range(0, 1 << 13, 2)]
    theirs_of = ask("bike", [("bike", frame) for frame in frames])
    for frame, theirs in zip(frames, theirs_of, strict=True):
        ours = fitness_machine.decode(fitness_machine.INDOOR_BIKE, frame).told
        assert same(ours["speed_m_s"] * 3.6, theirs["instant_speed"])
        for name, other in {
            "cadence_per_min": "instant_cadence",
            "average_cadence_per_min": "average_cadence",
            "distance_m": "total_distance",
            "resistance_level": "resistance_level",
            "power_w": "instant_power",
            "average_power_w": "average_power",
            "energy_kcal": "total_energy",
            "heart_rate_per_min": "heart_rate",
            "metabolic_equivalent": "metabolic_equivalent",
            "elapsed_s": "elapsed_time",
            "remaining_s": "remaining_time",
        }.items():
            assert same(ours.get(name), theirs[other]), (frame.hex(" "), name)
