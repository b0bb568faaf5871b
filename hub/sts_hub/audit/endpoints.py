"""The route of the audit."""

from uuid import UUID

from sts_hub.audit import service
from sts_hub.audit.schemas import Entry
from sts_hub.errors import NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads
from sts_hub.kit.shapes import Page

router = Router(prefix="/athletes", tags=["athletes"])


@router.get("/{athlete_id}/audit", responses=described(NotSignedIn, NotFound))
async def list_audit(caller: Asking, session: Reads, athlete_id: UUID, part: Part) -> Page[Entry]:
    """Who read or changed what the hub has of an athlete, the newest first."""
    return await service.of_athlete(session, caller, athlete_id, part)
