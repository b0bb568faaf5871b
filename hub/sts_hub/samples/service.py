"""Rules of charts: one line per metric, thinned without losing an extreme; gaps stay gaps; coverage stands
beside. Up to a week is drawn from the samples, more from a level of time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from sts_hub.analytics.alignment import Alignment, align
from sts_hub.athletes import service as athletes
from sts_hub.db.times import microseconds
from sts_hub.errors import Invalid
from sts_hub.kit.database import ReadSession
from sts_hub.policy import Act, Caller, Kind, Thing, may
from sts_hub.samples import levels, receptions, repository, thinning
from sts_hub.samples.levels import Level
from sts_hub.samples.recordings import LONGEST_PAUSE_US, Part, told_once
from sts_hub.samples.recordings import activities as telling
from sts_hub.samples.repository import Recorded
from sts_hub.samples.schemas import AthleteLine, Beats, Chart, QualityWord, Series, Stretch, TeamChart
from sts_hub.samples.thinning import Points
from sts_hub.samples.values import Floats, Values
from sts_hub.samples.values import Series as Heard
from sts_hub.teams import service as teams
from sts_protocols.metrics import HEART_RATE, RR_INTERVAL, SIGNAL_STRENGTH, Metric, by_id, by_name
from sts_protocols.sample import Quality

# Beats are not thinned: an hour holds some ten thousand.
LONGEST_BEATS: Final = timedelta(hours=1)
# After every time there is.
_FAR: Final = np.int64(2**61)

# A strap sends the intervals it found once a second: ten seconds without any is a hole, whatever the rhythm
# of the heart.
PAUSE_WITHOUT_RHYTHM: Final[dict[int, timedelta]] = {RR_INTERVAL.id: timedelta(seconds=10)}

# What comes in the same packets every second: a packet of a strap without a beat in it is no lost one.
TOLD_WITH: Final = {RR_INTERVAL.id: HEART_RATE.id}

_WORDS: Final[dict[int, QualityWord]] = {
    Quality.OK: "ok",
    Quality.NO_CONTACT: "no_contact",
    Quality.TRUNCATED: "truncated",
    Quality.IMPLAUSIBLE: "implausible",
    Quality.NO_FIX: "no_fix",
    Quality.CLOCK_UNSYNCED: "clock_unsynced",
    Quality.ESTIMATED: "estimated",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of an athlete's values is asked for."""

    metrics: tuple[str, ...]
    since: datetime
    until: datetime
    pixels: int
    gateway: str | None = None

    @property
    def width(self) -> timedelta:
        """The time that one pixel stands for."""
        return max((self.until - self.since) / self.pixels, timedelta(microseconds=1))

    def within(self, since: datetime, until: datetime | None) -> "Wanted | None":
        """The part of it that lies between these; None where none does."""
        first, last = max(self.since, since), self.until if until is None else min(self.until, until)
        return replace(self, since=first, until=last) if first < last else None

    @property
    def level(self) -> Level | None:
        """The level of time that serves it; None: the samples themselves."""
        return levels.level_of(self.until - self.since, self.width)


async def chart(session: ReadSession, caller: Caller, athlete_id: UUID, wanted: Wanted) -> Chart:
    """The chart of an athlete; raises NotFound, or Invalid for times and metrics that make no sense."""
    await athletes.one(session, caller, athlete_id, Act.SEE, Kind.HEALTH)
    series = _told_to(caller, await _drawn_of(session, [athlete_id], wanted))[athlete_id]
    return Chart(athlete_id=athlete_id, since=wanted.since, until=wanted.until, series=series)


async def given_chart(session: ReadSession, athlete_id: UUID, wanted: Wanted) -> Chart:
    """The same for whoever is given these metrics: without the gateways and files that told them. Raises Invalid."""
    (lines,) = (await _drawn_of(session, [athlete_id], wanted)).values()
    plain = [line.model_copy(update={"gateways": [], "activities": []}) for line in lines]
    return Chart(athlete_id=athlete_id, since=wanted.since, until=wanted.until, series=plain)


