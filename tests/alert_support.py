"""Rules of a team, a process that watches by them, and what it is heard to say."""

from __future__ import annotations

import time
from typing import Any

from api_support import World, at
from sts_hub.alerts.watch import AlertWatch
from sts_hub.kit.database import Database
from sts_hub.live.frames import Alert, Frame, FrameValue
from sts_hub.live.wall import Entry, Wall
from sts_protocols.metrics import HEART_RATE
from sts_protocols.sample import Quality

API = "/api/v1"
HIGH = {"metric": "heart_rate", "check": "above", "limit": 95, "of": "hr_max"}
# hr_max of everybody here is 190, and 95 % of that 180.5.
RULE = {"name": "Zu hoch", "conditions": [HIGH], "hold_s": 5, "reset_s": 60, "colour": "red"}


async def ruled(world: World, who: str = "coach", team: str = "red", **fields: Any) -> dict[str, Any]:
    answer = await world.as_(who).post(
        f"{API}/alert-rules", json={"team_id": str(world[team]), **RULE, **fields}
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def preview(
    world: World, who: str = "coach", since: float = 0, until: float = 600, **fields: Any
) -> dict[str, Any]:
    body = {
        "team_id": str(world["red"]),
        "rule": RULE | fields,
        "from": at(since).isoformat(),
        "to": at(until).isoformat(),
    }
    answer = await world.as_(who).post(f"{API}/alert-rules/preview", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


class Onlooker:
    """Keeps the alerts that a wall tells."""

    def __init__(self) -> None:
        self.alerts: list[Alert] = []

    def tell(self, entry: Entry) -> None:
        if isinstance(entry.what, Alert):
            self.alerts.append(entry.what)


class Live:
    """A process that watches, and a squad that it hears."""

    def __init__(self, world: World) -> None:
        self.world, self.wall, self.onlooker = world, Wall(), Onlooker()
        self.database: Database = world.app.state.parts[Database]
        self.watch = AlertWatch(self.database, self.wall)
        self.now_us = time.time_ns() // 1000
        self.wall.join(self.onlooker)
        self.wall.join(self.watch)

    async def read(self) -> None:
        await self.watch._read()

    async def tell(self, name: str, rate: float, seconds: int, quality: int = Quality.OK) -> list[Alert]:
        """So many heart rates, a second apart; the alerts told since."""
        before = len(self.onlooker.alerts)
        sensor = self.world[f"{name}_strap"]
        for _ in range(seconds):
            self.now_us += 1_000_000
            value = FrameValue(sensor, HEART_RATE.id, self.now_us, rate, quality)
            self.wall.take(Frame("pitch", "e", 1, 0, self.now_us, self.now_us, [value]))
        await self.watch._write()
        return self.onlooker.alerts[before:]


async def alerts(world: World, who: str = "coach", **params: Any) -> list[dict[str, Any]]:
    """What rules of this test said."""
    items = (await world.as_(who).get(f"{API}/alerts", params=params)).json()["items"]
    return [one for one in items if "Zu hoch" in one["text"]]
