"""The route of summaries."""

from uuid import UUID

from sts_hub.errors import Conflict, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Keeps
from sts_hub.summaries import service
from sts_hub.summaries.schemas import SessionSummary

router = Router(prefix="/sessions", tags=["sessions"])


@router.get("/{session_id}/summary", responses=described(NotSignedIn, NotFound, Conflict))
async def get_summary(caller: Asking, session: Keeps, session_id: UUID) -> SessionSummary:
    """The numbers of a session that has ended, with where they come from and what late data have changed."""
    return await service.summary(session, caller, session_id)
