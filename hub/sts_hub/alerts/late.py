"""Data that came late, judged once for each window that it touched, by the engine that watches live.

What it finds is an alert with its time of measurement, told as late. It takes nothing back: an alert that was raised while
the data was missing stays until somebody acknowledges it. Silence is no matter of late data, which is its opposite, and the
way of values is a matter of the moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sts_hub.alerts import replay, rules
from sts_hub.alerts.engine import STALE_US, Check, Firing
from sts_hub.alerts.repository import LateRow, RuleRow
from sts_hub.alerts.schemas import RuleFields
from sts_hub.db.times import microseconds
from sts_hub.kit.database import ReadSession

# What a preview looks through at most: longer windows are judged in pieces.
LONGEST: Final = timedelta(hours=6)
# Windows nearer than this are judged as one: they cost a reading each.
JOIN_NEARER: Final = timedelta(minutes=1)


class Piece(NamedTuple):
    """A time of a team in which something came late, of these athletes."""

    team_id: UUID
    athletes: frozenset[UUID]
    since: datetime
    until: datetime


def pieces(rows: Iterable[LateRow]) -> list[Piece]:
    """The windows by team, near ones as one, none longer than LONGEST."""
    found: list[Piece] = []
    of_team: dict[UUID, list[LateRow]] = defaultdict(list)
    for row in rows:
        of_team[row.team_id].append(row)
    for team_id, windows in of_team.items():
        for row in sorted(windows, key=lambda row: row.since):
            one = Piece(team_id, frozenset([row.athlete_id]), row.since, row.until)
            if found and _near(found[-1], one):
                before = found.pop()
                until = max(before.until, one.until)
                one = Piece(team_id, before.athletes | one.athletes, before.since, until)
            found.append(one)
    return [part for one in found for part in _cut(one)]


def _near(before: Piece, after: Piece) -> bool:
    return before.team_id == after.team_id and after.since - before.until <= JOIN_NEARER


def _cut(piece: Piece) -> Iterable[Piece]:
    since = piece.since
    while piece.until - since > LONGEST:
        yield piece._replace(since=since, until=since + LONGEST)
        since += LONGEST
    yield piece._replace(since=since)


def is_judged(fields: RuleFields) -> bool:
    """Whether late data can say anything by this rule."""
    return not rules.of_the_way(fields) and all(one.check != Check.SILENT.value for one in fields.conditions)


async def judged(
    session: ReadSession, row: RuleRow, piece: Piece, members: Sequence[UUID], now: datetime
) -> list[Firing]:
    """What a rule says of a piece. The engine begins so long before that it stands as it would have stood, and goes on for as
    long as what began in the piece must hold."""
    fields = row.fields
    stands = timedelta(microseconds=STALE_US, seconds=fields.hold_s + fields.reset_s)
    athletes = [one for one in members if fields.scope != "one" or one in piece.athletes]
    until = min(piece.until + timedelta(seconds=fields.hold_s, microseconds=1), now)
    past = await replay.past(session, piece.team_id, athletes, piece.since - stands, until)
    fired, _ = await replay.fired(session, row.id, fields, past)
    return [one for one in fired if one.t_us >= microseconds(piece.since)]
