"""What a rule can be about: a metric, a quantity worked out from one, or the way that values take."""

from __future__ import annotations

from typing import Final

from sts_hub.analytics import so_far
from sts_hub.analytics.so_far import Quantity
from sts_hub.errors import Invalid
from sts_protocols import metrics
from sts_protocols.metrics import by_name

GATEWAY_SILENCE: Final = Quantity(
    -100,
    "gateway_silence",
    "s",
    "How long a gateway that was heard around a running session has been silent.",
)
INGEST_LAG: Final = Quantity(
    -101,
    "ingest_lag",
    "s",
    "How long what the wall shows has been waiting to be stored, or nothing can come.",
)
OF_THE_WAY: Final = {one.name: one for one in (GATEWAY_SILENCE, INGEST_LAG)}
DERIVED: Final = so_far.QUANTITIES
# What is said of a thing, not of a body.
OF_THINGS: Final = frozenset(
    {
        *OF_THE_WAY,
        *(one.name for one in (metrics.BATTERY_LEVEL, metrics.BATTERY_VOLTAGE, metrics.SIGNAL_STRENGTH)),
    }
)


def named(name: str) -> Quantity:
    """The quantity that is called so; raises Invalid for none."""
    if (found := DERIVED.get(name) or OF_THE_WAY.get(name)) is not None:
        return found
    if (metric := by_name(name)) is not None:
        return Quantity(metric.id, metric.name, metric.unit, metric.source)
    raise Invalid(
        f"There is no metric {name!r}.",
        way_out="GET /api/v1/metrics and GET /api/v1/alert-rules/catalogue list them.",
    )
