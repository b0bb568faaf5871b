"""Rules watched live: every process that shows a wall hears all values and judges them alike, so each tells its own
clients at once; the database keeps each alert once.

The process asks in the name of each club that has a rule, as its admin would, so that row-level security bounds what it
sees. While the database is away it goes on with the rules that it knows, and what it tells is written when it can be.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from sts_hub import logs
from sts_hub.alerts import repository, rules, service
from sts_hub.alerts.engine import Firing, RuleWatch
from sts_hub.alerts.repository import AlertRow, MuteRow, NewAlert, RuleRow, Wearing
from sts_hub.db.times import microseconds, timestamp
from sts_hub.errors import Refusal
from sts_hub.kit.database import Database
from sts_hub.live import frames
from sts_hub.live.frames import FrameValue
from sts_hub.live.wall import Entry, Wall
from sts_hub.policy import Caller, Role

# A strap given to somebody else, a rule changed, a consent withdrawn count within five seconds (as on the wall).
READ_S: Final = 4.0
TICK_S: Final = 1.0
# What was measured so long before it is told came late: live values are three seconds old at most.
LATE_US: Final = 10_000_000
# Told and not yet written, while the database is away; then the oldest are let go, told as they were.
MOST_WAITING: Final = 10_000
_WATCHMAN: Final = UUID(int=0)

_log = logs.get("sts_hub.alerts")


def watchman(club_id: UUID) -> Caller:
    """Who watches for a club: nobody in person."""
    return Caller(_WATCHMAN, club_id, Role.ADMIN, frozenset())


@dataclass(slots=True)
class _Club:
    """What is known of one club."""

    rules: dict[UUID, RuleRow] = field(default_factory=dict)
    watches: dict[UUID, RuleWatch] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    mutes: list[MuteRow] = field(default_factory=list)

    def is_muted(self, rule_id: UUID, athlete: UUID | None) -> bool:
        """Whether it is not to be told."""
        return any(one.rule_id == rule_id and one.athlete_id in (None, athlete) for one in self.mutes)


class AlertWatch:
    """Hears everything that is live."""

    def __init__(self, database: Database, wall: Wall) -> None:
        self._database = database
        self._wall = wall
        self._clubs: dict[UUID, _Club] = {}
        self._worn: dict[int, Wearing] = {}
        self._by_metric: dict[tuple[UUID, int], list[RuleWatch]] = {}
        self._waiting: list[tuple[UUID, NewAlert]] = []
        self._told: set[UUID] = set()

    async def run(self) -> None:
        """Watch until cancelled."""
        self._wall.join(self)
        try:
            read_s = -READ_S
            while True:
                if time.monotonic() - read_s >= READ_S:
                    read_s = time.monotonic()
                    await self._read()
                self.tick(time.time_ns() // 1000)
                await self._write()
                await asyncio.sleep(TICK_S)
        finally:
            self._wall.leave(self)

    def tell(self, entry: Entry) -> None:
        """Judge new values; tell at once what a rule says of them."""
        if not isinstance(entry.what, list):
            return
        for value in entry.what:
            wearing = self._worn.get(value.sensor_id)
            if wearing is not None and _is_of(wearing, value):
                for watch in self._by_metric.get((wearing.team_id, value.metric), ()):
                    self._say(
                        watch.take(wearing.athlete, value.t_us, value.metric, value.value, value.quality)
                    )

    def tick(self, now_us: int) -> None:
        """Time has gone by."""
        for club in self._clubs.values():
            for watch in club.watches.values():
                self._say(watch.tick(now_us))

    def _say(self, firings: list[Firing]) -> None:
        for firing in firings:
            for club_id, club in self._clubs.items():
                if firing.rule in club.rules:
                    self._waiting.append((club_id, _alert(club, firing, time.time_ns() // 1000)))
        del self._waiting[: max(0, len(self._waiting) - MOST_WAITING)]

    async def _write(self) -> None:
        """Write what was found, and tell it. While the database is away it is told unwritten, and written later."""
        while self._waiting:
            club_id, new = self._waiting[0]
            try:
                async with self._database.writing(watchman(club_id)) as session:
                    is_news = await repository.add(session, new)
            except Refusal:
                self._tell_unwritten()
                return
            self._waiting.pop(0)
            if is_news and not new.muted and new.id not in self._told:
                self._wall.take(live(new))
            self._told.discard(new.id)

    def _tell_unwritten(self) -> None:
        for _, new in self._waiting:
            if not new.muted and new.id not in self._told:
                self._told.add(new.id)
                self._wall.take(live(new))

    async def _read(self) -> None:
        try:
            async with self._database.nobody() as session:
                clubs = await repository.watched_clubs(session)
            worn: dict[int, Wearing] = {}
            for club_id in clubs:
                worn |= await self._read_club(club_id)
        except Refusal:
            return  # the database is away: what was known goes on being watched
        self._clubs = {club_id: self._clubs[club_id] for club_id in clubs}
        self._worn = worn
        by_metric: dict[tuple[UUID, int], list[RuleWatch]] = defaultdict(list)
        for club in self._clubs.values():
            for rule_id, watch in club.watches.items():
                for metric in {one.metric for one in watch.rule.conditions}:
                    by_metric[club.rules[rule_id].team_id, metric].append(watch)
        self._by_metric = dict(by_metric)

    async def _read_club(self, club_id: UUID) -> dict[int, Wearing]:
        before = self._clubs.get(club_id, _Club())
        async with self._database.writing(watchman(club_id)) as session:
            rows = await repository.watched_rules(session)
            members = await repository.members(session, None)
            parameters = await service.in_force(session, list(members), datetime.now(UTC))
            worn = await repository.worn(session)
            mutes = await repository.mutes(session)
            escalated = await repository.escalate(session)
        club = _Club({row.id: row for row in rows}, {}, {one.athlete: one.name for one in worn}, mutes)
        for row in rows:
            team = [athlete for athlete, team_id in members.items() if team_id == row.team_id]
            watch, _ = rules.watched(row.id, row.fields, team, parameters)
            if row.id in before.watches and before.rules[row.id].rule == row.rule:
                watch.go_on_from(before.watches[row.id])
            club.watches[row.id] = watch
        self._clubs[club_id] = club
        for alert in escalated:
            self._wall.take(escalation(alert))
        return {one.sensor: one for one in worn}


def _is_of(wearing: Wearing, value: FrameValue) -> bool:
    return wearing.since_us <= value.t_us and (wearing.until_us is None or value.t_us < wearing.until_us)


def _alert(club: _Club, firing: Firing, now_us: int) -> NewAlert:
    row = club.rules[firing.rule]
    fields = row.fields
    name = None if firing.athlete is None else club.names.get(firing.athlete, "an athlete")
    return NewAlert(
        id=uuid5(firing.rule, f"{firing.athlete} {firing.t_us // 1_000_000}"),
        rule=row,
        athlete_id=firing.athlete,
        colour=fields.colour,
        text=rules.sentence(fields, firing, name),
        at=timestamp(firing.t_us),
        since=timestamp(firing.since_us),
        late=now_us - firing.t_us > LATE_US,
        muted=club.is_muted(firing.rule, firing.athlete),
        reset=timedelta(seconds=fields.reset_s),
        escalates=None if fields.escalate_after_s is None else timedelta(seconds=fields.escalate_after_s),
    )


def live(new: NewAlert) -> frames.Alert:
    """The alert as the stream tells it."""
    return frames.Alert(
        id=str(new.id),
        t_us=microseconds(new.at),
        text=new.text,
        athlete=new.athlete_id,
        team=new.rule.team_id,
        what=new.rule.what,
        colour=new.colour,
        late=new.late,
    )


def escalation(row: AlertRow) -> frames.Alert:
    """The same again, in red: nobody has acknowledged it in time."""
    return frames.Alert(
        id=str(row.id),
        t_us=microseconds(row.at),
        text=f"Not acknowledged: {row.text}",
        athlete=row.athlete_id,
        team=row.team_id,
        what=row.what,
        colour="red",
        late=row.late,
        escalated=True,
    )
