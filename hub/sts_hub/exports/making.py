"""Files of what is known of athletes, written piece by piece into a folder: a table, or a zip of workouts."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sts_hub.activities.activity import Activity
from sts_hub.activities.writing import fit, markup
from sts_hub.exports.table import TABLES, Block
from sts_hub.exports.workout import BEATS, METRICS, workouts
from sts_hub.kit.database import ReadSession
from sts_hub.samples import service as samples
from sts_hub.samples.values import Values
from sts_protocols import metrics

WRITERS: Final[dict[str, Callable[[Activity], bytes]]] = {
    "fit": fit.write,
    "tcx": markup.tcx,
    "gpx": markup.gpx,
}
# Waveforms are a thousand times the rest; they are told where they are asked for by name.
WAVEFORMS: Final = frozenset(
    one.name for one in (metrics.ECG, metrics.ACCELERATION_X, metrics.ACCELERATION_Y, metrics.ACCELERATION_Z)
)
# A day of everything that thirty metrics told is some 2 million values.
STEP: Final = timedelta(days=1)


def days(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the time in pieces that end with the days of UTC."""
    while since < until:
        end = min(datetime.combine(since.date() + STEP, datetime.min.time(), UTC), until)
        yield since, end
        since = end


async def blocks(
    session: ReadSession, athlete_id: UUID, since: datetime, until: datetime, wanted: frozenset[str]
) -> list[Block]:
    """Rows of one athlete for the table, all metrics but waveforms or those wanted."""
    found: list[Block] = []
    for metric in await samples.metrics_told(session, athlete_id, since, until):
        if metric.name in wanted if wanted else metric.name not in WAVEFORMS:
            parts = await samples.told_parts(session, athlete_id, metric, since, until)
            found += [Block(str(athlete_id), metric, _device(one.source), one.values) for one in parts]
    return found


def _device(source: int | UUID) -> str:
    return f"file {source}" if isinstance(source, UUID) else f"sensor {source}"


async def recorded(
    session: ReadSession, athlete_id: UUID, since: datetime, until: datetime, sport: str | None
) -> list[Activity]:
    """The workouts of one athlete."""
    told: dict[str, Values] = {}
    for metric in await samples.metrics_told(session, athlete_id, since, until):
        if metric.name in METRICS or metric.name == BEATS:
            told[metric.name] = await samples.told(session, athlete_id, metric, since, until)
    return await asyncio.to_thread(lambda: list(workouts(told, sport)))


class File:
    """A file in the making."""

    async def add(self, session: ReadSession, athlete_id: UUID, since: datetime, until: datetime) -> None:
        """Write what is told of one athlete in that time, of a day at most."""
        raise NotImplementedError

    async def finish(self, session: ReadSession, athlete_id: UUID) -> None:
        """Hear that this was all of one athlete."""

    def close(self) -> None:
        """End the file."""
        raise NotImplementedError


class Tables(File):
    """One table of everybody."""

    def __init__(self, path: Path, form: str, wanted: frozenset[str]) -> None:
        self._table: Any = TABLES[form](path)
        self._wanted = wanted

    async def add(self, session: ReadSession, athlete_id: UUID, since: datetime, until: datetime) -> None:
        for block in await blocks(session, athlete_id, since, until, self._wanted):
            await asyncio.to_thread(self._table.add, block)

    def close(self) -> None:
        self._table.close()


class Archive(File):
    """A zip with a file for each workout, in a folder for each athlete."""

    def __init__(self, path: Path, form: str, _wanted: frozenset[str]) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._form = form

    async def add(self, session: ReadSession, athlete_id: UUID, since: datetime, until: datetime) -> None:
        for one in await recorded(session, athlete_id, since, until, None):
            began = datetime.fromtimestamp(int(one.t_us[0]) // 1_000_000, UTC)
            name = f"{athlete_id}/{began:%Y-%m-%dT%H%M%SZ}.{self._form}"
            data = await asyncio.to_thread(WRITERS[self._form], one)
            await asyncio.to_thread(self._zip.writestr, name, data)

    def close(self) -> None:
        self._zip.close()
