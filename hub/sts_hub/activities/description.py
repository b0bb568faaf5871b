"""What a file says, for people and programs: the activity without its records."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import numpy as np

from sts_hub.activities import activity as model
from sts_hub.activities.activity import Activity, Column
from sts_hub.activities.schemas import ActivityFile, FileColumn, FileDevice, Pause, Section
from sts_hub.db.times import timestamp

DIGITS = 7
"""Positions are told to 1e-7 of a degree; nothing else is told more finely."""


def described(activity: Activity) -> ActivityFile:
    """The file in figures: each column with count, lowest, mean and highest value."""
    span = activity.span_us
    return ActivityFile(
        form=activity.form,  # type: ignore[arg-type]  # the readers name themselves
        whole=activity.whole,
        device=FileDevice.model_validate(activity.device),
        created=_moment(activity.created_us),
        since=None if span is None else timestamp(span[0]),
        until=None if span is None else timestamp(span[1]),
        since_power_on=activity.since_power_on,
        utc_offset_s=activity.utc_offset_s,
        records_told=activity.told,
        records_read=int(activity.t_us.size),
        beats=int(activity.beats.t_us.size),
        columns=[_column(name, one) for name, one in sorted(activity.columns.items())],
        sessions=[section(one) for one in activity.sessions],
        laps=[section(one) for one in activity.laps],
        pauses=[Pause(since=timestamp(since), until=timestamp(until)) for since, until in activity.pauses_us],
        warnings=activity.warnings,
    )


def _column(name: str, one: Column) -> FileColumn:
    told = one.value[~np.isnan(one.value)]
    low, mean, high = (round(float(of(told)), DIGITS) for of in (np.min, np.mean, np.max))
    return FileColumn(name=name, unit=one.unit, count=int(told.size), low=low, mean=mean, high=high)


def section(one: model.Section) -> Section:
    """A session or a lap as it is shown."""
    said = dataclasses.asdict(one)
    return Section(since=_moment(said.pop("since_us")), **said)


def _moment(us: int | None) -> datetime | None:
    return None if us is None else timestamp(us)


def lines(file: ActivityFile) -> list[str]:
    """The same as lines to read."""
    device = " ".join(str(one) for one in (file.device.maker, file.device.product, file.device.serial) if one)
    when = (
        f"{file.since:%Y-%m-%d %H:%M:%S} to {file.until:%H:%M:%S} UTC"
        if file.since and file.until
        else "no time"
    )
    found = [
        f"{file.form.upper()} of {device or 'an unnamed device'}, {when}",
        f"{file.records_read} of {file.records_told} records read"
        + (f", {file.beats} RR intervals" if file.beats else "")
        + (f", {len(file.laps)} laps" if file.laps else "")
        + (f", {len(file.pauses)} pauses" if file.pauses else ""),
    ]
    for number, one in enumerate(file.sessions, 1):
        told = [
            f"{one.elapsed_s:.0f} s elapsed" if one.elapsed_s is not None else "",
            f"{one.timer_s:.0f} s on the timer" if one.timer_s is not None else "",
            f"{one.distance_m:.0f} m" if one.distance_m is not None else "",
        ]
        found.append(f"session {number}: {one.sport or 'no sport named'}, " + ", ".join(filter(None, told)))
    found += [
        f"  {one.name:<20} {one.count:>7} values  {one.low:g} to {one.high:g}, mean {one.mean:.6g} {one.unit}"
        for one in file.columns
    ]
    return found + [f"! {warning}" for warning in file.warnings]
