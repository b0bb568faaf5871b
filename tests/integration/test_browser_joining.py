"""An empty club is begun, people join it by invitation, share and withdraw: in a real browser, on the hub's real program."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import Any

import pytest

from api_support import PASSWORD, ApiDatabase, hub_program
from demo import web_app
from demo.preflight import find_browser
from missing_parts import missing

# What is seen and tapped needs nothing that differs between the servers.
pytestmark = pytest.mark.one_generation

# Ten steps of four browsers and some hashed passwords, on a busy machine.
JOURNEY_ALLOWANCE_S = 240


@pytest.mark.timeout(JOURNEY_ALLOWANCE_S + 120)
async def test_an_empty_club_is_begun_and_people_join_share_and_withdraw(
    postgres: Any, rabbitmq: Any, api_database: ApiDatabase, tmp_path: Path
) -> None:
    browser = find_browser()
    if not browser:
        missing("a Chromium", "install the package chromium, or name one: make test BROWSER=/path/to/it")
    hub = await hub_program(postgres, rabbitmq, api_database)
    hub.environ["STS_WEB_DIR"] = str(await asyncio.to_thread(web_app.build))
    emails = [f"{who}-{secrets.token_hex(4)}@club.example" for who in ("ana", "ines")]
    for email in emails:
        words = ("--email", email, "--name", "Ana", "--club", f"Club {email}", "--password-stdin")
        code, told = await hub.run("account", "create", *words, given=PASSWORD + "\n")
        assert code == 0, told
    environment = {
        **web_app.node_environment(),
        "BASE_URL": hub.url,
        "EMAIL": emails[0],
        "OTHER_EMAIL": emails[1],
        "PASSWORD": PASSWORD,
        "CHROMIUM": browser,
        "SCREENSHOTS": str(tmp_path),
    }
    with (tmp_path / "log").open("wb") as hub.out:
        async with hub.serving():
            journey = await asyncio.create_subprocess_exec(
                str(web_app.node_programs() / "npm"),
                *("run", "--silent", "e2e:joining"),
                cwd=web_app.WEB,
                env=environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            async with asyncio.timeout(JOURNEY_ALLOWANCE_S):
                out, _ = await journey.communicate()
    assert journey.returncode == 0, out.decode()
