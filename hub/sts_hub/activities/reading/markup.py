"""What TCX and GPX share: XML read as it comes, without entities, and columns made of points."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from sts_hub.activities.activity import Column, Floats, Ints, UnreadableError
from sts_hub.db.times import microseconds

UNITS: Final = {
    "heart_rate": "/min",
    "cadence": "/min",
    "power": "W",
    "speed": "m/s",
    "distance": "m",
    "latitude": "deg",
    "longitude": "deg",
    "altitude": "m",
}
# Before the first and after the last that a working device can tell.
_FROM: Final = datetime(1990, 1, 1, tzinfo=UTC)
_TO: Final = datetime(2200, 1, 1, tzinfo=UTC)


class Elements:
    """The elements of a file as they begin and end, up to where it can be read."""

    def __init__(self, data: bytes) -> None:
        """Spaces before the declaration are no XML, and some exporters write them."""
        self._data = data.lstrip()
        self.whole = True

    def __iter__(self) -> Iterator[tuple[str, str, Element]]:
        """Yield (start or end, local name, element). Raises UnreadableError for XML that declares entities."""
        try:
            for event, element in iterparse(io.BytesIO(self._data), ("start", "end"), forbid_dtd=True):
                yield event, local(element.tag), element
        except DefusedXmlException as error:
            raise UnreadableError(
                "The file declares entities or a document type, which activity files have no use for: export it again."
            ) from error
        except (ParseError, ValueError, LookupError):
            self.whole = False


def local(tag: Any) -> str:
    """The name of an element without its namespace."""
    return str(tag).rpartition("}")[2]


def leaves(element: Element) -> dict[str, str]:
    """The texts inside an element by local name, the first of each name."""
    found: dict[str, str] = {}
    for one in element.iter():
        if one.text and not len(one):
            found.setdefault(local(one.tag), one.text.strip())
    return found


def number(text: str | None) -> float:
    """The number, NaN for none."""
    try:
        value = float(text or "nan")
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


class Clock:
    """Reads times, and remembers whether any came without a zone."""

    def __init__(self) -> None:
        self.without_zone = 0

    def us(self, text: str | None) -> int | None:
        """µs since 1970 UTC of an ISO 8601 time; one without a zone is taken for UTC, as both formats ask. None: no
        time of a device."""
        try:
            moment = datetime.fromisoformat((text or "").strip())
            if moment.tzinfo is None:
                self.without_zone += 1
                moment = moment.replace(tzinfo=UTC)
            moment = moment.astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return microseconds(moment) if _FROM <= moment < _TO else None

    @property
    def warnings(self) -> list[str]:
        """What a person should know of the times."""
        return (
            [f"{self.without_zone} times name no zone: they were taken for UTC."] if self.without_zone else []
        )


class Points:
    """Points as they are read: those with a time become rows."""

    def __init__(self) -> None:
        self.told = 0
        self.t_us: list[int] = []
        self._rows: list[dict[str, float]] = []

    def add(self, t_us: int | None, values: dict[str, float]) -> None:
        """One more point; a position out of range, or exactly 0, 0, is none."""
        self.told += 1
        if t_us is None:
            return
        latitude, longitude = values.get("latitude", math.nan), values.get("longitude", math.nan)
        if not (abs(latitude) <= 90 and abs(longitude) <= 180) or latitude == longitude == 0:
            values |= {"latitude": math.nan, "longitude": math.nan}
        if values.get("heart_rate") == 0:
            values["heart_rate"] = math.nan
        self.t_us.append(t_us)
        self._rows.append(values)

    @property
    def warnings(self) -> list[str]:
        """What a person should know of the points."""
        missing = self.told - len(self.t_us)
        return [f"{missing} points have no time: they were left out."] if missing else []

    def columns(self, steps: bool = False) -> tuple[Ints, dict[str, Column]]:
        """Times and columns. `steps`: cadence was counted on one leg, and is kept for both."""
        columns = {name: Column(unit, self._column(name)) for name, unit in UNITS.items()}
        if steps:
            columns["cadence"] = Column("/min", columns["cadence"].value * 2)
        return np.array(self.t_us, np.int64), columns

    def _column(self, name: str) -> Floats:
        return np.array([row.get(name, math.nan) for row in self._rows], np.float64)
