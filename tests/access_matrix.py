"""The matrix of access: every operation of the API's document, by every role, about everybody's things.

It makes itself from the document, so a new route is asked as soon as it exists. What must come of a request is said
here in words about roles, a second time beside the policy's table and the walls of the database, so that neither is
its own proof: `PEOPLE_SEEN` and `seen` say who may know of a thing, `CHANGERS` who may change it.

Every request is rolled back, so each finds the same world.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Final

import httpx
from fastapi import FastAPI

from activity_files import swim
from api_support import MAPPING, RULE, World, client_of, settings_of
from sts_hub.api.app import create_app
from sts_hub.api.document import bare, document
from sts_hub.api.limits import Limits
from sts_hub.db.pools import Connection
from sts_hub.kit.database import Database

ROLES: Final = ("admin", "director", "coach", "trainer", "athlete", "technician", "guardian")
# Whose the thing is, seen by Rosa of team Red: her own, a team mate's, another team's, another club's.
OWNERS: Final = {"self": "rosa", "team": "rudi", "club": "bea", "foreign": "gina"}
DEPTH: Final = tuple(OWNERS)

# How far each role sees people: an athlete, what was measured, who wore what.
PEOPLE_SEEN: Final = {
    "admin": "club",
    "director": "club",
    "coach": "team",
    "trainer": "team",
    "athlete": "self",
    "guardian": "self",
}
_STAFF: Final = {"admin": "club", "director": "club", "coach": "team", "trainer": "team"}
_KEEPERS: Final = {"admin": "club", "technician": "club"}
_SCORERS: Final = dict.fromkeys(("admin", "director", "coach", "technician"), "club")
# Grants that give somebody of the club something, one for each kind of owner, and whom: beside them two of the own club.
SHARED: Final = {"self": "gina_trust", "team": "gina_grant", "club": "bea_grant", "foreign": "rosa_grant"}
GIVEN_TO: Final = {"gina_trust": {"trainer"}, "gina_grant": {"admin", "director", "coach"}}
# How far each role changes what lies under a path; the longest beginning that fits counts.
CHANGERS: Final[Mapping[str, Mapping[str, str]]] = {
    "/teams": {"admin": "club", "director": "club"},
    "/teams/{team_id}/roster": _STAFF,
    "/accounts": {"admin": "club"},
    "/accounts/{account_id}/recovery": {"admin": "club"},
    "/accounts/{account_id}/second-factor": {"admin": "club"},
    "/club": {"admin": "club"},
    "/accounts/{account_id}": {"admin": "club", **dict.fromkeys(ROLES[1:], "self")},
    "/athletes": _STAFF,
    "/athletes/{athlete_id}/consents": {**_STAFF, "athlete": "self", "guardian": "self"},
    "/athletes/{athlete_id}/erasure": {"admin": "club"},
    "/athletes/{athlete_id}/copy": {"admin": "club", "athlete": "self", "guardian": "self"},
    "/consent-texts": {"admin": "club"},
    "/athletes/{athlete_id}/grants": {"athlete": "self", "guardian": "self"},
    "/athletes/{athlete_id}/guardians": {"admin": "club", "director": "club"},
    **{
        f"/athletes/{{athlete_id}}/{what}": {**_STAFF, "athlete": "self"}
        for what in ("ratings", "wellness", "absences")
    },
    "/proposals": _STAFF,
    "/athletes/{athlete_id}/activities": {**_STAFF, "athlete": "self"},
    "/athletes/{athlete_id}/activities/documents": _STAFF,
    "/sessions": _STAFF,
    "/history-mappings": _STAFF,
    **{f"/athletes/{{athlete_id}}/{what}": {"athlete": "self"} for what in ("push-target", "pushes")},
    "/teams/{team_id}/history": _STAFF,
    "/templates": _STAFF,
    "/assignments": _STAFF,
    "/alerts": _STAFF,
    "/alert-rules": _STAFF,
    "/webhooks": {"admin": "club"},
    "/invitations": _STAFF,
    "/exports": {**_STAFF, "athlete": "self", "guardian": "self"},
    "/exports/{export_id}": {"admin": "club", **dict.fromkeys(ROLES[1:], "self")},
    "/gateways": _KEEPERS,
    "/gateway-versions": _KEEPERS,
    "/enrolment-codes": _KEEPERS,
    "/sensors": _KEEPERS,
    "/parked-records": _KEEPERS,
    "/me": dict.fromkeys(ROLES, "club"),
    "/competitions": _SCORERS,
    "/gateways/{name}/impulses": _SCORERS,
    "/result-columns": _SCORERS,
}
# Where no thing is named and every role of the club sees the same: what must be told of it.
EVERYBODYS: Final = {"get_second_factor_rule": "required_of", "list_consent_texts": "Photographs."}
# Signing in is for nobody in particular, a password is asked for as slowly as there; the live stream never ends. They have
# tests of their own.
BESIDE: Final = {
    "sign_in",
    "sign_in_by_code",
    "sign_out",
    "recover_account",
    "send_recovery_letter",
    "look_at_invitation",
    "join_by_invitation",
    "accept_invitation",
    "change_password",
    "confirm_second_factor",
    "renew_backup_codes",
    "begin_passkey_sign_in",
    "sign_in_by_passkey",
    "add_passkey",
    "list_ways_in",
    "begin_provider_sign_in",
    "sign_in_by_provider",
    "remove_identity",
    "change_passkey",
    "remove_passkey",
    "remove_second_factor",
    "end_login",
    "end_token",
    "get_live",
}

FROM_TO: Final = {"from": "2026-05-01T00:00:00Z", "to": "2026-05-01T01:00:00Z"}
PARAMS: Final[Mapping[str, Mapping[str, str]]] = {
    "get_samples": {"metric": "heart_rate", **FROM_TO},
    "get_team_samples": {"metric": "heart_rate", **FROM_TO},
    "get_team_loads": {"from": "2026-05-01", "to": "2026-05-28"},
    "get_overview": {"from": "2026-05-01", "to": "2026-05-28"},
    "list_team_results": {"from": "2026-05-01", "to": "2026-05-28"},
    "get_athlete_loads": {"from": "2026-05-01", "to": "2026-05-28"},
    "get_beats": FROM_TO,
    "get_shared_samples": {
        "metric": "heart_rate",
        "from": "2026-01-01T00:00:00Z",
        "to": "2026-01-01T01:00:00Z",
    },
    "get_workout": FROM_TO,
    "preview_history": {"mapping": "old"},
    "store_history": {"mapping": "old"},
    "get_completeness": FROM_TO,
    "hear_sensor": {"from": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"},
}


# A table with one line, about an athlete by number.
PAST: Final = b"name,day,min\n%d,2026-05-01,60\n"

# Edits say which state they are based on; here it does not matter which.
WHATEVER_IS_THERE: Final = {"If-Match": "*"}


def body_of(operation: str, of: Mapping[str, Any]) -> Any:
    """What is sent to an operation about the things `of` one owner; None where the document's example will do."""
    bodies: dict[str, Any] = {
        "add_activity": swim(),
        "add_alert_rule": {"team_id": of["team_id"], **RULE},
        "preview_alert_rule": {"team_id": of["team_id"], "rule": RULE, **FROM_TO},
        "mute_alert_rule": {"until": f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"},
        "acknowledge_alert": {"note": "seen"},
        "set_alert_letters": {"told": "raised"},
        "add_export": {"form": "csv", **FROM_TO, "athlete_ids": [of["athlete_id"]]},
        "change_second_factor_rule": {"required_of": ["athlete"]},
        "add_invitation": {"role": "athlete", "athlete_id": of["athlete_id"]},
        "add_webhook": {"name": "scores", "url": "https://x.example", "events": ["session.ended"]},
        "change_webhook": {"name": "renamed"},
        "save_history_mapping": MAPPING,
        "set_push_target": {"key": "a key of mine"},
        "add_push": FROM_TO,
        "preview_history": PAST % of["number"],
        "store_history": PAST % of["number"],
        "add_team": {"name": "Under 19"},
        "preview_roster": b"name\nNew Comer\n",
        "store_roster": {"people": [{"name": "New"}]},
        "add_account": {"email": "new@club.example", "name": "New", "role": "coach", "password": PHRASE},
        "add_athlete": {"name": "New", "team_id": of["team_id"]},
        "add_assignment": {"sensor_id": of["spare"], "athlete_id": of["athlete_id"]},
        "add_sensor": {"address": "F0:00:00:00:00:01", "kind": "heart_rate", "label": "new"},
        "publish_consent_text": {"purpose": "photos", "version": "2", "texts": {"en": "Photographs."}},
        "add_grant": {"club_id": str(of["other_club"]), "metrics": ["heart_rate"]},
        "end_grant": {"ends_at": "2026-09-01T00:00:00Z"},
        "add_consent": {"purpose": "research", "version": "1"},
        "add_enrolment_code": {"site": "Pitch"},
        "change_team": {"name": "Renamed"},
        "add_parameter": {"name": "hr_rest", "value": 48, "source": "measured"},
        "add_session": {"team_id": of["team_id"], "name": "Run", "roster": []},
        "add_template": {"team_id": of["team_id"], "name": "Run"},
        "change_athlete": {"number": 18},
        "change_play": {"athlete_ids": [of["athlete_id"]], "state": "in_play"},
        "change_gateway": {"site": "Elsewhere"},
        "change_gateway_settings": {"based_on": 1, "tables": {}},
        "change_sensor": {"label": "renamed"},
        "replace_sensor": {"by": of["spare"]},
        "retry_parked": {"ids": [of["parked"]]},
        "discard_parked": {"ids": [of["parked"]], "reason": "sent by mistake"},
        "change_assignment": {"to": "2026-09-01T00:00:00Z"},
        "change_account": {"name": "Renamed"},
        "end_consent": {"to": "2026-09-01T00:00:00Z"},
        "give_order": {"act": "identify"},
        "assign_impulses": {"assignments": []},
        "set_race_clock": {"offset_ms": 0, "error_ms": 10},
        "send_named_file": {"meet": {"name": "Cup"}},
        "send_result_file": {"meet": {}},
        "preview_named_file": {"meet": {"name": "Cup"}},
        "preview_result_file": {"meet": {}},
        "say_who_it_is": {"athlete_id": None},
        "save_result_columns": {"name": "swim", "columns": {"time": "Zeit"}},
        "place_epoch": {"epoch": str(NO_EPOCH), "first_at": FROM_TO["from"], "reason": "the coach's diary"},
        "want_gateway_version": {"version": "1.0.0", "percent": 10},
    }
    return bodies.get(operation)


DOCUMENT: Final[dict[str, Any]] = document(bare())
PHRASE: Final = "seven green giraffes yawn"
NO_EPOCH: Final = "00000000-0000-0000-0000-000000000001"


def things(world: World, path: str, role: str, owner: str) -> dict[str, Any]:
    """For each kind of path parameter the thing of that owner; as a role's own account the caller's, but as a guardian
    Rosa's."""
    name = OWNERS[owner]
    foreign = owner == "foreign"
    team_mate = "coach" if role == "admin" else "admin"
    accounts = {
        "self": role,
        "team": team_mate,
        "club": "technician" if role == "director" else "director",
        "foreign": "other_admin",
    }
    return {
        "athlete_id": str(world[name]),
        "consent_id": str(world[f"{name}_consent"]),
        "grant_id": str(world[f"{name}_grant"]),
        "shared_id": str(world[SHARED[owner]]),
        "other_club": world["other_club"],
        "parameter_id": str(world[f"{name}_parameter"]),
        "proposal_id": str(world[f"{name}_proposal"]),
        **{
            f"{what}_id": str(world[f"{name}_{what}"])
            for what in ("session", "phase", "marker", "play", "template", "absence")
        },
        "assignment_id": str(world[f"{name}_worn"]),
        "sensor_id": world[f"{name}_strap"],
        "team_id": str(world["green" if foreign else "blue" if owner == "club" else "red"]),
        "account_id": str(world["guardian" if "/guardians/" in path else accounts[owner]]),
        "name": world["other_pitch" if foreign else "pitch"],
        "document_id": world["other_heat" if foreign else "ride_file" if "/activities/" in path else "heat"],
        "activity_id": str(world[f"{name}_ride"]),
        "competition_id": str(world["other_cup" if foreign else "cup"]),
        "file_id": world["other_cup_file" if foreign else "cup_file"],
        "fact_id": world["other_cup_fact" if foreign else "cup_fact"],
        "competitor_id": world["other_cup_competitor" if foreign else "cup_competitor"],
        "rule_id": str(world[f"{'green' if foreign else 'blue' if owner == 'club' else 'red'}_rule"]),
        "alert_id": str(world[f"{'green' if foreign else 'blue' if owner == 'club' else 'red'}_alert"]),
        "export_id": str(world["other_admin_export" if foreign else f"{accounts[owner]}_export"]),
        "invitation_id": str(world[f"{name}_invitation"]),
        "webhook_id": str(world["other_hook" if foreign else "hook"]),
        "delivery_id": str(world["other_hook_delivery" if foreign else "hook_delivery"]),
        "spare": world["spare"],
        "parked": world["pitch_parked"],
        "number": {"rosa": 7, "rudi": 8, "bea": 9, "gina": 7}[name],
    }


def reaches(far: str | None, owner: str) -> bool:
    """Whether a view or a right that goes so far takes in this owner."""
    return far is not None and DEPTH.index(owner) <= DEPTH.index(far)


# How far each role sees what a path with this part names; the first part that fits counts. What is said of an athlete in a
# session follows the athlete.
_SEEN: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    *((what, {"athlete": "self"}) for what in ("/push-target", "/pushes")),
    # Files of gateways are staff's to look through, whosesoever they turn out to be.
    ("/activities/documents", _STAFF),
    ("/audit", {"admin": "club", "athlete": "self", "guardian": "self"}),
    ("/grants", {"admin": "club", "director": "club", "athlete": "self", "guardian": "self"}),
    ("webhook_id", {"admin": "club"}),
    ("invitation_id", _STAFF),
    ("rule_id", _STAFF),
    ("alert_id", _STAFF),
    ("athlete_id", PEOPLE_SEEN),
    ("proposal_id", PEOPLE_SEEN),
    ("phase_id", PEOPLE_SEEN),
)


