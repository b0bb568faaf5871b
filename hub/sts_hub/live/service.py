"""The live stream of this process: lets clients in, keeps asking whether they still may, and ends their
streams."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from typing import Final
from uuid import UUID

from prometheus_client import Gauge

from sts_hub import logs
from sts_hub.errors import Refusal
from sts_hub.kit import notes
from sts_hub.kit.database import Database
from sts_hub.kit.identity import caller_of
from sts_hub.live import events
from sts_hub.live.client import Client
from sts_hub.live.frames import Message
from sts_hub.live.stream import stream
from sts_hub.live.views import View, Views
from sts_hub.live.wall import Gap, Place, Wall
from sts_hub.policy import Caller
from sts_hub.teams import service as teams

# The promise is a check at least each 60 s; a check that finds the database slow still comes in time.
RECHECK_S: Final = 30.0
# A wall lives through a restart of the database, but not on a login that nobody could confirm for so long.
UNCONFIRMED_S: Final = 300.0
# A person has a few tabs and a tablet; the oldest stream makes room for one more.
STREAMS_PER_ACCOUNT: Final = 20

_clients_open = Gauge("sts_live_clients", "Open live streams.")
_log = logs.get("sts_hub.live")


class LiveService:
    """All live streams of this process."""

    def __init__(self, database: Database, wall: Wall) -> None:
        self.wall = wall
        self._database = database
        self._views = Views(database, wall)
        self._clients: dict[Client, float] = {}
        self._recheck_now = asyncio.Event()

    async def opened(self, caller: Caller, team_id: UUID | None, place: str | None) -> AsyncIterator[bytes]:
        """The stream for one tab, going on after `place` where that is possible.

        Raises NotFound for a team that the caller does not see, Away when the database cannot be reached.
        """
        await self._check_team(caller, team_id)
        view = await self._views.of(caller, team_id)
        if view.roster.people:
            await notes.watched(self._database, caller, "get_live", [one.id for one in view.roster.people])
        return self._streamed(Client(self.wall, view, caller), view, Place.parse(place))

    async def _streamed(self, client: Client, view: View, place: Place | None) -> AsyncIterator[bytes]:
        """Begins when the answer is under way, so a client that has left meanwhile leaves nothing behind."""
        self._make_room(client.caller)
        self._clients[client] = time.monotonic()
        self.wall.join(client)
        view.join(client)
        _clients_open.set(len(self._clients))
        try:
            async for piece in stream(client, client.resume(place)):
                yield piece
        finally:
            self.wall.leave(client)
            view.leave(client)
            del self._clients[client]
            _clients_open.set(len(self._clients))

    def take(self, message: Message) -> None:
        """Something was said on sts.live."""
        self.wall.take(message)

    def linked(self, there: bool) -> None:
        """Whether the link to the broker is there."""
        if there:
            self.wall.close_gap("broker_away")
        else:
            self.wall.open_gap(Gap("broker_away", time.time_ns() // 1000))

    def login_ended(self, token_hash: bytes) -> None:
        """End the streams of a login at once."""
        for client in list(self._clients):
            if client.caller.token_hash == token_hash:
                client.send_away("signed_out", 0)

    def recheck(self) -> None:
        """Check all logins now: the word of one that ended may have been missed."""
        self._recheck_now.set()

    def stop(self) -> None:
        """Say bye to everybody: the process ends."""
        for client in list(self._clients):
            client.send_away("stopping", events.retry_ms())

    async def run(self) -> None:
        """Keep checking whether clients still may listen, until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RECHECK_S):
                    await self._recheck_now.wait()
            self._recheck_now.clear()
            for client in list(self._clients):
                await self._check(client)

    async def close(self) -> None:
        """Stop reading for the streams."""
        await self._views.close()

    async def _check(self, client: Client) -> None:
        try:
            caller = await caller_of(self._database, client.caller.token_hash)
        except Refusal:
            confirmed_s = self._clients.get(client)
            if confirmed_s is not None and time.monotonic() - confirmed_s > UNCONFIRMED_S:
                client.send_away("signed_out", events.retry_ms())
            return
        if caller is None:
            client.send_away("signed_out", 0)
        elif caller != client.caller:
            client.send_away("changed", 0)
        elif client in self._clients:
            self._clients[client] = time.monotonic()

    async def _check_team(self, caller: Caller, team_id: UUID | None) -> None:
        if team_id is not None:
            async with self._database.reading(caller) as session:
                await teams.one(session, caller, team_id)

    def _make_room(self, caller: Caller) -> None:
        mine = list(self._of_account(caller.account_id))
        for client in mine[: max(0, len(mine) + 1 - STREAMS_PER_ACCOUNT)]:
            client.send_away("too_many", 60_000)

    def _of_account(self, account_id: UUID) -> Iterator[Client]:
        return (client for client in self._clients if client.caller.account_id == account_id)
