"""Completeness from a real ledger, asked for in somebody's name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from sts_hub.completeness.service import completeness
from sts_hub.kit.database import ReadSession

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


@pytest.fixture
async def hub(postgres, migrated):
    """A club with one athlete who wears one strap, heard by pitch-1 from second 0 to 60, record by record."""
    dsn = postgres.make_database(like=migrated)
    connection = await asyncpg.connect(dsn, server_settings={"timezone": "UTC"})
    await connection.execute(
        """
        SELECT sts.open_day('2026-03-01');
        INSERT INTO sts.club (id, name) VALUES ('00000000-0000-0000-0000-00000000000c', 'Club');
        INSERT INTO sts.team (id, club_id, name)
            VALUES ('00000000-0000-0000-0000-00000000000e', '00000000-0000-0000-0000-00000000000c', 'T');
        INSERT INTO sts.athlete (id, club_id, team_id, name) VALUES ('00000000-0000-0000-0000-00000000000a',
            '00000000-0000-0000-0000-00000000000c', '00000000-0000-0000-0000-00000000000e', 'A');
        INSERT INTO sts.gateway VALUES ('pitch-1', '00000000-0000-0000-0000-00000000000c', 'P');
        INSERT INTO sts.sensor (club_id, address, kind, label)
            VALUES ('00000000-0000-0000-0000-00000000000c', 'A0', 'heart_rate', 'hr-01');
        INSERT INTO sts.local_name (gateway, name, address, kind)
            VALUES ('pitch-1', 'hr-01', 'A0', 'heart_rate');
        INSERT INTO sts.assignment (sensor_id, athlete_id, during)
            SELECT id, '00000000-0000-0000-0000-00000000000a', tstzrange('2026-03-01', NULL) FROM sts.sensor;
        INSERT INTO sts.consent (athlete_id, purpose, version, during) VALUES
            ('00000000-0000-0000-0000-00000000000a', 'monitoring', '1', tstzrange('2026-02-01', NULL))
        """
    )
    epoch = uuid4()
    await connection.execute(
        "INSERT INTO sts.epoch (epoch, gateway, running, head, received, pin_offset_us, spoke_first_at, "
        "spoke_last_at) VALUES ($1, 'pitch-1', true, 59, '{[0,60)}', 0, $2, $3)",
        epoch,
        at(0),
        at(60),
    )
    await connection.execute(
        "INSERT INTO sts.received_span (epoch, from_seq, to_seq, first_t, last_t) VALUES ($1, 0, 59, $2, $3)",
        epoch,
        at(0),
        at(60),
    )
    await connection.execute(
        "WITH s AS (INSERT INTO sts.series (epoch, name, metric) VALUES ($1, 'hr-01', 1) RETURNING id) "
        "INSERT INTO sts.sample (t, series, value, quality) "
        "SELECT $2::timestamptz + n * interval '1 s', s.id, 100, 0 FROM s, generate_series(0, 59) AS n",
        epoch,
        at(0),
    )
    yield connection
    await connection.close()


async def told(hub: asyncpg.Connection, start: float, end: float, role: str = "coach", club: str = "c"):
    """What the API's role is told, as somebody of that club and role."""
    async with hub.transaction():
        await hub.execute(
            "SELECT set_config('sts.account_id', $1, true), set_config('sts.club_id', $2, true), "
            "set_config('sts.role', $3, true)",
            str(uuid4()),
            f"00000000-0000-0000-0000-{club:0>12}",
            role,
        )
        await hub.execute("SET LOCAL ROLE sts_api")
        return await completeness(ReadSession(hub), "pitch-1", at(start), at(end))


def words(stretches) -> list[tuple[str, float, float]]:
    return [
        (str(s.word), (s.since - START).total_seconds(), (s.until - START).total_seconds()) for s in stretches
    ]


async def test_what_has_all_arrived_is_complete_for_gateway_and_athlete(hub):
    verdict = await told(hub, 5, 55, role="admin")
    assert verdict.complete
    (wearer,) = verdict.wearers
    assert wearer.complete
    assert wearer.coverage == 1.0