async def team_chart(session: ReadSession, caller: Caller, team_id: UUID, wanted: Wanted) -> TeamChart:
    """The same of everybody of a team whose values the caller sees; raises NotFound, Invalid."""
    await teams.one(session, caller, team_id)
    people = await athletes.of_team(session, caller, team_id, Kind.HEALTH)
    session.athletes = {one.id for one in people}
    drawn = _told_to(caller, await _drawn_of(session, [one.id for one in people], wanted))
    lines = [AthleteLine(athlete_id=one, line=line) for one, (line,) in drawn.items()]
    return TeamChart(team_id=team_id, since=wanted.since, until=wanted.until, athletes=lines)


def _told_to(caller: Caller, drawn: dict[UUID, list[Series]]) -> dict[UUID, list[Series]]:
    """The lines, with the gateways that told them for whoever sees gateways."""
    if may(caller, Act.SEE, Thing(Kind.GATEWAY, caller.club_id)):
        return drawn
    return {one: [line.model_copy(update={"gateways": []}) for line in lines] for one, lines in drawn.items()}


async def _drawn_of(
    session: ReadSession, athlete_ids: Sequence[UUID], wanted: Wanted
) -> dict[UUID, list[Series]]:
    """The lines of each athlete, a metric each."""
    metrics = [_known(name) for name in dict.fromkeys(wanted.metrics)]
    _sensible(wanted)
    now = datetime.now(UTC)
    drawn: dict[UUID, list[Series]] = {one: [] for one in athlete_ids}
    for metric in metrics:
        worn = await repository.worn(session, athlete_ids, metric.id, wanted.since, wanted.until)
        recorded = await _recorded(session, athlete_ids, metric, wanted)
        heard = await _heard_for(session, athlete_ids, metric, wanted)
        for one in athlete_ids:
            worn_us = worn_time_us([*worn[one], *((part.since, part.until) for part in recorded[one])], now)
            drawn[one].append(await _series(session, one, metric, wanted, heard[one], recorded[one], worn_us))
    return drawn


async def _heard_for(
    session: ReadSession, athlete_ids: Sequence[UUID], metric: Metric, wanted: Wanted
) -> dict[UUID, list[Heard]]:
    """The samples themselves, where these are drawn."""
    if wanted.level is not None:
        return {one: [] for one in athlete_ids}
    every = await repository.series(session, athlete_ids, metric.id, wanted.since, wanted.until)
    return {one: _by(wanted.gateway, heard) for one, heard in every.items()}


async def beats(
    session: ReadSession,
    caller: Caller,
    athlete_id: UUID,
    since: datetime,
    until: datetime,
    gateway: str | None = None,
) -> Beats:
    """The aligned beats of an athlete; raises NotFound, or Invalid for a time that makes no sense."""
    await athletes.one(session, caller, athlete_id, Act.SEE, Kind.HEALTH)
    if not since < until <= since + LONGEST_BEATS:
        raise Invalid("`from` must lie before `to`, by an hour at most.", way_out="Ask for a shorter time.")
    heard = await _heard(session, athlete_id, RR_INTERVAL.id, since, until, gateway)
    beside = await _beside(session, athlete_id, RR_INTERVAL.id, heard, since, until)
    found = [one for _, values in receptions.merged(heard, *beside) for one in _aligned(values)]
    found.sort(key=lambda one: float(one.beat_us[0]))
    return Beats(athlete_id=athlete_id, since=since, until=until, stretches=[_stretch(one) for one in found])


async def heard(
    session: ReadSession, athlete_id: UUID, metric: Metric, since: datetime, until: datetime
) -> Values:
    """What the athlete's sensors told of one metric, each value once, rising in time."""
    series = await _heard(session, athlete_id, metric.id, since, until, None)
    parts = await _of_sensors(session, athlete_id, metric, since, until, series)
    return receptions.in_time(part.values for part in parts)


async def told(
    session: ReadSession, athlete_id: UUID, metric: Metric, since: datetime, until: datetime
) -> Values:
    """The same together with what files of watches tell: each moment is told once, by one of them."""
    parts = await told_parts(session, athlete_id, metric, since, until)
    return receptions.in_time(part.values for part in parts)


async def told_parts(
    session: ReadSession, athlete_id: UUID, metric: Metric, since: datetime, until: datetime
) -> list[Part]:
    """The same, by which sensor or file tells it."""
    series = await _heard(session, athlete_id, metric.id, since, until, None)
    sensors = await _of_sensors(session, athlete_id, metric, since, until, series)
    recorded = (await repository.recorded(session, [athlete_id], metric.id, since, until))[athlete_id]
    recordings = await _recordings(session, metric, recorded)
    return await asyncio.to_thread(told_once, sensors, recordings)


