"""Height of a jump by two methods that are two formulas: their numbers must never stand in one trend."""

from __future__ import annotations

from typing import Final

import numpy as np

from sts_hub.analytics.formula import Case, Formula, Found, Input, NoNumber, Output, Setting, Shape, Variant
from sts_hub.analytics.holding import SECOND_US, Floats, Ints
from sts_hub.analytics.motion import GRAVITY_M_S2

# A second in the air is a height of 1.2 m, beyond every jump from the ground.
FLIGHT: Final = Input("flight_time_s", "s", "From take-off to landing.", Shape.NUMBER, low=0.0, high=1.2)
FORCE: Final = Input("force", "N", "Vertical force on the ground, both feet.", low=-500.0, high=20_000.0)

QUIET: Final = Setting("quiet_s", "s", 0.5, "Quiet standing must last so long before the jump.", low=0.5)
STILL: Final = Setting(
    "still_percent", "%", 5.0, "In it, the force may differ by so much of its mean.", high=100.0
)
TAKE_OFF: Final = Setting("take_off_n", "N", 20.0, "Below this force the athlete is in the air.")
# Plates speak 200 to 2,000 times a second. A hole of a tenth of a second hides half a push.
HOLE_US: Final = SECOND_US // 20
# Lighter than that nobody stands on a plate: an empty plate is quiet, too.
LIGHTEST_N: Final = 100.0


def _flight_time(case: Case) -> Found:
    return Found({"height": GRAVITY_M_S2 * case.number(FLIGHT.name) ** 2 / 8})


def _impulse(case: Case) -> Found:
    force = case.samples(FORCE.name)
    inside = force.t_us >= case.window.since_us
    t_us, newton = force.t_us[inside], force.value[inside]
    begin, behind, take_off = _phases(t_us, newton, case)
    weight = float(newton[begin:behind].mean())
    pushed = newton[begin : take_off + 1]
    if np.isnan(pushed).any() or (np.diff(t_us[begin : take_off + 1]) > HOLE_US).any():
        raise NoNumber("There is a hole in the force before take-off.")
    mass = weight / GRAVITY_M_S2
    velocity = float(np.trapezoid(pushed - weight, t_us[begin : take_off + 1] / SECOND_US)) / mass
    if velocity <= 0:
        raise NoNumber("The athlete does not leave the ground upwards.")
    return Found({"height": velocity**2 / (2 * GRAVITY_M_S2), "velocity": velocity, "mass": mass})


def _phases(t_us: Ints, newton: Floats, case: Case) -> tuple[int, int, int]:
    """First and behind the last place of the quiet standing, and the place of take-off."""
    loaded = np.flatnonzero(newton >= LIGHTEST_N)
    airborne = np.flatnonzero(newton < case.number(TAKE_OFF.name))
    airborne = airborne[airborne > loaded[0]] if loaded.size else airborne[:0]
    if not airborne.size:
        raise NoNumber("The force never falls to that of a take-off.")
    take_off = int(airborne[0])
    for behind in range(take_off, 0, -1):
        begin = int(np.searchsorted(t_us, t_us[behind - 1] - case.us(QUIET.name), side="right")) - 1
        if begin < 0:
            break
        if _is_quiet(newton[begin:behind], case.number(STILL.name)):
            return begin, behind, take_off
    raise NoNumber("There is no quiet standing before the jump to weigh the athlete by.")


def _is_quiet(newton: Floats, still_percent: float) -> bool:
    weight = float(newton.mean())
    return weight >= LIGHTEST_N and 100 * float(np.ptp(newton)) <= still_percent * weight


JUMP_FLIGHT_TIME: Final = Formula(
    id="jump_flight_time",
    version=1,
    title="Jump height by flight time",
    sentence="Who is in the air for t has fallen for half of it: g t² / 8.",
    source="Bosco, Luhtanen, Komi 1983, Eur J Appl Physiol 50:273",
    outputs=(
        Output("height", "m", "Rise of the centre of mass after take-off, if it lands as it took off."),
    ),
    gaps="There can be none: it is one number.",
    null="Never: without a flight time there is nothing to work out.",
    variants=(Variant("bosco", "With g = 9.80665 m/s².", _flight_time, (FLIGHT,)),),
)

JUMP_IMPULSE: Final = Formula(
    id="jump_impulse",
    version=1,
    title="Jump height by impulse",
    sentence="What the ground pushed beyond the weight gives the speed at take-off, v, and that the height v² / 2g.",
    source="Linthorne 2001, Am J Phys 69:1198",
    outputs=(
        Output("height", "m", "Rise of the centre of mass after take-off."),
        Output("velocity", "m/s", "Speed at take-off."),
        Output("mass", "kg", "By the quiet standing."),
    ),
    gaps="A hole of more than 50 ms between quiet standing and take-off gives no number.",
    null="No quiet standing of at least 0.5 s to weigh the athlete by, no take-off, or a hole.",
    variants=(
        Variant(
            "quiet_standing",
            "Trapezoids from the beginning of the last quiet standing before take-off.",
            _impulse,
            (FORCE,),
            (),
            (QUIET, STILL, TAKE_OFF),
        ),
    ),
)
