"""Routes of one's own preferences; a token opens none of them."""

from sts_hub.errors import Forbidden, NotSignedIn
from sts_hub.kit.identity import InPerson
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.preferences import service
from sts_hub.preferences.schemas import NewPreferences, Preferences

router = Router(prefix="/me", tags=["accounts"])


@router.get("/preferences", responses=described(NotSignedIn, Forbidden))
async def get_preferences(caller: InPerson, session: Reads) -> Preferences:
    """What you chose for yourself: language, units, theme."""
    return await service.shown(session, caller)


@router.put("/preferences", responses=described(NotSignedIn, Forbidden, *UNSAFE))
async def save_preferences(caller: InPerson, session: Writes, new: NewPreferences) -> Preferences:
    """Choose for yourself: language, units, theme."""
    return await service.kept(session, caller, new)
