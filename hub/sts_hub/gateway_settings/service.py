"""Rules of gateways' settings: a change is based on the version that was read, and the gateway has the last word."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from sts_hub.errors import Conflict, Invalid
from sts_hub.gateway_settings import repository
from sts_hub.gateway_settings.repository import VersionRow
from sts_hub.gateway_settings.schemas import (
    GatewaySettings,
    SettingsAsked,
    SettingsVersion,
    SettingsWish,
    Tables,
)
from sts_hub.gateways import service as gateways
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.policy import Act, Caller

# As the answer to a beat can carry them, beside everything else.
MAX_TEXT: Final = 64 * 1024

_WAYS_OUT: Final = {
    "waiting": "It goes down with the answer to the gateway's next beat.",
    "refused": "Correct what `faults` names, and ask again; until then the gateway goes on as before.",
    "overtaken": "The settings were changed on the gateway meanwhile: read them, and ask for the change anew.",
}


async def shown(session: ReadSession, caller: Caller, gateway: str) -> GatewaySettings:
    """What is in force, and the last change. Raises NotFound."""
    await gateways.one(session, caller, gateway)
    return told(await repository.in_force(session, gateway), await repository.last_change(session, gateway))


async def changed(session: WriteSession, caller: Caller, gateway: str, wish: SettingsWish) -> GatewaySettings:
    """Have a change wait for the gateway. Raises NotFound, Forbidden, Conflict, Invalid."""
    await gateways.one(session, caller, gateway, Act.CHANGE)
    base = await repository.in_force(session, gateway)
    _check_base(base, wish.based_on)
    assert base is not None
    text = canonical(wish.tables)
    await repository.ask(
        session, gateway, base, text, hashlib.sha256(text.encode()).hexdigest(), caller.email
    )
    return told(base, await repository.last_change(session, gateway))


def canonical(tables: Tables) -> str:
    """The tables as the gateway writes them, so that both have one hash. Raises Invalid when there are too many."""
    given = tables.model_dump(exclude_none=True)
    text = json.dumps(
        {name: table for name, table in given.items() if table != []}, sort_keys=True, separators=(",", ":")
    )
    if len(text) > MAX_TEXT:
        raise Invalid(f"Settings may have {MAX_TEXT} characters as JSON; these have {len(text)}.")
    return text


def told(in_force: VersionRow | None, change: VersionRow | None) -> GatewaySettings:
    """Both as the API tells them."""
    return GatewaySettings(
        in_force=None if in_force is None else _version(in_force),
        change=None if change is None else _asked(change),
    )


def _check_base(base: VersionRow | None, based_on: int) -> None:
    if base is None:
        raise Conflict(
            "The gateway has not told its settings yet.",
            way_out="Wait for its next beats; a gateway of an older version tells none: update it first.",
        )
    if base.version != based_on:
        raise Conflict(
            f"Version {base.version} is in force by now, and not {based_on}.",
            way_out="Read the settings again, and make the change in them.",
        )


def _version(row: VersionRow) -> SettingsVersion:
    return SettingsVersion(
        version=row.version,
        made_by="gateway" if row.asked_by is None else "hub",
        asked_by=row.asked_by,
        since=row.state_at,
        tables=json.loads(row.tables),
    )


def _asked(row: VersionRow) -> SettingsAsked:
    return SettingsAsked(
        version=row.version,
        state=row.state,
        asked_by=row.asked_by or "",
        made_at=row.made_at,
        faults=row.faults,
        way_out=_WAYS_OUT.get(row.state, ""),
        tables=json.loads(row.tables),
    )
