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
from sts_hub.samples.schemas import Beats, Chart, TeamChart
from sts_hub.samples.service import Wanted
from sts_protocols.routing import GATEWAY_NAME

router = Router(tags=["samples"])

_Gateway = Annotated[
    str | None,
    Query(
        pattern=f"^{GATEWAY_NAME.pattern}$",
        description="Only what this gateway heard; without it the receptions of all are merged, so that nothing "
        "counts twice.",
    ),
]


_Since = Annotated[Moment, Query(alias="from")]
_Until = Annotated[
    Moment,
    Query(
        alias="to",
        description="Not included; at most 731 days after `from`. Of more than 7 days the minutes or hours are "
        "drawn, which are some minutes old.",
    ),
]
_Pixels = Annotated[int, Query(ge=10, le=10_000, description="Width of the chart.")]


async def wanted(
    metric: Annotated[
        list[str],
        Query(min_length=1, max_length=8, description="Name of a metric; several times for several."),
    ],
    since: _Since,
    until: _Until,
    pixels: _Pixels = 1000,
    gateway: _Gateway = None,
) -> Wanted:
    """Which part of somebody's values a request asks for."""
    return Wanted(tuple(metric), since, until, pixels, gateway)


async def _wanted_of_team(
    metric: Annotated[str, Query(max_length=40, description="Name of a metric.")],
    since: _Since,
    until: _Until,
    pixels: _Pixels = 300,
) -> Wanted:
    return Wanted((metric,), since, until, pixels)


@router.get("/athletes/{athlete_id}/samples", responses=described(NotSignedIn, NotFound))
async def get_samples(
    caller: Asking, session: Reads, athlete_id: UUID, asked: Annotated[Wanted, Depends(wanted)]
) -> Chart:
    """What an athlete's sensors measured, in columns, thinned to the pixels asked for."""
    return await service.chart(session, caller, athlete_id, asked)


@router.get("/teams/{team_id}/samples", responses=described(NotSignedIn, NotFound))
async def get_team_samples(
    caller: Asking, session: Reads, team_id: UUID, asked: Annotated[Wanted, Depends(_wanted_of_team)]
) -> TeamChart:
    """One metric of everybody of a team in one answer: small multiples, with what each athlete's own chart shows."""
    return await service.team_chart(session, caller, team_id, asked)


@router.get("/athletes/{athlete_id}/beats", responses=described(NotSignedIn, NotFound))
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
