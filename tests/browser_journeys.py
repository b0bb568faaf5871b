"""Runs a journey of hub/web/e2e in a real browser, on the hub's real program."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

from api_support import PASSWORD, HubProgram
from demo import web_app
from demo.preflight import find_browser
from missing_parts import missing

# Some dozen short steps of a browser and some hashed passwords, on a busy machine.
JOURNEY_ALLOWANCE_S = 420


def browser() -> str:
    """The program of the browser; whoever has none is told what to install."""
    found = find_browser()
    if not found:
        missing("a Chromium", "install the package chromium, or name one: make test BROWSER=/path/to/it")
    return found


async def admin_of_a_new_club(hub: HubProgram) -> str:
    """The e-mail address of a new club's first account, whose password is PASSWORD."""
    email = f"ana-{secrets.token_hex(4)}@club.example"
    words = ("--email", email, "--name", "Ana", "--club", f"Club {email}", "--password-stdin")
    code, told = await hub.run("account", "create", *words, given=PASSWORD + "\n")
    assert code == 0, told
    return email


async def journey(name: str, hub: HubProgram, web_dir: Path, email: str, pictures: Path) -> None:
    """One journey through a hub that serves the app of this folder; fails with all that the journey told."""
    hub.environ["STS_WEB_DIR"] = str(web_dir)
    told = {
        # browsers take no address of numbers for a passkey
        "BASE_URL": hub.url.replace("127.0.0.1", "localhost"),
        "EMAIL": email,
        "PASSWORD": PASSWORD,
        "WEB_DIR": str(web_dir),
    }
    with (pictures / "log").open("wb") as hub.out:
        async with hub.serving():
            await walked(name, pictures, **told)


async def walked(name: str, pictures: Path, **told: str) -> None:
    """One journey that brings, or is told, what it goes through; fails with all that it said."""
    running = await asyncio.create_subprocess_exec(
        str(web_app.node_programs() / "npm"),
        *("run", "--silent", f"e2e:{name}"),
        cwd=web_app.WEB,
        env={**web_app.node_environment(), "CHROMIUM": browser(), "SCREENSHOTS": str(pictures), **told},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(JOURNEY_ALLOWANCE_S):
        out, _ = await running.communicate()
    assert running.returncode == 0, out.decode()
