"""Routes of exports."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import BackgroundTasks, Depends, Query
from starlette.responses import FileResponse, Response

from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.exports import service
from sts_hub.exports.desk import ExportDesk
from sts_hub.exports.schemas import Export, NewExport
from sts_hub.kit.database import Database
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.provide import provided
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Moment, Page

router = Router(tags=["exports"])

Desk = Annotated[ExportDesk, Depends(provided(ExportDesk))]
_BYTES: Final = "application/octet-stream"
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file.",
        "content": {_BYTES: {"schema": {"type": "string", "format": "binary"}}},
    }
}
_ENDING: Final = {"csv": "csv", "parquet": "parquet"}


@router.get(
    "/athletes/{athlete_id}/workout",
    response_class=Response,
    responses={**_FILE, **described(NotSignedIn, NotFound, Conflict)},
)
async def get_workout(
    caller: Asking,
    database: Annotated[Database, Depends(provided(Database))],
    athlete_id: UUID,
    since: Annotated[Moment, Query(alias="from")],
    until: Annotated[Moment, Query(alias="to", description="Not included; at most 7 days after `from`.")],
    form: Annotated[Literal["fit", "tcx", "gpx"], Query(description="Which kind of file.")] = "fit",
) -> Response:
    """What was told of one workout, by sensors and files, as one file."""
    data = await service.workout(database, caller, athlete_id, form, since, until)
    return Response(data, media_type=_BYTES, headers=_saved(f"{since:%Y-%m-%dT%H%M%SZ}.{form}"))


def _saved(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }


@router.get("/exports", responses=described(NotSignedIn))
async def list_exports(caller: Asking, session: Reads, part: Part) -> Page[Export]:
    """Exports that were asked for, newest first."""
    return await service.listed(session, caller, part)


@router.post(
    "/exports", status_code=202, responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)
)
async def add_export(
    caller: Asking, session: Writes, desk: Desk, new: NewExport, after: BackgroundTasks
) -> Export:
    """Ask for an export; it is made beside, and tells how far it is."""
    export = await service.asked(session, caller, desk, new)
    after.add_task(desk.begin, export.id, caller)
    return export


@router.post(
    "/athletes/{athlete_id}/copy",
    status_code=202,
    responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE),
)
async def copy_athlete(
    caller: Asking, session: Writes, desk: Desk, athlete_id: UUID, after: BackgroundTasks
) -> Export:
    """Ask for everything that the hub holds of a person, in one zip: FIT, CSV and JSON, with a README. It is an export."""
    export = await service.copy_asked(session, caller, desk, athlete_id)
    after.add_task(desk.begin, export.id, caller)
    return export


@router.get("/exports/{export_id}", responses=described(NotSignedIn, NotFound))
async def get_export(caller: Asking, session: Reads, export_id: UUID) -> Export:
    """One export, and how far it is."""
    return service.shown(await service.one(session, caller, export_id))


@router.delete(
    "/exports/{export_id}", status_code=204, responses=described(NotSignedIn, NotFound, Forbidden, *UNSAFE)
)
async def remove_export(caller: Asking, session: Writes, desk: Desk, export_id: UUID) -> None:
    """Remove an export with its file."""
    await service.removed(session, caller, desk, export_id)


@router.get(
    "/exports/{export_id}/content",
    response_class=FileResponse,
    responses={**_FILE, **described(NotSignedIn, NotFound, Conflict)},
)
async def get_export_content(caller: Asking, session: Reads, desk: Desk, export_id: UUID) -> FileResponse:
    """The file of an export that is done."""
    row = await service.one(session, caller, export_id)
    path = desk.file(row.id)
    if row.state != "done" or path is None or not path.is_file():
        raise Conflict(
            "There is no file of this export.",
            way_out="Wait until its state is `done`; one that has expired is asked for again.",
        )
    name = f"export-{row.since:%Y-%m-%d}.{_ENDING.get(row.form, 'zip')}"
    return FileResponse(path, media_type=_BYTES, headers=_saved(name))
