"""The route of the live stream."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query
from starlette.responses import StreamingResponse

from sts_hub.errors import NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import described
from sts_hub.kit.provide import provided
from sts_hub.live.service import LiveService

router = APIRouter(prefix="/live", tags=["live"])

Place = Annotated[str, Query(max_length=80, pattern=r"^[0-9a-f]+-[0-9]+$")]

_STREAM = (
    "A stream of events, one per tab, for as long as the login lasts. Event ids are `<boot>-<sequence>`. "
    "`data` is JSON: "
    + ", ".join(
        f"`{name}` LiveX".replace("LiveX", f"Live{name.capitalize()}")
        for name in ("snapshot", "frame", "alert", "fleet", "gap", "bye")
    )
    + ". A client that hears nothing for 5 s takes the stream for dead and opens it again with `resume`."
)


@router.get(
    "",
    response_class=StreamingResponse,
    responses={
        200: {"description": _STREAM, "content": {"text/event-stream": {"schema": {"type": "string"}}}},
        **described(NotSignedIn, NotFound),
    },
)
async def get_live(
    caller: Asking,
    service: Annotated[LiveService, Depends(provided(LiveService))],
    team: Annotated[UUID | None, Query(description="Only this team.")] = None,
    resume: Annotated[
        str | None, Query(max_length=80, description="The id of the last event heard, to go on from there.")
    ] = None,
    last_event_id: Annotated[str | None, Header(max_length=80)] = None,
) -> StreamingResponse:
    """Live values of the athletes that you see: first a snapshot, then what is new."""
    stream = await service.opened(caller, team, resume or last_event_id)
    return StreamingResponse(
        stream,
        media_type="text/event-stream",
        # X-Accel-Buffering: Nginx passes each event on at once.
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
