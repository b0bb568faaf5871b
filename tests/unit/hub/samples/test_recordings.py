"""Each moment is told once, by sensors or by a file, whichever covers more; expected lines are worked out by hand."""

from __future__ import annotations

from uuid import UUID

import numpy as np

from sts_hub.samples.receptions import in_time
from sts_hub.samples.recordings import Part, activities, covered_us
from sts_hub.samples.recordings import told_once as parts_told_once
from sts_hub.samples.values import Values
from sts_protocols.sample import Quality

RIDE, OTHER = UUID(int=1), UUID(int=2)


def line(*stretches: tuple[int, int, float], quality: int = Quality.OK) -> Values:
    """One value a second in each (from, to, value); to is left out."""
    seconds = [second for since, until, _ in stretches for second in range(since, until)]
    values = [value for since, until, value in stretches for _ in range(since, until)]
    return Values(
        np.array(seconds, np.int64) * 1_000_000,
        np.array(values, float),
        np.full(len(values), quality, np.int64),
    )


def shown(values: Values) -> list[tuple[int, float]]:
    return list(zip((values.t_us // 1_000_000).tolist(), values.value.tolist(), strict=True))


NOTHING = line()


def told_once(heard: Values, recordings: list[Part]) -> tuple[Values, list[UUID]]:
    """All that is told, and which files tell part of it."""
    parts = parts_told_once([Part(1, heard)], recordings)
    assert all(part.values.t_us.size for part in parts)
    return in_time(part.values for part in parts), activities(parts)


def test_a_file_alone_is_told_whole() -> None:
    told, telling = told_once(NOTHING, [Part(RIDE, line((0, 10, 120)))])
    assert (shown(told), telling) == (shown(line((0, 10, 120))), [RIDE])


def test_sensors_that_were_heard_through_are_told_and_the_file_is_not() -> None:
    told, telling = told_once(line((0, 60, 121)), [Part(RIDE, line((0, 60, 120)))])
    assert (shown(told), telling) == (shown(line((0, 60, 121))), [])


def test_of_sensors_that_were_heard_for_less_than_half_nothing_is_mixed_in() -> None:
    sensors = line((-20, -10, 90), (0, 20, 121), (100, 110, 80))
    told, telling = told_once(sensors, [Part(RIDE, line((0, 60, 120)))])
    assert shown(told) == shown(line((-20, -10, 90), (0, 60, 120), (100, 110, 80)))
    assert telling == [RIDE]


def test_half_is_enough_for_the_sensors() -> None:
    # 31 values hold 30 s, and 61 hold 60 s: the same again is exactly half.
    told, telling = told_once(line((0, 31, 121)), [Part(RIDE, line((0, 61, 120)))])
    assert (len(shown(told)), telling) == (31, [])


def test_values_that_are_not_ok_cover_nothing() -> None:
    lost = line((0, 60, 0), quality=Quality.NO_CONTACT)
    assert covered_us(lost) == 0
    told, telling = told_once(lost, [Part(RIDE, line((0, 60, 120)))])
    assert (shown(told), telling) == (shown(line((0, 60, 120))), [RIDE])


def test_of_two_files_the_one_that_covers_more_is_told() -> None:
    longer, shorter = Part(RIDE, line((0, 60, 120))), Part(OTHER, line((10, 40, 119)))
    for order in ([longer, shorter], [shorter, longer]):
        told, telling = told_once(NOTHING, order)
        assert (shown(told), telling) == (shown(line((0, 60, 120))), [RIDE])


def test_two_files_one_after_the_other_are_both_told() -> None:
    told, telling = told_once(NOTHING, [Part(RIDE, line((0, 10, 120))), Part(OTHER, line((10, 30, 110)))])
    assert shown(told) == shown(line((0, 10, 120), (10, 30, 110)))
    assert set(telling) == {RIDE, OTHER}


def test_a_watch_that_leaves_out_what_does_not_change_covers_the_time_between() -> None:
    sparse = Values(np.array([0, 8, 16, 60], np.int64) * 1_000_000, np.full(4, 120.0), np.zeros(4, np.int64))
    assert covered_us(sparse) == 16_000_000
