"""The route of the catalogue."""

from sts_hub.errors import NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.problems import described
from sts_hub.kit.routes import Router
from sts_hub.kit.shapes import Page
from sts_hub.metrics import service
from sts_hub.metrics.schemas import MetricInfo

router = Router(prefix="/metrics", tags=["metrics"])


@router.get("", responses=described(NotSignedIn))
async def list_metrics(_caller: Asking) -> Page[MetricInfo]:
    """Every metric with its unit and intervals, in one part."""
    return Page(items=service.catalogue())
