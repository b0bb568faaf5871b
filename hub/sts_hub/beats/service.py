"""A beat is kept, and the answer is what the hub then has: one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from sts_hub import logs
from sts_hub.beats.orders import orders
from sts_hub.beats.roster import roster
from sts_hub.beats.settings import Down, keep_settings
from sts_hub.beats.version import wanted_version
from sts_hub.beats.wants import Range, Signs, Want, revise
from sts_hub.db import queries
from sts_hub.db.pools import Connection
from sts_hub.db.spans import inclusive, multirange, multirange_text
from sts_hub.db.times import is_of_today, microseconds, timestamp
from sts_protocols.beat import AnchorReport, Beat, EpochAnswer, Order, Roster

MAX_RECEIVED = 500
"""Ranges told of one epoch: an epoch has one or a few; a torn one must not make the answer too large to
send."""

MAX_MOMENT_US = 4_102_444_800_000_000
"""2100-01-01: a bound beyond it bounds nothing."""

_QUERIES = queries.load("sts_hub.beats")
_log = logs.get("sts.beats")


@dataclass
class Settled:
    """The hub's side of a beat: what to answer, what is wrong, whether the queues should be looked at,
    whether this is a copied card to be told nothing else, and what goes down with the answer."""

    epochs: list[EpochAnswer] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    waiting: bool = False
    parked: bool = False
    down: Down = field(default_factory=Down)
    roster: Roster | None = None
    wanted_version: str | None = None
    orders: list[Order] = field(default_factory=list)


async def settle(connection: Connection, beat: Beat, at: datetime, empty_at: float | None) -> Settled:
    """Keep a beat that came at `at`. `empty_at`: when the queues were last seen empty, seconds since 1970.

    Raises what the database raises; then nothing is kept.
    """
    settled = Settled()
    ids = [UUID(report.epoch) for report in beat.epochs]
    speaks = UUID(beat.epoch)
    async with connection.transaction():
        settled.faults += await _keep_names(connection, beat)
        settled.faults += await _keep_epochs(connection, beat, at)
        settled.faults += await _copied(connection, beat, at)
        settled.parked = bool(await connection.fetchval(_QUERIES.is_copy, speaks, ids, beat.gateway, at))
        if settled.parked:
            return settled
        await connection.execute(_QUERIES.close_epochs, ids, beat.gateway)
        if await connection.fetchval(_QUERIES.keep_state, *_state(beat, at)):
            settled.down = await keep_settings(connection, beat.gateway, beat.settings)
            settled.roster = await roster(connection, beat, at)
            settled.wanted_version = await wanted_version(connection, beat)
            settled.orders = await orders(connection, beat.gateway, beat.orders, at)
        await _answer(connection, beat, at, empty_at, settled)
    return settled


def _state(beat: Beat, at: datetime) -> tuple[object, ...]:
    text = msgspec.json.encode(beat).decode()
    return beat.gateway, UUID(beat.epoch), beat.number, text, at


async def _keep_names(connection: Connection, beat: Beat) -> list[str]:
    names, addresses, kinds = (
        [getattr(sensor, part) for sensor in beat.sensors] for part in ("name", "address", "kind")
    )
    if not await connection.fetch(_QUERIES.names_unknown, beat.gateway, names, addresses):
        return []
    return [
        f"{row['name']} was the device {row['address']} and is told as {row['other_address']}: "
        "give a new device a new name."
        for row in await connection.fetch(
            _QUERIES.keep_names, beat.gateway, *_first_of_each(names, addresses, kinds)
        )
        if row["other_address"] is not None
    ]


def _first_of_each(names: list[str], *others: list[str]) -> list[list[str]]:
    """A beat that tells one name twice must not be refused for it: its first word counts."""
    places = [place for place, name in enumerate(names) if names.index(name) == place]
    return [[column[place] for place in places] for column in (names, *others)]


async def _keep_epochs(connection: Connection, beat: Beat, at: datetime) -> list[str]:
    reports = list({report.epoch: report for report in beat.epochs}.values())
    pins = [_pin(report.pin, at) for report in reports]
    await connection.execute(
        _QUERIES.keep_epochs,
        beat.gateway,
        at,
        [UUID(report.epoch) for report in reports],
        [report.boot_id for report in reports],
        [report.running for report in reports],
        [report.first for report in reports],
        [report.head for report in reports],
        [multirange_text(report.confirmed) for report in reports],
        [None if pin is None else pin.wall_us - pin.boot_us for pin in pins],
        [None if pin is None else pin.error_us for pin in pins],
        [None if pin is None else pin.source for pin in pins],
        [_moment(report.started_us) for report in reports],
        [_moment(report.ended_us) for report in reports],
    )
    await connection.execute(_QUERIES.spoke, UUID(beat.epoch), beat.gateway, at)
    return [
        f"Epoch {report.epoch} is told with a pin at {report.pin.wall_us} us since 1970: no time of today."
        for report, pin in zip(reports, pins, strict=True)
        if report.pin is not None and pin is None
    ]


def _pin(pin: AnchorReport | None, at: datetime) -> AnchorReport | None:
    """A pin is for ever, so one that cannot be is not taken."""
    if pin is None or not is_of_today(pin.wall_us, microseconds(at)):
        return None
    return pin


def _moment(us: int | None) -> datetime | None:
    return None if us is None or not 0 <= us < MAX_MOMENT_US else timestamp(us)


async def _copied(connection: Connection, beat: Beat, at: datetime) -> list[str]:
    """Two starts of one gateway that speak at the same time are two devices with one card's contents."""
    others = await connection.fetch(_QUERIES.copied, UUID(beat.epoch), beat.gateway)
    if not others:
        return []
    await connection.execute(_QUERIES.keep_copied, beat.gateway, at)
    await connection.execute(_QUERIES.find_copy, UUID(beat.epoch), beat.gateway, at)
    _log.error("gateway copied", gateway=beat.gateway, epoch=beat.epoch, other=str(others[0]["epoch"]))
    return ["Two devices run as this gateway at the same time: was its card copied? Enrol one of them anew."]


