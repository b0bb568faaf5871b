"""Rules of competitions: results belong to the club that has them; every version stays; a person decides who is meant."""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from sts_hub.athletes import service as athletes
from sts_hub.competitions import intake, repository
from sts_hub.competitions.facts import FactRow
from sts_hub.competitions.repository import CompetitionRow, FileRow
from sts_hub.competitions.schemas import (
    AthleteResult,
    ColumnMapping,
    Competition,
    CompetitionChange,
    Fact,
    FactChange,
    FactKind,
    FactVersion,
    FilePreview,
    Listing,
    ListingShown,
    Matched,
    NewCompetition,
    ResultCompetitor,
    ResultFile,
    SavedColumns,
    Taken,
    TeamResult,
    WhoItIs,
)
from sts_hub.errors import Conflict, Invalid, NotFound
from sts_hub.kit.database import Database, ReadSession, WriteSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, Thing, guard, guard_new, may, missing
from sts_hub.teams import service as teams
from sts_protocols.errors import ResultFileError
from sts_protocols.results import reading
from sts_protocols.results.csv_results import FIELDS, Columns

# What an answer tells of a file at once; the rest is in the list of facts.
CHANGES_TOLD: Final = 200


async def listed(session: ReadSession, caller: Caller, cut: Cut) -> Page[Competition]:
    """The competitions of the club."""
    rows = await repository.page(session, cut.after(datetime, UUID), cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.added_at, row.id),
        item=shown,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )


async def one(
    session: ReadSession, caller: Caller, competition_id: UUID, act: Act = Act.SEE
) -> CompetitionRow:
    """A competition that the caller may see or change; raises NotFound or Forbidden."""
    row = await repository.by_id(session, competition_id)
    if row is None:
        raise missing(Kind.COMPETITION)
    guard(caller, act, row.thing)
    return row


async def added(session: WriteSession, caller: Caller, new: NewCompetition) -> Competition:
    """Add a competition by hand."""
    guard_new(caller, Thing(Kind.COMPETITION, caller.club_id))
    _days_in_order(new.first_day, new.last_day)
    made = await repository.add(session, caller.club_id, None, new.model_dump())
    return shown(await one(session, caller, made))


async def changed(
    session: WriteSession, caller: Caller, competition_id: UUID, change: CompetitionChange
) -> Competition:
    """Change a competition."""
    row = await one(session, caller, competition_id, Act.CHANGE)
    fields = change.model_dump(exclude_unset=True)
    fields = {name: value for name, value in fields.items() if value is not None or name.endswith("_day")}
    _days_in_order(fields.get("first_day", row.first_day), fields.get("last_day", row.last_day))
    await repository.change(session, row, fields)
    return shown(await one(session, caller, competition_id))


def _days_in_order(first: Any, last: Any) -> None:
    if first is not None and last is not None and last < first:
        raise Invalid("A competition does not end before it begins.", way_out="Exchange the two days.")


class Upload(NamedTuple):
    """A result file as it was sent; competition_id: None where the file names its competition; columns: a mapping's name."""

    competition_id: UUID | None
    name: str
    columns: str | None
    data: bytes


async def sent(database: Database, caller: Caller, upload: Upload) -> Taken:
    """Take an uploaded file in, whole or not at all; raises Invalid with the reason why it cannot be read."""
    file = await _read(database, caller, upload)
    async with database.writing(caller) as session:
        return await _taken(session, await _took_in(session, file))


async def previewed(database: Database, caller: Caller, upload: Upload) -> FilePreview:
    """What a file would do: it is taken in as `sent` does it, and all of it is taken back. Raises Invalid."""
    file = await _read(database, caller, upload)
    async with database.rehearsing(caller) as session:
        return await _foreseen(session, caller, file, await _took_in(session, file))


async def _read(database: Database, caller: Caller, upload: Upload) -> intake.Incoming:
    competition_id, name, columns, data = upload
    async with database.reading(caller) as session:
        if competition_id is None:
            guard_new(caller, Thing(Kind.COMPETITION, caller.club_id))
        else:
            await one(session, caller, competition_id, Act.CHANGE)
        mapping = None if columns is None else await _mapping(session, caller, columns)
    try:
        # Of a championship's file this takes seconds, which nobody else should wait for.
        told = await asyncio.to_thread(reading.read, data, name, mapping)
    except ResultFileError as error:
        raise Invalid(
            f"{name}: {error}", way_out="Send the file as its program wrote it; nothing was stored."
        ) from None
    return intake.Incoming(
        club_id=caller.club_id,
        way="upload",
        line=f"upload {competition_id or ''} {name}",
        name=name,
        sha256=hashlib.sha256(data).digest(),
        told_by=caller.name,
        told_at=datetime.now(UTC),
        reading=told,
        competition_id=competition_id,
    )


async def _took_in(session: WriteSession, file: intake.Incoming) -> intake.Outcome:
    try:
        return await intake.take_in(session, file)
    except intake.NamelessError:
        raise Invalid(
            f"{file.name} does not say of which competition it is.",
            way_out="Add the competition, and send the file to /competitions/{competition_id}/files.",
        ) from None


