"""Rules of activities: a file is stored whole or not at all, the same workout counts once however often it is told, and
an import says what became of every value."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from sts_hub.activities import repository, twins
from sts_hub.activities.activity import Activity, Floats, Ints, UnreadableError
from sts_hub.activities.description import described
from sts_hub.activities.reading import file
from sts_hub.activities.repository import ActivityRow, Beside, Counts, NewActivity
from sts_hub.activities.schemas import Activity as Shown
from sts_hub.activities.schemas import ActivityFile
from sts_hub.activities.twins import Comparison, Likeness, Side
from sts_hub.athletes import service as athletes
from sts_hub.db.times import FUTURE_US, microseconds, timestamp
from sts_hub.documents import service as documents
from sts_hub.errors import Conflict, Invalid
from sts_hub.kit.database import Database, ReadSession, WriteSession, conflicts
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import EARLIEST, Page
from sts_hub.policy import Act, Caller, Kind, missing
from sts_hub.samples import service as samples
from sts_hub.samples.values import Values
from sts_protocols.metrics import HEART_RATE, RR_INTERVAL, Metric, by_name
from sts_protocols.sample import Quality

# The longest races take four days; what is longer is a clock that jumped.
LONGEST: Final = timedelta(days=7)
# Files read at once: each takes a processor for a second or two, and live values need some of it.
READING = asyncio.Semaphore(1)
# `during` ends behind the last value, as all times here do.
_END: Final = timedelta(milliseconds=1)


async def imported(
    database: Database, caller: Caller, athlete_id: UUID, data: bytes, started: datetime | None = None
) -> tuple[Shown, bool]:
    """Store the activity in these bytes, and whether it is new.

    `started`: when it began, for a device that did not know the date. Raises NotFound, Forbidden, and Invalid with
    what the file lacks.
    """
    sha256 = hashlib.sha256(data).digest()
    async with database.reading(caller) as session:
        athlete = await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.ACTIVITY)
        known = await repository.by_content(session, athlete_id, sha256)
    if known is not None:
        return shown(known), False
    async with READING:
        activity = await asyncio.to_thread(_read, data)
    activity = _placed(activity, started)
    since, until = _span(activity)
    async with database.writing(caller) as session:
        await repository.open_days(session, since, until)
    async with database.writing(caller) as session:
        row = await _added(session, caller, athlete.club_id, athlete_id, activity, sha256)
    return shown(row), True


async def imported_document(
    database: Database, caller: Caller, athlete_id: UUID, document_id: int, started: datetime | None
) -> tuple[Shown, bool]:
    """Store the activity in a file that a gateway picked up, once somebody has said whose it is; else as `imported`."""
    async with database.reading(caller) as session:
        document = await documents.one(session, caller, document_id)
        await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.ACTIVITY)
    if document.size > file.LARGEST:
        raise Invalid(f"The file is larger than {file.LARGEST >> 20} MB, which no activity is.")
    data = b"".join([piece async for piece in documents.content(database, caller, document)])
    return await imported(database, caller, athlete_id, data, started)


def _read(data: bytes) -> Activity:
    try:
        return file.read(data)
    except UnreadableError as error:
        raise Invalid(str(error), way_out="Export the activity again as FIT, TCX or GPX.") from None


def _placed(activity: Activity, started: datetime | None) -> Activity:
    """The activity in time; one whose device did not know the date gets its beginning from a person."""
    if not activity.since_power_on:
        return activity
    if started is None:
        raise Invalid(
            "The device that recorded this did not know the date.",
            way_out="Say when it was started: send it again with `start`.",
        )
    shift_us = microseconds(started) - int(activity.t_us[0])
    sections = [
        None if one.since_us is None else replace(one, since_us=one.since_us + shift_us)
        for one in activity.sessions
    ]
    return replace(
        activity,
        t_us=activity.t_us + shift_us,
        sessions=[new or old for new, old in zip(sections, activity.sessions, strict=True)],
        pauses_us=[(since + shift_us, until + shift_us) for since, until in activity.pauses_us],
        beats=replace(activity.beats, t_us=activity.beats.t_us + shift_us),
        since_power_on=False,
        warnings=[*activity.warnings, f"It was placed at {started:%Y-%m-%d %H:%M:%S} UTC by hand."],
    )


def _span(activity: Activity) -> tuple[datetime, datetime]:
    """From its first to behind its last moment; raises Invalid for what no workout can be."""
    span = activity.span_us
    if span is None:
        raise Invalid(
            "The file says nowhere when it was.", way_out="Export the activity again from the device."
        )
    since, until = timestamp(span[0]), timestamp(span[1]) + _END
    if until > datetime.now(UTC) + timedelta(microseconds=FUTURE_US) or since < EARLIEST:
        raise Invalid(
            f"The file is of {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC, which cannot be.",
            way_out="Set the clock of the device, and correct the file with its maker's program.",
        )
    if until - since > LONGEST:
        raise Invalid(
            f"The file covers {(until - since).days} days, which is no workout.",
            way_out=f"Cut it into parts of at most {LONGEST.days} days.",
        )
    return since, until


async def _added(
    session: WriteSession, caller: Caller, club_id: UUID, athlete_id: UUID, activity: Activity, sha256: bytes
) -> ActivityRow:
    await repository.one_at_a_time(session, athlete_id)
    since, until = _span(activity)
    heard = await samples.heard(session, athlete_id, HEART_RATE, since, until)
    side = _side(activity, since, until)
    beside = twins.middle_difference(side, Side(0, 0, heard.t_us, heard.value))
    found = [
        (one, _likeness(activity, one, side, await _other_side(session, one)))
        for one in await repository.in_the_same_time(session, athlete_id, since, until)
    ]
    said = described(activity)
    said.warnings.extend(_doubts(beside, found))
    columns = list(_columns(activity))
    new = NewActivity(
        club_id=club_id,
        athlete_id=athlete_id,
        form=activity.form,
        sha256=sha256,
        file_key=_file_key(activity),
        since=since,
        until=until,
        said=said,
        told=sum(values.t_us.size for _, values in columns),
        beside=beside,
        added_by=caller.account_id,
    )
    with conflicts(
        {"activity_once": Conflict("This file is being added already.", way_out="Read the list.")}
    ):
        activity_id = await repository.add(session, new)
    counts = Counts()
    for metric, values in columns:
        counts += await repository.add_values(session, activity_id, metric.id, values)
    await repository.count(session, activity_id, counts)
    await _merge(session, activity_id, counts.stored, found)
    row = await repository.by_id(session, athlete_id, activity_id)
    assert row is not None, "it was added above"
    return row


def _columns(activity: Activity) -> Iterator[tuple[Metric, Values]]:
    """Every column that is one of our metrics."""
    for name in activity.columns:
        metric = by_name(name)
        if metric is not None:
            yield metric, _judged(metric, *activity.values(name))
    if activity.beats.t_us.size:
        yield RR_INTERVAL, _judged(RR_INTERVAL, activity.beats.t_us, activity.beats.ms)


def _judged(metric: Metric, t_us: Ints, value: Floats) -> Values:
    plausible = (value >= metric.low) & (value <= metric.high)
    return Values(
        t_us, value, np.where(plausible, int(Quality.OK), int(Quality.IMPLAUSIBLE)).astype(np.int64)
    )


def _side(activity: Activity, since: datetime, until: datetime) -> Side:
    return Side(microseconds(since), microseconds(until), *activity.values("heart_rate"))


async def _other_side(session: ReadSession, one: Beside) -> Side:
    values = await samples.recording(session, one.id, HEART_RATE, one.since, one.until)
    return Side(microseconds(one.since), microseconds(one.until), values.t_us, values.value)


def _likeness(activity: Activity, one: Beside, side: Side, other: Side) -> Comparison:
    """What the device itself calls the same file is the same, whatever was made of it since."""
    compared = twins.compared(side, other)
    key = _file_key(activity)
    if key is not None and key == one.file_key:
        return Comparison(Likeness.SAME, compared.difference)
    return compared


def _file_key(activity: Activity) -> str | None:
    """Kind, maker, product, serial number and time of creation, as FIT identifies a file; None where it does not."""
    device = activity.device
    if activity.form != "fit" or device.serial is None or activity.created_us is None:
        return None
    return f"activity {device.maker} {device.product} {device.serial} {activity.created_us}"


def _doubts(beside: float | None, found: list[tuple[Beside, Comparison]]) -> list[str]:
    """What speaks against its being this athlete's, for a person to look at."""
    doubts = [
        f"It shares its time with the activity {one.id}, and their heart rates differ by {said.difference:.0f}/min: "
        "whose are they?"
        for one, said in found
        if said.likeness is Likeness.CONTRADICTION
    ]
    if beside is not None and beside > twins.SAME_HEART_RATE:
        doubts.append(
            f"The athlete's sensors told a heart rate that differs by {beside:.0f}/min: whose file is this?"
        )
    return doubts