def seen(role: str, path: str, owner: str) -> bool:
    """Whether this role may know of the thing that the path names: the rule of access in words."""
    if "shared_id" in path:
        return role in GIVEN_TO.get(SHARED[owner], ())
    return _seen_in_club(role, path, owner)


def _seen_in_club(role: str, path: str, owner: str) -> bool:
    same_club = owner != "foreign"
    for part, far in _SEEN:
        if part in path:
            return reaches(far.get(role), owner)
    if "assignment_id" in path:
        return reaches(PEOPLE_SEEN.get(role), owner) or (role == "technician" and same_club)
    if "competition_id" in path:
        return same_club
    if "session_id" in path or "template_id" in path:
        return role != "technician" and reaches(
            {**PEOPLE_SEEN, "athlete": "team", "guardian": "team"}.get(role), owner
        )
    if any(one in path for one in ("sensor_id", "{name}", "document_id")):
        return same_club and role not in ("athlete", "guardian")
    if "team_id" in path:
        return same_club and (role in ("admin", "director") or owner in ("self", "team"))
    if "account_id" in path or "export_id" in path:
        return same_club and (role in ("admin", "director") or owner == "self")
    raise AssertionError(f"{path} names a thing that this matrix does not know: add it to `things` and here")


def changes(role: str, path: str, owner: str) -> bool | None:
    """Whether this role may change what lies under the path; None where no sentence says so."""
    local = path.removeprefix("/api/v1")
    known = [begin for begin in CHANGERS if local == begin or local.startswith(f"{begin}/")]
    if not known:
        return None
    return reaches(CHANGERS[max(known, key=len)].get(role), owner)


