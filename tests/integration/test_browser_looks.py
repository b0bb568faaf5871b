"""Every screen at every size, and each component in each state, in a real browser before a hub of paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser_journeys import JOURNEY_ALLOWANCE_S, walked
from demo import web_app

# Fourteen screens at seven sizes: some minutes, which the tests of each day do not have.
pytestmark = pytest.mark.long


@pytest.mark.timeout(JOURNEY_ALLOWANCE_S + 120)
async def test_no_screen_and_no_component_is_cropped_or_covered_at_any_size(tmp_path: Path) -> None:
    web_app.install()
    await walked("looks", tmp_path)
