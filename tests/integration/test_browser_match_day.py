"""A match day in a real browser on the hub's real program: a file, two corrections of it, and a director's season."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from api_support import ApiDatabase, hub_program
from browser_journeys import JOURNEY_ALLOWANCE_S, admin_of_a_new_club, journey
from demo import web_app

# Results need nothing that differs between the servers.
pytestmark = pytest.mark.one_generation


@pytest.mark.timeout(JOURNEY_ALLOWANCE_S + 120)
async def test_an_official_corrects_twice_and_a_coach_and_a_director_see_it(
    postgres: Any, rabbitmq: Any, api_database: ApiDatabase, tmp_path: Path
) -> None:
    hub = await hub_program(postgres, rabbitmq, api_database)
    email = await admin_of_a_new_club(hub)
    await journey("match-day", hub, await asyncio.to_thread(web_app.build), email, tmp_path)
