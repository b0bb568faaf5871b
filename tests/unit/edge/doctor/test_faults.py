"""The table of faults, and the page that shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_edge.cli.exits import Exit
from sts_edge.doctor.examination import checks_of
from sts_edge.doctor.faults import FAULTS, Fault, table

PAGE = Path(__file__).resolve().parents[4] / "docs/gateway.md"


def test_the_technicians_page_shows_this_very_table() -> None:
    assert table() in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_says_what_it_means_and_what_to_type(fault: Fault) -> None:
    assert fault.means.endswith(".")
    assert fault.fix
    assert fault.exit in set(Exit)
    assert checks_of(fault.name) == [fault.check]


def test_a_word_that_nobody_knows_means_no_check() -> None:
    assert checks_of("headache") == []
