"""Routes of the outbox."""

from sts_hub.errors import NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads
from sts_hub.kit.shapes import Page
from sts_hub.outbox import service
from sts_hub.outbox.schemas import SentLetter

router = Router(prefix="/letters", tags=["accounts"])


@router.get("", responses=described(NotSignedIn))
async def list_letters(caller: Asking, session: Reads, part: Part) -> Page[SentLetter]:
    """Letters that the hub sent for your club and what became of them, newest first."""
    return await service.letters(session, caller, part)
