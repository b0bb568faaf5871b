"""What one account sees of the wall: read in its name, so row-level security and the policy both decide.

All streams of an account (its tabs) share a view. It is read again every few seconds, so that a strap given
to somebody else, an athlete who left the team or a consent withdrawn shows within that time.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from sts_hub import logs
from sts_hub.errors import Refusal
from sts_hub.gateways import service as gateway_rules
from sts_hub.gateways.schemas import Gateway
from sts_hub.kit.database import Database
from sts_hub.kit.pages import MAX_LIMIT, Cut
from sts_hub.live import repository
from sts_hub.live.repository import Person, Worn
from sts_hub.live.wall import TREND_US, Wall
from sts_hub.policy import Act, Caller, may

# A reassigned strap must show on the wall within 5 s: the pause and one slow answer of the database.
REFRESH_S: Final = 4.0
# A tab that comes back within this time goes on where it was; after it, it gets a snapshot.
KEPT_S: Final = 60.0
# How far back the newest value of a strap is looked for, so that "lost since" survives a restart of the hub.
NEWEST_BACK: Final = timedelta(hours=12)

_log = logs.get("sts_hub.live")


@dataclass(slots=True)
class Roster:
    """One reading: people in order, what they wear by sensor, and the gateways."""

    people: list[Person] = field(default_factory=list)
    worn: dict[int, Worn] = field(default_factory=dict)
    gateways: dict[str, Gateway] = field(default_factory=dict)

    def same_wall(self, other: "Roster") -> bool:
        """Whether a client that knows the one needs no snapshot for the other."""
        return (
            self.people == other.people
            and self.worn == other.worn
            and self.gateways.keys() == other.gateways.keys()
        )

    def moved(self, before: "Roster") -> list[str]:
        """The gateways whose state is another than before (a silent one sends no news of it)."""
        return [
            name
            for name, gateway in self.gateways.items()
            if name in before.gateways and before.gateways[name].state != gateway.state
        ]


class Watcher(Protocol):
    """Somebody who wants to know when a view changes."""

    def view_changed(self) -> None:
        """Other people, other sensors: only a snapshot can tell."""

    def gateways_moved(self, names: list[str]) -> None:
        """These gateways have another state."""


class View:
    """The roster of one account and team, kept fresh while somebody looks."""

    def __init__(self, database: Database, wall: Wall, caller: Caller, team_id: UUID | None) -> None:
        self.caller = caller
        self.roster = Roster()
        self.changed_at = wall.seq
        self._database = database
        self._wall = wall
        self._team_id = team_id
        self._watchers: set[Watcher] = set()

    def join(self, watcher: Watcher) -> None:
        """Tell this one of changes."""
        self._watchers.add(watcher)

    def leave(self, watcher: Watcher) -> None:
        """Tell this one nothing more."""
        self._watchers.discard(watcher)

    async def load(self) -> None:
        """Read the roster; raises Away."""
        before, self.roster = self.roster, await self._read()
        if not self.roster.same_wall(before):
            self.changed_at = self._wall.seq
            for watcher in tuple(self._watchers):
                watcher.view_changed()
        elif moved := self.roster.moved(before):
            for watcher in tuple(self._watchers):
                watcher.gateways_moved(moved)

    async def fill(self, now: datetime) -> None:
        """Let the wall know what the database knows of the last minute; raises Away."""
        trend = timedelta(microseconds=TREND_US)
        async with self._database.reading(self.caller) as session:
            self._wall.fill(await repository.past(session, now - trend, now - NEWEST_BACK))

    async def keep(self) -> None:
        """Read again and again until nobody has looked for a while."""
        unseen_s = 0.0
        while unseen_s < KEPT_S:
            await asyncio.sleep(REFRESH_S)
            unseen_s = 0.0 if self._watchers else unseen_s + REFRESH_S
            try:
                await self.load()
            except Refusal:
                pass  # the database is away: the wall lives on with what was known
            except Exception as error:
                _log.error("a live view cannot be read", exc_info=error)

    async def _read(self) -> Roster:
        async with self._database.reading(self.caller) as session:
            people, worn = await repository.roster(session, self._team_id)
            fleet = await gateway_rules.listed(session, self.caller, Cut(MAX_LIMIT))
        seen = [person for person in people if may(self.caller, Act.SEE, person.thing)]
        ids = {person.id for person in seen}
        return Roster(
            people=seen,
            worn={one.sensor: one for one in worn if one.athlete in ids},
            gateways={gateway.name: gateway for gateway in fleet.items},
        )


def _same_reach(one: Caller, other: Caller) -> bool:
    """Whether two logins of an account reach the same things."""
    return (one.club_id, one.role, one.teams) == (other.club_id, other.role, other.teams)


class Views:
    """The views of this process, one for each account and team somebody looks at."""

    def __init__(self, database: Database, wall: Wall) -> None:
        self._database = database
        self._wall = wall
        self._views: dict[tuple[UUID, UUID | None], View] = {}
        self._opening: dict[tuple[UUID, UUID | None], asyncio.Lock] = {}
        self._keepers: set[asyncio.Task[None]] = set()

    async def of(self, caller: Caller, team_id: UUID | None) -> View:
        """The view of this account; raises Away when it is new and the database cannot be reached."""
        key = (caller.account_id, team_id)
        async with self._opening.setdefault(key, asyncio.Lock()):
            view = self._views.get(key)
            if view is None or not _same_reach(view.caller, caller):
                view = await self._open(key, caller)
        return view

    async def _open(self, key: tuple[UUID, UUID | None], caller: Caller) -> View:
        view = View(self._database, self._wall, caller, key[1])
        await view.load()
        await view.fill(datetime.now(UTC))
        self._views[key] = view
        keeper = asyncio.create_task(self._keep(key, view), name="live view")
        self._keepers.add(keeper)
        keeper.add_done_callback(self._keepers.discard)
        return view

    async def _keep(self, key: tuple[UUID, UUID | None], view: View) -> None:
        try:
            await view.keep()
        finally:
            if self._views.get(key) is view:
                del self._views[key]
                self._opening.pop(key, None)

    async def close(self) -> None:
        """Stop reading."""
        for keeper in tuple(self._keepers):
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