async def _merge(
    session: WriteSession, activity_id: UUID, stored: int, found: list[tuple[Beside, Comparison]]
) -> None:
    """Of all that tell one workout, the one with the most values counts; among equals the older."""
    same = {one.id: (one.stored, said) for one, said in found if said.likeness is Likeness.SAME}
    if not same:
        return
    richest = max(same, key=lambda one: same[one][0])
    if same[richest][0] >= stored:
        await repository.make_same(session, activity_id, richest, same[richest][1].difference)
    else:
        richest = activity_id
    for one, (_, said) in same.items():
        if one != richest:
            await repository.make_same(session, one, richest, said.difference)


async def listed(session: ReadSession, caller: Caller, cut: Cut, athlete_id: UUID) -> Page[Shown]:
    """The activities of an athlete, newest first."""
    await athletes.one(session, caller, athlete_id, Act.SEE, Kind.ACTIVITY)
    rows = await repository.page(session, athlete_id, cut.after(datetime, UUID), cut.limit)
    return cut.page(rows, key=lambda row: row.place, item=shown)


async def one(
    session: ReadSession, caller: Caller, athlete_id: UUID, activity_id: UUID, act: Act = Act.SEE
) -> ActivityRow:
    """An activity that the caller may see or change; raises NotFound or Forbidden."""
    await athletes.one(session, caller, athlete_id, act, Kind.ACTIVITY)
    row = await repository.by_id(session, athlete_id, activity_id)
    if row is None:
        raise missing(Kind.ACTIVITY)
    return row


async def removed(session: WriteSession, caller: Caller, athlete_id: UUID, activity_id: UUID) -> None:
    """Remove an activity with its values; those that were the same count again."""
    row = await one(session, caller, athlete_id, activity_id, Act.CHANGE)
    await repository.remove(session, row.id)


def shown(row: ActivityRow) -> Shown:
    """The activity as the API tells it."""
    return Shown(
        id=row.id,
        athlete_id=row.athlete_id,
        since=row.since,
        until=row.until,
        values_told=row.told,
        values_stored=row.stored,
        values_withheld=row.withheld,
        values_expired=row.expired,
        same_as=row.same_as,
        difference=row.difference,
        beside=row.beside,
        added_by=row.added_by,
        added_at=row.added_at,
        file=ActivityFile.model_validate_json(row.said),
    )
