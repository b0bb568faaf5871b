"""Seals, when a process of the API begins, the secrets of webhooks that a hub without seals has left open."""

from __future__ import annotations

import asyncio
from typing import Final

from sts_hub import logs
from sts_hub.errors import Away
from sts_hub.kit.database import Database
from sts_hub.kit.sealing import Sealing
from sts_hub.webhooks import service

# As long as the database is away.
AGAIN_S: Final = 5.0

_log = logs.get("sts_hub.webhooks")


class Sealer:
    """Looks once; without a key there is nothing that it could do, and webhooks go on as they are."""

    def __init__(self, database: Database, sealing: Sealing) -> None:
        self._database = database
        self._sealing = sealing

    async def run(self) -> None:
        """Until all are sealed."""
        sealed = not self._sealing.possible
        while not sealed:
            try:
                await self.once()
                sealed = True
            except Away:
                await asyncio.sleep(AGAIN_S)

    async def once(self) -> None:
        """Seal what lies open."""
        async with self._database.nobody() as session:
            count = await service.sealed_all(session, self._sealing)
        if count:
            _log.info("secrets of webhooks sealed", count=count)