async def _taken(session: ReadSession, outcome: intake.Outcome) -> Taken:
    row = await _noted(session, outcome)
    found = await repository.changed_by(session, outcome.file_id, CHANGES_TOLD) if outcome.new else []
    return Taken(
        file=file_shown(row), new=outcome.new, changes=[FactChange.model_validate(one) for one in found]
    )


async def _foreseen(
    session: ReadSession, caller: Caller, file: intake.Incoming, outcome: intake.Outcome
) -> FilePreview:
    row = await _noted(session, outcome)
    competition = await one(session, caller, row.competition_id)
    changes = await repository.changed_by(session, outcome.file_id, CHANGES_TOLD, standing=True)
    people = await repository.competitors_of_ids(session, outcome.newcomers, CHANGES_TOLD)
    return FilePreview.model_validate(
        file_shown(row).model_dump()
        | {
            "competition": competition.name,
            # what a file names is added by its first file
            "founds": file.competition_id is None and outcome.new and competition.files == 1,
            "new": outcome.new,
            "changes": changes if outcome.new else [],
            "people": await _hidden(session, caller, people),
        }
    )


async def _noted(session: ReadSession, outcome: intake.Outcome) -> FileRow:
    row = await repository.file(session, outcome.file_id)
    assert row is not None, "it was noted in this transaction or before"
    return row


async def _mapping(session: ReadSession, caller: Caller, name: str) -> Columns:
    saved = await repository.columns_named(session, caller.club_id, name)
    if saved is None:
        raise NotFound(f"No mapping is saved as {name}.", way_out="Save it with PUT /result-columns.")
    return msgspec.convert(saved["columns"], Columns)


async def files(session: ReadSession, caller: Caller, competition_id: UUID, cut: Cut) -> Page[ResultFile]:
    """Files of a competition, newest first."""
    await one(session, caller, competition_id)
    rows = await repository.files(session, competition_id, cut.after(int)[0], cut.limit)
    return cut.page(rows, key=lambda row: (row.id,), item=file_shown)


async def file_changes(
    session: ReadSession, caller: Caller, competition_id: UUID, file_id: int, cut: Cut
) -> Page[FactChange]:
    """What a file changed in facts that stood before it."""
    await one(session, caller, competition_id)
    row = await repository.file(session, file_id)
    if row is None or row.competition_id != competition_id:
        raise NotFound("There is no such file in this competition.")
    (behind,) = cut.after(int)
    rows = await repository.changed_by(session, file_id, cut.limit + 1, behind=behind, standing=True)
    return cut.page(rows, key=lambda row: (row["fact_id"],), item=FactChange.model_validate)


async def facts(
    session: ReadSession,
    caller: Caller,
    competition_id: UUID,
    cut: Cut,
    kind: FactKind | None,
    parent: str | None,
) -> Page[Fact]:
    """Facts of a competition as they stand."""
    await one(session, caller, competition_id)
    rows = await repository.facts(session, competition_id, kind, parent, cut.after(int)[0], cut.limit)
    seen = await _hidden(session, caller, rows)
    return cut.page(seen, key=lambda row: (row["id"],), item=Fact.model_validate)


async def fact(session: ReadSession, caller: Caller, competition_id: UUID, fact_id: int) -> FactRow:
    """A fact with what is said around it; raises NotFound."""
    await one(session, caller, competition_id)
    row = await repository.fact(session, competition_id, fact_id)
    if row is None:
        raise NotFound("There is no such fact in this competition.")
    return row


async def versions(
    session: ReadSession, caller: Caller, competition_id: UUID, fact_id: int
) -> list[FactVersion]:
    """What a fact was, from the first version on."""
    await fact(session, caller, competition_id, fact_id)
    return [FactVersion.model_validate(row) for row in await repository.versions(session, fact_id)]


async def competitors(
    session: ReadSession, caller: Caller, competition_id: UUID, cut: Cut, matched: Matched | None
) -> Page[ResultCompetitor]:
    """People, relays and teams of a competition."""
    await one(session, caller, competition_id)
    rows = await repository.competitors(session, competition_id, matched, cut.after(int)[0], cut.limit)
    seen = await _hidden(session, caller, rows)
    return cut.page(seen, key=lambda row: (row["id"],), item=ResultCompetitor.model_validate)


async def own_by_key(
    session: ReadSession, caller: Caller, competition_id: UUID, keys: set[str]
) -> dict[str, UUID]:
    """The own athletes whom the caller sees among these people of a competition, by their keys in its facts."""
    found = await repository.own_by_key(session, competition_id, keys)
    seen = await athletes.visible(session, caller, set(found.values()))
    return {key: athlete_id for key, athlete_id in found.items() if athlete_id in seen}


