"""A heart rate is a new maximum when it was held for five seconds, and by nothing less."""

from __future__ import annotations

import numpy as np
import pytest

from sts_hub.parameters.maximum import Maximum, held

S = 1_000_000


def seen(*told: tuple[float, float]) -> Maximum | None:
    """What is found above 190 in (second, heart rate)."""
    t_us, values = zip(*told, strict=True) if told else ((), ())
    return held(np.array([t * S for t in t_us], np.int64), np.array(values, np.float64), above=190)


def test_what_is_held_from_second_ten_to_fifteen_counts_with_its_lowest_value() -> None:
    told = [(t, 150) for t in range(10)] + [(10, 195), (11, 196), (12, 194), (13, 197), (14, 195), (15, 195)]
    assert seen(*told, (16, 150)) == Maximum(194, 10 * S)


def test_four_seconds_are_not_enough() -> None:
    assert seen(*[(t, 195) for t in range(5)], (5, 150), (6, 150)) is None


def test_of_several_the_highest_counts_and_of_equals_the_first() -> None:
    told = (
        [(t, 195) for t in range(6)] + [(t, 197) for t in range(20, 27)] + [(t, 197) for t in range(40, 46)]
    )
    assert seen(*told) == Maximum(197, 20 * S)


def test_over_a_pause_nothing_is_known_to_have_been_held() -> None:
    assert seen((0, 195), (1, 195), (2, 195), (5.1, 195), (6, 195)) is None
    assert seen((0, 195), (1, 195), (2, 195), (5, 195), (6, 195)) == Maximum(195, 0)


@pytest.mark.parametrize("value", [190, 120])
def test_what_is_not_above_is_no_new_maximum(value: float) -> None:
    assert seen(*[(t, value) for t in range(20)]) is None


def test_of_nothing_nothing_is_found() -> None:
    assert seen() is None
