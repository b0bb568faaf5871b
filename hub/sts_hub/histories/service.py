"""Rules of histories: a table is looked at first, and stored whole or not at all; what is there already stays, and is not
there twice."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import available_timezones

from sts_hub.athletes import service as athletes
from sts_hub.athletes.schemas import Athlete
from sts_hub.errors import Invalid, NotFound
from sts_hub.histories import repository
from sts_hub.histories.repository import Key, Known, Place, There
from sts_hub.histories.schemas import History, HistoryLine, HistoryMapping, SavedMapping, ToldNumber
from sts_hub.histories.table import Past, Refused, pasts
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import EARLIEST, Page
from sts_hub.policy import Caller, Kind, Thing, guard_new
from sts_hub.rosters import lists
from sts_hub.rosters.columns import plain
from sts_hub.rosters.lists import ListError
from sts_hub.sessions import service as sessions
from sts_hub.teams import service as teams

# Ten years of a squad of 30 that trains five times a week are 75,000 lines; what is more comes in two tables.
MOST_LINES: Final = 100_000
MOST_BYTES: Final = 16_000_000
REFUSALS_TOLD: Final = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """What comes of a table: new sessions, who is new in one, and of whom something else is told."""

    lines: int
    new: dict[Key, UUID] = field(default_factory=dict)
    added: list[Place] = field(default_factory=list)
    changed: list[Place] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def shown(self) -> History:
        """The same as the API tells it."""
        counts = len(self.added), len(self.changed), len(self.refused)
        return History(
            lines=self.lines,
            add=counts[0],
            change=counts[1],
            same=self.lines - sum(counts),
            refused=counts[2],
            sessions=len(self.new),
            refusals=[HistoryLine(line=one.line, reason=one.reason) for one in self.refused[:REFUSALS_TOLD]],
        )


async def mappings(session: ReadSession, caller: Caller, cut: Cut) -> Page[SavedMapping]:
    """The saved mappings of the club."""
    guard_new(caller, Thing(Kind.HISTORY_MAPPING, caller.club_id))
    rows = await repository.mappings(session, caller.club_id, cut.after(str)[0], cut.limit)
    return cut.page(rows, key=lambda row: (row["name"],), item=SavedMapping.model_validate)


async def mapping_saved(session: WriteSession, caller: Caller, mapping: HistoryMapping) -> SavedMapping:
    """Save which column is what, under its name."""
    guard_new(caller, Thing(Kind.HISTORY_MAPPING, caller.club_id))
    if mapping.zone not in available_timezones():
        raise Invalid(f"There is no time zone {mapping.zone[:40]!r}.", way_out="Write it as Europe/Vienna.")
    twice = [
        name for name, count in Counter(one.name for one in mapping.numbers.values()).items() if count > 1
    ]
    if twice:
        raise Invalid(f"Two columns are {twice[0]}.", way_out="Give each number a name of its own.")
    text = mapping.model_dump_json()
    return SavedMapping.model_validate(
        await repository.save_mapping(session, caller.club_id, mapping.name, text, caller.name)
    )


async def previewed(session: ReadSession, caller: Caller, team_id: UUID, name: str, data: bytes) -> History:
    """What would come of a table; nothing is stored. Raises Invalid for what is no table."""
    plan, _ = await _plan(session, caller, team_id, name, data)
    return plan.shown


async def stored(session: WriteSession, caller: Caller, team_id: UUID, name: str, data: bytes) -> History:
    """Store a table, all of it or nothing. Raises Invalid with the lines that stand in the way."""
    await repository.one_at_a_time(session, team_id)
    plan, club_id = await _plan(session, caller, team_id, name, data)
    if plan.refused:
        first = plan.refused[0]
        raise Invalid(
            f"{len(plan.refused)} of {plan.lines} lines cannot be taken, the first is line {first.line}: {first.reason}",
            way_out="Look at the preview, and put these lines right or take them out; nothing was stored.",
        )
    await repository.add_sessions(session, club_id, team_id, plan.new)
    await repository.add_athletes(session, club_id, plan.added)
    await repository.tell(session, caller.account_id, [*plan.added, *plan.changed])
    return plan.shown


async def told(session: ReadSession, caller: Caller, session_id: UUID) -> list[ToldNumber]:
    """Numbers of a session that another system told, of the athletes whom the caller sees."""
    await sessions.one(session, caller, session_id)
    seen = {one.athlete_id for one in await sessions.seen_roster(session, caller, session_id, Kind.HEALTH)}
    rows = [row for row in await repository.told(session, session_id) if row["athlete_id"] in seen]
    session.athletes.update(row["athlete_id"] for row in rows)
    return [ToldNumber.model_validate(row) for row in rows]


async def _plan(
    session: ReadSession, caller: Caller, team_id: UUID, name: str, data: bytes
) -> tuple[Plan, UUID]:
    team = await teams.one(session, caller, team_id)
    guard_new(caller, Thing(Kind.SESSION, caller.club_id, team_id))
    saved = await repository.mapping(session, caller.club_id, name)
    if saved is None:
        raise NotFound(f"No mapping is saved as {name}.", way_out="Save it with PUT /history-mappings.")
    mapping = HistoryMapping.model_validate(saved)
    told = await asyncio.to_thread(_read, data, mapping)
    plan = Plan(len(told), refused=[one for one in told if isinstance(one, Refused)])
    known = _by_name(await athletes.of_team(session, caller, team_id))
    lines = _whose([one for one in told if isinstance(one, Past)], known, plan.refused)
    lines = await _agreed(session, lines, plan.refused)
    if lines:
        begins = [one.begin for _, one in lines]
        _work_out(plan, lines, await repository.there(session, team_id, min(begins), max(begins)), mapping)
    plan.refused.sort(key=lambda one: one.line)
    return plan, team.club_id


def _read(data: bytes, mapping: HistoryMapping) -> list[Past | Refused]:
    # In a spreadsheet a number is a number: it comes with a point, whatever the language.
    if lists.is_workbook(data):
        mapping = mapping.model_copy(update={"decimals": "."})
    try:
        return list(pasts(lists.rows(data, MOST_LINES, MOST_BYTES), mapping))
    except ListError as error:
        raise Invalid(str(error), way_out="Send CSV or .xlsx with a first row of headings.") from None


def _by_name(team: Sequence[Athlete]) -> Mapping[str, list[UUID]]:
    known: defaultdict[str, list[UUID]] = defaultdict(list)
    for one in team:
        known[plain(one.name)].append(one.id)
        if one.number is not None:
            known[str(one.number)].append(one.id)
    return known


def _whose(
    told: Sequence[Past], known: Mapping[str, list[UUID]], refused: list[Refused]
) -> list[tuple[UUID, Past]]:
    """Each line with its athlete; who is in a session twice is in it once."""
    found: list[tuple[UUID, Past]] = []
    lines: dict[tuple[UUID, Key], int] = {}
    for one in told:
        named = known.get(plain(one.athlete), [])
        fault = _fault(one, named, lines)
        if fault:
            refused.append(Refused(one.line, fault))
        else:
            lines[named[0], _key(one)] = one.line
            found.append((named[0], one))
    return found


def _fault(one: Past, named: Sequence[UUID], lines: Mapping[tuple[UUID, Key], int]) -> str:
    if len(named) != 1:
        many = "Several athletes" if named else "Nobody"
        return f"{many} of the team is called {one.athlete[:40]}: correct the name, or add the athlete."
    if not one.begin >= EARLIEST or one.end > datetime.now(UTC):
        return f"The session of {one.begin:%Y-%m-%d} has not been yet, or was before there were sensors."
    before = lines.get((named[0], _key(one)))
    return f"Line {before} tells the same athlete in the same session." if before else ""


def _key(one: Past) -> Key:
    return Key(one.begin, one.end, one.session)


async def _agreed(
    session: ReadSession, lines: Sequence[tuple[UUID, Past]], refused: list[Refused]
) -> list[tuple[UUID, Past]]:
    """Those of athletes who had agreed to be monitored then: it is health data, whoever measured it."""
    agreed = await repository.consented(session, [(athlete_id, one.begin) for athlete_id, one in lines])
    refused += [
        Refused(
            one.line,
            f"{one.athlete[:40]} had not consented on {one.begin:%Y-%m-%d}: enter the paper consent first.",
        )
        for athlete_id, one in lines
        if (athlete_id, one.begin) not in agreed
    ]
    return [line for line in lines if (line[0], line[1].begin) in agreed]


def _work_out(
    plan: Plan, lines: Sequence[tuple[UUID, Past]], there: Mapping[Key, There], mapping: HistoryMapping
) -> None:
    units = {one.name: one.unit for one in mapping.numbers.values()}
    for athlete_id, one in lines:
        key = _key(one)
        session = there.get(key)
        session_id = session.id if session else plan.new.setdefault(key, uuid4())
        numbers = {name: (units[name], value) for name, value in one.numbers.items()}
        place = Place(session_id, athlete_id, one.rating, numbers)
        known = session.athletes.get(athlete_id) if session else None
        if known is None:
            plan.added.append(place)
        elif not _same(one, known):
            plan.changed.append(place)


def _same(one: Past, known: Known) -> bool:
    """Whether a line tells nothing new; what it does not tell stays."""
    rated = one.rating is None or one.rating == known.rating
    return rated and all(known.numbers.get(name) == value for name, value in one.numbers.items())
