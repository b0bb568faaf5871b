"""`make screenshots`: a picture of every screen of the running demo with its season, and a page that shows them all.

They lie under build/screenshots. The web app's own script takes them; it fails where a box is cropped or sticks out.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

from demo import web_app
from demo.demo import alone, start, stopping_afterwards
from demo.preflight import find_browser
from demo.processes import StartError
from demo.progress import step
from demo.season import EMAIL, MARK, Season
from demo.services.rabbitmq import find_release
from demo.system import Options, System

BUILD = Path(__file__).resolve().parents[2] / "build"
PICTURES = BUILD / "screenshots"
# Ten weeks are loaded and worked out at about a week a minute on two cores; a busy machine takes three times as long.
SEASON_ALLOWANCE_S = 1800
LOOK_EVERY_S = 0.5


def wait_for(system: System, season: Season) -> None:
    """Until the season is loaded; raises StartError when it is not in time."""
    end = time.monotonic() + SEASON_ALLOWANCE_S
    while not system.done(MARK):
        season.look()
        if time.monotonic() > end:
            raise StartError(f"the season was not loaded within {SEASON_ALLOWANCE_S // 60} minutes")
        time.sleep(LOOK_EVERY_S)


def take(system: System) -> int:
    """The exit code of the script that takes the pictures."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    told = {
        "BASE_URL": system.base_url,
        "EMAIL": system.options.email,
        "SEASON_EMAIL": EMAIL,
        "PASSWORD": system.password,
        "CHROMIUM": find_browser() or "",
        "SCREENSHOTS": str(PICTURES),
    }
    command = [str(web_app.node_programs() / "npm"), "run", "--silent", "pictures"]
    environment = {**web_app.node_environment(), **told}
    return subprocess.run(command, cwd=web_app.WEB, env=environment, check=False).returncode


def run() -> int:
    """Start, load, take, stop; 0 when every picture was taken and no box is harmed."""
    options = Options(web_app=web_app.build(), broker=find_release() is not None, history=True)
    system = System(BUILD / "demo", options)
    with stopping_afterwards(system):
        start(system)
        with step("loading a season, once"):
            wait_for(system, Season(system))
        return take(system)


def main() -> int:
    """The exit code, with a sentence for what failed."""
    return alone(run)


if __name__ == "__main__":
    sys.exit(main())
