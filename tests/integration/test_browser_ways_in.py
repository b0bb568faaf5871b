"""Passkeys and an authenticator app in a real browser, with its virtual authenticator, on the hub's real program."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from api_support import ApiDatabase, hub_program
from browser_journeys import JOURNEY_ALLOWANCE_S, admin_of_a_new_club, journey
from demo import web_app

# Signing in needs nothing that differs between the servers.
pytestmark = pytest.mark.one_generation


@pytest.mark.timeout(JOURNEY_ALLOWANCE_S + 120)
async def test_somebody_makes_a_passkey_and_an_app_and_signs_in_by_both(
    postgres: Any, rabbitmq: Any, api_database: ApiDatabase, tmp_path: Path
) -> None:
    hub = await hub_program(postgres, rabbitmq, api_database)
    email = await admin_of_a_new_club(hub)
    await journey("ways-in", hub, await asyncio.to_thread(web_app.build), email, tmp_path)
