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
JOURNEY_ALLOWANCE_S = 420
# What the journey measured: from a strap's packet to the changed text, among others.
REPORT = web_app.BUILD / "browser-journey.json"


@pytest.mark.timeout(JOURNEY_ALLOWANCE_S + 120)
def test_a_coach_signs_in_and_sees_live_late_and_lost(running_system: System, tmp_path: Path) -> None:
    """Sign in, see thirty live tiles, switch a strap off, see it late and then lost."""
    told = {
        "STS_SIM_CONTROL": str(running_system.control_socket),
        "STS_SIM_TRUTH": str(running_system.options.truth),
    }
    journey("e2e", running_system, tmp_path, REPORT, **told)


@pytest.mark.timeout(JOURNEY_ALLOWANCE_S + 120)
def test_a_coach_runs_a_training_from_start_to_review(running_system: System, tmp_path: Path) -> None:
    """Start in three steps, a phase and its undo, the bench, a tap without a network, the end, ratings by keyboard."""
    journey("e2e:coach", running_system, tmp_path, web_app.BUILD / "browser-coach-day.json")


def journey(script: str, system: System, pictures: Path, report: Path, **told: str) -> None:
    """Run one journey of the web app as a person whom the system knows; fails with what it printed."""
    browser = find_browser()
    if not browser:
        missing("a Chromium", "install the package chromium, or name one: make test BROWSER=/path/to/it")
    environment = {
        **web_app.node_environment(),
        "BASE_URL": system.base_url,
        "EMAIL": system.options.email,
        "PASSWORD": system.password,
        "CHROMIUM": browser,
        "SCREENSHOTS": str(pictures),
        **told,
    }
    done = subprocess.run(
        [str(web_app.node_programs() / "npm"), "run", "--silent", script],
        cwd=web_app.WEB,
        env=environment,
        capture_output=True,
        text=True,
        timeout=JOURNEY_ALLOWANCE_S,
        check=False,
    )
    report.parent.mkdir(exist_ok=True)
    report.write_text(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
