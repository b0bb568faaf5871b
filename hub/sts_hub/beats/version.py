"""The version of the agent that a gateway is to take up: one stage of the fleet after the other, always the same ones."""

from __future__ import annotations

import hashlib

from sts_hub.db import queries
from sts_hub.db.pools import Connection
from sts_protocols.beat import Beat

AGENT = "sts-edge"

_QUERIES = queries.load("sts_hub.beats")


async def wanted_version(connection: Connection, beat: Beat) -> str | None:
    """The version, or None when this gateway runs it, or its stage has not come."""
    row = await connection.fetchrow(_QUERIES.wanted_version, beat.gateway)
    if row is None or row["version"] == beat.versions.get(AGENT):
        return None
    version: str = row["version"]
    return version if place(beat.gateway, version) < row["percent"] else None


def place(gateway: str, version: str) -> int:
    """Where a gateway stands in the line for a version, 0 to 99; another version has another line."""
    digest = hashlib.sha256(f"{gateway} {version}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100
