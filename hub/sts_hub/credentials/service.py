"""Rules of one's own ways in: each is seen and ended by whoever it is of, a token is shown once."""

from datetime import timedelta
from uuid import UUID

from sts_hub.credentials import repository
from sts_hub.credentials.schemas import Login, Logins, MadeToken, NewToken, Token, Tokens
from sts_hub.errors import Conflict, NotFound
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.kit.identity import new_token, token_hash
from sts_hub.policy import Caller

# A person has a handful of scripts; beyond this something makes tokens by itself.
MOST_TOKENS = 50
# Tells leaked ones apart from other random text.
PREFIX = "sts_"


async def logins(session: ReadSession, caller: Caller) -> Logins:
    """The caller's logins."""
    rows = await repository.logins(session, caller.token_hash)
    return Logins(items=[Login.model_validate(row) for row in rows])


async def login_ended(session: WriteSession, login_id: UUID) -> None:
    """End a login of the caller, with its live streams. Raises NotFound."""
    if not await repository.end_login(session, login_id):
        raise NotFound("There is no such login.")


async def tokens(session: ReadSession) -> Tokens:
    """The caller's tokens."""
    return Tokens(items=[Token.model_validate(row) for row in await repository.tokens(session)])


async def token_made(session: WriteSession, caller: Caller, new: NewToken) -> MadeToken:
    """Make a token. Raises Conflict where there are too many."""
    if len(await repository.tokens(session)) >= MOST_TOKENS:
        raise Conflict(f"You have {MOST_TOKENS} tokens.", way_out="End those that are not used any more.")
    token = PREFIX + new_token()
    row = await repository.add_token(
        session, caller.account_id, new.name, token_hash(token), new.scopes, timedelta(days=new.days)
    )
    return MadeToken(**Token.model_validate(row).model_dump(), token=token)


async def token_ended(session: WriteSession, token_id: UUID) -> None:
    """End a token of the caller at once. Raises NotFound."""
    if not await repository.remove_token(session, token_id):
        raise NotFound("There is no such token.")