async def metrics_told(
    session: ReadSession, athlete_id: UUID, since: datetime, until: datetime
) -> list[Metric]:
    """Metrics that the athlete's sensors or files may tell in that time, by number."""
    numbers = await repository.metrics_told(session, athlete_id, since, until)
    return [metric for number in numbers if (metric := by_id(number)) is not None]


async def _of_sensors(
    session: ReadSession,
    athlete_id: UUID,
    metric: Metric,
    since: datetime,
    until: datetime,
    series: Sequence[Heard],
) -> list[Part]:
    """What each sensor tells of what was received."""
    beside = await _beside(session, athlete_id, metric.id, series, since, until)
    return await asyncio.to_thread(_led, series, beside)


def _led(series: Sequence[Heard], beside: tuple[list[Heard], list[Heard]]) -> list[Part]:
    return [Part(sensor, values) for (sensor, _), values in receptions.led(series, *beside)]


async def recording(
    session: ReadSession, activity_id: UUID, metric: Metric, since: datetime, until: datetime
) -> Values:
    """One metric of one activity, whether it counts or another tells the same workout."""
    found = await repository.recording(session, activity_id, metric.id, since, until)
    return receptions.in_time([] if found is None else [found])


async def _recorded(
    session: ReadSession, athlete_ids: Sequence[UUID], metric: Metric, wanted: Wanted
) -> dict[UUID, list[Recorded]]:
    """No file was heard by a gateway."""
    if wanted.gateway is not None:
        return {one: [] for one in athlete_ids}
    return await repository.recorded(session, athlete_ids, metric.id, wanted.since, wanted.until)


async def _recordings(session: ReadSession, metric: Metric, recorded: Sequence[Recorded]) -> list[Part]:
    found = [
        (one.activity, await repository.recording(session, one.activity, metric.id, one.since, one.until))
        for one in recorded
    ]
    return [Part(activity, values) for activity, values in found if values is not None]


async def _heard(
    session: ReadSession, athlete_id: UUID, metric: int, since: datetime, until: datetime, gateway: str | None
) -> list[Heard]:
    """What was received of one metric, of all gateways or of the one named."""
    heard = await repository.series(session, [athlete_id], metric, since, until)
    return _by(gateway, heard[athlete_id])


def _by(gateway: str | None, heard: Sequence[Heard]) -> list[Heard]:
    return [one for one in heard if gateway in (None, one.gateway)]


async def _beside(
    session: ReadSession,
    athlete_id: UUID,
    metric: int,
    heard: Sequence[Heard],
    since: datetime,
    until: datetime,
) -> tuple[list[Heard], list[Heard]]:
    """What came in the same packets, and how strong it was heard; nothing where that decides nothing."""
    if not receptions.several(heard):
        return [], []
    beside = [
        (await repository.series(session, [athlete_id], one, since, until))[athlete_id] if one else []
        for one in (TOLD_WITH.get(metric), SIGNAL_STRENGTH.id)
    ]
    return beside[0], beside[1]


def _aligned(heard: Values) -> list[Alignment]:
    """The stretches of what one gateway tells: of its intervals that are right."""
    right = heard.only(heard.quality == Quality.OK)
    return align(right.t_us, right.value)


def _stretch(one: Alignment) -> Stretch:
    return Stretch(
        t=np.rint(one.beat_us / 1000).astype(np.int64).tolist(),
        error_ms=round(one.error_ms, 1),
        offset_ms=round(one.offset_us / 1000, 1),
        drift_ppm=round(one.drift_ppm, 1),
    )


def _known(name: str) -> Metric:
    metric = by_name(name)
    if metric is None:
        raise Invalid(f"There is no metric {name[:40]!r}.", way_out="GET /api/v1/metrics lists them.")
    return metric


def _sensible(wanted: Wanted) -> None:
    if wanted.until <= wanted.since:
        raise Invalid("The chart would end before it begins.", way_out="Give a `to` after `from`.")
    if wanted.until - wanted.since > levels.LONGEST:
        raise Invalid(
            f"A chart covers at most {levels.LONGEST.days} days.", way_out="Ask for a shorter time."
        )


