"""Steps of signing in that wait for their answer: kept by the hub, known by a cookie, answered once within minutes."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import asyncpg

from sts_hub.db import queries
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.kit.identity import STEP_LASTS, new_token, token_hash

_SQL: Final = queries.load("sts_hub.kit")


class Step(StrEnum):
    """What is waited for."""

    CODE = "code"
    PASSKEY = "passkey"
    NEW_PASSKEY = "new_passkey"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Challenge:
    """A step that is waited for: whose, as far as that is known, and what was noted when it began."""

    account_id: UUID | None
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Begun:
    """The token for the cookie, and when it ends."""

    token: str
    expires_at: datetime


async def begin(
    session: WriteSession, step: Step, content: dict[str, Any], account_id: UUID | None = None
) -> Begun:
    """Wait for this step."""
    token = new_token()
    ends = await session.value(
        _SQL.begin_challenge, token_hash(token), step, account_id, json.dumps(content), STEP_LASTS
    )
    return Begun(token, ends)


async def known(session: ReadSession, hashed: bytes | None, step: Step) -> Challenge | None:
    """What is waited for, None where it has ended."""
    return _challenge(await session.row(_SQL.challenge, hashed, step))


async def taken(session: WriteSession, hashed: bytes | None, step: Step) -> Challenge | None:
    """The same, and it is answered with this."""
    return _challenge(await session.row(_SQL.take_challenge, hashed, step))


def _challenge(row: asyncpg.Record | None) -> Challenge | None:
    return Challenge(row["account_id"], json.loads(row["content"])) if row else None
