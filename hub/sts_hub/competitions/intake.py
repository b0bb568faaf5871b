"""Takes a result file in, in one transaction, the same for every way: from a gateway, uploaded, or sent by a program.

What the facts of the competition become is worked out before anything is written, so nothing is ever half stored. The
same bytes under the same name once more change nothing.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from sts_hub.competitions import repository
from sts_hub.competitions.changes import Change, changes
from sts_hub.competitions.facts import Facts, facts_of
from sts_hub.competitions.matching import Register
from sts_hub.competitions.repository import as_json, fit
from sts_hub.kit.database import WriteSession
from sts_hub.outbox import service as outbox
from sts_protocols.results.model import Meet, Reading

# A meet takes a long weekend; a file of the same name in the same folder a week later is of another one.
SAME_MEET: Final = timedelta(days=4)


@dataclass(frozen=True)
class Incoming:
    """A file that was read. `line`: of which file it is a version; `place`: what to call a competition that the file does not
    name (a folder of a gateway); without it such a file needs `competition_id`."""

    club_id: UUID
    way: Literal["gateway", "upload"]
    line: str
    name: str
    sha256: bytes
    told_by: str
    told_at: datetime
    reading: Reading
    competition_id: UUID | None = None
    document_id: int | None = None
    place: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of it. `new`: False for bytes that were taken in already; `newcomers`: ids of the people whom it told of
    first."""

    file_id: int
    new: bool
    newcomers: tuple[int, ...] = ()


class NamelessError(Exception):
    """The file does not say of which competition it is, and nobody else did."""


async def take_in(session: WriteSession, file: Incoming) -> Outcome:
    """Store what a file says, and what it changes. Raises NamelessError."""
    await repository.lock(session, file.club_id)
    competition = await _competition(session, file)
    last = await repository.last_of_line(session, competition, file.line)
    if last is not None and last[1] == file.sha256:
        return Outcome(last[0], new=False)
    salt = await repository.salt(session, competition)
    # Of a championship this takes seconds, which nobody else should wait for.
    facts = await asyncio.to_thread(facts_of, file.reading.meet, salt)
    before = await repository.known_people(session, competition)
    people = before | await _newcomers(session, file, competition, facts, before)
    known = await repository.known_facts(session, competition)
    whole = file.reading.whole and not file.reading.refused
    found = await asyncio.to_thread(changes, known, facts.told, file.line, whole=whole)
    file_id = await _note(session, file, competition, found, len(facts.told))
    new = [one for one in found if one.fact_id is None]
    old = [one for one in found if one.fact_id is not None]
    if new:
        await repository.add_facts(session, competition, file.club_id, file_id, new, people)
    if old:
        await repository.change_facts(session, file_id, old, people)
    await _tell(session, file, competition, file_id, found)
    return Outcome(file_id, new=True, newcomers=tuple(people[key] for key in people.keys() - before.keys()))


async def _tell(
    session: WriteSession, file: Incoming, competition: UUID, file_id: int, found: list[Change]
) -> None:
    """One event for what a file added, one for what it corrected or withdrew."""
    about = {"competition_id": str(competition), "file_id": str(file_id)}
    if any(one.fact_id is None for one in found):
        await outbox.event(session, file.club_id, "result.stored", file.told_at, about)
    if any(one.fact_id is not None for one in found):
        await outbox.event(session, file.club_id, "result.corrected", file.told_at, about)


async def _competition(session: WriteSession, file: Incoming) -> UUID:
    """The one that was named; else that of the file's last version; else the one that the file names, made if need be."""
    if file.competition_id is not None:
        return file.competition_id
    same = await repository.of_line(session, file.club_id, file.line, file.told_at - SAME_MEET)
    if same is not None:
        return same
    meet = file.reading.meet
    if not meet.name and not file.place:
        raise NamelessError
    key = f"meet {meet.name} {meet.first_day}" if meet.name else await _key_of_place(session, file)
    found = await repository.by_key(session, file.club_id, key[:400])
    return found or await repository.add(session, file.club_id, key[:400], _described(file, meet))


async def _key_of_place(session: WriteSession, file: Incoming) -> str:
    """The competition that the folder told of on one of the last days, else a new one of today."""
    for days in range(SAME_MEET.days):
        key = f"place {file.place} {file.told_at.date() - timedelta(days=days)}"
        if await repository.by_key(session, file.club_id, key) is not None:
            return key
    return f"place {file.place} {file.told_at.date()}"


def _described(file: Incoming, meet: Meet) -> dict[str, object]:
    name = meet.name or f"{file.place}, {file.told_at.date()}"
    first = day_of(meet.first_day) or (None if meet.name else file.told_at.date())
    return {
        "name": fit(name),
        "city": fit(meet.city),
        "nation": fit(meet.nation),
        "first_day": first,
        "last_day": day_of(meet.last_day) or first,
        "zone": "UTC",
    }


def day_of(text: str) -> date | None:
    """The day that a source tells as YYYY-MM-DD; None for anything else."""
    with contextlib.suppress(ValueError):
        return date.fromisoformat(text)
    return None


async def _newcomers(
    session: WriteSession, file: Incoming, competition: UUID, facts: Facts, known: dict[str, int]
) -> dict[str, int]:
    """Ids of the people whom the competition did not know; they are looked for among the own athletes."""
    missing = {key: who for key, who in facts.people.items() if key not in known}
    if not missing:
        return {}
    register = Register(await repository.own_athletes(session))
    matched = {key: (who, register.match(who)) for key, who in missing.items()}
    return await repository.add_people(session, competition, file.club_id, file.told_at, matched)


async def _note(
    session: WriteSession, file: Incoming, competition: UUID, found: list[Change], told: int
) -> int:
    states = [one.state for one in found]
    withdrawn = states.count("withdrawn")
    return await repository.add_file(
        session,
        competition,
        file.club_id,
        file.line,
        file.way,
        fit(file.name),
        file.sha256,
        file.document_id,
        fit(file.told_by),
        file.told_at,
        file.reading.format,
        file.reading.read,
        as_json(file.reading.refused),
        as_json(file.reading.notes),
        file.reading.whole,
        states.count("official"),
        states.count("corrected"),
        withdrawn,
        told - (len(found) - withdrawn),
    )
