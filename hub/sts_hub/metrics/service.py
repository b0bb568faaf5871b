"""The catalogue in the API's shape."""

from sts_hub.metrics.schemas import MetricInfo
from sts_protocols.metrics import CATALOGUE


def catalogue() -> list[MetricInfo]:
    """Every metric this version knows."""
    return [MetricInfo.model_validate(metric) for metric in CATALOGUE]
