"""Rules of summaries: worked out from a session's end on, kept, and worked out anew when something they depend on has
changed; then they say what changed and why."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import numpy as np

from sts_hub.analytics.formula import Given, Result
from sts_hub.analytics.formulas import compute
from sts_hub.analytics.holding import Samples, Window
from sts_hub.analytics.session_rpe import SESSION_RPE
from sts_hub.analytics.summary import summarise
from sts_hub.completeness import service as completeness
from sts_hub.completeness.judgement import Period, Word
from sts_hub.completeness.schemas import Stretch
from sts_hub.db.times import microseconds, timestamp
from sts_hub.errors import Conflict
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.parameters import catalogue
from sts_hub.parameters import service as parameters
from sts_hub.parameters.maximum import Maximum, held
from sts_hub.policy import Caller, Kind
from sts_hub.samples import service as samples
from sts_hub.samples.values import Values
from sts_hub.sessions import service as sessions
from sts_hub.sessions import timeline
from sts_hub.summaries import repository, verdict
from sts_hub.summaries.repository import Basis, Kept, Name, NumberRow
from sts_hub.summaries.revisions import changes, plain, reasons
from sts_hub.summaries.schemas import AthleteSummary, Change, Number, PhaseSummary, SessionSummary
from sts_hub.wellbeing import service as wellbeing
from sts_protocols.metrics import HEART_RATE
from sts_protocols.sample import Quality

# A training day; what lasts longer is a session that nobody has ended.
LONGEST: Final = timedelta(hours=24)
# The number that says most in a word: it weighs every minute, and needs the fewest parameters.
FOREMOST: Final = ("trimp", "edwards")


class Time(NamedTuple):
    """What a summary is about."""

    session_id: UUID
    since: datetime
    until: datetime
    live_data: bool

    @property
    def window(self) -> Window:
        """The same for formulas."""
        return Window(microseconds(self.since), microseconds(self.until))


class LoadTold(NamedTuple):
    """One number of an ended session; None where there is none. worked_out: whether it has been looked for."""

    began: datetime
    load: float | None
    worked_out: bool


async def summary(session: WriteSession, caller: Caller, session_id: UUID) -> SessionSummary:
    """The numbers of a session that has ended, worked out or as they are kept. Raises NotFound, Conflict."""
    time, athlete_ids = await up_to_date(session, caller, session_id)
    session.athletes = set(athlete_ids)  # others were judged beside them, and nothing of these is shown
    return await _shown(session, time, athlete_ids)


async def up_to_date(session: WriteSession, caller: Caller, session_id: UUID) -> tuple[Time, list[UUID]]:
    """Work out what is not kept, or no longer true: the session's time, and whose numbers are kept now. Raises NotFound,
    Conflict."""
    time = await _time(session, caller, session_id)
    roster = await sessions.seen_roster(session, caller, session_id, Kind.HEALTH)
    athlete_ids = [one.athlete_id for one in roster]
    bases = await _bases(session, time, athlete_ids)
    if _stale(bases, await repository.kept(session, session_id, athlete_ids)):
        await repository.take_turn(session, session_id)
        kept = await repository.kept(session, session_id, athlete_ids)
        await _work_out(session, time, _stale(bases, kept), bases, kept)
    return time, athlete_ids


async def loads(
    session: ReadSession,
    athlete_ids: Sequence[UUID],
    name: tuple[str, str],
    since: datetime,
    until: datetime,
) -> dict[UUID, list[LoadTold]]:
    """The same number of every session that began in a time, of athletes whom the caller sees. name: formula and
    variant."""
    told: dict[UUID, list[LoadTold]] = {one: [] for one in athlete_ids}
    for row in await repository.loads(session, athlete_ids, name, since, until):
        told[row["athlete_id"]].append(LoadTold(row["started_at"], row["load"], row["worked_out"]))
    return told


async def _time(session: ReadSession, caller: Caller, session_id: UUID) -> Time:
    row = await sessions.one(session, caller, session_id)
    if row.started_at is None or row.ended_at is None:
        raise Conflict("The session has not ended.", way_out="End it first: POST .../end.")
    if row.ended_at - row.started_at > LONGEST:
        raise Conflict(
            f"The session lasts longer than {LONGEST // timedelta(hours=1)} hours.",
            way_out="Correct its borders with PATCH: started_at, ended_at.",
        )
    return Time(session_id, row.started_at, row.ended_at, row.live_data)


async def _bases(session: ReadSession, time: Time, athlete_ids: Sequence[UUID]) -> dict[UUID, Basis]:
    marks = await repository.marks(session, athlete_ids, time.since, time.until)
    phases = await timeline.phases_within(session, time.session_id, time.window)
    known = await parameters.in_force(session, athlete_ids, time.since)
    ratings = await wellbeing.ratings(session, time.session_id)
    return {
        one: Basis(
            time.since,
            time.until,
            {str(row.name): row.value for row in known[one]},
            ratings.get(one),
            f"{marks[one]} {time.live_data}",
            [[str(part.phase_id), *part.window] for part in phases[one]],
        )
        for one in athlete_ids
    }


def _stale(bases: dict[UUID, Basis], kept: dict[UUID, Kept]) -> list[UUID]:
    return [one for one, basis in bases.items() if one not in kept or kept[one].basis != basis]


async def _work_out(
    session: WriteSession,
    time: Time,
    athlete_ids: Sequence[UUID],
    bases: dict[UUID, Basis],
    kept: dict[UUID, Kept],
) -> None:
    verdicts = await _verdicts(session, time, athlete_ids)
    before: dict[UUID, dict[Name, NumberRow]] = defaultdict(dict)
    for row in await repository.numbers(session, time.session_id, athlete_ids):
        before[row.athlete_id][row.phase_id, row.formula, row.variant] = row
    for one in athlete_ids:
        results = await _results(session, time, one, bases[one])
        revision = await _keep_numbers(session, time, one, results, before[one], kept.get(one))
        because = [] if one not in kept else reasons(vars_of(kept[one].basis), vars_of(bases[one]))
        periods = verdicts.get(one)
        told = None if periods is None else [[*period] for period in map(_packed, periods)]
        done = periods is not None and verdict.complete(periods)
        await repository.keep(session, time.session_id, one, revision, bases[one], because, told, done)


def vars_of(basis: Basis) -> dict[str, Any]:
    """The parts of a basis by their names."""
    return {name: getattr(basis, name) for name in Basis.__slots__}


async def _results(
    session: WriteSession, time: Time, athlete_id: UUID, basis: Basis
) -> list[tuple[UUID | None, Result]]:
    """All numbers of one athlete, each with its phase; a maximum seen on the way is proposed."""
    results: list[tuple[UUID | None, Result]] = []
    if time.live_data:
        values = await samples.told(session, athlete_id, HEART_RATE, time.since, time.until)
        hr_max = basis.parameters.get(catalogue.Name.HR_MAX)
        above = hr_max if isinstance(hr_max, float) else None
        found, seen = await asyncio.to_thread(_of_values, values, basis, time.window, above)
        results += found
        await parameters.proposed(session, athlete_id, above, seen)
    if basis.rating is not None:
        minutes = (time.until - time.since) / timedelta(minutes=1)
        results.append((None, compute(_rating(basis.rating, minutes))))
    return results


def _of_values(
    values: Values, basis: Basis, window: Window, above: float | None
) -> tuple[list[tuple[UUID | None, Result]], Maximum | None]:
    """The numbers of heart rates, of all and of each phase, and a maximum above the one in force."""
    right = values.only(values.quality == Quality.OK)
    seen = None if above is None else held(right.t_us, right.value, above)
    windows = [(None, window), *((UUID(one), Window(*span)) for one, *span in basis.phases)]
    return [
        (phase_id, result)
        for phase_id, part in windows
        for result in summarise(credible(within(values, part)), basis.parameters, part)
    ], seen


def within(values: Values, window: Window) -> Values:
    """What was measured in a window."""
    return values.only((values.t_us >= window.since_us) & (values.t_us < window.until_us))


def credible(values: Values) -> Samples:
    """Values for formulas: NaN where the quality is another than ok."""
    return Samples(values.t_us, np.where(values.quality == Quality.OK, values.value, np.nan))


def _rating(rating: float, minutes: float) -> Given:
    return Given(SESSION_RPE.id, None, {"rating": rating, "duration_min": minutes}, {}, {})


async def _keep_numbers(
    session: WriteSession,
    time: Time,
    athlete_id: UUID,
    results: Sequence[tuple[UUID | None, Result]],
    before: dict[Name, NumberRow],
    kept: Kept | None,
) -> int:
    """Store what differs; the revision that the athlete's summary then has."""
    bodies = {(phase, result.formula, result.variant): plain(result) for phase, result in results}
    changed = {name: body for name, body in bodies.items() if name not in before or before[name].body != body}
    gone = before.keys() - bodies.keys()
    revision = 1 if kept is None else kept.revision + bool(changed or gone)
    await repository.drop_numbers(session, time.session_id, athlete_id, list(gone))
    # A row of the summary must be there before its numbers.
    if kept is None:
        await repository.begin(session, time.session_id, athlete_id, time.since, time.until)
    for name, body in changed.items():
        was = before[name].body["values"] if name in before else None
        await repository.keep_number(session, time.session_id, athlete_id, name, revision, body, was)
    return revision


