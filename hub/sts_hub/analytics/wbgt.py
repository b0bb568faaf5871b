"""Heat on a pitch: the wet bulb globe temperature, measured, or guessed from what a weather sensor tells."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from sts_hub.analytics.formula import Case, Formula, Found, Input, Output, Shape, Variant

WET_BULB: Final = Input(
    "wet_bulb_temperature", "Cel", "Natural wet bulb.", Shape.NUMBER, low=-50.0, high=70.0
)
GLOBE: Final = Input("globe_temperature", "Cel", "Black globe.", Shape.NUMBER, low=-50.0, high=100.0)
AIR: Final = Input("air_temperature", "Cel", "Air in the shade.", Shape.NUMBER, low=-50.0, high=70.0)
HUMIDITY: Final = Input("air_humidity", "%", "Relative humidity.", Shape.NUMBER, low=0.0, high=100.0)


def _weighted(*weights: tuple[float, Input]) -> Callable[[Case], Found]:
    return lambda case: Found({"wbgt": sum(weight * case.number(one.name) for weight, one in weights)})


def _from_humidity(case: Case) -> Found:
    air, humidity = case.number(AIR.name), case.number(HUMIDITY.name)
    vapour_hpa = humidity / 100 * 6.105 * math.exp(17.27 * air / (237.7 + air))
    return Found({"wbgt": 0.567 * air + 0.393 * vapour_hpa + 3.94})


WBGT: Final = Formula(
    id="wbgt",
    version=1,
    title="Wet bulb globe temperature (WBGT)",
    sentence="One number for heat: mostly how much sweat can cool, then radiation, then air.",
    source="ISO 7243:2017; for `from_humidity` the Australian Bureau of Meteorology's approximation, which takes moderate sun and light wind",
    outputs=(Output("wbgt", "Cel", "Wet bulb globe temperature."),),
    gaps="Single readings.",
    null="Never: without its readings there is nothing to work out.",
    variants=(
        Variant(
            "outdoor",
            "0.7 wet bulb + 0.2 globe + 0.1 air: in the sun.",
            _weighted((0.7, WET_BULB), (0.2, GLOBE), (0.1, AIR)),
            (WET_BULB, GLOBE, AIR),
        ),
        Variant(
            "indoor",
            "0.7 wet bulb + 0.3 globe: without the sun.",
            _weighted((0.7, WET_BULB), (0.3, GLOBE)),
            (WET_BULB, GLOBE),
        ),
        Variant(
            "from_humidity",
            "0.567 air + 0.393 vapour pressure (hPa) + 3.94: whatever the sun and the wind do.",
            _from_humidity,
            (AIR, HUMIDITY),
            estimate=True,
        ),
    ),
)
