"""Rules of orders: who may give them, and for how long they stand."""

from datetime import datetime, timedelta

from sts_hub.gateways import service as gateways
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.orders import repository
from sts_hub.orders.schemas import NewOrder, Order
from sts_hub.policy import Act, Caller


async def listed(session: ReadSession, caller: Caller, cut: Cut, gateway: str) -> Page[Order]:
    """The orders of a gateway, the newest first. Raises NotFound."""
    await gateways.one(session, caller, gateway)
    asked_at, number = cut.after(datetime, int)
    after = None if asked_at is None or number is None else (asked_at, number)
    rows = await repository.page(session, gateway, after, cut.limit)
    return cut.page(rows, key=lambda row: (row.asked_at, row.id), item=Order.model_validate)


async def given(session: WriteSession, caller: Caller, gateway: str, wanted: NewOrder) -> Order:
    """Have an order wait for the gateway's next beat. Raises NotFound, Forbidden."""
    await gateways.one(session, caller, gateway, Act.CHANGE)
    row = await repository.add(session, gateway, wanted.act, caller.email, timedelta(seconds=wanted.lasts_s))
    return Order.model_validate(row)