async def _series(
    session: ReadSession,
    athlete_id: UUID,
    metric: Metric,
    wanted: Wanted,
    heard: Sequence[Heard],
    recorded: Sequence[Recorded],
    worn_us: int,
) -> Series:
    if wanted.level is not None:
        return await _long_series(session, athlete_id, metric, wanted, wanted.level, worn_us)
    beside = await _beside(session, athlete_id, metric.id, heard, wanted.since, wanted.until)
    recordings = await _recordings(session, metric, recorded)

    def drawn() -> Series:
        parts = told_once(_led(heard, beside), recordings)
        return _drawn(parts, metric, wanted, worn_us, sorted({one.gateway for one in heard}))

    return await asyncio.to_thread(drawn)


async def _long_series(
    session: ReadSession, athlete_id: UUID, metric: Metric, wanted: Wanted, level: Level, worn_us: int
) -> Series:
    """One metric by a level of time; the last minutes are in it once `sts-hub maintain` has filled them."""
    every = await repository.level(session, athlete_id, metric.id, wanted.since, wanted.until, level.table)
    heard = [one for one in every if wanted.gateway in (None, one.gateway)]
    rhythmic = _longest_pause(metric) is not None
    buckets = await asyncio.to_thread(levels.merged, heard)
    points = levels.line(buckets, level, microseconds(wanted.since), _us(wanted.width), rhythmic)
    covered = None
    if metric.interval_ms is not None and metric.late_after_ms is not None:
        covered = levels.coverage(buckets, metric.interval_ms * 1000, level, worn_us)
    gateways = sorted({one.gateway for one in heard if one.activity is None})
    activities = sorted({one.activity for one in heard if one.activity is not None})
    return _columns(metric, points, covered, gateways, activities)


def _drawn(
    parts: Sequence[Part], metric: Metric, wanted: Wanted, worn_us: int, gateways: list[str]
) -> Series:
    """One metric in columns."""
    values, activities = receptions.in_time(part.values for part in parts), telling(parts)
    pause = _longest_pause(metric)
    if activities and pause is not None:
        pause = max(pause, timedelta(microseconds=LONGEST_PAUSE_US))
    thinned = thinning.buckets(values, microseconds(wanted.since), _us(wanted.width))
    points = thinning.line(thinned, None if pause is None else _us(pause))
    return _columns(metric, points, coverage(values, metric, worn_us, pause), gateways, activities)


def _columns(
    metric: Metric, points: Points, covered: float | None, gateways: list[str], activities: list[UUID]
) -> Series:
    return Series(
        metric=metric.name,
        unit=metric.unit,
        interval_ms=metric.interval_ms,
        t=(points.t_us // 1000).tolist(),
        value=_nullable(points.value),
        low=_nullable(points.low),
        high=_nullable(points.high),
        quality=[None if code < 0 else _WORDS.get(code, "implausible") for code in points.quality.tolist()],
        coverage=covered,
        gateways=gateways,
        activities=activities,
    )


def _longest_pause(metric: Metric) -> timedelta | None:
    if metric.late_after_ms is None:
        return PAUSE_WITHOUT_RHYTHM.get(metric.id)
    return timedelta(milliseconds=metric.late_after_ms)


def worn_time_us(worn: Sequence[tuple[datetime, datetime]], now: datetime) -> int:
    """How long at least one sensor was worn, up to now; µs."""
    total, reached = timedelta(0), datetime.min.replace(tzinfo=UTC)
    for since, until in sorted(worn):
        begin, end = max(since, reached), min(until, now)
        if end > begin:
            total += end - begin
            reached = end
    return _us(total)


def coverage(values: Values, metric: Metric, worn_us: int, pause: timedelta | None) -> float | None:
    """The part of the time worn that values of quality ok cover, 0 to 1; None without a rhythm.

    Each stands for the time up to the next one, or for one interval where that is more than `pause` away.
    """
    if metric.interval_ms is None or pause is None:
        return None
    pauses = np.diff(values.t_us[values.quality == Quality.OK], append=_FAR)
    covered_us = np.where(pauses <= _us(pause), pauses, metric.interval_ms * 1000).sum()
    return round(min(1.0, float(covered_us) / worn_us), 4) if worn_us else 0.0


def _nullable(column: Floats) -> list[float | None]:
    values: list[float | None] = column.tolist()
    for place in np.flatnonzero(
        np.isnan(column)
    ).tolist():  # few: asking each value costs more than all the rest
        values[place] = None
    return values


def _us(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
