"""Rules watched live: every process that shows a wall hears all values and judges them alike, so each tells its own
clients at once; the database keeps each alert once.

The process asks in the name of each club that has a rule, as its admin would, so that row-level security bounds what it
sees. While the database is away it goes on with the rules that it knows, and what it tells is written when it can be.
Whatever another process wrote (an escalation, what late data said) it reads every few seconds, and tells it too.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from sts_hub import logs
from sts_hub.alerts import delivery, late, replay, repository, rules, telling
from sts_hub.alerts.courses import Courses, Ground, Heard
from sts_hub.alerts.engine import Firing, RuleWatch
from sts_hub.alerts.quantities import GATEWAY_SILENCE, INGEST_LAG
from sts_hub.alerts.repository import AlertRow, LateRow, MuteRow, NewAlert, RuleRow, Wearing
from sts_hub.alerts.states import State
from sts_hub.alerts.telling import HUB
from sts_hub.alerts.way import Link, Probe, Storing
from sts_hub.analytics import so_far
from sts_hub.analytics.reception import Handover
from sts_hub.analytics.so_far import SOURCES
from sts_hub.db.times import microseconds, timestamp
from sts_hub.errors import Refusal
from sts_hub.gateways import service as gateways
from sts_hub.kit.database import Database, ReadSession, WriteSession
from sts_hub.kit.pages import MAX_LIMIT, Cut
from sts_hub.live import frames
from sts_hub.live.frames import FrameValue
from sts_hub.live.wall import Entry, Gap, Wall
from sts_hub.policy import Caller, Role
from sts_hub.sessions.presence import Presence, present
from sts_protocols.sample import Quality

# A strap given to somebody else, a rule changed, a consent withdrawn, a phase begun count within five seconds (as on the wall).
READ_S: Final = 4.0
TICK_S: Final = 1.0
# A backlog comes in transactions, a few a second: judged together they cost one reading.
LATE_S: Final = 15.0
# Told and not yet written, while the database is away; then the oldest are let go, told as they were.
MOST_WAITING: Final = 10_000
# A transaction of another process is committed, and the clocks of the two agree, within this time.
NEWS_BACK: Final = timedelta(seconds=10)
# What was told is known for as long as another process may write it, or write that it was escalated.
TOLD_KEPT: Final = timedelta(days=1)
# From when a value is shown until it is in the database, a database that restarts included.
RECENT: Final = 120
# A gateway that was heard so shortly before a session began is in use there.
IN_USE_US: Final = 3_600_000_000
# What adds up is told on the stream to whoever sees the athlete; what is of the moment a screen works out by itself.
SHOWN: Final = frozenset(quantity.id for one in so_far.SUMS for quantity in one.quantities)
_WATCHMAN: Final = UUID(int=0)

_log = logs.get("sts_hub.alerts")


def watchman(club_id: UUID) -> Caller:
    """Who watches for a club: nobody in person."""
    return Caller(_WATCHMAN, club_id, Role.ADMIN, frozenset())


def _nowhere() -> Courses:
    return Courses(Ground({}, {}, (), {}))


@dataclass(slots=True)
class Club:
    """What is known of one club."""

    rules: dict[UUID, RuleRow] = field(default_factory=dict)
    watches: dict[UUID, RuleWatch] = field(default_factory=dict)
    by_metric: dict[tuple[UUID, int], list[RuleWatch]] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    mutes: list[MuteRow] = field(default_factory=list)
    worn: dict[int, Wearing] = field(default_factory=dict)
    heard_us: dict[str, int] = field(default_factory=dict)
    courses: Courses = field(default_factory=_nowhere)
    storing: Storing = field(default_factory=Storing)
    newest: Probe | None = None
    late: set[int] = field(default_factory=set)
    settled: bool = False

    def index(self) -> None:
        """Find the rules of a team by the metrics that they are about."""
        for rule_id, watch in self.watches.items():
            for metric in {one.metric for one in watch.rule.conditions}:
                self.by_metric.setdefault((self.rules[rule_id].team_id, metric), []).append(watch)


class AlertWatch:
    """Hears everything that is live."""

    def __init__(self, database: Database, wall: Wall) -> None:
        self._database = database
        self.wall = wall
        self._clubs: dict[UUID, Club] = {}
        self._club_of: dict[int, Club] = {}
        self._link = Link()
        self._leads: dict[tuple[UUID, int], Handover[FrameValue]] = defaultdict(Handover)
        self._recent: dict[tuple[UUID, int], deque[Heard]] = defaultdict(lambda: deque(maxlen=RECENT))
        self._shown: list[FrameValue] = []
        self._waiting: list[tuple[UUID, NewAlert]] = []
        self._told: dict[tuple[UUID, State], datetime] = {}
        self._began = self._news_since = datetime.now(UTC)

    async def run(self) -> None:
        """Watch until cancelled."""
        self.wall.join(self)
        try:
            read_s, late_s = -READ_S, time.monotonic()
            while True:
                if time.monotonic() - read_s >= READ_S:
                    read_s = time.monotonic()
                    await self._read()
                if time.monotonic() - late_s >= LATE_S:
                    late_s = time.monotonic()
                    await self._judge_late()
                self.tick(time.time_ns() // 1000)
                await self._write()
                await asyncio.sleep(TICK_S)
        finally:
            self.wall.leave(self)

    def tell(self, entry: Entry) -> None:
        """Judge new values; tell at once what a rule says of them."""
        match entry.what:
            case list(values):
                for value in values:
                    self._take(value)
            case Gap(since_us=since_us):
                self._link.turned(since_us, time.time_ns() // 1000)
            case None:
                self._link.turned(None, time.time_ns() // 1000)

    def _take(self, value: FrameValue) -> None:
        club = self._club_of.get(value.sensor_id)
        wearing = None if club is None else club.worn[value.sensor_id]
        if club is None or wearing is None or value.metric in SHOWN or not _is_of(wearing, value):
            return
        club.newest = Probe(value.sensor_id, value.metric, value.t_us, time.time_ns() // 1000)
        raw = Heard(value.t_us, value.metric, value.value, value.quality)
        for heard in (raw, *self._derived(club, wearing.athlete, value)):
            if heard.metric in SHOWN:
                self._shown.append(FrameValue(value.sensor_id, *_of_frame(heard)))
            for watch in club.by_metric.get((wearing.team_id, heard.metric), ()):
                self._say(club, watch.take(wearing.athlete, *heard))

    def _derived(self, club: Club, athlete: UUID, value: FrameValue) -> Iterator[Heard]:
        """What a value makes of the quantities; of two sensors that tell one metric the one that leads counts, as in hindsight."""
        if value.metric not in SOURCES:
            return
        place = athlete, value.metric
        for led in self._leads[place].take(str(value.sensor_id), value, {}):
            heard = Heard(led.t_us, led.metric, led.value, led.quality)
            self._recent[place].append(heard)
            yield from club.courses.heard(athlete, heard)

    def tick(self, now_us: int) -> None:
        """Time has gone by: show what was worked out meanwhile, and judge what only silence shows."""
        self.wall.show(self._shown)
        self._shown = []
        for club in self._clubs.values():
            self._of_the_way(club, now_us)
            for watch in club.watches.values():
                self._say(club, watch.tick(now_us))

    def _of_the_way(self, club: Club, now_us: int) -> None:
        """Let rules about gateways and the hub know how these stand."""
        lag_s = max(club.storing.lag_s(now_us), self._link.lag_s(now_us))
        for watch in club.watches.values():
            if watch.watches(INGEST_LAG.id):
                self._say(club, watch.take(HUB, now_us, INGEST_LAG.id, lag_s, Quality.OK))
            if watch.watches(GATEWAY_SILENCE.id):
                for name, heard_us in club.heard_us.items():
                    silence_s = self._link.silence_s(heard_us, now_us)
                    if silence_s is not None:
                        self._say(club, watch.take(name, now_us, GATEWAY_SILENCE.id, silence_s, Quality.OK))

    def _say(self, club: Club, firings: list[Firing]) -> None:
        for firing in firings:
            row = club.rules[firing.rule]
            new = telling.alert(row, firing, club.names, club.mutes, time.time_ns() // 1000)
            self._waiting.append((row.club_id, new))
        del self._waiting[: max(0, len(self._waiting) - MOST_WAITING)]

    async def _write(self) -> None:
        """Write what was found, and tell it. While the database is away it is told unwritten, and written later."""
        while self._waiting:
            club_id, new = self._waiting[0]
            try:
                async with self._database.writing(watchman(club_id)) as session:
                    is_news = await delivery.written(session, new)
            except Refusal:
                for _, unwritten in self._waiting:
                    self._tell(unwritten)
                return
            self._waiting.pop(0)
            if is_news:
                self._tell(new)

    def _tell(self, said: NewAlert | AlertRow) -> None:
        if not said.muted:
            self._tell_once(said.id, "raised", telling.told(said))

    def _tell_once(self, alert_id: UUID, state: State, news: frames.Alert) -> None:
        if (alert_id, state) not in self._told:
            self._told[alert_id, state] = datetime.now(UTC)
            self.wall.take(news)

    def watch_by(self, clubs: dict[UUID, Club]) -> None:
        """Watch these clubs from now on."""
        self._clubs = clubs
        self._club_of = {sensor: club for club in clubs.values() for sensor in club.worn}

    async def _read(self) -> None:
        now = datetime.now(UTC)
        try:
            async with self._database.nobody() as session:
                club_ids = await repository.watched_clubs(session)
            clubs = {one: await self._read_club(one, now) for one in club_ids}
        except Refusal:  # the database is away: what was known goes on being watched
            for club in self._clubs.values():
                _show(club, club)
            return
        self.watch_by(clubs)
        self._news_since = max(self._began, now - NEWS_BACK)
        self._told = {key: at for key, at in self._told.items() if now - at < TOLD_KEPT}

    async def _read_club(self, club_id: UUID, now: datetime) -> Club:
        before = self._clubs.get(club_id, Club())
        async with self._database.writing(watchman(club_id)) as session:
            await delivery.escalated(session)
            club = await _read_rules(session, before, now)
            await _look_for(session, club, before)
            await _resolve(session, club)
            news = await repository.news(session, self._news_since)
        async with self._database.reading(watchman(club_id)) as reading:
            for place, course in club.courses.new:
                await replay.fill(reading, place.athlete, course, now)
                for heard in [
                    one for metric in course.metrics for one in self._recent[place.athlete, metric]
                ]:
                    course.take(heard.metric, heard.t_us, heard.credible)
        self._tell_news(news)
        return club

    def _tell_news(self, news: Iterable[AlertRow]) -> None:
        """What any process has written since the last reading, what it told again and what is over included."""
        for row in news:
            if row.raised_at > self._news_since:
                self._tell(row)
            if row.escalated_at is not None and row.escalated_at > self._news_since:
                self._tell_once(row.id, "escalated", telling.told_again(row))
            if row.resolved_at is not None and row.resolved_at > self._news_since:
                self._tell_once(row.id, "resolved", telling.told_over(row))

    async def _judge_late(self) -> None:
        """Judge the windows in which something came late, each once, by whichever process has the turn."""
        for club_id, club in self._clubs.items():
            try:
                await self._judge_late_of(club_id, club)
            except Refusal:
                return  # the database is away: the windows are there when it is back

    async def _judge_late_of(self, club_id: UUID, club: Club) -> None:
        now = datetime.now(UTC)
        async with self._database.writing(watchman(club_id)) as session:
            rows = await repository.late_windows(session)
            self._begin_anew(club, rows)
            fresh = [row for row in rows if not row.judged]
            if not fresh or not await repository.take_turn(session):
                return
            members = await repository.members(session, None)
            for piece in late.pieces(fresh):
                team = [athlete for athlete, one in members.items() if one.team_id == piece.team_id]
                for row in club.rules.values():
                    if row.team_id == piece.team_id and late.is_judged(row.fields):
                        for firing in await late.judged(session, row, piece, team, now):
                            await delivery.written(
                                session,
                                telling.alert(row, firing, club.names, club.mutes, microseconds(now)),
                            )
            await repository.late_judged(session, [row.id for row in fresh])

    def _begin_anew(self, club: Club, rows: Iterable[LateRow]) -> None:
        """Let the courses of those of whom something came late read it; at first all, since what was on its way when this
        process began is stored by now."""
        touched = {row.athlete_id for row in rows if row.id not in club.late}
        club.courses.forget(touched if club.settled else club.names.keys())
        club.late, club.settled = {row.id for row in rows}, True


async def _read_rules(session: ReadSession, before: Club, now: datetime) -> Club:
    """The club's rules, ready to be watched, with the athletes as they stand now."""
    rows = [row for row in await repository.watched_rules(session) if _makes_sense(row)]
    members = await repository.members(session, None)
    presences = await present(session, now, now)
    then = await replay.in_force_then(session, presences)
    known = replay.with_match_days(await replay.in_force(session, list(members), now), then)
    worn = await repository.worn(session)
    club = Club(
        rules={row.id: row for row in rows},
        names={athlete: one.name for athlete, one in members.items()},
        mutes=await repository.mutes(session),
        worn={one.sensor: one for one in worn},
        storing=before.storing,
        late=before.late,
        settled=before.settled,
    )
    wanted: dict[UUID, set[int]] = defaultdict(set)
    for one in presences:
        wanted[one.athlete_id] |= SHOWN
    for row in rows:
        team = [athlete for athlete, one in members.items() if one.team_id == row.team_id]
        if rules.of_the_way(row.fields):
            watch = await _watched_way(session, club, row, presences)
        else:
            watch, _ = rules.watched(row.id, row.fields, team, known, presences)
            for athlete in watch.athletes:
                wanted[athlete] |= rules.derived(row.fields)
        if row.id in before.watches and before.rules[row.id].rule == row.rule:
            watch.go_on_from(before.watches[row.id])
        club.watches[row.id] = watch
    club.index()
    club.courses = Courses(Ground(wanted, known, presences, then), before.courses)
    return club


