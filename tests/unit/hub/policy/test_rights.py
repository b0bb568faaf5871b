"""The page on rights says what the policy's table says."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_hub import rights
from sts_hub.policy import Reach

PAGE = Path(__file__).parents[4] / "docs/access.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == rights.page(), "python -m sts_hub.rights > docs/access.md"


def test_another_table_makes_another_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(rights, "reach", lambda *_: Reach.CLUB)
    assert PAGE.read_text() != rights.page()


def test_what_a_coach_sees_stands_in_the_page() -> None:
    line = next(line for line in PAGE.read_text().splitlines() if line.startswith("| athlete |"))
    assert line == "| athlete | club | club | teams | teams | own |  | own |"
