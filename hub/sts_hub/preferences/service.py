"""Rules of preferences: one's own, and nobody else's."""

from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Caller
from sts_hub.preferences import repository
from sts_hub.preferences.schemas import NewPreferences, Preferences


async def shown(session: ReadSession, caller: Caller) -> Preferences:
    """What the caller chose."""
    return Preferences(**await repository.of(session, caller.account_id) or {})


async def kept(session: WriteSession, caller: Caller, new: NewPreferences) -> Preferences:
    """Keep what the caller chooses from now on."""
    await repository.keep(session, caller.account_id, new.model_dump())
    return Preferences(**new.model_dump())