async def _answer(
    connection: Connection, beat: Beat, at: datetime, empty_at: float | None, settled: Settled
) -> None:
    told = {UUID(report.epoch): multirange_text(report.confirmed) for report in beat.epochs}
    rows = await connection.fetch(_QUERIES.standing, list(told), list(told.values()), beat.gateway)
    wanted = await _wanted(connection, rows, at.timestamp(), empty_at)
    settled.waiting = any(row["missing"] for row in rows)
    settled.epochs = [
        EpochAnswer(
            epoch=row["epoch"].hex,
            closed=row["closed"],
            received=inclusive(row["received"])[-MAX_RECEIVED:],
            wanted=wanted.get(row["epoch"], []),
            pinned=row["pinned"],
        )
        for row in rows
    ]


async def _wanted(
    connection: Connection, rows: Sequence[asyncpg.Record], now: float, empty_at: float | None
) -> dict[UUID, list[Range]]:
    """What to ask for, epoch by epoch; the wants are kept for the next beat."""
    old = await _wants(connection, [row["epoch"] for row in rows])
    concerned = [row for row in rows if row["missing"] or row["epoch"] in old]
    if not concerned:
        return {}
    ids = [row["epoch"] for row in concerned]
    later = {row["epoch"] for row in await connection.fetch(_QUERIES.later_backlog, ids)}
    asked: dict[UUID, list[Range]] = {}
    new: list[tuple[object, ...]] = []
    for row in concerned:
        epoch = row["epoch"]
        signs = Signs(row["backlog_head"], epoch in later, empty_at)
        wants, asked[epoch] = revise(old.get(epoch, []), inclusive(row["missing"]), signs, now)
        new += [(epoch, multirange([want.range])[0], want.noticed_at, want.asked_at) for want in wants]
    await connection.execute(_QUERIES.drop_wants, ids)
    await connection.executemany(_QUERIES.add_want, new)
    return asked


async def _wants(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[Want]]:
    wants: dict[UUID, list[Want]] = {}
    for row in await connection.fetch(_QUERIES.wants, ids):
        want = Want(inclusive([row["span"]])[0], row["noticed_at"], row["asked_at"])
        wants.setdefault(row["epoch"], []).append(want)
    return wants
