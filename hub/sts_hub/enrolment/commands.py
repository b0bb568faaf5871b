"""Enrolment for whoever runs the hub, as the database's owner; behind `sts-hub gateway`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg

from sts_hub.broker import users
from sts_hub.config import Settings
from sts_hub.db import pools
from sts_hub.enrolment.codes import HAND_LENGTH, SHEET_LENGTH, code_hash
from sts_hub.enrolment.codes import new_code as draw
from sts_hub.enrolment.repository import SQL
from sts_hub.enrolment.service import HAND_LASTS, management
from sts_hub.errors import HubError
from sts_hub.kit.operator import acting


async def new_code(settings: Settings, club: str, site: str, gateway: str | None) -> str:
    """A code to enrol by hand. Raises HubError."""
    (code,) = await _new_codes(settings, club, site, [gateway], HAND_LENGTH, HAND_LASTS)
    return code


async def sheet_codes(
    settings: Settings, club: str, site: str, gateways: Sequence[str], lasts: timedelta
) -> list[tuple[str, str]]:
    """Long codes for these gateways, all or none. Raises HubError."""
    codes = await _new_codes(settings, club, site, gateways, SHEET_LENGTH, lasts)
    return list(zip(gateways, codes, strict=True))


async def _new_codes(
    settings: Settings, club: str, site: str, gateways: Sequence[str | None], length: int, lasts: timedelta
) -> list[str]:
    codes = [draw(length) for _ in gateways]
    with pools.told("STS_DB_OWNER_DSN"):
        async with (
            pools.as_owner(settings.db_owner_dsn.get_secret_value(), "sts-hub gateway") as owner,
            owner.transaction(),
        ):
            club_id = await owner.fetchval(SQL.club_by_name, club)
            if club_id is None:
                raise HubError(
                    f"There is no club {club}: create its first account with sts-hub account create."
                )
            for gateway, code in zip(gateways, codes, strict=True):
                await _add(owner, code_hash(code), club_id, site, gateway, lasts)
    return codes


async def _add(
    owner: asyncpg.Connection, hashed: bytes, club_id: UUID, site: str, gateway: str | None, lasts: timedelta
) -> None:
    if gateway is not None:
        await _check_is_of(owner, gateway, club_id)
    try:
        await owner.fetchval(SQL.add, hashed, club_id, site, gateway, lasts)
    except asyncpg.CheckViolationError:
        raise HubError("A site has a name of 1 to 120 characters: give one with --site.") from None


async def revoke(settings: Settings, gateway: str) -> None:
    """End a gateway, at the door and at the broker. Raises HubError."""
    with pools.told("STS_DB_OWNER_DSN"):
        missing = f"There is no gateway {gateway}."
        async with acting(settings, "sts-hub gateway", SQL.club_of_gateway, gateway, missing) as (session, _):
            await session.do(SQL.revoke, gateway)
            async with management(settings) as broker:
                if broker is not None:
                    await users.remove(broker, gateway)


async def _check_is_of(owner: asyncpg.Connection, gateway: str, club_id: UUID) -> None:
    if await owner.fetchval(SQL.club_of_gateway, gateway) not in (None, club_id):
        raise HubError(f"The name {gateway} belongs to a gateway of another club: choose another name.")
