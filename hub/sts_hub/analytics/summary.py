"""What a heart says of a time: zones, time in zone, training impulse by each variant and in its hardest minutes, mean, highest, coverage."""

from __future__ import annotations

from collections.abc import Mapping

from sts_hub.analytics.formula import Given, Result
from sts_hub.analytics.formulas import compute
from sts_hub.analytics.heart_rate import HEART_RATE_MEAN
from sts_hub.analytics.holding import Samples, Window
from sts_hub.analytics.match_day import MATCH_DEMANDS
from sts_hub.analytics.time_in_zone import TIME_IN_ZONE
from sts_hub.analytics.trimp import TRIMP
from sts_hub.analytics.zones import HEART_RATE_ZONES


def summarise(
    heart_rate: Samples, parameters: Mapping[str, float | str], window: Window, zones: str = "percent_of_max"
) -> tuple[Result, ...]:
    """All results of one heart rate series in a window, those without a number with their reason.

    heart_rate: /min; parameters: what is known of the athlete on that day, by the names of the catalogue; zones: the
    variant of `heart_rate_zones`. Raises GivenError for zones that the catalogue does not know.
    """
    asked = [
        (HEART_RATE_ZONES.id, zones, False),
        (TIME_IN_ZONE.id, zones, True),
        *((HEART_RATE_MEAN.id, variant.name, True) for variant in HEART_RATE_MEAN.variants),
        *((TRIMP.id, variant.name, True) for variant in TRIMP.variants),
        (MATCH_DEMANDS.id, "edwards", True),
    ]
    return tuple(
        compute(
            Given(formula, variant, {"heart_rate": heart_rate} if measured else {}, parameters, {}, *window)
        )
        for formula, variant, measured in asked
    )
