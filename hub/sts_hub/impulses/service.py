"""Rules of impulses: they are seen by whoever sees their gateway, and none is ever left out."""

from datetime import datetime

from sts_hub.gateways import service as gateways
from sts_hub.impulses import repository
from sts_hub.impulses.schemas import Impulse
from sts_hub.kit.database import ReadSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.policy import Caller


async def listed(
    session: ReadSession, caller: Caller, cut: Cut, gateway: str, since: datetime | None
) -> Page[Impulse]:
    """The impulses of a gateway that the caller may see, by time of arrival; raises NotFound."""
    await gateways.one(session, caller, gateway)
    rows = await repository.page(session, gateway, since, cut.after(datetime, str, int, int), cut.limit)
    return cut.page(rows, key=lambda row: row.key, item=Impulse.model_validate)
