"""Rules of versions: who may want one. A gateway takes it from where its own settings say, and goes back by itself."""

from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Act, Caller, Kind, Thing, guard, guard_new
from sts_hub.versions import repository
from sts_hub.versions.schemas import FleetVersions, VersionWish, WantedVersion


async def shown(session: ReadSession, caller: Caller) -> FleetVersions:
    """What the caller's club wants, and what its gateways run. Raises NotFound."""
    guard(caller, Act.SEE, Thing(Kind.GATEWAY, caller.club_id))
    row = await repository.wanted(session, caller.club_id)
    wanted = None if row is None else WantedVersion.model_validate(row)
    return FleetVersions(wanted=wanted, running=await repository.running(session, caller.club_id))


async def wished(session: WriteSession, caller: Caller, wish: VersionWish) -> FleetVersions:
    """Want a version for a part of the fleet. Raises Forbidden."""
    guard_new(caller, Thing(Kind.GATEWAY, caller.club_id))
    await repository.want(session, caller.club_id, wish.version, wish.percent, caller.email)
    return await shown(session, caller)
