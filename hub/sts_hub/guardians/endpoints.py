"""Routes of guardians."""

from uuid import UUID

from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.guardians import service
from sts_hub.guardians.schemas import Guardians
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes

router = Router(prefix="/athletes", tags=["athletes"])

_WRITE = described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)


@router.get("/{athlete_id}/guardians", responses=described(NotSignedIn, NotFound))
async def list_guardians(caller: Asking, session: Reads, athlete_id: UUID) -> Guardians:
    """Who stands for a minor athlete."""
    return await service.listed(session, caller, athlete_id)


@router.put("/{athlete_id}/guardians/{account_id}", status_code=204, responses=_WRITE)
async def add_guardian(caller: Asking, session: Writes, athlete_id: UUID, account_id: UUID) -> None:
    """Have an account of the role guardian stand for an athlete, until the athlete is of age."""
    await service.added(session, caller, athlete_id, account_id)


@router.delete("/{athlete_id}/guardians/{account_id}", status_code=204, responses=_WRITE)
async def remove_guardian(caller: Asking, session: Writes, athlete_id: UUID, account_id: UUID) -> None:
    """Have an account stand for an athlete no more, at once."""
    await service.removed(session, caller, athlete_id, account_id)
