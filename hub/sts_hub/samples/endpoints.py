"""The route of charts."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from sts_hub.errors import NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads
from sts_hub.kit.shapes import Moment
from sts_hub.samples import service
from sts_hub.samples.schemas import Beats, Chart
from sts_hub.samples.service import Wanted
from sts_protocols.routing import GATEWAY_NAME

router = Router(prefix="/athletes", tags=["samples"])

_Gateway = Annotated[
    str | None,
    Query(
        pattern=f"^{GATEWAY_NAME.pattern}$",
        description="Only what this gateway heard; without it the receptions of all are merged, so that nothing "
        "counts twice.",
    ),
]


def _wanted(
    metric: Annotated[
        list[str],
        Query(min_length=1, max_length=8, description="Name of a metric; several times for several."),
    ],
    since: Annotated[Moment, Query(alias="from")],
    until: Annotated[
        Moment,
        Query(
            alias="to",
            description="Not included; at most 731 days after `from`. Of more than 7 days the minutes or hours are "
            "drawn, which are some minutes old.",
        ),
    ],
    pixels: Annotated[int, Query(ge=10, le=10_000, description="Width of the chart.")] = 1000,
    gateway: _Gateway = None,
) -> Wanted:
    return Wanted(tuple(metric), since, until, pixels, gateway)


@router.get("/{athlete_id}/samples", responses=described(NotSignedIn, NotFound))
async def get_samples(
    caller: Asking, session: Reads, athlete_id: UUID, wanted: Annotated[Wanted, Depends(_wanted)]
) -> Chart:
    """What an athlete's sensors measured, in columns, thinned to the pixels asked for."""
    return await service.chart(session, caller, athlete_id, wanted)


@router.get("/{athlete_id}/beats", responses=described(NotSignedIn, NotFound))
async def get_beats(
    caller: Asking,
    session: Reads,
    athlete_id: UUID,
    since: Annotated[Moment, Query(alias="from")],
    until: Annotated[Moment, Query(alias="to", description="Not included; at most 1 hour after `from`.")],
    gateway: _Gateway = None,
) -> Beats:
    """When an athlete's heart beat, by the sums of RR intervals, each stretch with the error of its alignment."""
    return await service.beats(session, caller, athlete_id, since, until, gateway)