async def test_a_record_that_never_came_is_missing_where_its_neighbours_end_and_begin(hub):
    await hub.execute(
        "UPDATE sts.epoch SET received = '{[0,20),[30,60)}';"
        "UPDATE sts.received_span SET to_seq = 19, last_t = first_t + interval '20 s';"
        "INSERT INTO sts.received_span (epoch, from_seq, to_seq, first_t, last_t) "
        "SELECT epoch, 30, 59, first_t + interval '30 s', first_t + interval '60 s' FROM sts.received_span;"
        "DELETE FROM sts.sample WHERE t >= '2026-03-01 10:00:20+00' AND t < '2026-03-01 10:00:30+00'"
    )
    verdict = await told(hub, 0, 60, role="admin")
    assert words(verdict.stretches) == [("missing", 20, 30)]
    assert words(verdict.wearers[0].stretches) == [("missing", 20, 30)]


async def test_records_that_came_without_a_clock_are_there_and_say_nothing_about_when(hub):
    await hub.execute(
        "UPDATE sts.epoch SET received = '{[0,60),[61,63)}', head = 62, declared = '{[60,61)}';"
        "INSERT INTO sts.received_span (epoch, from_seq, to_seq) SELECT epoch, 61, 62 FROM sts.epoch"
    )
    assert (await told(hub, 5, 55, role="admin")).complete


async def test_after_the_last_beat_all_is_unknown(hub):
    assert words((await told(hub, 0, 90, role="admin")).stretches) == [("unknown", 60, 90)]


async def test_a_strap_taken_off_is_silent_since_its_last_value(hub):
    await hub.execute("DELETE FROM sts.sample WHERE t > '2026-03-01 10:00:30+00'")
    verdict = await told(hub, 0, 60, role="admin")
    assert verdict.complete
    assert words(verdict.wearers[0].stretches) == [("silent", 31, 60)]


async def test_a_strap_never_heard_is_silent_all_along(hub):
    await hub.execute("DELETE FROM sts.sample")
    assert words((await told(hub, 0, 60, role="admin")).wearers[0].stretches) == [("silent", 0, 60)]


async def test_time_without_consent_is_withheld(hub):
    await hub.execute("UPDATE sts.consent SET during = tstzrange('2026-03-01 10:00:40+00', NULL)")
    assert words((await told(hub, 0, 60, role="admin")).wearers[0].stretches) == [("withheld", 0, 40)]


async def test_a_technician_is_told_of_records_and_of_no_athlete(hub):
    verdict = await told(hub, 0, 60, role="technician")
    assert verdict.complete
    assert verdict.wearers == []


async def test_another_club_is_told_nothing(hub):
    verdict = await told(hub, 0, 60, role="admin", club="d")
    assert words(verdict.stretches) == [("unknown", 0, 60)]
    assert verdict.wearers == []
    assert verdict.received_records == 0


async def second_gateway(hub: asyncpg.Connection, first: int, last: int, club: str = "c") -> None:
    """Another gateway that hears the same strap in these seconds, a little later by its clock."""
    epoch = uuid4()
    await hub.execute(
        "INSERT INTO sts.gateway VALUES ('pitch-2', $1, 'P')", f"00000000-0000-0000-0000-{club:0>12}"
    )
    await hub.execute(
        "INSERT INTO sts.local_name (gateway, name, address, kind) VALUES ('pitch-2', 'ana', 'A0', 'heart_rate')"
    )
    await hub.execute("INSERT INTO sts.epoch (epoch, gateway) VALUES ($1, 'pitch-2')", epoch)
    await hub.execute(
        "WITH s AS (INSERT INTO sts.series (epoch, name, metric) VALUES ($1, 'ana', 1) RETURNING id) "
        "INSERT INTO sts.sample (t, series, value, quality) "
        "SELECT $2::timestamptz + n * interval '1 s', s.id, 100, 0 FROM s, generate_series($3::int, $4::int) AS n",
        epoch,
        at(0.04),
        first,
        last,
    )