async def _verdicts(
    session: ReadSession, time: Time, athlete_ids: Sequence[UUID]
) -> dict[UUID, list[Period]]:
    """The words for each athlete who wore something."""
    if not time.live_data or not athlete_ids:
        return {}
    told: dict[tuple[UUID, int, datetime], list[list[Period]]] = defaultdict(list)
    for gateway in await repository.gateways(session, athlete_ids, time.since, time.until):
        judged = await completeness.completeness(session, gateway, time.since, time.until)
        for one in judged.wearers:
            told[one.athlete_id, one.sensor_id, one.since].append([_period(part) for part in one.stretches])
    found: dict[UUID, list[Period]] = defaultdict(list)
    for worn in await repository.worn(session, athlete_ids, time.since, time.until):
        span = microseconds(worn.since), microseconds(worn.until)
        found[worn.athlete_id] += verdict.of_several(span, told[worn.athlete_id, worn.sensor_id, worn.since])
    return found


def _period(part: Stretch) -> Period:
    return Period(
        Word(part.word), microseconds(part.since), microseconds(part.until), part.records, part.reason
    )


def _packed(period: Period) -> tuple[str, int, int, int | None, str]:
    return str(period.word), period.start_us, period.end_us, period.records, period.reason


async def _shown(session: ReadSession, time: Time, athlete_ids: Sequence[UUID]) -> SessionSummary:
    kept = await repository.kept(session, time.session_id, athlete_ids)
    numbers: dict[UUID, list[NumberRow]] = defaultdict(list)
    for row in await repository.numbers(session, time.session_id, athlete_ids):
        numbers[row.athlete_id].append(row)
    phases = await timeline.phases_within(session, time.session_id, time.window)
    names = {part.phase_id: part.name for parts in phases.values() for part in parts}
    told = [_athlete(kept[one], numbers[one], names) for one in athlete_ids]
    judged = [one for one in told if one.complete is not None]
    complete = all(one.complete for one in judged) if judged else None
    stamps = [one.complete_at for one in judged if one.complete_at is not None]
    return SessionSummary(
        session_id=time.session_id,
        since=time.since,
        until=time.until,
        complete=complete,
        complete_at=max(stamps) if complete and stamps else None,
        athletes=told,
    )


