"""The folder source: every folder of the settings, each by itself."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from sts_edge.config import FolderSettings
from sts_edge.sources import Emit, SensorState

from .folder import LOOK_EVERY_S, RETRY_S, Accepted, Folder
from .sent import Sent


class FolderSource:
    """Sends what is left in the watched folders; see `Source` for what it promises.

    data_dir: where it remembers what was sent, and keeps large files while it sends them. accepted: see
    `Accepted`.
    """

    def __init__(
        self,
        folders: Sequence[FolderSettings],
        data_dir: Path,
        emit: Emit,
        accepted: Accepted,
        *,
        look_every_s: float = LOOK_EVERY_S,
        retry_s: float = RETRY_S,
    ) -> None:
        sent = Sent(data_dir / "folders.db")
        self.folders = [Folder(one, sent, data_dir, emit, accepted) for one in folders]
        self._look_every_s = look_every_s
        self._retry_s = retry_s

    async def run(self) -> None:
        """Watch until cancelled."""
        async with asyncio.TaskGroup() as group:
            for folder in self.folders:
                group.create_task(
                    folder.run(self._look_every_s, self._retry_s), name=f"folder {folder.settings.name}"
                )

    def states(self) -> list[SensorState]:
        """How each folder is now."""
        return [folder.state() for folder in self.folders]

    def faults(self) -> list[str]:
        """What a technician should know now."""
        return [sentence for folder in self.folders for sentence in folder.faults()]

    def counts(self) -> dict[str, int]:
        """Looks, documents, unchanged rewrites and failures since the start, over all folders."""
        counted: Counter[str] = Counter()
        for folder in self.folders:
            counted.update(asdict(folder.count))
        return dict(counted)