def _makes_sense(row: RuleRow) -> bool:
    """Whether this version can watch by a rule as stored; one that it cannot stops no other."""
    try:
        rules.check(row.fields)
    except (Refusal, ValidationError) as error:
        _log.error(
            "a rule cannot be watched: change or remove it", rule=str(row.id), error=type(error).__name__
        )
        return False
    return True


async def _watched_way(
    session: ReadSession, club: Club, row: RuleRow, presences: Iterable[Presence]
) -> RuleWatch:
    """A rule about gateways or the hub: while a session of its team runs, of the gateways that were heard around it."""
    during = list({one.during for one in presences if one.team_id == row.team_id})
    if any(one.metric == INGEST_LAG.name for one in row.fields.conditions):
        return rules.watched_gateways(row.id, row.fields, [HUB], during)
    if during and not club.heard_us:
        listed = await gateways.listed(session, watchman(row.club_id), Cut(MAX_LIMIT))
        heard = {one.name: one.heard_at for one in listed.items}
        club.heard_us = {name: microseconds(at) for name, at in heard.items() if at is not None}
    begins_us = min((one.since_us for one in during), default=0)
    in_use = [name for name, heard_us in club.heard_us.items() if heard_us >= begins_us - IN_USE_US]
    return rules.watched_gateways(row.id, row.fields, in_use, during)


