"""/healthz: the process runs. /readyz: it can serve. /metrics: its numbers, for Prometheus."""

from typing import Annotated

from fastapi import APIRouter, Depends  # noqa: TID251 - no feature
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from sts_hub.errors import Refusal
from sts_hub.kit.database import Database
from sts_hub.kit.provide import provided
from sts_hub.live.service import LiveService

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """200 as long as the process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def readyz(
    database: Annotated[Database, Depends(provided(Database))],
    live: Annotated[LiveService, Depends(provided(LiveService))],
) -> JSONResponse:
    """200 when the database answers, else 503. Without the broker past values are still served, so it only
    tells."""
    try:
        async with database.nobody() as session:
            await session.value("SELECT sts.asking_role()")
        told = "ok"
    except Refusal as refusal:
        told = f"{refusal.detail} ({refusal.__cause__})"
    gap = live.wall.gap
    parts = {"database": told, "live": gap.reason if gap else "ok"}
    ready = told == "ok"
    status = "ok" if ready else "away"
    return JSONResponse({"status": status, "parts": parts}, status_code=200 if ready else 503)


@router.get("/metrics")
async def metrics() -> Response:
    """Counters of this process; no value of a person is among them."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