async def who_it_is(
    session: WriteSession, caller: Caller, competition_id: UUID, competitor_id: int, who: WhoItIs
) -> ResultCompetitor:
    """A person says which own athlete somebody is; a licence is learnt by it."""
    await one(session, caller, competition_id, Act.CHANGE)
    row = await repository.competitor(session, competition_id, competitor_id)
    if row is None or row["kind"] != "person":
        raise NotFound("There is no such person in this competition.")
    if who.athlete_id is not None:
        athlete = await athletes.one(session, caller, who.athlete_id, Act.CHANGE)
        known = await repository.licences(session, athlete.id)
        if row["licence"] and row["licence"] not in known:
            await repository.list_athlete(session, athlete.id, athlete.club_id, [*known, row["licence"]])
    await repository.say_who(session, competitor_id, who.athlete_id)
    after = await repository.competitor(session, competition_id, competitor_id)
    (seen,) = await _hidden(session, caller, [after] if after else [])
    return ResultCompetitor.model_validate(seen)


async def _hidden(
    session: ReadSession, caller: Caller, rows: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The same rows, without the athletes whom the caller may not see."""
    named = {row["athlete_id"] for row in rows} | {one for row in rows for one in row.get("candidates", ())}
    seen = await athletes.visible(session, caller, named - {None})
    return [
        row
        | {"athlete_id": row["athlete_id"] if row["athlete_id"] in seen else None}
        | {"candidates": [one for one in row.get("candidates", ()) if one in seen]}
        for row in rows
    ]


async def listing(session: ReadSession, caller: Caller, athlete_id: UUID) -> ListingShown:
    """How result lists know an athlete."""
    await athletes.one(session, caller, athlete_id)
    return ListingShown(licences=await repository.licences(session, athlete_id))


async def listed_as(session: WriteSession, caller: Caller, athlete_id: UUID, new: Listing) -> ListingShown:
    """Say how result lists know an athlete; a licence belongs to one athlete of the club."""
    athlete = await athletes.one(session, caller, athlete_id, Act.CHANGE)
    await repository.lock(session, athlete.club_id)
    others = [one for one in await repository.own_athletes(session) if one.id != athlete_id]
    taken = {licence for one in others for licence in one.licences} & set(new.licences)
    if taken:
        raise Conflict(
            f"The licence {min(taken)} belongs to another athlete of the club.",
            way_out="Take it from that athlete first.",
        )
    await repository.list_athlete(session, athlete_id, athlete.club_id, new.licences)
    return ListingShown(licences=new.licences)


async def results_of(session: ReadSession, caller: Caller, athlete_id: UUID, cut: Cut) -> Page[AthleteResult]:
    """Results of an athlete, newest first."""
    await athletes.one(session, caller, athlete_id)
    rows = await repository.results_of(session, [athlete_id], cut.after(int)[0], cut.limit)
    return cut.page(rows, key=lambda row: (row["id"],), item=lambda row: AthleteResult(**_placed(row)))


async def results_of_team(
    session: ReadSession, caller: Caller, team_id: UUID, since: date, until: date, cut: Cut
) -> Page[TeamResult]:
    """Results of a team in the competitions of a time: its athletes' whom the caller sees, and its own as a side."""
    team = await teams.one(session, caller, team_id)
    people = [row.id for row in await athletes.of_team(session, caller, team_id)]
    behind = cut.after(int)[0]
    rows = await repository.results_of(
        session, people, behind, cut.limit, side=team.name, since=since, until=until
    )
    return cut.page(rows, key=lambda row: (row["id"],), item=lambda row: TeamResult(**_placed(row)))


def _placed(row: dict[str, Any]) -> dict[str, Any]:
    """The same row with its day, which is its source's text where that tells one."""
    return row | {"day": intake.day_of(row["day"]) or row["first_day"]}


async def columns(session: ReadSession, caller: Caller, cut: Cut) -> Page[SavedColumns]:
    """The saved mappings of the club."""
    guard_new(caller, Thing(Kind.COMPETITION, caller.club_id))
    rows = await repository.columns_page(session, caller.club_id, cut.after(str)[0], cut.limit)
    return cut.page(rows, key=lambda row: (row["name"],), item=SavedColumns.model_validate)


async def columns_saved(session: WriteSession, caller: Caller, mapping: ColumnMapping) -> SavedColumns:
    """Save which column is what, under its name."""
    guard_new(caller, Thing(Kind.COMPETITION, caller.club_id))
    unknown = sorted(set(mapping.columns) - set(FIELDS))
    if unknown:
        raise Invalid(f"A column cannot be {unknown[0]}.", way_out=f"Fields are: {', '.join(FIELDS)}.")
    row = await repository.save_columns(
        session, caller.club_id, mapping.name, mapping.model_dump(exclude={"name"}), caller.name
    )
    return SavedColumns.model_validate(row)


def shown(row: CompetitionRow) -> Competition:
    """The competition as the API tells it."""
    return Competition.model_validate(row)


def file_shown(row: FileRow) -> ResultFile:
    """The file as the API tells it."""
    told = {name: getattr(row, name) for name in FileRow.__dataclass_fields__}
    return ResultFile.model_validate(told | {"of": row.pieces + len(row.refused)})
