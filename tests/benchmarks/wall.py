"""What the live wall costs the browser: the web app's own measurement, run in the system's Chromium."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from demo import web_app
from demo.preflight import find_browser
from demo.progress import step

SCRIPT = "e2e:wall-cpu"
PATIENCE_S = 180


def measure(_: Path) -> Iterator[Figure]:
    """Thirty tiles at the rates that the script has; a machine without a browser is told."""
    part = "the live wall, 30 tiles in Chromium"
    browser = find_browser()
    if not browser:
        yield Figure(part, "page's main thread", None, "% of a core", note="no Chromium here")
        return
    try:
        web_app.build()
        found = _measured(browser)
    except (web_app.WebAppError, subprocess.TimeoutExpired, ValueError) as error:
        yield Figure(part, "page's main thread", None, "% of a core", note=str(error).partition("\n")[0])
        return
    for run in found["runs"]:
        yield Figure(
            part,
            f"page's main thread, {run['values_per_second']} values/s for each tile",
            100 * run["core_share"],
            "% of a core",
            100 * run["limit"],
            note=f"time in tasks, a busy machine's waiting included; {run['heap_mb']} MB of script memory",
        )


def _measured(browser: str) -> dict:
    """What the script printed. Raises ValueError when that is no figure."""
    command = [str(web_app.node_programs() / "npm"), "run", "--silent", SCRIPT]
    environment = {**web_app.node_environment(), "CHROMIUM": os.fspath(browser)}
    with step("thirty tiles in a browser"):
        done = subprocess.run(
            command,
            cwd=web_app.WEB,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    if not done.stdout.strip():
        raise ValueError(f"npm run {SCRIPT} said nothing: {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(done.stdout)
