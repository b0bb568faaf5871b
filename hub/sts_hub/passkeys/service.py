"""Rules of passkeys: each belongs to whoever made it, signs in alone, and its counter never goes back."""

import secrets
from typing import Any, Final
from uuid import UUID

from sts_hub import logs
from sts_hub.accounts.signing_in import Proof, StepEnded
from sts_hub.errors import Conflict, NotFound
from sts_hub.kit import challenges
from sts_hub.kit.challenges import Begun, Step
from sts_hub.kit.database import Database, ReadSession, WriteSession, conflicts
from sts_hub.passkeys import ceremonies, repository
from sts_hub.passkeys.ceremonies import PasskeyRefused
from sts_hub.passkeys.relying_party import RelyingParty
from sts_hub.passkeys.schemas import NewPasskey, Passkey, Passkeys
from sts_hub.policy import Caller

# A person has a phone, a tablet, a laptop and two keys; beyond this something makes them by itself.
MOST: Final = 20
# WebAuthn 13.4.3 asks for 16 at least.
CHALLENGE_BYTES: Final = 32
WAY: Final = "passkey"

_log = logs.get("sts_hub.passkeys")


async def listed(session: ReadSession, party: RelyingParty | None) -> Passkeys:
    """The caller's passkeys."""
    rows = await repository.mine(session)
    return Passkeys(possible=party is not None, items=[Passkey.model_validate(row) for row in rows])


async def making_begun(
    session: WriteSession, caller: Caller, party: RelyingParty
) -> tuple[dict[str, Any], Begun]:
    """What to ask the browser for, and the step that waits for it. Raises Conflict where there are too many."""
    known = [row.credential_id for row in await repository.mine(session)]
    if len(known) >= MOST:
        raise Conflict(f"You have {MOST} passkeys.", way_out="Remove those that are not used any more.")
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    begun = await challenges.begin(
        session, Step.NEW_PASSKEY, {"challenge": challenge.hex()}, caller.account_id
    )
    return ceremonies.creation(party, caller, challenge, known), begun


async def made(
    session: WriteSession, caller: Caller, party: RelyingParty, step: bytes | None, new: NewPasskey
) -> Passkey:
    """Keep the passkey that the browser has made. Raises StepEnded, PasskeyRefused, Conflict."""
    waiting = await challenges.taken(session, step, Step.NEW_PASSKEY)
    if waiting is None or waiting.account_id != caller.account_id:
        raise StepEnded("No passkey is being made here.")
    told = ceremonies.created(party, bytes.fromhex(waiting.content["challenge"]), new.credential)
    with conflicts({"passkey_credential_id_key": Conflict("The hub knows this passkey already.")}):
        row = await repository.add(session, caller.account_id, new.name, told)
    await repository.strengthen(session, caller.token_hash)
    return Passkey.model_validate(row)


async def renamed(session: WriteSession, passkey_id: UUID, name: str) -> Passkey:
    """Give a passkey of the caller another name. Raises NotFound."""
    row = await repository.rename(session, passkey_id, name)
    if row is None:
        raise NotFound("There is no such passkey.")
    return Passkey.model_validate(row)


async def removed(session: WriteSession, passkey_id: UUID) -> None:
    """Remove a passkey of the caller. Raises NotFound."""
    if not await repository.remove(session, passkey_id):
        raise NotFound("There is no such passkey.")


async def signing_begun(database: Database, party: RelyingParty) -> tuple[dict[str, Any], Begun]:
    """What to ask the browser of somebody who is nobody yet, and the step that waits for it."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    async with database.nobody() as session:
        begun = await challenges.begin(session, Step.PASSKEY, {"challenge": challenge.hex()})
    return ceremonies.request(party, challenge), begun


async def proved(
    database: Database, party: RelyingParty, step: bytes | None, credential: dict[str, Any]
) -> Proof:
    """Whose passkey has answered. Raises StepEnded, PasskeyRefused."""
    async with database.nobody() as session:
        waiting = await challenges.taken(session, step, Step.PASSKEY)
    if waiting is None:
        raise StepEnded("No sign-in waits for a passkey here.")
    async with database.nobody() as session:
        kept = await repository.brought(session, ceremonies.id_of(credential))
        if kept is None:
            raise _refused()
        count = ceremonies.answered(party, bytes.fromhex(waiting.content["challenge"]), credential, kept)
        if not await repository.used(session, kept.id, count):
            raise _refused()
    return Proof(kept.account_id, WAY, strong=True)


def _refused() -> PasskeyRefused:
    return PasskeyRefused("The hub does not know this passkey, or it was used elsewhere meanwhile.")
