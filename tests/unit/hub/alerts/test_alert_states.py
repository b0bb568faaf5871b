"""How an alert stands: every row of the table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sts_hub.alerts.states import state

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("escalated", "acknowledged", "resolved", "word"),
    [
        (None, None, None, "raised"),
        (AT, None, None, "escalated"),
        (None, AT, None, "acknowledged"),
        (AT, AT, None, "acknowledged"),
        (None, None, AT, "resolved"),
        (AT, None, AT, "resolved"),
        (None, AT, AT, "resolved"),
        (AT, AT, AT, "resolved"),
    ],
)
def test_an_alert_stands_as_the_table_says(
    escalated: datetime | None, acknowledged: datetime | None, resolved: datetime | None, word: str
) -> None:
    assert state(escalated, acknowledged, resolved) == word
