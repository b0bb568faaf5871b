"""Routes of competitions and their results."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Path, Query, Response
from starlette.requests import Request

from sts_hub.competitions import service
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
from sts_hub.competitions.service import Upload
from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.database import Database
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.provide import provided
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Day, Page

router = Router(tags=["competitions"])

_READ = described(NotSignedIn, NotFound)
_WRITE = described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)
_SAME: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": Taken, "description": "These bytes were taken in already."}
}
_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file as its program wrote it, or the neutral shape as JSON: docs/results.md; 16 MiB at most.",
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "application/json": {"schema": {"type": "object", "required": ["meet"]}},
        },
    }
}

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
FileName = Annotated[
    str,
    Query(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f]+$",
        description="What it is called: the same name again is a version of the same file.",
    ),
]
ByColumns = Annotated[
    str | None, Query(pattern=r"^[a-z][a-z0-9_-]{0,39}$", description="Of a table: the saved mapping.")
]
Hub = Annotated[Database, Depends(provided(Database))]


@router.get("/competitions", responses=described(NotSignedIn))
async def list_competitions(caller: Asking, session: Reads, part: Part) -> Page[Competition]:
    """Competitions of your club, the one added last first."""
    return await service.listed(session, caller, part)


@router.post("/competitions", status_code=201, responses=_WRITE)
async def add_competition(caller: Asking, session: Writes, new: NewCompetition) -> Competition:
    """Add a competition by hand, for files that do not name theirs."""
    return await service.added(session, caller, new)


@router.post("/competitions/files", status_code=201, responses={**_SAME, **_WRITE}, openapi_extra=_FILE)
async def send_named_file(
    caller: Asking,
    database: Hub,
    request: Request,
    response: Response,
    name: FileName,
    columns: ByColumns = None,
) -> Taken:
    """Take in a file that names its competition; the competition is added if it is not there yet."""
    taken = await service.sent(database, caller, Upload(None, name, columns, await request.body()))
    response.status_code = 201 if taken.new else 200
    return taken


@router.post("/competitions/files/preview", responses=_WRITE, openapi_extra=_FILE)
async def preview_named_file(
    caller: Asking, database: Hub, request: Request, name: FileName, columns: ByColumns = None
) -> FilePreview:
    """What a file that names its competition would do: looked at first, stored by nobody."""
    return await service.previewed(database, caller, Upload(None, name, columns, await request.body()))


@router.get("/competitions/{competition_id}", responses=_READ)
async def get_competition(caller: Asking, session: Reads, competition_id: UUID) -> Competition:
    """One competition."""
    return service.shown(await service.one(session, caller, competition_id))


@router.patch("/competitions/{competition_id}", responses=_WRITE)
async def change_competition(
    caller: Asking, session: Writes, competition_id: UUID, change: CompetitionChange
) -> Competition:
    """Change a competition; what is left out stays."""
    return await service.changed(session, caller, competition_id, change)


@router.get("/competitions/{competition_id}/files", responses=_READ)
async def list_result_files(
    caller: Asking, session: Reads, competition_id: UUID, part: Part
) -> Page[ResultFile]:
    """Files that were taken in, newest first: who, when, how much of each, and what it changed."""
    return await service.files(session, caller, competition_id, part)


@router.post(
    "/competitions/{competition_id}/files",
    status_code=201,
    responses={**_SAME, **_WRITE},
    openapi_extra=_FILE,
)
async def send_result_file(
    caller: Asking,
    database: Hub,
    competition_id: UUID,
    request: Request,
    response: Response,
    name: FileName,
    columns: ByColumns = None,
) -> Taken:
    """Take in a file of this competition, whole or not at all; the same bytes again change nothing."""
    taken = await service.sent(database, caller, Upload(competition_id, name, columns, await request.body()))
    response.status_code = 201 if taken.new else 200
    return taken


@router.post("/competitions/{competition_id}/files/preview", responses=_WRITE, openapi_extra=_FILE)
async def preview_result_file(
    caller: Asking,
    database: Hub,
    competition_id: UUID,
    request: Request,
    name: FileName,
    columns: ByColumns = None,
) -> FilePreview:
    """What a file of this competition would do: looked at first, stored by nobody."""
    return await service.previewed(
        database, caller, Upload(competition_id, name, columns, await request.body())
    )


@router.get("/competitions/{competition_id}/files/{file_id}/changes", responses=_READ)
async def list_file_changes(
    caller: Asking, session: Reads, competition_id: UUID, file_id: Id, part: Part
) -> Page[FactChange]:
    """What a file corrected and withdrew, with what stood before."""
    return await service.file_changes(session, caller, competition_id, file_id, part)


@router.get("/competitions/{competition_id}/facts", responses=_READ)
async def list_facts(
    caller: Asking,
    session: Reads,
    competition_id: UUID,
    part: Part,
    kind: FactKind | None = None,
    parent: Annotated[
        str | None, Query(max_length=1000, pattern=r"^[^\x00]*$", description="Only what stands in this key.")
    ] = None,
) -> Page[Fact]:
    """Events, rounds, heats, entries and results as they stand."""
    return await service.facts(session, caller, competition_id, part, kind, parent)


@router.get("/competitions/{competition_id}/facts/{fact_id}/versions", responses=_READ)
async def list_fact_versions(
    caller: Asking, session: Reads, competition_id: UUID, fact_id: Id
) -> list[FactVersion]:
    """What a fact was from the first version on, who said so when, and from which file."""
    return await service.versions(session, caller, competition_id, fact_id)


@router.get("/competitions/{competition_id}/competitors", responses=_READ)
async def list_competitors(
    caller: Asking, session: Reads, competition_id: UUID, part: Part, matched: Matched | None = None
) -> Page[ResultCompetitor]:
    """People, relays and teams; with `matched=ambiguous` those whom a person must tell apart."""
    return await service.competitors(session, caller, competition_id, part, matched)


@router.put("/competitions/{competition_id}/competitors/{competitor_id}/athlete", responses=_WRITE)
async def say_who_it_is(
    caller: Asking, session: Writes, competition_id: UUID, competitor_id: Id, who: WhoItIs
) -> ResultCompetitor:
    """Say which own athlete somebody is, or that it is none."""
    return await service.who_it_is(session, caller, competition_id, competitor_id, who)


@router.get("/athletes/{athlete_id}/results", responses=_READ)
async def list_athlete_results(
    caller: Asking, session: Reads, athlete_id: UUID, part: Part
) -> Page[AthleteResult]:
    """Results of an athlete, newest first."""
    return await service.results_of(session, caller, athlete_id, part)


@router.get("/teams/{team_id}/results", responses=_READ)
async def list_team_results(
    caller: Asking,
    session: Reads,
    team_id: UUID,
    part: Part,
    since: Annotated[Day, Query(alias="from")],
    until: Annotated[Day, Query(alias="to", description="Included.")],
) -> Page[TeamResult]:
    """Results of a team's athletes, and of the side that is called like it, in the competitions of a time."""
    return await service.results_of_team(session, caller, team_id, since, until, part)


@router.get("/athletes/{athlete_id}/listing", responses=_READ)
async def get_listing(caller: Asking, session: Reads, athlete_id: UUID) -> ListingShown:
    """How result lists know an athlete, beside name and date of birth."""
    return await service.listing(session, caller, athlete_id)


@router.put("/athletes/{athlete_id}/listing", responses=_WRITE)
async def set_listing(caller: Asking, session: Writes, athlete_id: UUID, new: Listing) -> ListingShown:
    """Say how result lists know an athlete; results that were told by these licences become the athlete's."""
    return await service.listed_as(session, caller, athlete_id, new)


@router.get("/result-columns", responses=described(NotSignedIn, Forbidden))
async def list_result_columns(caller: Asking, session: Reads, part: Part) -> Page[SavedColumns]:
    """Saved mappings of tables, by name."""
    return await service.columns(session, caller, part)


@router.put("/result-columns", responses=_WRITE)
async def save_result_columns(caller: Asking, session: Writes, mapping: ColumnMapping) -> SavedColumns:
    """Save which column of a table is what, under a name; a file is then sent with `columns=` this name."""
    return await service.columns_saved(session, caller, mapping)
