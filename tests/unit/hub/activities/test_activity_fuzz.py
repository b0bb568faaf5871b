"""Whatever bytes come, a file gives an activity or a sentence; what it gives is sound."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activity_files import LAP, RECORD, START, FitFile, fit_time, gpx, point, ride, tcx, trackpoint
from sts_hub.activities.activity import UnreadableError
from sts_hub.activities.description import described, lines
from sts_hub.activities.reading import file

LONG_RUNS = 100_000


def with_everything() -> bytes:
    """A short FIT file with each kind of message that is read."""
    made, since = FitFile(), fit_time(START)
    made.file_id()
    made.developer(0, "core_temperature", "°C")
    made.timer(since, 0)
    made.define(1, RECORD, (253, "uint32"), (3, "uint8"), (4, "uint8"), developer=[(0, 0, "float32")])
    made.define(2, RECORD, (3, "uint8"))
    made.define(3, 78, (0, "uint16", 2))
    made.data(1, since, 120, 80, 37.5)
    made.data(3, 500, 510)
    made.compressed(2, since + 1, 121)
    made.timer(since + 2, 4)
    made.session(since, 2, 2, message=LAP)
    made.session(since, 2, 2, sport=1)
    return made.bytes()


GOOD = [
    with_everything(),
    ride([100, 101]),
    tcx([[trackpoint(0, 120), trackpoint(1, 121)], [trackpoint(9, 90)]]),
    gpx([[point(0, 120)], [point(5, 121)]]),
]


def sound(data: bytes) -> None:
    """Read it, and hold what comes of it to what is promised."""
    try:
        activity = file.read(data)
    except UnreadableError:
        return
    assert all(one.value.size == activity.t_us.size for one in activity.columns.values())
    assert not any(np.isinf(one.value).any() for one in activity.columns.values())
    assert (np.diff(activity.t_us) >= 0).all()
    assert activity.t_us.size <= activity.told
    rates = activity.columns.get("heart_rate")
    assert rates is None or not (rates.value == 0).any()
    described(activity).model_dump_json()
    assert lines(described(activity))


def spoilt(data: bytes, at: list[int], with_: list[int]) -> bytes:
    changed = bytearray(data)
    for place, byte in zip(at, with_, strict=False):
        changed[place % len(changed)] = byte
    return bytes(changed)


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_give_a_sentence(data: bytes) -> None:
    sound(data)
    sound(b"\x0e\x20\x64\x08" + len(data).to_bytes(4, "little") + b".FIT\0\0" + data + b"\0\0")


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(GOOD),
    st.lists(st.integers(0, 5000), min_size=1, max_size=4),
    st.lists(st.integers(0, 255), min_size=4),
)
def test_a_good_file_with_changed_bytes_gives_an_activity_or_a_sentence(
    data: bytes, at: list[int], with_: list[int]
) -> None:
    sound(spoilt(data, at, with_))


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_a_hundred_thousand_spoilt_files_give_an_activity_or_a_sentence(
    fuzzed: Callable[[int], None],
) -> None:
    rng = random.Random(20260501)
    for _ in range(LONG_RUNS):
        data = rng.choice(GOOD)
        at = [rng.randrange(len(data)) for _ in range(rng.randint(1, 5))]
        changed = spoilt(data, at, [rng.randrange(256) for _ in at])
        sound(changed[: rng.randrange(len(changed))] if rng.random() < 0.2 else changed)
    fuzzed(LONG_RUNS)
