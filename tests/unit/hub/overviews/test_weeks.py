"""Groups by weeks: what is known of whom, and that nobody can be made out."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sts_hub.overviews import weeks
from sts_hub.overviews.repository import Away
from sts_hub.overviews.schemas import AbsentNow, GroupMean

SIX = [UUID(int=number) for number in range(1, 7)]
MONDAY, SUNDAY, NEXT = date(2026, 11, 2), date(2026, 11, 8), date(2026, 11, 9)


def test_weeks_begin_on_mondays_and_take_in_both_ends() -> None:
    assert weeks.mondays(date(2026, 11, 4), NEXT) == [MONDAY, NEXT]
    assert weeks.mondays(MONDAY, SUNDAY) == [MONDAY]


def test_a_week_of_rest_is_nothing_done_and_an_unknown_session_hides_its_athlete() -> None:
    told = [
        (SIX[0], MONDAY, 60.0),
        (SIX[0], SUNDAY, 40.0),  # 100 together
        (SIX[1], MONDAY, 50.0),
        (SIX[2], MONDAY, None),
        (SIX[2], SUNDAY, 70.0),  # not known: part of a sum is no sum
        (SIX[1], NEXT, 999.0),  # of another week
    ]
    # 100, 50, 0, 0, 0 of five
    assert weeks.sums(told, SIX, MONDAY) == GroupMean(mean=30.0, of=5)


def test_of_fewer_than_five_no_mean_is_told() -> None:
    four = [(one, MONDAY, 3.0) for one in SIX[:4]]
    assert weeks.means(four, MONDAY) == GroupMean(mean=None, of=4)
    five = [*four, (SIX[4], MONDAY, 8.0)]
    assert weeks.means(five, MONDAY) == GroupMean(mean=4.0, of=5)


def test_whoever_answers_more_often_counts_no_more_than_others() -> None:
    often = [(SIX[0], MONDAY, 1.0), (SIX[0], SUNDAY, 2.0)]  # 1.5
    others = [(one, MONDAY, 4.0) for one in SIX[1:5]]
    # (1.5 + 4 × 4) / 5
    assert weeks.means([*often, *others, (SIX[5], MONDAY, None)], MONDAY) == GroupMean(mean=3.5, of=5)


def test_an_absence_counts_its_athlete_once_in_every_week_that_it_touches() -> None:
    away = [
        Away(SIX[0], date(2026, 10, 1), None, "injury"),
        Away(SIX[0], SUNDAY, SUNDAY, "illness"),
        Away(SIX[1], SUNDAY, NEXT, "illness"),
        Away(SIX[2], date(2026, 10, 1), date(2026, 11, 1), "other"),
    ]
    assert (weeks.absent(away, MONDAY), weeks.absent(away, NEXT)) == (2, 2)
    assert weeks.absent_on(away, SUNDAY) == AbsentNow(injury=1, illness=2, other=0)
    assert weeks.absent_on(away, date(2026, 11, 7)) == AbsentNow(injury=1, illness=0, other=0)
