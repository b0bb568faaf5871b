"""A coach's way through the web app, in a real browser, on the whole system."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from demo import web_app
from demo.preflight import find_browser
from demo.system import System
from missing_parts import missing

# Ten strap intervals until a value is lost, three until it is late, and a browser on a busy machine.
JOURNEY_ALLOWANCE_S = 240
# What the journey measured: from a strap's packet to the changed text, among others.
REPORT = web_app.BUILD / "browser-journey.json"


@pytest.mark.timeout(JOURNEY_ALLOWANCE_S + 120)
def test_a_coach_signs_in_and_sees_live_late_and_lost(running_system: System, tmp_path: Path) -> None:
    """Sign in, see thirty live tiles, switch a strap off, see it late and then lost."""
    browser = find_browser()
    if not browser:
        missing("a Chromium", "install the package chromium, or name one: make test BROWSER=/path/to/it")
    environment = {
        **web_app.node_environment(),
        "BASE_URL": running_system.base_url,
        "EMAIL": running_system.options.email,
        "PASSWORD": running_system.password,
        "STS_SIM_CONTROL": str(running_system.control_socket),
        "CHROMIUM": browser,
        "STS_SIM_TRUTH": str(running_system.options.truth),
        "SCREENSHOTS": str(tmp_path),
    }
    done = subprocess.run(
        [str(web_app.node_programs() / "npm"), "run", "--silent", "e2e"],
        cwd=web_app.WEB,
        env=environment,
        capture_output=True,
        text=True,
        timeout=JOURNEY_ALLOWANCE_S,
        check=False,
    )
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
