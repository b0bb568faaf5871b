"""Rules of overviews: a team is told of as a group, and nothing of fewer than five."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sts_hub.athletes import service as athletes
from sts_hub.kit.database import ReadSession
from sts_hub.loads.service import FORMULAS, Wanted
from sts_hub.overviews import repository, weeks
from sts_hub.overviews.schemas import Overview, OverviewWeek
from sts_hub.policy import Caller, Kind
from sts_hub.summaries import service as summaries
from sts_hub.teams import service as teams


async def of_team(session: ReadSession, caller: Caller, team_id: UUID, wanted: Wanted) -> Overview:
    """The weeks of a team, from those of its athletes whose values the caller sees; raises NotFound, Invalid."""
    await teams.one(session, caller, team_id)
    wanted.check()
    zone = wanted.zone
    ids = [one.id for one in await athletes.of_team(session, caller, team_id, Kind.HEALTH)]
    since = datetime.combine(wanted.since, time(), zone)
    until = datetime.combine(wanted.until + timedelta(days=1), time(), zone)
    held = await repository.sessions(session, team_id, ids, since, until)
    told = await summaries.loads(session, ids, FORMULAS[wanted.measure], since, until)
    loads = [(who, one.began.astimezone(zone).date(), one.load) for who in ids for one in told[who]]
    covered = [
        (one.athlete_id, one.started_at.astimezone(zone).date(), one.percent)
        for one in await repository.coverages(session, team_id, ids, since, until)
    ]
    felt = await repository.feelings(session, ids, wanted.since, wanted.until)
    away = await repository.absences(session, ids, wanted.since, wanted.until)
    is_group = len(ids) >= weeks.FEWEST

    def week(first_day: date) -> OverviewWeek:
        own = [one for one in held if weeks.monday(one.started_at.astimezone(zone).date()) == first_day]
        return OverviewWeek(
            first_day=first_day,
            sessions=len(own),
            matches=sum(one.kind == "match" for one in own),
            there=sum(one.there for one in own),
            places=len(own) * len(ids),
            load=weeks.sums(loads, ids, first_day),
            coverage_percent=weeks.means(covered, first_day),
            wellness=weeks.means(felt, first_day),
            absent=weeks.absent(away, first_day) if is_group else None,
        )

    return Overview(
        team_id=team_id,
        measure=wanted.measure,
        time_zone=wanted.time_zone,
        athletes=len(ids),
        absent_now=weeks.absent_on(away, wanted.until) if is_group else None,
        waiting=sum(not one.worked_out for who in ids for one in told[who]),
        weeks=[week(first_day) for first_day in weeks.mondays(wanted.since, wanted.until)],
    )
