"""The route of the live stream."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Query
from starlette.responses import StreamingResponse

from sts_hub.errors import NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import described
from sts_hub.kit.provide import provided
from sts_hub.kit.routes import Router
from sts_hub.live.schemas import EVENTS
from sts_hub.live.service import LiveService

router = Router(prefix="/live", tags=["live"])

_STREAM = (
    "A stream of events, one per tab, for as long as the login lasts. Event ids are `<boot>-<sequence>`; "
    "`data` is JSON: "
    + ", ".join(f"`{name}` {model.__name__}" for name, model in EVENTS.items())
    + ". An empty frame comes every 2 s when nothing is heard: after 5 s without any event the stream is "
    "dead and should be opened again with `resume`."
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