def _athlete(kept: Kept, rows: Sequence[NumberRow], names: dict[UUID, str]) -> AthleteSummary:
    numbers = [_number(row) for row in rows if row.phase_id is None]
    return AthleteSummary.model_validate(
        {
            "athlete_id": kept.athlete_id,
            "revision": kept.revision,
            "computed_at": kept.computed_at,
            "because": kept.because,
            "revised": _in_words(numbers, kept.revision),
            "complete": None if kept.verdict is None else kept.complete_at is not None,
            "complete_at": kept.complete_at,
            "stretches": [
                completeness.stretch(Period(Word(word), *rest)) for word, *rest in kept.verdict or []
            ],
            "numbers": numbers,
            "phases": [_phase(one, rows, names) for one in kept.basis.phases if UUID(one[0]) in names],
        }
    )


def _phase(packed: list[Any], rows: Sequence[NumberRow], names: dict[UUID, str]) -> PhaseSummary:
    phase_id, since_us, until_us = UUID(packed[0]), *packed[1:]
    return PhaseSummary(
        phase_id=phase_id,
        name=names[phase_id],
        since=timestamp(since_us),
        until=timestamp(until_us),
        numbers=[_number(row) for row in rows if row.phase_id == phase_id],
    )


def _number(row: NumberRow) -> Number:
    changed = [] if row.was is None else changes(row.was, row.body["values"])
    return Number.model_validate(
        {
            **row.body,
            "id": row.id,
            "formula": row.formula,
            "variant": row.variant,
            "revision": row.revision,
            "changes": [Change.model_validate(one) for one in changed],
        }
    )


def _in_words(numbers: Sequence[Number], revision: int) -> str | None:
    """What the last revision changed, by the foremost number that it changed."""
    moved = [
        ((number.formula, number.variant) != FOREMOST, change.percent)
        for number in numbers
        for change in number.changes
        if number.revision == revision and change.percent
    ]
    if not moved:
        return None
    percent = min(moved, key=lambda one: one[0])[1]
    return f"revised {percent:+.{0 if abs(percent) >= 1 else 1}f} %"