LOST = (
    "UPDATE sts.epoch SET received = '{[0,20),[40,60)}';"
    "UPDATE sts.received_span SET to_seq = 19, last_t = first_t + interval '20 s';"
    "INSERT INTO sts.received_span (epoch, from_seq, to_seq, first_t, last_t) "
    "SELECT epoch, 40, 59, first_t + interval '40 s', first_t + interval '60 s' FROM sts.received_span;"
    "INSERT INTO sts.drop (epoch, span, reason) SELECT epoch, '[20,40)', 'policy' FROM sts.epoch;"
    "DELETE FROM sts.sample WHERE t >= '2026-03-01 10:00:20+00' AND t < '2026-03-01 10:00:40+00'"
)


async def test_what_one_gateway_lost_and_another_has_is_not_lost_for_the_athlete(hub):
    await hub.execute(LOST)
    before = await told(hub, 0, 60, role="admin")
    assert words(before.wearers[0].stretches) == words(before.stretches) == [("lost", 20, 40)]
    await second_gateway(hub, 15, 45)
    after = await told(hub, 0, 60, role="admin")
    assert words(after.stretches) == [("lost", 20, 40)]
    (wearer,) = after.wearers
    assert wearer.complete
    assert (before.wearers[0].coverage, wearer.coverage) == (pytest.approx(40 / 60), 1.0)


async def test_a_loss_declared_before_its_epoch_had_a_pin_is_told_for_its_time_once_it_has_one(hub):
    """Declared as lost from second 25 to 30 of a boot that was an hour before: until the pin, all between the neighbours."""
    await hub.execute(LOST)
    await hub.execute("UPDATE sts.drop SET first_us = 3625000000, last_us = 3630000000")
    await hub.execute("UPDATE sts.epoch SET pin_offset_us = NULL")
    assert words((await told(hub, 0, 60, role="admin")).stretches) == [("lost", 20, 40)]
    booted_us = int((START - timedelta(hours=1)).timestamp()) * 1_000_000
    await hub.execute("UPDATE sts.epoch SET pin_offset_us = $1", booted_us)
    assert words((await told(hub, 0, 60, role="admin")).stretches) == [("lost", 25, 30)]
    await hub.execute("UPDATE sts.epoch SET delta_us = 2000000")  # it was corrected by two seconds
    assert words((await told(hub, 0, 60, role="admin")).stretches) == [("lost", 27, 32)]


async def test_a_summary_that_was_withdrawn_since_its_original_stayed_is_no_loss(hub):
    await hub.execute(LOST)
    await hub.execute("UPDATE sts.drop SET reason = 'withdrawn'")
    verdict = await told(hub, 0, 60, role="admin")
    assert verdict.stretches == []
    assert words(verdict.wearers[0].stretches) == [("silent", 20, 40)], (
        "what else is missing is told as it is"
    )


async def test_what_no_gateway_has_stays_lost(hub):
    await hub.execute(LOST)
    await second_gateway(hub, 15, 29)
    (wearer,) = (await told(hub, 0, 60, role="admin")).wearers
    assert words(wearer.stretches) == [("lost", pytest.approx(30.04), 40)]


async def test_after_the_last_beat_of_one_gateway_the_other_one_is_known(hub):
    await second_gateway(hub, 55, 80)
    (wearer,) = (await told(hub, 0, 90, role="admin")).wearers
    assert words(wearer.stretches) == [("unknown", pytest.approx(81.04), 90)]


async def test_a_strap_that_walked_over_to_another_gateway_is_not_silent(hub):
    await hub.execute("DELETE FROM sts.sample WHERE t > '2026-03-01 10:00:30+00'")
    await second_gateway(hub, 28, 59)
    assert (await told(hub, 0, 60, role="admin")).wearers[0].complete


async def test_a_gateway_of_another_club_fills_no_hole(hub):
    await hub.execute(LOST)
    await hub.execute("INSERT INTO sts.club (id, name) VALUES ('00000000-0000-0000-0000-00000000000d', 'D')")
    await second_gateway(hub, 15, 45, club="d")
    assert words((await told(hub, 0, 60, role="admin")).wearers[0].stretches) == [("lost", 20, 40)]
