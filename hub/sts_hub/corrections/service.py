"""Rules of epochs that never knew the time: who may see them, and where a person may place them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sts_hub.corrections import clock, repository
from sts_hub.corrections.repository import UnplacedRow
from sts_hub.corrections.schemas import Placed, Placement, UnplacedEpoch
from sts_hub.errors import Conflict, Invalid
from sts_hub.gateways import service as gateways
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller


async def listed(session: ReadSession, caller: Caller, cut: Cut, gateway: str) -> Page[UnplacedEpoch]:
    """The epochs of a gateway that the caller may see which wait for a place."""
    await gateways.one(session, caller, gateway)
    rows = await repository.unplaced(session, gateway, cut.after(UUID)[0], cut.limit)
    return cut.page(rows, key=lambda row: (row.epoch,), item=UnplacedEpoch.model_validate)


async def placed(session: WriteSession, caller: Caller, gateway: str, said: Placement) -> Placed:
    """Give an epoch its place, once. Raises NotFound, Forbidden, Conflict, Invalid."""
    await gateways.one(session, caller, gateway, Act.CHANGE)
    row = await repository.waiting(session, gateway, said.epoch)
    if row is None:
        raise Conflict(
            "No record of this epoch waits for a place.", way_out="Read the list of those that do."
        )
    error = timedelta(seconds=said.error_s)
    _possible(row, said.first_at, error)
    offset_us = _offset_us(row, said.first_at)
    error_us = error // timedelta(microseconds=1)
    if not await repository.place(session, gateway, said.epoch, offset_us, error_us, said.reason):
        raise Conflict("This epoch has got its place meanwhile.", way_out="Read the list again.")
    return Placed(epoch=said.epoch, first_at=said.first_at, error_s=said.error_s, records=row.records)


def _possible(row: UnplacedRow, first_at: datetime, error: timedelta) -> None:
    """Hold a place against what is certain: the bounds that beats told, and that it is over."""
    if row.starts_after is not None and first_at + error < row.starts_after:
        raise Invalid(f"It cannot have begun before {row.starts_after:%Y-%m-%d %H:%M:%S} UTC.")
    if first_at - error > min(row.ends_before or row.waits_since, datetime.now(UTC)):
        raise Invalid("It cannot have begun after it ended.", way_out="Its bounds are in the list.")


def _offset_us(row: UnplacedRow, first_at: datetime) -> int:
    try:
        return clock.offset_of(row.first_raw, first_at)
    except clock.CorrectionError as error:
        raise Conflict(str(error)) from None
