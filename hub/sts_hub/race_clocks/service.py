"""Rules of clocks: each says how far it may be off, and above a second nothing is joined by it."""

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
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
from sts_hub.race_clocks.parts import (
    LONGEST_GAP_US,
    US_PER_TICK,
    Part,
    parts,
    parts_of_legs,
    rate,
    start_of,
    window,
)
from sts_hub.race_clocks.repository import ClockRow
from sts_hub.race_clocks.schemas import (
    LegRates,
    NewRaceClock,
    RaceClock,
    Reason,
    SplitRate,
    SplitRates,
    SyncImpulse,
)
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


class Race(NamedTuple):
    """When a race began by the gateways' time, µs since 1970, or why that is not known."""

    start_us: int | None
    clock: ClockRow | None
    reason: Reason


async def split_rates(session: ReadSession, caller: Caller, competition_id: UUID, fact_id: int) -> SplitRates:
    """Heart rates of a result, split by split and leg by leg, from what both sides say at this moment; raises NotFound."""
    competition = await competitions.one(session, caller, competition_id)
    fact = await competitions.fact(session, caller, competition_id, fact_id)
    start = _start(fact, competition.first_day, competition.zone)
    race = _race(start, _clock_of(fact, await repository.clocks(session, competition_id)))
    legs = await _legs(session, caller, competition_id, fact, race)
    athlete_id = None if legs else await _athlete(session, caller, fact)
    found = [] if legs else list(parts(fact.content))
    reason, rates = ("", []) if legs else await _joined(session, athlete_id, race, found)
    return SplitRates(
        fact_id=fact.id,
        version=fact.version,
        athlete_id=athlete_id,
        clock=None if race.clock is None else shown(race.clock),
        reason=race.reason if legs else reason,
        splits=rates,
        legs=legs,
    )


async def _legs(
    session: ReadSession, caller: Caller, competition_id: UUID, fact: FactRow, race: Race
) -> list[LegRates]:
    """The legs of a relay, those of its reserves aside; none of any other result."""
    told = fact.content.get("legs") or fact.entry.get("legs") or []
    legs = [leg for leg in told if (leg.get("number") or 0) >= 0]
    if fact.kind != "result" or not legs:
        return []
    own = await competitions.own_by_key(session, caller, competition_id, {leg["competitor"] for leg in legs})
    found = []
    for leg, of_leg in zip(legs, parts_of_legs(fact.content, legs), strict=True):
        athlete_id = await _seen(session, caller, own.get(leg["competitor"]))
        reason, rates = await _joined(session, athlete_id, race, of_leg)
        ticks = (leg.get("take_over") or {}).get("ticks")
        found.append(
            LegRates(
                number=leg.get("number"),
                athlete_id=athlete_id,
                take_over_ms=None if ticks is None else ticks * US_PER_TICK / 1000,
                reason=reason,
                splits=rates,
            )
        )
    return found


async def _athlete(session: ReadSession, caller: Caller, fact: FactRow) -> UUID | None:
    return await _seen(session, caller, fact.athlete_id) if fact.kind == "result" else None


async def _seen(session: ReadSession, caller: Caller, athlete_id: UUID | None) -> UUID | None:
    """The own athlete whose heart rates the caller may see; else nobody."""
    if athlete_id is None:
        return None
    try:
        return (await athletes.one(session, caller, athlete_id, Act.SEE, Kind.HEALTH)).id
    except NotFound:
        return None


async def _joined(
    session: ReadSession, athlete_id: UUID | None, race: Race, found: list[Part]
) -> tuple[Reason, list[SplitRate]]:
    """Why there are no rates, or the rates of these parts."""
    if athlete_id is None:
        return "no_athlete", []
    if race.reason == "no_start":
        return race.reason, []
    if not found:
        return "no_splits", []
    if race.reason or race.start_us is None:
        return race.reason, []
    session.athletes.add(athlete_id)
    return "", await _rates(session, athlete_id, race.start_us, found)


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


def _race(start: datetime | None, clock: ClockRow | None) -> Race:
    if start is None:
        return Race(None, clock, "no_start")
    if clock is None:
        return Race(None, None, "no_clock")
    uncertain = clock.error_us > LARGEST_ERROR_US
    return Race(microseconds(start) + clock.offset_us, clock, "clock_uncertain" if uncertain else "")


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
