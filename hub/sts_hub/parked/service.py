"""Rules of parked records: who sees a gateway sees what is parked of it, who keeps it tries again or gives up."""

from collections.abc import Sequence
from typing import Final

from sts_hub.errors import NotFound
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.parked import repository
from sts_hub.parked.schemas import (
    Discard,
    DiscardedRecord,
    Handled,
    ParkedGroup,
    ParkedGroups,
    ParkedRecord,
    Retry,
)
from sts_hub.policy import Act, Caller, Kind, Thing, guard, may

_GONE: Final = NotFound(
    "Some of these records are not parked any more, or are not your club's.",
    way_out="Read the list again and choose anew; nothing was changed.",
)


def _of(caller: Caller) -> Thing:
    """What is parked belongs to gateways of a club, and the database tells of the own club's only."""
    return Thing(Kind.GATEWAY, caller.club_id)


async def listed(
    session: ReadSession, caller: Caller, cut: Cut, gateway: str | None, reason: str | None
) -> Page[ParkedRecord]:
    """What is parked as far as the caller sees it, the oldest first."""
    rows = await repository.page(session, gateway, reason, cut.after(int)[0], cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.id,),
        item=ParkedRecord.model_validate,
        keep=lambda _row: may(caller, Act.SEE, _of(caller)),
    )


async def summed(session: ReadSession, caller: Caller) -> ParkedGroups:
    """What is parked by gateway and reason, the most first."""
    rows = await repository.groups(session) if may(caller, Act.SEE, _of(caller)) else []
    return ParkedGroups(items=[ParkedGroup.model_validate(row) for row in rows])


async def retried(session: WriteSession, caller: Caller, wanted: Retry) -> Handled:
    """Have the workers try these again. Raises NotFound, Forbidden; then none is."""
    guard(caller, Act.CHANGE, _of(caller))
    return _all(wanted.ids, await repository.ask_retry(session, wanted.ids))


async def discarded(session: WriteSession, caller: Caller, wanted: Discard) -> Handled:
    """Give these up. Raises NotFound, Forbidden; then none is."""
    guard(caller, Act.CHANGE, _of(caller))
    return _all(wanted.ids, await repository.discard(session, wanted.ids, wanted.reason, caller.email))


def _all(ids: Sequence[int], handled: int) -> Handled:
    if handled != len(set(ids)):
        raise _GONE
    return Handled(records=handled)


async def given_up(session: ReadSession, caller: Caller, cut: Cut) -> Page[DiscardedRecord]:
    """What was given up as far as the caller sees it, the newest first."""
    rows = await repository.given_up(session, cut.after(int)[0], cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.id,),
        item=DiscardedRecord.model_validate,
        keep=lambda _row: may(caller, Act.SEE, _of(caller)),
    )
