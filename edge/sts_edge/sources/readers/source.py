"""The reader source: every timer of the settings, each by itself."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from sts_edge.config import ReaderSettings
from sts_edge.sources import Emit, Keep, SensorState, keep_nothing
from sts_protocols.network import llrp, race_result

from .alpenhunde import AlpenhundeTimer
from .llrp import LlrpReader
from .place import Places
from .race_result import RaceResultTimer
from .reader import FETCH_EVERY_S, FIRST_PAUSE_S, Accepted, Reader, Stored
from .timer import Timer

HTTP_PORT = 80


class ReaderSource:
    """Reads the timers of the settings; see `Source` for what it promises.

    data_dir: where it remembers how far each was read. accepted, stored: see `Accepted`, `Stored`.
    """

    def __init__(
        self,
        readers: Sequence[ReaderSettings],
        data_dir: Path,
        emit: Emit,
        accepted: Accepted,
        stored: Stored,
        *,
        keep: Keep = keep_nothing,
        fetch_every_s: float = FETCH_EVERY_S,
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        places = Places(data_dir / "readers.db")
        self.readers = [Reader(one, _timer(one), places, emit, accepted, stored, keep) for one in readers]
        self._fetch_every_s = fetch_every_s
        self._first_pause_s = first_pause_s

    async def run(self) -> None:
        """Read until cancelled."""
        async with asyncio.TaskGroup() as group:
            for reader in self.readers:
                group.create_task(
                    reader.run(self._fetch_every_s, self._first_pause_s),
                    name=f"reader {reader.settings.name}",
                )

    def states(self) -> list[SensorState]:
        """How each timer is now."""
        return [reader.state() for reader in self.readers]

    def faults(self) -> list[str]:
        """What a technician should know now."""
        return [sentence for reader in self.readers for sentence in reader.faults()]

    def counts(self) -> dict[str, int]:
        """Impulses, bad lines and connections since the start, over all readers."""
        counted: Counter[str] = Counter()
        for reader in self.readers:
            counted.update(asdict(reader.count))
        return dict(counted)


def _timer(settings: ReaderSettings) -> Timer:
    if settings.kind == "alpenhunde":
        return AlpenhundeTimer(settings.host, settings.port or HTTP_PORT)
    if settings.kind == "llrp":
        return LlrpReader(settings.host, settings.port or llrp.PORT, settings.start)
    return RaceResultTimer(settings.host, settings.port or race_result.PORT, settings.start)
