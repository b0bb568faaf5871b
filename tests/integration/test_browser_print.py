"""What a coach hands out, printed by a real browser: the built app before a hub of paper."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from browser_journeys import JOURNEY_ALLOWANCE_S, walked
from demo import web_app


@pytest.mark.timeout(JOURNEY_ALLOWANCE_S + 120)
async def test_a_session_and_a_squad_are_printed_whole_on_one_page_each(tmp_path: Path) -> None:
    await asyncio.to_thread(web_app.build)
    await walked("print", tmp_path)
