"""Layouts as tables: which numbers stand in a frame, one after the other, and as which metric each is stored."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sts_protocols.gatt.fields import Fields
from sts_protocols.metrics import Metric
from sts_protocols.sample import Value


class Field(NamedTuple):
    """One number of `size` bytes. value = raw * numerator / denominator, in the unit of the name, which is
    that of the metric, too. `unknown`: what stands for no number."""

    name: str
    size: int
    signed: bool = False
    numerator: int = 1
    denominator: int = 1
    unknown: tuple[int, ...] = ()
    metric: Metric | None = None

    def read(self, fields: Fields) -> float | None:
        """The next field of the frame as this number; None if it is cut or unknown."""
        raw = fields.signed(self.size) if self.signed else fields.unsigned(self.size)
        if raw is None or raw in self.unknown:
            return None
        return raw if self.numerator == self.denominator else raw * self.numerator / self.denominator


Told = dict[str, float | None]
"""Numbers by the names of their fields; None for cut or unknown."""


def read(fields: Fields, announced: Iterable[Field]) -> Told:
    """The announced fields, to the end of the frame. Raises DecodeError for bytes that none announces."""
    told = {field.name: field.read(fields) for field in announced}
    fields.end()
    return told


def size_of(announced: Iterable[Field]) -> int:
    """How many bytes they take."""
    return sum(field.size for field in announced)


def stored(fields: Iterable[Field], told: Mapping[str, float | None], truncated: bool) -> tuple[Value, ...]:
    """What is to be stored of it: every known field that has a metric, in the order of the fields."""
    pairs = ((field.metric, told.get(field.name)) for field in fields)
    return tuple(
        metric.told(number, truncated=truncated)
        for metric, number in pairs
        if metric is not None and number is not None
    )
