"""The database's own wall, asked directly: what each role sees in each table, and how many rows it can write.

In words about roles and names of the world: a second time beside the policies themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import asyncpg

from access_matrix import ROLES
from api_support import World

# name: who it is said of
_ALL: Final = " ".join(ROLES)
_CHIEFS: Final = "admin director"
_TRAINERS: Final = "coach trainer"
_STAFF: Final = f"{_CHIEFS} {_TRAINERS} technician"
_KEEPERS: Final = "admin technician"
_SCORERS: Final = "admin director coach technician"


def _people(suffix: str = "") -> dict[str, str]:
    """The rule for people: whom each role sees."""
    return {
        _CHIEFS: f"rosa{suffix} rudi{suffix} bea{suffix}",
        _TRAINERS: f"rosa{suffix} rudi{suffix}",
        "athlete guardian": f"rosa{suffix}",
    }


def _teams(suffix: str) -> dict[str, str]:
    """The rule for what belongs to a team: an athlete sees it, too."""
    return {**_people(suffix), "athlete guardian": f"rosa{suffix} rudi{suffix}"}


# table: the key that tells its rows apart, and which rows of the world each role sees
LOOKS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "club": ("id", {_ALL: "club"}),
    "team": ("id", {_CHIEFS: "red blue", f"{_TRAINERS} athlete technician guardian": "red"}),
    "account": ("id", {_CHIEFS: _ALL, **{role: role for role in ROLES if role not in _CHIEFS.split()}}),
    "account_team": (
        "account_id",
        {
            _CHIEFS: "coach trainer technician",
            "coach": "coach",
            "trainer": "trainer",
            "technician": "technician",
        },
    ),
    "athlete": ("id", _people()),
    "athlete_parameter": ("id", _people("_parameter")),
    "parameter_proposal": ("id", _people("_proposal")),
    "guardian": ("athlete_id", {f"{_CHIEFS} {_TRAINERS} athlete guardian": "rosa"}),
    "consent_text": ("id", {_ALL: "club_text"}),
    "athlete_grant": (
        "id",
        {
            _CHIEFS: "rosa_grant rudi_grant bea_grant gina_grant",
            "coach": "gina_grant",
            "trainer": "gina_trust",
            "athlete guardian": "rosa_grant",
        },
    ),
    "consent": ("id", _people("_consent")),
    "session": ("id", _teams("_session")),
    "session_template": ("id", _teams("_template")),
    "session_phase": ("id", _teams("_phase")),
    "session_athlete": ("athlete_id", _people()),
    "phase_athlete": ("athlete_id", _people()),
    "session_marker": ("id", _people("_marker")),
    "session_play": ("id", _people("_play")),
    "absence": ("id", _people("_absence")),
    "wellness": ("id", _people("_wellness")),
    **{
        table: ("athlete_id", _people())
        for table in ("session_rating", "session_told", "session_summary", "session_number")
    },
    "access_token": ("account_id", {role: role for role in ROLES}),
    "passkey": ("account_id", {role: role for role in ROLES}),
    "preference": ("account_id", {role: role for role in ROLES}),
    "identity": ("account_id", {role: role for role in ROLES}),
    "kept_answer": ("account_id", {role: role for role in ROLES}),
    "assignment": ("id", {**_people("_worn"), "technician": "rosa_worn rudi_worn bea_worn"}),
    "activity": ("id", _people("_ride")),
    "alert_rule": ("id", {_CHIEFS: "red_rule blue_rule", _TRAINERS: "red_rule"}),
    "alert": ("id", {_CHIEFS: "red_alert blue_alert", _TRAINERS: "red_alert"}),
    "alert_recipient": (
        "account_id",
        {"admin": " ".join(ROLES), **{role: role for role in f"director {_TRAINERS}".split()}},
    ),
    "alert_mute": ("rule_id", {_CHIEFS: "red_rule blue_rule", _TRAINERS: "red_rule"}),
    "export": (
        "id",
        {
            _CHIEFS: " ".join(f"{role}_export" for role in ROLES),
            **{role: f"{role}_export" for role in ROLES if role not in _CHIEFS.split()},
        },
    ),
    "invitation": (
        "id",
        {who: rows for who, rows in _people("_invitation").items() if who in (_CHIEFS, _TRAINERS)},
    ),
    "webhook": ("id", {"admin": "hook"}),
    "outgoing": ("id", {"admin": "hook_delivery"}),
    "sensor": ("id", {_STAFF: "rosa_strap rudi_strap bea_strap spare"}),
    "gateway": ("name", {_STAFF: "pitch"}),
    "gateway_state": ("gateway", {_STAFF: "pitch"}),
    "impulse": ("gateway", {_STAFF: "pitch"}),
    "gateway_order": ("gateway", {_STAFF: "pitch"}),
    "settings_version": ("gateway", {_STAFF: "pitch"}),
    "discarded": ("gateway", {_STAFF: "pitch"}),
    "document": ("id", {_STAFF: "heat ride_file"}),
    "document_part": ("document_id", {_STAFF: "heat ride_file"}),
    "wanted_version": ("club_id", {_STAFF: "club"}),
    "enrolment_code": ("club_id", {_KEEPERS: "club"}),
    "competition": ("id", {_ALL: "cup"}),
    "result_file": ("id", {_ALL: "cup_file"}),
    "competitor": ("id", {_ALL: "cup_competitor"}),
    "result_fact": ("id", {_ALL: "cup_fact"}),
    "result_version": ("fact_id", {_ALL: "cup_fact"}),
    "athlete_listing": ("athlete_id", _people()),
    "result_columns": ("club_id", {_SCORERS: "club"}),
    "push": ("athlete_id", {"athlete": "rosa"}),
    "push_target": ("athlete_id", {"athlete": "rosa"}),
    "history_mapping": ("club_id", {f"{_CHIEFS} {_TRAINERS}": "club"}),
    "document_result": ("document_id", {_STAFF: "heat"}),
    "race_clock": ("competition_id", {_ALL: "cup"}),
    "impulse_assignment": ("club_id", {_STAFF: "club"}),
}

_ORDER: Final = "sts.gateway_order (gateway, act, asked_by, expires_at)"
_VERSION: Final = "sts.settings_version (gateway, version, state, tables, hash, based_on, asked_by)"
_ACTIVITY: Final = "sts.activity (club_id, athlete_id, form, sha256, during, said, added_by)"
_ALERT: Final = "sts.alert (id, club_id, team_id, rule_id, what, colour, text, at, since, late, muted)"
_EXPORT: Final = "sts.export (club_id, asked_by, form, since, until, athlete_ids, expires_at)"
_SINCE_MAY: Final = "'[2026-05-01,2026-05-02)'"

# (table, policy): a statement for names of the world in braces, and how many rows each role writes with it. A statement
# that changes names no row and asks for no answer, so that nothing but its own policy stands in its way.
WRITES: Final[dict[tuple[str, str], list[tuple[str, Mapping[str, int]]]]] = {
    ("club", "changes"): [("UPDATE sts.club SET strong_roles = '{{}}'", {"admin": 1})],
    ("athlete_listing", "adds"): [
        (
            f"INSERT INTO sts.athlete_listing (club_id, athlete_id) VALUES ('{{{club}}}', '{{{who}}}')",
            rights,
        )
        for club, who, rights in (
            ("club", "rosa", {f"{_CHIEFS} {_TRAINERS}": 1}),
            ("club", "bea", {_CHIEFS: 1}),
            ("other_club", "gina", {}),
        )
    ],
    ("athlete_listing", "changes"): [
        ("UPDATE sts.athlete_listing SET licences = '{{x}}'", {_CHIEFS: 3, _TRAINERS: 2})
    ],
    ("race_clock", "adds"): [
        (
            "INSERT INTO sts.race_clock (competition_id, club_id, name, offset_us, error_us, how, set_by) "
            f"VALUES ('{{{cup}}}', '{{{club}}}', 'main', 0, 0, 'hand', 'x')",
            rights,
        )
        for cup, club, rights in (("cup", "club", {_SCORERS: 1}), ("other_cup", "other_club", {}))
    ],
    ("impulse_assignment", "adds"): [
        (
            "INSERT INTO sts.impulse_assignment (club_id, epoch, seq, place, assigned_by) "
            f"VALUES ('{{{club}}}', gen_random_uuid(), 0, 0, 'x')",
            rights,
        )
        for club, rights in (("club", {_SCORERS: 1}), ("other_club", {}))
    ],
    ("result_columns", "keeps"): [
        (
            f"INSERT INTO sts.result_columns (club_id, name, columns, saved_by) VALUES ('{{{club}}}', 'n', '{{{{}}}}', 'x')",
            rights,
        )
        for club, rights in (("club", {_SCORERS: 1}), ("other_club", {}))
    ],
    ("invitation", "keeps"): [
        (
            "INSERT INTO sts.invitation (club_id, role, athlete_id, hash, made_by, expires_at) VALUES "
            f"('{{{club}}}', '{role}', {who}, sha256(gen_random_uuid()::text::bytea), gen_random_uuid(), now())",
            rights,
        )
        for club, role, who, rights in (
            ("club", "guardian", "'{rosa}'", {f"{_CHIEFS} {_TRAINERS}": 1}),
            ("club", "athlete", "'{bea}'", {_CHIEFS: 1}),
            ("club", "coach", "NULL", {_CHIEFS: 1}),
            ("club", "director", "NULL", {"admin": 1}),
            ("other_club", "guardian", "'{gina}'", {}),
        )
    ],
    **{
        (table, "oneself"): [(f"UPDATE sts.{table} SET {change}", {"athlete": 1})]
        for table, change in (("push", "tries = 1"), ("push_target", "set_at = now()"))
    },
    ("session_told", "trains"): [
        ("UPDATE sts.session_told SET value = 1", {_CHIEFS: 3, _TRAINERS: 2}),
    ],
    ("history_mapping", "keeps"): [
        (
            f"INSERT INTO sts.history_mapping (club_id, name, mapping, saved_by) VALUES ('{{{club}}}', 'n', '{{{{}}}}', 'x')",
            rights,
        )
        for club, rights in (("club", {f"{_CHIEFS} {_TRAINERS}": 1}), ("other_club", {}))
    ],
    ("webhook", "keeps"): [
        (
            "INSERT INTO sts.webhook (club_id, name, url, events, secret) "
            f"VALUES ('{{{club}}}', 'x', 'https://x.example', '{{{{x}}}}', sha256('x'))",
            rights,
        )
        for club, rights in (("club", {"admin": 1}), ("other_club", {}))
    ],
    ("team", "adds"): [
        ("INSERT INTO sts.team (club_id, name) VALUES ('{club}', 'New')", {_CHIEFS: 1}),
        ("INSERT INTO sts.team (club_id, name) VALUES ('{other_club}', 'New')", {}),
    ],
    ("team", "changes"): [("UPDATE sts.team SET name = gen_random_uuid()::text", {_CHIEFS: 2})],
    ("account", "adds"): [
        (
            "INSERT INTO sts.account (club_id, email, name, role, password_hash) "
            f"VALUES ('{{{club}}}', gen_random_uuid()::text, 'New', 'coach', 'x')",
            rights,
        )
        for club, rights in (("club", {"admin": 1}), ("other_club", {}))
    ],
    ("account", "changes"): [
        ("UPDATE sts.account SET name = 'x'", {"admin": len(ROLES), **dict.fromkeys(ROLES[1:], 1)})
    ],
    ("account_team", "adds"): [
        ("INSERT INTO sts.account_team VALUES ('{coach}', '{blue}', '{club}')", {"admin": 1}),
        ("INSERT INTO sts.account_team VALUES ('{other_coach}', '{green}', '{other_club}')", {}),
    ],
    ("account_team", "removes"): [("DELETE FROM sts.account_team", {"admin": 3})],
    ("athlete", "adds"): [
        (
            f"INSERT INTO sts.athlete (club_id, team_id, name) VALUES ('{{{club}}}', '{{{team}}}', 'New')",
            rights,
        )
        for club, team, rights in (
            ("club", "red", {f"{_CHIEFS} {_TRAINERS}": 1}),
            ("club", "blue", {_CHIEFS: 1}),
            ("other_club", "green", {}),
        )
    ],
    ("athlete", "changes"): [("UPDATE sts.athlete SET name = 'x'", {_CHIEFS: 3, _TRAINERS: 2})],
    ("athlete_parameter", "adds"): [
        (
            "INSERT INTO sts.athlete_parameter (athlete_id, name, value, since, source) "
            f"VALUES ('{{{who}}}', 'mass', 70, now(), 'coach')",
            rights,
        )
        for who, rights in (
            ("rosa", {f"{_CHIEFS} {_TRAINERS}": 1}),
            ("bea", {_CHIEFS: 1}),
            ("gina", {}),
        )
    ],
    ("athlete_parameter", "removes"): [("DELETE FROM sts.athlete_parameter", {_CHIEFS: 3, _TRAINERS: 2})],
    ("parameter_proposal", "adds"): [
        (
            "INSERT INTO sts.parameter_proposal (athlete_id, name, value, in_force, seen_at) "
            f"VALUES ('{{{who}}}', 'hr_max', 210, 200, now())",
            rights,
        )
        for who, rights in (
            ("rosa", {f"{_CHIEFS} {_TRAINERS} athlete guardian": 1}),
            ("bea", {_CHIEFS: 1}),
            ("gina", {}),
        )
    ],
    ("parameter_proposal", "changes"): [
        ("UPDATE sts.parameter_proposal SET value = 1", {_CHIEFS: 3, _TRAINERS: 2, "athlete guardian": 1}),
        (
            "UPDATE sts.parameter_proposal SET state = 'declined', decided_at = now()",
            {_CHIEFS: 3, _TRAINERS: 2},
        ),
    ],
    **{
        (table, "trains"): [(f"DELETE FROM sts.{table}", {_CHIEFS: 3, _TRAINERS: 2})]
        for table in (
            "session",
            "session_template",
            "session_athlete",
            "session_phase",
            "phase_athlete",
            "session_marker",
            "session_play",
        )
    },
    ("guardian", "adds"): [
        ("INSERT INTO sts.guardian VALUES ('{guardian}', '{rudi}', '{club}')", {_CHIEFS: 1}),
        ("INSERT INTO sts.guardian VALUES ('{other_coach}', '{gina}', '{other_club}')", {}),
    ],
    ("guardian", "removes"): [("DELETE FROM sts.guardian", {_CHIEFS: 1})],
    ("consent_text", "adds"): [
        (
            "INSERT INTO sts.consent_text (club_id, purpose, version, texts, published_by) "
            f"VALUES ('{{{club}}}', 'photos', '2', '{{{{}}}}', gen_random_uuid())",
            rights,
        )
        for club, rights in (("club", {"admin": 1}), ("other_club", {}))
    ],
    ("athlete_grant", "adds"): [
        (
            "INSERT INTO sts.athlete_grant (athlete_id, to_club_id, metrics, during, given_by) "
            f"VALUES ('{{{who}}}', '{{other_club}}', '{{{{1}}}}', {_SINCE_MAY}, 'athlete')",
            rights,
        )
        for who, rights in (("rosa", {"athlete guardian": 1}), ("rudi", {}), ("gina", {}))
    ],
    ("athlete_grant", "changes"): [("UPDATE sts.athlete_grant SET ends_at = now()", {"athlete guardian": 1})],
    ("consent", "adds"): [
        (
            f"INSERT INTO sts.consent (athlete_id, purpose, version, during) VALUES ('{{{who}}}', 'research', '1', {_SINCE_MAY})",
            rights,
        )
        for who, rights in (
            ("rosa", {f"{_CHIEFS} {_TRAINERS} athlete guardian": 1}),
            ("rudi", {f"{_CHIEFS} {_TRAINERS}": 1}),
            ("bea", {_CHIEFS: 1}),
            ("gina", {}),
        )
    ],
    ("consent", "changes"): [
        (f"UPDATE sts.consent SET during = {_SINCE_MAY}", {_CHIEFS: 3, _TRAINERS: 2, "athlete guardian": 1})
    ],
    ("activity", "adds"): [
        (
            f"INSERT INTO {_ACTIVITY} SELECT a.club_id, a.id, 'fit', sha256('new'), {_SINCE_MAY}, 'null', a.id "
            f"FROM (VALUES ('{{{club}}}'::uuid, '{{{who}}}'::uuid)) AS a (club_id, id)",
            rights,
        )
        for club, who, rights in (
            ("club", "rosa", {f"{_CHIEFS} {_TRAINERS} athlete": 1}),
            ("club", "rudi", {f"{_CHIEFS} {_TRAINERS}": 1}),
            ("club", "bea", {_CHIEFS: 1}),
            ("other_club", "gina", {}),
        )
    ],
    ("activity", "changes"): [
        ("UPDATE sts.activity SET stored = 1", {_CHIEFS: 3, _TRAINERS: 2, "athlete": 1})
    ],
    ("activity", "removes"): [("DELETE FROM sts.activity", {_CHIEFS: 3, _TRAINERS: 2, "athlete": 1})],
    ("alert_rule", "adds"): [
        (
            f"INSERT INTO sts.alert_rule (club_id, team_id, what, rule, made_by) "
            f"VALUES ('{{{club}}}', '{{{team}}}', 'body', 'null', gen_random_uuid())",
            rights,
        )
        for club, team, rights in (
            ("club", "red", {f"{_CHIEFS} {_TRAINERS}": 1}),
            ("club", "blue", {_CHIEFS: 1}),
            ("other_club", "green", {}),
        )
    ],
    ("alert_rule", "changes"): [("UPDATE sts.alert_rule SET enabled = true", {_CHIEFS: 2, _TRAINERS: 1})],
    ("alert_rule", "removes"): [("DELETE FROM sts.alert_rule", {_CHIEFS: 2, _TRAINERS: 1})],
    ("alert", "adds"): [
        (
            f"INSERT INTO {_ALERT} VALUES (gen_random_uuid(), '{{{club}}}', '{{{team}}}', '{{{team}_rule}}', "
            "'body', 'red', 'x', now(), now(), false, false)",
            rights,
        )
        for club, team, rights in (
            ("club", "red", {f"{_CHIEFS} {_TRAINERS}": 1}),
            ("club", "blue", {_CHIEFS: 1}),
            ("other_club", "green", {}),
        )
    ],
    ("alert", "changes"): [("UPDATE sts.alert SET note = 'x'", {_CHIEFS: 2, _TRAINERS: 1})],
    ("alert_mute", "adds"): [
        (
            f"INSERT INTO sts.alert_mute (rule_id, until, made_by) VALUES ('{{{rule}}}', now(), gen_random_uuid())",
            rights,
        )
        for rule, rights in (
            ("red_rule", {f"{_CHIEFS} {_TRAINERS}": 1}),
            ("blue_rule", {_CHIEFS: 1}),
            ("green_rule", {}),
        )
    ],
    ("alert_mute", "removes"): [("DELETE FROM sts.alert_mute", {_CHIEFS: 2, _TRAINERS: 1})],
    ("export", "adds"): [
        (
            f"INSERT INTO {_EXPORT} VALUES ('{{{club}}}', '{{{who}}}', 'csv', now(), 'infinity', '{{{{{{{who}}}}}}}', now())",
            rights,
        )
        for club, who, rights in (
            ("club", "coach", {"coach": 1}),
            ("club", "athlete", {"athlete": 1}),
            ("other_club", "other_coach", {}),
        )
    ],
    ("export", "changes"): [("UPDATE sts.export SET done = 1", dict.fromkeys(ROLES, 1))],
    ("export", "removes"): [("DELETE FROM sts.export", {"admin": len(ROLES), **dict.fromkeys(ROLES[1:], 1)})],
    ("gateway", "changes"): [("UPDATE sts.gateway SET site = 'x'", {_KEEPERS: 1})],
    ("sensor", "adds"): [
        (
            "INSERT INTO sts.sensor (club_id, address, kind, label) "
            f"VALUES ('{{{club}}}', 'F0:00:00:00:00:01', 'heart_rate', 'x')",
            rights,
        )
        for club, rights in (("club", {_KEEPERS: 1}), ("other_club", {}))
    ],
    ("sensor", "changes"): [("UPDATE sts.sensor SET label = 'x'", {_KEEPERS: 4})],
    ("assignment", "adds"): [
        (
            "INSERT INTO sts.assignment (sensor_id, athlete_id, during) "
            f"VALUES ({{{strap}}}, '{{{who}}}', '[2025-05-01,2025-05-02)')",
            rights,
        )
        for strap, who, rights in (
            ("spare", "rosa", {f"{_CHIEFS} {_TRAINERS}": 1}),
            ("spare", "bea", {_CHIEFS: 1}),
            ("gina_strap", "gina", {}),
        )
    ],
    ("assignment", "changes"): [
        (f"UPDATE sts.assignment SET during = {_SINCE_MAY}", {_CHIEFS: 3, _TRAINERS: 2})
    ],
    ("assignment", "removes"): [("DELETE FROM sts.assignment", {_CHIEFS: 3, _TRAINERS: 2})],
    ("enrolment_code", "adds"): [
        (
            "INSERT INTO sts.enrolment_code (hash, club_id, site, expires_at) "
            f"VALUES (sha256(gen_random_uuid()::text::bytea), '{{{club}}}', 'x', now() + interval '1 min')",
            rights,
        )
        for club, rights in (("club", {_KEEPERS: 1}), ("other_club", {}))
    ],
    ("settings_version", "adds"): [
        (f"INSERT INTO {_VERSION} VALUES ('{{{where}}}', 2, 'past', '', repeat('0', 64), NULL, NULL)", rights)
        for where, rights in (("pitch", {_KEEPERS: 1}), ("other_pitch", {}))
    ],
    ("settings_version", "withdraws"): [("UPDATE sts.settings_version SET state_at = now()", {_KEEPERS: 1})],
    ("gateway_order", "adds"): [
        (f"INSERT INTO {_ORDER} VALUES ('{{{where}}}', 'identify', 'x', now() + interval '1 min')", rights)
        for where, rights in (("pitch", {_KEEPERS: 1}), ("other_pitch", {}))
    ],
    ("wanted_version", "adds"): [
        (f"INSERT INTO sts.wanted_version VALUES ('{{{club}}}', '1.0', 10, 'x')", rights)
        for club, rights in (("club", {_KEEPERS: 1}), ("other_club", {}))
    ],
    ("wanted_version", "changes"): [("UPDATE sts.wanted_version SET percent = 1", {_KEEPERS: 1})],
}

for _table, _columns, _values, _change in (
    ("competition", "club_id, key, name", "'{{{club}}}', gen_random_uuid()::text, 'x'", "name = 'x'"),
    (
        "result_file",
        "club_id, competition_id, line, way, name, sha256, told_by, format, pieces, whole",
        "'{{{club}}}', '{{{cup}}}', 'l', 'upload', 'x', sha256(''), 'x', 'lif', 1, true",
        "added = 1",
    ),
    (
        "competitor",
        "club_id, competition_id, key, kind",
        "'{{{club}}}', '{{{cup}}}', gen_random_uuid()::text, 'person'",
        "name = 'x'",
    ),
    (
        "result_fact",
        "club_id, competition_id, kind, key, parent, version, state, content, file_id",
        "'{{{club}}}', '{{{cup}}}', 'heat', gen_random_uuid()::text, '', 1, 'official', '{{{{}}}}', {{{cup}_file}}",
        "state = 'corrected'",
    ),
):
    WRITES[_table, "adds"] = [
        (f"INSERT INTO sts.{_table} ({_columns}) VALUES ({_values.format(club=club, cup=cup)})", rights)
        for club, cup, rights in (("club", "cup", {_SCORERS: 1}), ("other_club", "other_cup", {}))
    ]
    WRITES[_table, "changes"] = [(f"UPDATE sts.{_table} SET {_change}", {_SCORERS: 1})]

_FILL: Final = """
INSERT INTO sts.alert_mute (rule_id, until, made_by)
SELECT r.id, now(), r.id FROM sts.alert_rule r JOIN sts.gateway g USING (club_id) WHERE g.name = $1;
INSERT INTO sts.alert_recipient (rule_id, account_id, told, time_zone)
SELECT r.id, a.id, 'raised', 'UTC' FROM sts.alert_rule r JOIN sts.gateway g USING (club_id) JOIN sts.account a USING (club_id)
WHERE g.name = $1;
INSERT INTO sts.gateway_state (gateway, epoch, number, beat, beat_at) VALUES ($1, gen_random_uuid(), 1, '{}', now());
INSERT INTO sts.gateway_order (gateway, act, asked_by, expires_at) VALUES ($1, 'identify', 'x', now() + interval '1 min');
INSERT INTO sts.settings_version (gateway, version, state, tables, hash) VALUES ($1, 1, 'past', '', repeat('0', 64));
INSERT INTO sts.discarded (gateway, parked_for, bytes, parked_at, reason, discarded_by)
VALUES ($1, 'marker', 9, now(), 'x', 'x');
INSERT INTO sts.wanted_version SELECT club_id, '1.0', 10, 'x' FROM sts.gateway WHERE name = $1;
INSERT INTO sts.enrolment_code (hash, club_id, site, expires_at)
SELECT sha256(gen_random_uuid()::text::bytea), club_id, 'x', now() + interval '1 min' FROM sts.gateway WHERE name = $1;
WITH told AS (INSERT INTO sts.epoch (epoch, gateway) VALUES (gen_random_uuid(), $1) RETURNING epoch)
INSERT INTO sts.impulse (epoch, seq, place, gateway, timer, t, channel, marks, line)
SELECT epoch, 0, 0, $1, 'timer', now(), '1', '{}', '' FROM told
"""


async def fill(world: World) -> None:
    """A row of both clubs in every table, beside those that the world begins with."""
    for gateway in ("pitch", "other_pitch"):
        for statement in _FILL.split(";"):
            await world.database.owner.execute(statement, world[gateway])
    for athlete, club in (("rosa", "club"), ("rudi", "club"), ("bea", "club"), ("gina", "other_club")):
        await world.database.owner.execute(
            "INSERT INTO sts.athlete_listing (athlete_id, club_id) VALUES ($1, $2)",
            world[athlete],
            world[club],
        )
    for club, heat in (("club", "heat"), ("other_club", "other_heat")):
        await world.database.owner.execute(
            "INSERT INTO sts.result_columns (club_id, name, columns, saved_by) VALUES ($1, 'x', '{}', 'x')",
            world[club],
        )
        await world.database.owner.execute("INSERT INTO sts.document_result VALUES ($1, now())", world[heat])
        await world.database.owner.execute(
            "INSERT INTO sts.impulse_assignment (club_id, epoch, seq, place, assigned_by) "
            "VALUES ($1, gen_random_uuid(), 0, 0, 'x')",
            world[club],
        )
    for cup, club in (("cup", "club"), ("other_cup", "other_club")):
        await world.database.owner.execute(
            "INSERT INTO sts.race_clock (competition_id, club_id, name, offset_us, error_us, how, set_by) "
            "VALUES ($1, $2, 'main', 0, 0, 'hand', 'x')",
            world[cup],
            world[club],
        )
    await world.database.owner.execute(_SUMMED_UP)
    for statement in (_ANSWERED, _TOKENS, _PASSKEYS, _PREFERENCES, _IDENTITIES):
        await world.database.owner.execute(statement, [world["club"], world["other_club"]])


_SUMMED_UP: Final = """
WITH told AS (
    INSERT INTO sts.session_summary (session_id, athlete_id, since, until, parameters, marks, verdict)
    SELECT session_id, athlete_id, now(), now(), '{}', '', 'null' FROM sts.session_athlete
    ON CONFLICT DO NOTHING RETURNING session_id, athlete_id
)
INSERT INTO sts.session_number (session_id, athlete_id, formula, variant, revision, body)
SELECT session_id, athlete_id, 'trimp', 'edwards', 1, '{}' FROM told
"""
_ANSWERED: Final = """
INSERT INTO sts.kept_answer (account_id, key, digest)
SELECT id, 'a key of mine', sha256('') FROM sts.account WHERE club_id = ANY ($1)
"""
_PASSKEYS: Final = """
INSERT INTO sts.passkey (account_id, name, credential_id, public_key, sign_count, synced)
SELECT id, 'x', sha256(id::text::bytea), '', 0, false FROM sts.account WHERE club_id = ANY ($1)
"""
_PREFERENCES: Final = """
INSERT INTO sts.preference (account_id, units, temperature, week_start, first_steps_done)
SELECT id, 'metric', 'celsius', 'monday', false FROM sts.account WHERE club_id = ANY ($1)
"""
_IDENTITIES: Final = """
INSERT INTO sts.identity (account_id, issuer, subject)
SELECT id, 'https://login.example', id FROM sts.account WHERE club_id = ANY ($1)
"""
_TOKENS: Final = """
INSERT INTO sts.access_token (account_id, name, hash, scopes, expires_at)
SELECT id, 'x', sha256(gen_random_uuid()::text::bytea), '{see}', now() + interval '1 day'
FROM sts.account WHERE club_id = ANY ($1)
"""


async def become(connection: asyncpg.Connection, world: World, role: str) -> None:
    """From now on this connection asks as that person of the club."""
    for name, value in (("account_id", world[role]), ("club_id", world["club"]), ("role", role)):
        await connection.execute("SELECT set_config($1, $2, false)", f"sts.{name}", str(value))


async def unlike(connection: asyncpg.Connection, world: World, table: str, policy: str) -> list[str]:
    """How what the database does differs from the words about this policy of a table; [] where it does not."""
    found = []
    for role in ROLES:
        await become(connection, world, role)
        if policy not in ("adds", "changes", "removes", "withdraws"):
            found += await _seen_otherwise(connection, world, table, role)
        for statement, rights in WRITES.get((table, policy), []):
            count = await _written(connection, statement.format(**world.ids))
            if count != said_of(role, rights, 0):
                found.append(f"{role} writes {count} rows: {statement}")
    return found


def said_of(role: str, words: Mapping[str, Any], otherwise: Any) -> Any:
    """What the words say of a role."""
    return next((what for roles, what in words.items() if role in roles.split()), otherwise)


async def _seen_otherwise(connection: asyncpg.Connection, world: World, table: str, role: str) -> list[str]:
    key, words = LOOKS[table]
    rows = {str(row[0]) for row in await connection.fetch(f"SELECT {key} FROM sts.{table}")}
    expected = {str(world[name]) for name in said_of(role, words, "").split()}
    return [] if rows == expected else [f"{role} sees {len(rows)} rows of {table}, not {len(expected)}"]


async def _written(connection: asyncpg.Connection, statement: str) -> int:
    """How many rows a statement writes; it is undone. A key or a time that is taken was let through."""
    undone = connection.transaction()
    await undone.start()
    try:
        return int((await connection.execute(statement)).rpartition(" ")[2])
    except asyncpg.InsufficientPrivilegeError:
        return 0
    except (asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError):
        return 1
    finally:
        await undone.rollback()
