"""Which message is whose: topic patterns with + for one level, and the sensor's name made of those levels."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from sts_edge.config import TopicSettings
from sts_protocols.sample import SENSOR_NAME

from .payload import PayloadError, Read, reader_of

# A broker may be full of other people's things: whoever maps more sensors than a large site has is told.
MAX_SENSORS = 200

_PLACE = re.compile(r"\{(\d)\}")


class Match(NamedTuple):
    """A message that a pattern fits: whose it is, and what reads it."""

    sensor: str
    read: Read


class Topic:
    """One pattern of the settings."""

    def __init__(self, settings: TopicSettings) -> None:
        self.settings = settings
        levels = [re.escape(level) if level != "+" else "([^/]*)" for level in settings.topic.split("/")]
        self._pattern = re.compile("/".join(levels))
        self._readers: dict[str, Read] = {}

    @property
    def sensor(self) -> str | None:
        """Its sensor's name, if it does not depend on the message."""
        return None if _PLACE.search(self.settings.sensor) else self.settings.sensor

    def match(self, topic: str) -> Match | None:
        """Whose a message is, None for one that does not fit. Raises PayloadError for a name that is none."""
        found = self._pattern.fullmatch(topic)
        if found is None:
            return None
        name = _PLACE.sub(lambda place: found[int(place[1])], self.settings.sensor)
        if name not in self._readers:
            self._readers[name] = self._new_reader(name)
        return Match(name, self._readers[name])

    def _new_reader(self, name: str) -> Read:
        if not SENSOR_NAME.fullmatch(name):
            raise PayloadError(f"{name!r} is no sensor name: use up to 40 of A-Z a-z 0-9 . _ -")
        if len(self._readers) >= MAX_SENSORS:
            raise PayloadError(
                f"it would be sensor {MAX_SENSORS + 1} of this pattern: make the pattern narrower"
            )
        return reader_of(self.settings)


def places_of(topic: TopicSettings) -> Iterator[int]:
    """Yield the numbers of the levels that its sensor's name asks for."""
    return (int(place[1]) for place in _PLACE.finditer(topic.sensor))
