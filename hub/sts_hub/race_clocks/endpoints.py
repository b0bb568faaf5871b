"""Routes of clocks of competitions, and of heart rates split by split."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.race_clocks import service
from sts_hub.race_clocks.schemas import NewRaceClock, RaceClock, SplitRates

router = Router(prefix="/competitions/{competition_id}", tags=["competitions"])

_READ = described(NotSignedIn, NotFound)
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/clocks", responses=_READ)
async def list_race_clocks(caller: Asking, session: Reads, competition_id: UUID) -> list[RaceClock]:
    """How far each clock of a competition is off, against the gateways."""
    return await service.listed(session, caller, competition_id)


@router.put("/clocks", responses=described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE))
async def set_race_clock(
    caller: Asking, session: Writes, competition_id: UUID, new: NewRaceClock
) -> RaceClock:
    """Say how far a clock is off: by hand, or by an impulse that both got."""
    return await service.was_said(session, caller, competition_id, new)


@router.get("/facts/{fact_id}/heart-rate", responses=_READ)
async def get_split_rates(caller: Asking, session: Reads, competition_id: UUID, fact_id: Id) -> SplitRates:
    """Heart rate of an own athlete's result, split by split; none where the clock may be off by more than a second."""
    return await service.split_rates(session, caller, competition_id, fact_id)
