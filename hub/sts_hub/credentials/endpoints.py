"""Routes of one's own logins and tokens; a token opens none of them."""

from uuid import UUID

from sts_hub.credentials import service
from sts_hub.credentials.schemas import Logins, MadeToken, NewToken, Tokens
from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import InPerson
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes

router = Router(prefix="/me", tags=["accounts"])

_READ = described(NotSignedIn, Forbidden)
_ENDS = described(NotSignedIn, Forbidden, NotFound, *UNSAFE)


@router.get("/logins", responses=_READ)
async def list_logins(caller: InPerson, session: Reads) -> Logins:
    """Where you are signed in."""
    return await service.logins(session, caller)


@router.delete("/logins/{login_id}", status_code=204, responses=_ENDS)
async def end_login(_caller: InPerson, session: Writes, login_id: UUID) -> None:
    """Sign a browser out, with its live streams, at once."""
    await service.login_ended(session, login_id)


@router.get("/tokens", responses=_READ)
async def list_tokens(_caller: InPerson, session: Reads) -> Tokens:
    """Your tokens for scripts."""
    return await service.tokens(session)


@router.post("/tokens", status_code=201, responses=described(NotSignedIn, Forbidden, Conflict, *UNSAFE))
async def make_token(caller: InPerson, session: Writes, new: NewToken) -> MadeToken:
    """Make a token for a script; it is shown this once."""
    return await service.token_made(session, caller, new)


@router.delete("/tokens/{token_id}", status_code=204, responses=_ENDS)
async def end_token(_caller: InPerson, session: Writes, token_id: UUID) -> None:
    """End a token at once."""
    await service.token_ended(session, token_id)
