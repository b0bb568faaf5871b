"""The roster of a gateway: jersey, initials and zones of who wears its sensors now. No name leaves the hub."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

import asyncpg
import msgspec

from sts_hub.db import queries
from sts_hub.db.pools import Connection
from sts_protocols.beat import Beat, Roster, Wearer

ZONES_PERCENT: Final = (50, 60, 70, 80, 90)
"""Of the highest heart rate: five bands of ten points (Edwards 1993), as the wall shows them."""

_QUERIES = queries.load("sts_hub.beats")


async def roster(connection: Connection, beat: Beat, at: datetime) -> Roster | None:
    """The roster, or None when the gateway has this one, or is too old to have any."""
    if beat.roster is None:
        return None
    names = [sensor.name for sensor in beat.sensors]
    addresses = [sensor.address for sensor in beat.sensors]
    rows = await connection.fetch(_QUERIES.roster, beat.gateway, names, addresses, at)
    wearers = [_wearer(row) for row in rows]
    hashed = hashlib.sha256(msgspec.json.encode(wearers)).hexdigest() if wearers else ""
    if hashed == beat.roster:
        return None
    return Roster(hashed, wearers)


def _wearer(row: asyncpg.Record) -> Wearer:
    hr_max = row["hr_max"]
    zones = [] if hr_max is None else [-(-hr_max * percent // 100) for percent in ZONES_PERCENT]
    return Wearer(row["sensor"], row["number"], initials(row["name"]), zones)


def initials(name: str) -> str:
    """The first letters of the first and the last word of a name."""
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0].upper() for word in dict.fromkeys((words[0], words[-1])))[:8] if words else ""
