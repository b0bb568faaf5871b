"""Rules of impulses: they are seen by whoever sees their gateway, none is ever left out, and a person may say whose one is:
also of a deleted or a manual one, which stays what the timer called it."""

from datetime import datetime
from uuid import UUID

from sts_hub.athletes import service as athletes
from sts_hub.errors import NotFound
from sts_hub.gateways import service as gateways
from sts_hub.impulses import repository
from sts_hub.impulses.repository import ImpulseRow
from sts_hub.impulses.schemas import Assigned, Impulse, ImpulseAssignments
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, Thing, guard


async def listed(
    session: ReadSession, caller: Caller, cut: Cut, gateway: str, since: datetime | None
) -> Page[Impulse]:
    """The impulses of a gateway that the caller may see, by time of arrival; raises NotFound."""
    await gateways.one(session, caller, gateway)
    rows = await repository.page(session, gateway, since, cut.after(datetime, str, int, int), cut.limit)
    named = {row.athlete_id for row in rows if row.athlete_id is not None}
    seen = await athletes.visible(session, caller, named)

    def item(row: ImpulseRow) -> Impulse:
        told = Impulse.model_validate(row)
        return told if row.athlete_id in seen else told.model_copy(update={"athlete_id": None})

    return cut.page(rows, key=lambda row: row.key, item=item)


async def assigned(session: WriteSession, caller: Caller, gateway: str, new: ImpulseAssignments) -> Assigned:
    """Say whose impulses are; what was said before stays noted. Raises NotFound for an impulse or an athlete."""
    row = await gateways.one(session, caller, gateway)
    guard(caller, Act.CHANGE, Thing(Kind.COMPETITION, row.club_id))
    for one in new.assignments:
        await moment(session, gateway, one.key)
        if one.athlete_id is not None:
            await athletes.one(session, caller, one.athlete_id)
        await repository.assign(session, row.club_id, one.key, one.bib, one.athlete_id, caller.name)
    return Assigned(assigned=len(new.assignments))


async def moment(
    session: ReadSession, gateway: str, impulse: tuple[UUID, int, int]
) -> tuple[datetime | None, int | None]:
    """When an impulse of this gateway was and how far off that may be, µs; raises NotFound."""
    found = await repository.moment(session, gateway, impulse)
    if found is None:
        raise NotFound(
            "The gateway has told of no such impulse.",
            way_out="Take epoch, seq and place from its list of impulses.",
        )
    return found
