"""The roster of a gateway: jersey, initials and zones of who wears its sensors now. No name leaves the hub."""

from __future__ import annotations

import hashlib
import math
from datetime import datetime

import asyncpg
import msgspec

from sts_hub.analytics.zones import TENS_PERCENT, Zones
from sts_hub.db import queries
from sts_hub.db.pools import Connection
from sts_protocols.beat import Beat, Roster, Wearer

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
    zones = [] if hr_max is None else [math.ceil(lower) for lower in Zones(0.0, hr_max, TENS_PERCENT).lower]
    return Wearer(row["sensor"], row["number"], initials(row["name"]), zones)


def initials(name: str) -> str:
    """The first letters of the first and the last word of a name."""
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0].upper() for word in dict.fromkeys((words[0], words[-1])))[:8] if words else ""
