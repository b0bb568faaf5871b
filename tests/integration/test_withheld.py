"""Values measured without consent do not stay, whenever it becomes known whose they are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ingest_support import SECOND_US, Gateway, stored
from sts_hub.db.times import timestamp

GIVE = """
INSERT INTO sts.assignment (sensor_id, athlete_id, during)
SELECT s.id, a.id, tstzrange($2, $3) FROM sts.sensor s, sts.athlete a WHERE s.label = 'hr-01' AND a.name = $1
"""


@pytest.fixture
async def strap(hub_database):
    """A gateway whose strap hr-01 was worn by nobody so far; Ann has consented, Bob has not."""
    gateway = Gateway()
    await hub_database.worn("hr-01", "hr-02")
    await hub_database.owner.execute(
        "DELETE FROM sts.assignment; UPDATE sts.athlete SET name = 'Ann' WHERE name = 'hr-01';"
        "UPDATE sts.athlete SET name = 'Bob' WHERE name = 'hr-02';"
        "DELETE FROM sts.consent USING sts.athlete a WHERE a.id = athlete_id AND a.name = 'Bob'"
    )
    await hub_database.send(await hub_database.store(), *gateway.many(20))
    assert await stored(hub_database.owner, gateway.id) == gateway.said
    return gateway


def period(gateway: Gateway, first: int, last: int):
    return [timestamp(gateway.boot_us(number) + gateway.offset_us) for number in (first, last)]


async def test_a_strap_given_afterwards_to_somebody_without_consent_loses_those_samples_at_once(
    hub_database, strap
):
    await hub_database.owner.execute(GIVE, "Bob", *period(strap, 5, 10))
    begin = strap.boot_us(0) + strap.offset_us
    kept = {
        said
        for said in strap.said
        if said[0] != "hr-01" or not 5 * SECOND_US <= said[2] - begin < 10 * SECOND_US
    }
    assert len(kept) == len(strap.said) - 15
    assert set(await stored(hub_database.owner, strap.id)) == kept
    touched = await hub_database.owner.fetch(
        "SELECT first_t, last_t FROM sts.touched ORDER BY id DESC LIMIT 1"
    )
    assert touched[0]["first_t"] >= period(strap, 5, 10)[0]
    assert touched[0]["last_t"] < period(strap, 5, 10)[1]


async def test_given_to_somebody_who_had_consented_they_stay(hub_database, strap):
    """The control."""
    await hub_database.owner.execute(GIVE, "Ann", *period(strap, 5, 10))
    assert await stored(hub_database.owner, strap.id) == strap.said


async def test_consent_counts_at_the_time_of_measurement(hub_database, strap):
    """Bob consents for the second half only."""
    await hub_database.owner.execute(
        "INSERT INTO sts.consent (athlete_id, purpose, version, during) "
        "SELECT id, 'monitoring', '1', tstzrange($1, NULL) FROM sts.athlete WHERE name = 'Bob'",
        period(strap, 10, 10)[0],
    )
    await hub_database.owner.execute(GIVE, "Bob", period(strap, 0, 0)[0] - timedelta(hours=1), None)
    left = await stored(hub_database.owner, strap.id)
    begin = strap.boot_us(10) + strap.offset_us
    assert set(left) == {said for said in strap.said if said[0] != "hr-01" or said[2] >= begin}


async def test_a_name_told_after_its_samples_came_makes_them_go(hub_database):
    gateway, store = Gateway("pitch-9"), await hub_database.store()
    await hub_database.worn("hr-01", gateway="pitch-9", consent="none")
    await hub_database.owner.execute("DELETE FROM sts.local_name")
    await hub_database.send(store, *gateway.many(5), gateway="pitch-9")
    assert await stored(hub_database.owner, gateway.id) == gateway.said
    await hub_database.owner.execute(
        "INSERT INTO sts.local_name (gateway, name, address, kind) "
        "VALUES ('pitch-9', 'hr-01', 'address of hr-01', 'heart_rate')"
    )
    assert set(await stored(hub_database.owner, gateway.id)) == {
        said for said in gateway.said if said[0] == "hr-02"
    }
