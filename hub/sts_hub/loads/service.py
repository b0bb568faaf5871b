"""Rules of loads: a day is one of the club's calendar, and means begin well before the first day that is shown."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from sts_hub.athletes import service as athletes
from sts_hub.errors import Invalid
from sts_hub.kit.database import ReadSession
from sts_hub.loads import days
from sts_hub.loads.days import SessionLoad
from sts_hub.loads.schemas import AthleteLoads, LoadResult, Loads, Measure
from sts_hub.policy import Act, Caller, Kind
from sts_hub.summaries import service as summaries
from sts_hub.summaries.service import LoadTold
from sts_hub.teams import service as teams

# A season with its preparation.
LONGEST: Final = timedelta(days=366)
# By which number of a session each measure is told: formula and variant.
FORMULAS: Final[dict[Measure, tuple[str, str]]] = {
    "edwards": ("trimp", "edwards"),
    "banister": ("trimp", "banister"),
    "lucia": ("trimp", "lucia"),
    "session_rpe": ("session_rpe", "foster"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days are asked for, by which number of a session."""

    since: date
    until: date
    measure: Measure
    time_zone: str

    def check(self) -> None:
        """Raise Invalid for days that are in no order, or too many."""
        if not self.since <= self.until < self.since + LONGEST:
            raise Invalid(
                "`from` must not lie after `to`, nor a year before it.", way_out="Ask for fewer days."
            )

    @property
    def zone(self) -> ZoneInfo:
        """Where its days begin; raises Invalid for one that nobody knows."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise Invalid(
                f"There is no time zone {self.time_zone[:40]!r}.", way_out="Give one such as Europe/Lisbon."
            ) from None


async def of_team(session: ReadSession, caller: Caller, team_id: UUID, wanted: Wanted) -> Loads:
    """Everybody of a team whose values the caller sees; raises NotFound, Invalid."""
    await teams.one(session, caller, team_id)
    people = await athletes.of_team(session, caller, team_id, Kind.HEALTH)
    session.athletes = {one.id for one in people}
    return await _loads(session, [one.id for one in people], wanted)


async def of_athlete(session: ReadSession, caller: Caller, athlete_id: UUID, wanted: Wanted) -> Loads:
    """One athlete; raises NotFound, Invalid."""
    await athletes.one(session, caller, athlete_id, Act.SEE, Kind.HEALTH)
    return await _loads(session, [athlete_id], wanted)


async def _loads(session: ReadSession, athlete_ids: Sequence[UUID], wanted: Wanted) -> Loads:
    zone = wanted.zone
    wanted.check()
    all_days = days.span(wanted.since - days.RUN_UP, wanted.until)
    told = await summaries.loads(
        session,
        athlete_ids,
        FORMULAS[wanted.measure],
        datetime.combine(all_days[0], time(), zone),
        datetime.combine(wanted.until + timedelta(days=1), time(), zone),
    )
    made = [
        await asyncio.to_thread(_athlete, one, told[one], all_days, wanted.since, zone) for one in athlete_ids
    ]
    shown = all_days[(wanted.since - all_days[0]).days :]
    return Loads(measure=wanted.measure, time_zone=wanted.time_zone, days=shown, athletes=made)


def _athlete(
    athlete_id: UUID,
    told: Sequence[LoadTold],
    all_days: Sequence[date],
    since: date,
    zone: ZoneInfo,
) -> AthleteLoads:
    loads = days.daily((SessionLoad(one.began, one.load) for one in told), all_days, zone)
    means = list(days.means(loads))
    first = (since - all_days[0]).days
    return AthleteLoads(
        athlete_id=athlete_id,
        load=[None if np.isnan(load) else load for load in loads[first:].tolist()],
        chronic=[round(one.chronic, 2) for one in means[first:]],
        acute=[round(one.acute, 2) for one in means[first:]],
        results=[LoadResult.model_validate(one, from_attributes=True) for one in days.on_the_last(loads)],
        waiting=sum(not one.worked_out for one in told),
    )
