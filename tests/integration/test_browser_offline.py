"""The installed app without its hub, in a real browser with its real service worker, on the hub's real program."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from api_support import ApiDatabase, hub_program
from browser_journeys import JOURNEY_ALLOWANCE_S, admin_of_a_new_club, journey
from demo import web_app

# The app kept on a device is the same whichever servers the hub has.
pytestmark = pytest.mark.one_generation


@pytest.mark.timeout(JOURNEY_ALLOWANCE_S + 120)
async def test_the_app_opens_without_its_hub_and_forgets_who_was_erased(
    postgres: Any, rabbitmq: Any, api_database: ApiDatabase, tmp_path: Path
) -> None:
    hub = await hub_program(postgres, rabbitmq, api_database)
    # an own copy: a newer version is put into it
    app = tmp_path / "app"
    shutil.copytree(await asyncio.to_thread(web_app.build), app)
    await journey("offline", hub, app, await admin_of_a_new_club(hub), tmp_path)
