"""Settings of a gateway: which version its beat tells, and what of the hub's own goes down with the answer.

the beat tells                                the hub
a version that is known                       calls it in force
one that is not, without its tables           asks for them
one that is not, with its tables              keeps it, made on the gateway
a change that it refused or took back         keeps why
and a change waits, based on what is in force    sends it
                    based on something else      calls it overtaken: a person makes it anew
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from sts_hub import logs
from sts_hub.db import queries
from sts_hub.db.pools import Connection
from sts_protocols.beat import SettingsChange, SettingsReport

_QUERIES = queries.load("sts_hub.beats")
_log = logs.get("sts.beats")


class Down(NamedTuple):
    """What the answer carries."""

    change: SettingsChange | None = None
    wanted: bool = False


async def keep_settings(connection: Connection, gateway: str, told: SettingsReport | None) -> Down:
    """Keep what the newest beat of a gateway tells, in the caller's transaction; a gateway that tells nothing is older
    than all this."""
    if told is None:
        return Down()
    if told.refused is not None and await connection.fetchval(
        _QUERIES.settings_refused, gateway, told.refused.change, told.refused.faults
    ):
        _log.warning(
            "settings refused", gateway=gateway, change=told.refused.change, faults=told.refused.faults
        )
    wanted = not await _in_force(connection, gateway, told)
    waiting = await connection.fetchrow(_QUERIES.settings_waiting, gateway)
    if waiting is None or wanted:
        return Down(None, wanted)
    if waiting["based_on"] != told.hash:
        await connection.execute(_QUERIES.settings_overtaken, waiting["id"])
        _log.warning("settings overtaken", gateway=gateway, change=waiting["id"], version=told.version)
        return Down()
    change = SettingsChange(waiting["id"], waiting["version"], waiting["based_on"], waiting["tables"])
    return Down(change)


async def _in_force(connection: Connection, gateway: str, told: SettingsReport) -> bool:
    """Call the version told the one in force; False where its tables are not known yet."""
    row = await connection.fetchrow(
        _QUERIES.settings_of_version, gateway, told.change, told.version, told.hash
    )
    tables = told.tables if told.tables is not None and _hash(told.tables) == told.hash else None
    if row is not None and row["state"] == "in_force" and row["hash"] == told.hash:
        if tables is not None and tables != row["tables"]:
            await connection.execute(_QUERIES.settings_tables, row["id"], tables)
            return True
        return _hash(row["tables"]) == told.hash
    if row is None and tables is None:
        return False
    await connection.execute(_QUERIES.settings_past, gateway)
    if row is None:
        await connection.execute(_QUERIES.settings_made, gateway, told.version, tables, told.hash)
        return True
    await connection.execute(_QUERIES.settings_in_force, row["id"], told.hash, tables)
    return _hash(tables or row["tables"]) == told.hash


def _hash(tables: str) -> str:
    return hashlib.sha256(tables.encode()).hexdigest()
