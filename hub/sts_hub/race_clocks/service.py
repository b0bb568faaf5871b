"""Rules of clocks: each says how far it may be off, and above a second nothing is joined by it."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from sts_hub.analytics.holding import Samples
from sts_hub.athletes import service as athletes
from sts_hub.competitions import service as competitions
from sts_hub.competitions.facts import FactRow
from sts_hub.db.times import microseconds, timestamp
from sts_hub.errors import Conflict, Invalid, NotFound
from sts_hub.gateways import service as gateways
from sts_hub.impulses import service as impulses
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Act, Caller, Kind
from sts_hub.race_clocks import repository
from sts_hub.race_clocks.parts import LONGEST_GAP_US, Part, parts, rate, start_of, window
from sts_hub.race_clocks.repository import ClockRow
from sts_hub.race_clocks.schemas import NewRaceClock, RaceClock, Reason, SplitRate, SplitRates, SyncImpulse
from sts_hub.samples import service as samples
from sts_protocols.metrics import HEART_RATE
from sts_protocols.sample import Quality

# A heart changes by several beats within a second of a sprint: a split that is further off tells of another one.
LARGEST_ERROR_US: Final = 1_000_000
MAIN: Final = "main"


async def listed(session: ReadSession, caller: Caller, competition_id: UUID) -> list[RaceClock]:
    """The clocks of a competition as they stand."""
    await competitions.one(session, caller, competition_id)
    return [shown(row) for row in await repository.clocks(session, competition_id)]


async def was_said(
    session: WriteSession, caller: Caller, competition_id: UUID, new: NewRaceClock
) -> RaceClock:
    """Say how far a clock is off; what was said before stays noted."""
    row = await competitions.one(session, caller, competition_id, Act.CHANGE)
    offset_us, error_us, how = await _offset(session, caller, new)
    set_by = caller.name
    return shown(
        await repository.set_clock(
            session, competition_id, row.club_id, new.name, offset_us, error_us, how, set_by
        )
    )


async def _offset(session: ReadSession, caller: Caller, new: NewRaceClock) -> tuple[int, int, str]:
    if new.impulse is not None and new.offset_ms is None and new.error_ms is None:
        return *await _by_impulse(session, caller, new.impulse), "impulse"
    if new.impulse is None and new.offset_ms is not None and new.error_ms is not None:
        return round(new.offset_ms * 1000), round(new.error_ms * 1000), "hand"
    raise Invalid(
        "A clock is set by hand or by an impulse.", way_out="Send offset_ms and error_ms, or impulse alone."
    )


async def _by_impulse(session: ReadSession, caller: Caller, told: SyncImpulse) -> tuple[int, int]:
    await gateways.one(session, caller, told.gateway)
    moment, error_us = await impulses.moment(session, told.gateway, told.key)
    if moment is None or error_us is None:
        raise Conflict(
            "It is not known when this impulse was.",
            way_out="Take one whose moment the list of impulses tells, or set the clock by hand.",
        )
    return microseconds(moment) - microseconds(told.shown), error_us


async def split_rates(session: ReadSession, caller: Caller, competition_id: UUID, fact_id: int) -> SplitRates:
    """Heart rates of a result, split by split, from what both sides say at this moment; raises NotFound."""
    competition = await competitions.one(session, caller, competition_id)
    fact = await competitions.fact(session, caller, competition_id, fact_id)
    athlete_id = await _athlete(session, caller, fact)
    clock = _clock_of(fact, await repository.clocks(session, competition_id))
    start = _start(fact, competition.first_day, competition.zone)
    found = list(parts(fact.content))
    reason = _reason(athlete_id, start, found, clock)
    rates: list[SplitRate] = []
    if athlete_id is not None and start is not None and clock is not None and not reason:
        begin_us = microseconds(start) + clock.offset_us
        rates = await _rates(session, athlete_id, begin_us, found)
    return SplitRates(
        fact_id=fact.id,
        version=fact.version,
        athlete_id=athlete_id,
        clock=None if clock is None else shown(clock),
        reason=reason,
        splits=rates,
    )


async def _athlete(session: ReadSession, caller: Caller, fact: FactRow) -> UUID | None:
    """The own athlete whose heart rates the caller may see; else nobody."""
    if fact.athlete_id is None or fact.kind != "result":
        return None
    try:
        return (await athletes.one(session, caller, fact.athlete_id, Act.SEE, Kind.HEALTH)).id
    except NotFound:
        return None


def _clock_of(fact: FactRow, clocks: list[ClockRow]) -> ClockRow | None:
    """The clock of the format that told the result, else the main one."""
    by_name = {row.name: row for row in clocks}
    return by_name.get(fact.format, by_name.get(MAIN))


def _start(fact: FactRow, first_day: date | None, zone: str) -> datetime | None:
    day = _day(fact.round.get("date", "")) or first_day
    told = [str(one.get("start", "")) for one in (fact.content, fact.entry, fact.heat)]
    return start_of(told, day, zone)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _reason(
    athlete_id: UUID | None, start: datetime | None, found: list[Part], clock: ClockRow | None
) -> Reason:
    if athlete_id is None:
        return "no_athlete"
    if start is None:
        return "no_start"
    if not found:
        return "no_splits"
    if clock is None:
        return "no_clock"
    return "clock_uncertain" if clock.error_us > LARGEST_ERROR_US else ""


async def _rates(session: ReadSession, athlete_id: UUID, start_us: int, found: list[Part]) -> list[SplitRate]:
    windows = [window(part, start_us) for part in found]
    since = timestamp(windows[0].since_us - LONGEST_GAP_US)
    until = timestamp(windows[-1].until_us) + timedelta(microseconds=1)
    values = await samples.told(session, athlete_id, HEART_RATE, since, until)
    right = np.isin(values.quality, (Quality.OK, Quality.ESTIMATED))
    told = Samples(values.t_us, np.where(right, values.value, np.nan))
    return [
        SplitRate(
            at=part.at,
            distance_m=part.distance_m,
            since=timestamp(during.since_us),
            until=timestamp(during.until_us),
            **rate(told, during)._asdict(),
        )
        for part, during in zip(found, windows, strict=True)
    ]


def shown(row: ClockRow) -> RaceClock:
    """The clock as the API tells it."""
    told = {"offset_ms": row.offset_us / 1000, "error_ms": row.error_us / 1000}
    names = ("name", "how", "set_by", "set_at")
    return RaceClock.model_validate({name: getattr(row, name) for name in names} | told)
