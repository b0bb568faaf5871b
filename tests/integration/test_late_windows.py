"""What the ingest worker notes for rules: where samples came too late to be shown, in the transaction that stores them."""

from __future__ import annotations

import pytest

from ingest_support import SECOND_US, Gateway

RULE = """
INSERT INTO sts.alert_rule (club_id, team_id, what, rule, made_by)
SELECT t.club_id, t.id, 'body', 'null', gen_random_uuid() FROM sts.team t JOIN sts.gateway g USING (club_id) WHERE g.name = $1
"""


@pytest.mark.parametrize(
    ("lane", "age_s", "watched", "noted"),
    [
        ("live", 1, True, 0),  # shown, and judged as it came
        ("live", 60, True, 1),
        ("backlog", 1, True, 1),
        ("backlog", 3600, True, 1),
        ("backlog", 3600, False, 0),  # nobody watches
        ("backlog", 2 * 86_400, True, 0),  # nobody needs an alert about that any more
    ],
)
async def test_what_came_late_leaves_a_window_where_somebody_watches(
    hub_database, lane: str, age_s: int, watched: bool, noted: int
) -> None:
    gateway, store = Gateway(), await hub_database.store()
    await hub_database.worn("hr-01")
    if watched:
        await hub_database.owner.execute(RULE, gateway.name)
    gateway.began(age_s * SECOND_US)
    await hub_database.send(store, *gateway.many(1), lane=lane)
    rows = await hub_database.owner.fetch("SELECT first_t, last_t, judged_at FROM sts.late_window")
    assert len(rows) == noted
    for row in rows:
        bounds = await hub_database.owner.fetchrow(
            "SELECT min(t) AS first_t, max(t) AS last_t FROM sts.sample"
        )
        assert (row["first_t"], row["last_t"], row["judged_at"]) == (*bounds, None)


async def test_a_repeat_leaves_none(hub_database) -> None:
    gateway, store = Gateway(), await hub_database.store()
    await hub_database.worn("hr-01")
    await hub_database.owner.execute(RULE, gateway.name)
    records = gateway.many(2)
    for _ in range(2):
        await hub_database.send(store, *records, lane="backlog")
    assert await hub_database.owner.fetchval("SELECT count(*) FROM sts.late_window") == 1