@dataclass(frozen=True)
class Ask:
    """One request: who (None: nobody) does what with whose thing."""

    method: str
    path: str
    operation: str
    role: str | None
    owner: str

    @property
    def reads(self) -> bool:
        return self.method == "get"

    @property
    def names_a_thing(self) -> bool:
        return "{" in self.path


def asks(roles: tuple[str | None, ...] = (*ROLES, None)) -> Iterator[Ask]:
    """The whole matrix."""
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            name = operation["operationId"]
            if name in BESIDE:
                continue
            owners = DEPTH if "{" in path or _names_a_thing(operation) else DEPTH[:1]
            for role, owner in product(roles, owners):
                if (
                    role is not None or owner == owners[0]
                ):  # nobody is refused before it is known whose thing it is
                    yield Ask(method, path, name, role, owner)


def _names_a_thing(operation: Mapping[str, Any]) -> bool:
    """Whether what is sent says whose thing is meant."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    shape = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    fields = DOCUMENT["components"]["schemas"].get(shape, {}).get("properties", {})
    return not fields.keys().isdisjoint({"athlete_id", "team_id", "sensor_id"})


class Undone(Database):
    """A database whose every transaction is rolled back; it tells what they would have written and asked."""

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn)
        self.wrote = 0
        self.queries: list[str] = []

    @asynccontextmanager
    async def _transaction(self, *, readonly: bool) -> AsyncIterator[Connection]:
        try:
            async with super()._transaction(readonly=readonly) as connection:
                before = 0 if readonly else await _written(connection)
                with connection.query_logger(lambda asked: self.queries.append(asked.query)):
                    yield connection
                self.wrote += 0 if readonly else await _written(connection) - before
                raise _UndoError
        except _UndoError:
            pass


class _UndoError(Exception):
    """Rolls a transaction back."""


async def _written(connection: Connection) -> int:
    """Rows of the business written in this transaction so far; that somebody asked is noted all the same."""
    return int(
        await connection.fetchval(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables "
            "WHERE schemaname = 'sts' AND relname <> ALL ('{login,audit,audit_head}')"
        )
    )


@dataclass
class Matrix:
    """The hub that is asked, through one role of the database."""

    world: World
    app: FastAPI
    database: Undone
    policy_stands: bool = True
    clients: dict[str | None, httpx.AsyncClient] = field(default_factory=dict)
    answered: dict[str, set[int]] = field(default_factory=dict)

    @classmethod
    async def of(cls, world: World, dsn: str) -> Matrix:
        """A hub on that database, in the name of that role."""
        app = create_app(settings_of(dsn, without_broker=True))
        app.state.parts[Limits] = Limits(10**9, 10**9)  # this is no coach, and asks thousands of times
        database = Undone(dsn)
        app.state.parts[Database] = database
        await database.open()
        return cls(world, app, database)

    async def close(self) -> None:
        """End it."""
        for client in self.clients.values():
            await client.aclose()
        await self.database.close()

    async def fault(self, ask: Ask) -> str | None:
        """What is wrong with the answer, or None."""
        of = things(self.world, ask.path, ask.role or "admin", ask.owner)
        where = ask.path.format(**of)
        self.database.wrote = 0
        self.database.queries.clear()
        body = _body(ask, of)
        how: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
        answer = await self._client(ask.role).request(
            ask.method, where, params=_params(ask, of), headers=WHATEVER_IS_THERE, **how
        )
        self.answered.setdefault(ask.operation, set()).add(answer.status_code)
        shown = answer.text.replace(where, "")
        leaked = [name for name, mark in self._hidden(ask) if mark in shown]
        wrong = self._wrong(ask, answer.status_code) or self._lacking(ask, answer.status_code, shown)
        if not self.policy_stands and ask.reads and '"items":[]' in shown:
            wrong = ""  # the way is open and there is nothing at its end
        if not (leaked or wrong):
            return None
        return f"{ask}: {wrong} {answer.status_code}, shows {leaked}: {answer.text[:300]}"

    def _client(self, role: str | None) -> httpx.AsyncClient:
        if role not in self.clients:
            self.clients[role] = client_of(self.app, self.world.tokens[role] if role else None)
        return self.clients[role]

    def _hidden(self, ask: Ask) -> list[tuple[str, str]]:
        """What no answer to this role may hold: ids and names of people out of sight, things of another club."""
        world, role, far = self.world, ask.role, PEOPLE_SEEN.get(ask.role or "")
        unseen = [name for owner, name in OWNERS.items() if not reaches(far, owner)]
        if ask.path.startswith("/api/v1/shared") and any(role in given for given in GIVEN_TO.values()):
            unseen.remove("gina")  # whose grants are shown there
        people = [(name, f'"{name.title()}"') for name in unseen]
        marks = [
            f"{name}_{what}"
            for name in unseen
            for what in (
                "consent",
                "invitation",
                "parameter",
                "proposal",
                "marker",
                "play",
                "absence",
                "wellness",
            )
        ]
        if role != "technician":  # who sees who wore what, by ids
            marks += [*unseen, *(f"{name}_worn" for name in unseen)]
        marks += [
            *(["gina"] if "gina" in unseen else []),
            "gina_worn",
            "gina_session",
            "gina_template",
            "gina_strap_address",
            "green",
            "other_pitch",
            "other_admin",
            "other_coach",
            "other_cup",
            "other_hook",
            "other_hook_delivery",
        ]
        return people + [(name, str(world[name])) for name in marks]

    def _lacking(self, ask: Ask, status: int, shown: str) -> str:
        """What everybody of the club must be shown and is not: an empty list looks like a right one."""
        if ask.role is None or ask.operation not in EVERYBODYS:
            return ""
        told = status == 200 and EVERYBODYS[ask.operation] in shown
        return "" if told else "lacks what all see, and gets"

    def _wrong(self, ask: Ask, status: int) -> str:
        """What is wrong with the status, and with what was written."""
        if ask.role is None:
            return "" if status == 401 and not self.database.wrote else "nobody gets"
        allowed = None if ask.reads else changes(ask.role, ask.path, ask.owner)
        if self.database.wrote and (allowed is False or ask.owner == "foreign"):
            return f"writes {self.database.wrote} rows and gets"
        if not self.policy_stands and (allowed is False or status >= 500):
            return ""  # the database has let nothing through, in whatever words
        if ask.reads:
            return _wrong_read(ask, ask.role, status)
        return _wrong_write(ask, ask.role, status, allowed)


# The numbers of a session are there from its end on; those of the world still run.
NOT_YET: Final = {"get_summary": 409, "get_workout": 409, "get_export_content": 409}


def _wrong_read(ask: Ask, role: str, status: int) -> str:
    if not ask.names_a_thing:
        return "" if status in (200, 403, 404) else "reads and gets"
    fits = status == (NOT_YET.get(ask.operation, 200) if seen(role, ask.path, ask.owner) else 404)
    return "" if fits else "reads and gets"


def _wrong_write(ask: Ask, role: str, status: int, allowed: bool | None) -> str:
    sees = not ask.names_a_thing or seen(role, ask.path, ask.owner)
    if not sees:
        fits = status == 404
    elif allowed is None:
        fits = status in (200, 201, 202, 204, 403, 404, 409)
    elif allowed:
        fits = status in (200, 201, 202, 204, 409)
    else:
        fits = status == 403 or (status == 404 and not ask.names_a_thing)
    return "" if fits else "writes and gets"


def _body(ask: Ask, of: Mapping[str, Any]) -> Any:
    written = body_of(ask.operation, of)
    content = DOCUMENT["paths"][ask.path][ask.method].get("requestBody", {}).get("content", {})
    if written is not None or "application/json" not in content:
        return written
    return example(content["application/json"]["schema"], of)


def _params(ask: Ask, of: Mapping[str, Any]) -> Any:
    if ask.operation in PARAMS:
        return PARAMS[ask.operation]
    told = DOCUMENT["paths"][ask.path][ask.method].get("parameters", [])
    return {
        one["name"]: example(one["schema"], of, one["name"])
        for one in told
        if one["in"] == "query" and one.get("required")
    }


def example(schema: Mapping[str, Any], of: Mapping[str, Any], name: str = "") -> Any:
    """The least that fits a schema of the document; where a name is that of a thing, the thing of the owner."""
    if "$ref" in schema:
        return example(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]], of, name)
    for word in ("const", "default"):
        if word in schema:
            return schema[word]
    for word in ("enum", "examples"):
        if word in schema:
            return schema[word][0]
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return example(schema[word][0], of, name)
    if name in of:
        return of[name]
    return _of_type(schema, of)


def _of_type(schema: Mapping[str, Any], of: Mapping[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            required = schema.get("required", [])
            return {one: example(schema["properties"][one], of, one) for one in required}
        case "array":
            return [example(schema["items"], of)] * schema.get("minItems", 0)
        case "string":
            return _of_format(schema)
        case "boolean":
            return True
        case _:
            return schema.get("minimum", 1)


def _of_format(schema: Mapping[str, Any]) -> str:
    formats = {"uuid": NO_EPOCH, "date-time": FROM_TO["from"], "date": "2010-05-01"}
    return formats.get(schema.get("format", ""), "x" * max(3, schema.get("minLength", 0)))
