"""The parameters that formulas know, each with its unit and the bounds beyond which a value is a typing error."""

from enum import StrEnum
from typing import Final, NamedTuple


class Name(StrEnum):
    """What a parameter is called in formulas, receipts and the API."""

    HR_MAX = "hr_max"
    HR_REST = "hr_rest"
    LTHR = "lthr"
    VT1 = "vt1"
    VT2 = "vt2"
    FTP = "ftp"
    CP = "cp"
    W_PRIME = "w_prime"
    MASS = "mass"
    SEX = "sex"


class Parameter(NamedTuple):
    """A parameter: its UCUM unit, its lowest and highest believable value, and what it is; or the words it can be."""

    unit: str
    low: float
    high: float
    meaning: str
    words: tuple[str, ...] = ()


# Bounds: children and veterans, the untrained and the best of the world.
CATALOGUE: Final[dict[Name, Parameter]] = {
    Name.HR_MAX: Parameter("/min", 100, 250, "Highest heart rate."),
    Name.HR_REST: Parameter("/min", 25, 120, "Heart rate at rest."),
    Name.LTHR: Parameter("/min", 80, 230, "Heart rate at the lactate threshold."),
    Name.VT1: Parameter("/min", 60, 220, "Heart rate at the first ventilatory threshold."),
    Name.VT2: Parameter("/min", 80, 230, "Heart rate at the second ventilatory threshold."),
    Name.FTP: Parameter("W", 40, 700, "Functional threshold power."),
    Name.CP: Parameter("W", 40, 700, "Critical power."),
    Name.W_PRIME: Parameter("J", 1_000, 60_000, "Work above critical power, W'."),
    Name.MASS: Parameter("kg", 15, 250, "Body mass."),
    Name.SEX: Parameter("1", 0, 0, "Whose factors Banister's training impulse takes.", ("female", "male")),
}
