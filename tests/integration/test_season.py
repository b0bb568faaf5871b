"""`sts-hub seed`: a season that holds together as if it had been measured."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import numpy as np
import pytest

from sts_hub.errors import HubError
from sts_hub.maintenance import rollups, verification
from sts_hub.season import calendar, hearts, league, people, service
from sts_hub.season.calendar import Illness

# Every one of these routes is asked on both generations by the tests of hostile requests.
pytestmark = pytest.mark.one_generation

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
SEED = 7
# Agreed: ten weeks in three minutes and a gigabyte.
LONGEST_S, LARGEST_BYTES = 180, 1e9


@pytest.fixture
async def owner(postgres, migrated) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(
        postgres.make_database(like=migrated), server_settings={"timezone": "UTC"}
    )
    await connection.execute("SET ROLE sts_owner")
    yield connection
    await connection.close()


def test_ten_weeks_lie_before_this_one_and_each_team_trains_or_plays_three_times_a_week() -> None:
    plan = calendar.outings(NOW)
    assert len(plan) == 2 * 3 * calendar.WEEKS
    assert max(one.end for one in plan) < NOW - timedelta(days=NOW.weekday())
    assert sum(one.kind == "match" for one in plan) == 2 * len(calendar.MATCH_WEEKS)
    assert all(first.end <= second.start for first, second in itertools.pairwise(plan))


def test_the_same_seed_makes_the_same_people_and_nobody_twice() -> None:
    squads = people.squads(SEED)
    assert squads == people.squads(SEED) != people.squads(SEED + 1)
    assert len({one.name for one in squads}) == len(squads) == 2 * people.SQUAD
    assert all(one.hr_rest < one.lthr < one.hr_max for one in squads)


def test_hearts_rise_with_work_and_stay_within_what_hearts_do() -> None:
    (match,) = [one for one in calendar.outings(NOW) if one.kind == "match" and one.team == 0][:1]
    squad = [one for one in people.squads(SEED) if one.team == 0]
    told = hearts.rates(squad, match, 0.5, [], np.random.default_rng(SEED))
    assert told.shape == (match.minutes * 60, len(squad))
    assert np.nanmin(told) > 40
    assert all(np.nanmax(told[:, place]) <= person.hr_max + 3 for place, person in enumerate(squad))
    half, pause = told[20 * 60 : 44 * 60], told[52 * 60 : 59 * 60]
    assert (np.nanmean(half, axis=0) > np.nanmean(pause, axis=0) + 30).all()


def test_before_an_illness_the_heart_is_faster_at_the_same_work() -> None:
    outing = calendar.outings(NOW)[6]
    squad = [one for one in people.squads(SEED) if one.team == outing.team]
    coming = Illness(outing.team, 3, outing.start + timedelta(days=2), outing.start + timedelta(days=9))
    well, falling = (
        hearts.rates(squad, outing, 0.5, ill, np.random.default_rng(SEED)) for ill in ([], [coming])
    )
    faster = np.nanmean(falling - well, axis=0)
    assert faster[2] == pytest.approx(hearts.FALLING_ILL_BPM, abs=1.5)
    assert np.abs(np.delete(faster, 2)).max() == 0


async def test_what_is_loaded_agrees_with_its_ledger_and_its_roll_ups(owner: asyncpg.Connection) -> None:
    plan = calendar.outings(NOW)[:2]
    counts = [count async for count in service.load(owner, "A club", SEED, plan)]
    assert await owner.fetchval("SELECT count(*) FROM sts.sample") == sum(counts)
    whole = [outing.minutes * 60 * people.SQUAD for outing in plan]
    # Three of each squad of 22 are ill within so short a season, and a strap slips off here and there.
    assert all(0.8 * most < count <= most for count, most in zip(counts, whole, strict=True))
    while await rollups.fill(owner):
        pass
    verdict = await verification.verify(owner)
    assert (verdict.faults, verdict.outstanding) == ([], {})
    worn = await owner.fetchval(
        "SELECT count(DISTINCT athlete_id) FROM sts.assignment WHERE during @> $1::timestamptz", plan[0].start
    )
    assert worn == 2 * people.SQUAD


async def test_each_outing_stands_in_the_calendar_with_who_was_there_and_its_parts(
    owner: asyncpg.Connection,
) -> None:
    plan = [one for one in calendar.outings(NOW) if one.kind == "match"][:1]
    assert [count async for count in service.load(owner, "A club", SEED, plan)]
    session = await owner.fetchrow("SELECT * FROM sts.session")
    assert (session["started_at"], session["ended_at"]) == (plan[0].start, plan[0].end)
    phases = await owner.fetch(
        "SELECT p.name, min(lower(during)) AS since, max(upper(during)) AS until, count(*) AS athletes "
        "FROM sts.session_phase p JOIN sts.phase_athlete a ON a.phase_id = p.id GROUP BY 1 ORDER BY 2"
    )
    assert [row["name"] for row in phases] == ["First half", "Half-time", "Second half"]
    assert [row["until"] for row in phases] == [*(row["since"] for row in phases[1:]), plan[0].end]
    there = await owner.fetchval("SELECT count(*) FROM sts.session_athlete")
    heard = await owner.fetchval("SELECT count(DISTINCT series) FROM sts.sample")
    assert {row["athletes"] for row in phases} == {there} == {heard}
    assert await owner.fetchval("SELECT count(*) FROM sts.session_marker WHERE name = 'Kick-off'") == 2


def test_each_match_day_is_reported_twice_and_each_correction_is_another_one() -> None:
    found = list(league.reports(SEED, calendar.outings(NOW), people.squads(SEED)))
    assert len(found) == 2 * len(calendar.MATCH_WEEKS)
    pairs = list(zip(found[::2], found[1::2], strict=True))
    assert all(first.name == second.name and first.told_at < second.told_at for first, second in pairs)
    matches = [[len(one.meet.events) for one in pair] for pair in pairs]
    goals = [
        [sum(len(event.rounds[0].heats[0].incidents) for event in one.meet.events) for one in pair]
        for pair in pairs
    ]
    assert matches == [[2, 2], [2, 2], [2, 2], [3, 2]]
    assert [second - first for first, second in goals] == [0, -1, 1, 0]


async def test_what_officials_told_stands_with_its_corrections(owner: asyncpg.Connection) -> None:
    plan = [one for one in calendar.outings(NOW) if one.kind == "match"]
    assert [count async for count in service.load(owner, "A club", SEED, plan)]
    files = await owner.fetch("SELECT name, corrected, withdrawn, refused FROM sts.result_file ORDER BY id")
    assert len(files) == 8
    assert {row["refused"] for row in files} == {"[]"}
    # What is put right is a heat, and with it a score; the match that never was goes with all that was said of it.
    assert all(row["corrected"] > 0 for row in files[1::2])
    assert [row["withdrawn"] > 0 for row in files[1::2]] == [False, False, False, True]
    states = await owner.fetch("SELECT DISTINCT state FROM sts.result_fact ORDER BY 1")
    assert [row["state"] for row in states] == ["corrected", "official", "withdrawn"]
    scorers = await owner.fetch("SELECT matched, athlete_id FROM sts.competitor WHERE kind = 'person'")
    assert scorers
    assert all(row["matched"] == "licence" and row["athlete_id"] for row in scorers)
    ill = await owner.fetchval("SELECT count(*) FROM sts.absence WHERE reason = 'illness'")
    assert ill == 2 * calendar.ILL_IN_A_TEAM


async def test_a_club_has_one_season(owner: asyncpg.Connection) -> None:
    plan = calendar.outings(NOW)[:1]
    assert len([count async for count in service.load(owner, "A club", SEED, plan)]) == 1
    before = await owner.fetchval("SELECT count(*) FROM sts.athlete")
    with pytest.raises(HubError, match="--club"):
        [count async for count in service.load(owner, "A club", SEED, plan)]
    assert await owner.fetchval("SELECT count(*) FROM sts.athlete") == before
    assert len([count async for count in service.load(owner, "Another club", SEED, plan)]) == 1


async def test_a_season_that_was_interrupted_leaves_nothing_and_can_be_loaded_again(
    owner: asyncpg.Connection,
) -> None:
    plan = calendar.outings(NOW)[:2]
    steps = service.load(owner, "A club", SEED, plan)
    assert await anext(steps) > 0
    await steps.aclose()
    assert await owner.fetchval("SELECT count(*) FROM sts.athlete") == 0
    assert await owner.fetchval("SELECT count(*) FROM sts.sample") == 0
    assert len([count async for count in service.load(owner, "A club", SEED, plan)]) == 2


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_a_whole_season_is_loaded_in_three_minutes_and_a_gigabyte(
    owner: asyncpg.Connection, tell: Callable[[str], None]
) -> None:
    began = time.monotonic()
    counts = [count async for count in service.load(owner, "A club", SEED, calendar.outings(NOW))]
    while await rollups.fill(owner):
        pass
    took_s = time.monotonic() - began
    size = await owner.fetchval("SELECT pg_database_size(current_database())")
    tell(f"{sum(counts):,} values in {took_s:.0f} s, {size / 1e6:.0f} MB in the database")
    assert (await verification.verify(owner)).faults == []
    assert size <= LARGEST_BYTES
    assert took_s <= LONGEST_S