async def _resolve(session: WriteSession, club: Club) -> None:
    """Note what no longer holds, by what has been measured since its reset time was over."""
    for row in await repository.unresolved(session):
        watch, rule = club.watches.get(row.rule_id), club.rules.get(row.rule_id)
        calm_us = None if watch is None or rule is None else watch.calm_us(telling.subject(row, rule))
        if (
            watch is not None
            and calm_us is not None
            and calm_us >= microseconds(row.at) + watch.rule.reset_us
        ):
            await delivery.resolved(session, row.id, timestamp(calm_us))


async def _look_for(session: WriteSession, club: Club, before: Club) -> None:
    """Look which of the values that were shown have been stored, and choose the next one to look for."""
    if not any(watch.watches(INGEST_LAG.id) for watch in club.watches.values()):
        club.storing = Storing()
        return
    club.storing.stored(await repository.stored(session, club.storing.waiting))
    _show(club, before)


def _show(club: Club, before: Club) -> None:
    """The newest value on the wall is the next one to look for."""
    if before.newest is not None:
        club.storing.shown(before.newest)
        before.newest = None


def _of_frame(heard: Heard) -> tuple[int, int, float, int]:
    return heard.metric, heard.t_us, heard.value, heard.quality


def _is_of(wearing: Wearing, value: FrameValue) -> bool:
    return wearing.since_us <= value.t_us and (wearing.until_us is None or value.t_us < wearing.until_us)
