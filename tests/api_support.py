"""A hub's API to ask, and two clubs to ask about.

A test gets a `World` of its own: clubs A and B with teams, people of every role, sensors and gateways. Who
asks is a name: `world.as_("coach")` is a client signed in as the coach of team Red of club A,
`world.as_("other_admin")` the admin of club B, `world.as_(None)` nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import IO, Any
from uuid import uuid4

import asyncpg
import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from activity_files import swim
from demo.ports import free_port
from document_support import cut
from sts_hub.config import Settings
from sts_hub.kit.identity import PLAIN_COOKIE, token_hash
from sts_protocols.metrics import HEART_RATE
from sts_protocols.record import UNKNOWN_CLOCK, Kind, encode_document_part, seal
from sts_protocols.sample import Quality

# Only what fails waits so long; the machine may be busy.
PATIENCE_S = 60.0
ORIGIN = "http://hub.test"
# In the past by more than any test asks for, and not so far that charts refuse the range.
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
PASSWORD = "forty-two purple pelicans"
# What a file without records says.
SUMMARY = json.dumps(
    dict.fromkeys(("created", "since", "until", "utc_offset_s"))
    | {name: [] for name in ("columns", "sessions", "laps", "pauses", "warnings")}
    | dict.fromkeys(("records_told", "records_read", "beats"), 0)
    | {"form": "fit", "whole": True, "since_power_on": False}
    | {"device": {"maker": None, "product": None, "serial": None}}
)
MAPPING = {"name": "old", "athlete": "name", "date": "day", "duration": "min"}
RULE = {
    "name": "High",
    "conditions": [{"metric": "heart_rate", "check": "above", "limit": 95, "of": "hr_max"}],
}
# argon2id of PASSWORD with the least parameters: a test of who sees what has no use for slow hashing.
CHEAP_HASH = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$"


_KEYS = {
    "gateway": "name",
    "login": "token_hash",
    "account_team": "team_id",
    "session_athlete": "session_id",
    "phase_athlete": "phase_id",
    "session_rating": "session_id",
    "session_told": "session_id",
    "history_mapping": "club_id",
    "push_target": "athlete_id",
}


@dataclass
class ApiDatabase:
    """A migrated database with a way in as owner and as the API's role."""

    owner: asyncpg.Connection
    api_dsn: str
    owner_dsn: str

    async def add(self, table: str, **values: Any) -> Any:
        """Insert a row as the owner; its first column."""
        names = ", ".join(values)
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        key = _KEYS.get(table, "id")
        query = f"INSERT INTO sts.{table} ({names}) VALUES ({places}) RETURNING {key}"
        return await self.owner.fetchval(query, *values.values())


@dataclass
class World:
    """Two clubs, and clients in everybody's name."""

    database: ApiDatabase
    app: FastAPI
    ids: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def as_(self, who: str | None, base_url: str = ORIGIN) -> httpx.AsyncClient:
        """A client signed in as this account, ready to change things."""
        client = client_of(self.app, self.tokens[who] if who else None, base_url)
        self.clients.append(client)
        return client

    def __getitem__(self, name: str) -> Any:
        return self.ids[name]

    async def person(self, who: str, role: str, club: str, *teams: str) -> None:
        """An account with a login."""
        account = await self.database.add(
            "account",
            club_id=self[club],
            email=f"{who}-{secrets.token_hex(4)}@club.example",
            name=who.replace("_", " ").title(),
            role=role,
            password_hash=CHEAP_HASH,
        )
        self.ids[who] = account
        self.ids[f"{who}_export"] = await self.export(club, account)
        for team in teams:
            await self.database.add(
                "account_team", account_id=account, team_id=self[team], club_id=self[club]
            )
        await self.login(who)

    async def export(self, club: str, account: Any) -> Any:
        """An export that somebody asked for long ago."""
        return await self.database.add(
            "export",
            club_id=self[club],
            asked_by=account,
            form="csv",
            since=LONG_AGO,
            until=LONG_AGO + timedelta(days=1),
            athlete_ids=[uuid4()],
            expires_at=LONG_AGO,
        )

    async def alert(self, club: str, team: str) -> tuple[Any, Any]:
        """A rule of a team that is not watched, and a time that it spoke up."""
        of = {"club_id": self[club], "team_id": self[team], "what": "body"}
        rule = await self.database.add(
            "alert_rule", **of, rule=json.dumps(RULE), enabled=False, made_by=uuid4()
        )
        said = {"colour": "red", "text": "High: 190 /min", "at": LONG_AGO, "since": LONG_AGO}
        alert = await self.database.add(
            "alert", **of, **said, id=uuid4(), rule_id=rule, late=False, muted=False
        )
        return rule, alert

    async def login(self, who: str) -> str:
        """A new login of this account, used by clients from now on."""
        token = secrets.token_urlsafe(32)
        until = datetime.now(UTC) + timedelta(days=1)
        await self.database.add("login", token_hash=token_hash(token), account_id=self[who], expires_at=until)
        self.tokens[who] = token
        return token

    async def athlete(self, name: str, club: str, team: str, number: int, account: str | None = None) -> None:
        """An athlete with consent, wearing a sensor named after her or him."""
        self.ids[name] = await self.database.add(
            "athlete",
            club_id=self[club],
            team_id=self[team],
            number=number,
            name=name.title(),
            account_id=self[account] if account else None,
        )
        self.ids[f"{name}_parameter"] = await self.database.add(
            "athlete_parameter",
            athlete_id=self[name],
            name="hr_max",
            value=190,
            since=LONG_AGO,
            source="coach",
        )
        self.ids[f"{name}_proposal"] = await self.database.add(
            "parameter_proposal", athlete_id=self[name], name="hr_max", value=197, in_force=190, seen_at=NOON
        )
        self.ids[f"{name}_consent"] = await self.database.add(
            "consent", athlete_id=self[name], purpose="monitoring", version="1", during=_since(LONG_AGO)
        )
        self.ids[f"{name}_ride"] = await self.activity(name, club)
        await self.push(name, club)
        self.ids[f"{name}_invitation"] = await self.database.add(
            "invitation",
            club_id=self[club],
            role="guardian",
            athlete_id=self[name],
            hash=secrets.token_bytes(32),
            made_by=uuid4(),
            expires_at=datetime.now(UTC) + timedelta(days=1),
        )
        await self.sensor(f"{name}_strap", club)
        self.ids[f"{name}_worn"] = await self.database.add(
            "assignment", sensor_id=self[f"{name}_strap"], athlete_id=self[name], during=_since(LONG_AGO)
        )

        await self.session(name, club, team)

    async def grant(self, name: str, athlete: str, club: str, account: str | None = None) -> None:
        """What the athlete lets a club, or a trainer of it, read: heart rates of a day long ago."""
        self.ids[name] = await self.database.add(
            "athlete_grant",
            athlete_id=self[athlete],
            to_club_id=self[club],
            to_account_id=self[account] if account else None,
            metrics=[HEART_RATE.id],
            during=asyncpg.Range(LONG_AGO, LONG_AGO + timedelta(days=1)),
            given_by="athlete",
        )

    async def push(self, athlete: str, club: str) -> None:
        """A workout of long ago that was pushed, and where to."""
        about = {"athlete_id": self[athlete], "club_id": self[club], "service": "intervals.icu"}
        await self.database.add("push_target", **about, sealed_key=b"sealed")
        of = {"since": LONG_AGO, "until": LONG_AGO + timedelta(hours=1), "name": "Run"}
        await self.database.add("push", **about, **of, state="sent")

    async def activity(self, athlete: str, club: str) -> Any:
        """An activity of long ago without values."""
        return await self.database.add(
            "activity",
            club_id=self[club],
            athlete_id=self[athlete],
            form="fit",
            sha256=secrets.token_bytes(32),
            during=asyncpg.Range(LONG_AGO, LONG_AGO + timedelta(hours=1)),
            said=SUMMARY,
            added_by=uuid4(),
        )

    async def session(self, name: str, club: str, team: str) -> None:
        """A running session of the athlete's team with a phase, a marker and a change of play; a template."""
        of_team = {"club_id": self[club], "team_id": self[team], "kind": "training"}
        session = await self.database.add(
            "session",
            **of_team,
            name=f"Run of {name}",
            planned_from=NOON,
            started_at=NOON,
            notes="staff only",
        )
        await self.database.add(
            "session_athlete", session_id=session, athlete_id=self[name], club_id=self[club]
        )
        phase = await self.database.add("session_phase", session_id=session, name="Game")
        await self.database.add(
            "phase_athlete", phase_id=phase, session_id=session, athlete_id=self[name], during=_since(NOON)
        )
        said = {"session_id": session, "athlete_id": self[name], "at": NOON}
        self.ids[f"{name}_session"], self.ids[f"{name}_phase"] = session, phase
        self.ids[f"{name}_marker"] = await self.database.add("session_marker", **said, name="Goal")
        self.ids[f"{name}_play"] = await self.database.add("session_play", **said, state="bench")
        self.ids[f"{name}_absence"] = await self.database.add(
            "absence", athlete_id=self[name], first_day=NOON.date(), reason="illness", training="none"
        )
        self.ids[f"{name}_wellness"] = await self.database.add(
            "wellness", athlete_id=self[name], day=NOON.date(), mood=4
        )
        about = {"session_id": session, "athlete_id": self[name]}
        await self.database.add("session_rating", **about, rating=4)
        await self.database.add("session_told", **about, name="load", unit="AU", value=77)
        self.ids[f"{name}_template"] = await self.database.add(
            "session_template", **of_team, name=f"Intervals of {name}"
        )

    async def guarded(self, name: str, guardian: str, club: str, years: int = 17) -> None:
        """The athlete is so many years and half a one old, and has this guardian."""
        await self.database.owner.execute(
            "UPDATE sts.athlete SET birth_date = now() - $2::int * interval '1 year' - interval '6 months' WHERE id = $1",
            self[name],
            years,
        )
        await self.database.owner.execute(
            "INSERT INTO sts.guardian (account_id, athlete_id, club_id) VALUES ($1, $2, $3)",
            self[guardian],
            self[name],
            self[club],
        )

    async def sensor(self, name: str, club: str) -> None:
        """A registered sensor that nobody wears."""
        address = ":".join(f"{byte:02X}" for byte in secrets.token_bytes(6))
        self.ids[f"{name}_address"] = address
        self.ids[name] = await self.database.add(
            "sensor", club_id=self[club], address=address, kind="heart_rate", label=name[:40]
        )

    async def gateway(self, name: str, club: str) -> None:
        """A registered gateway, and `<name>_parked`, a piece from it that was none."""
        self.ids[name] = await self.database.add(
            "gateway",
            name=f"{name}-{secrets.token_hex(4)}".replace("_", "-"),
            club_id=self[club],
            site="Pitch",
        )
        self.ids[f"{name}_parked"] = await self.database.add(
            "parked", gateway=self[name], reason="marker", detail="No record begins here.", raw=b"no record"
        )

    async def document(self, name: str, gateway: str, data: bytes = b"1;0:57.13") -> None:
        """A document of a gateway, with its bytes."""
        (part,) = cut(data, f"{name}.txt")
        now, epoch = datetime.now(UTC), uuid4()
        self.ids[name] = await self.database.add(
            "document",
            gateway=self[gateway],
            source=part.source,
            sha256=part.sha256,
            size=part.size,
            name=part.name,
            form=part.form,
            first_told=now,
            last_told=now,
            held=part.size,
            whole_at=now,
        )
        record = seal(
            Kind.DOCUMENT, bytes(8), epoch.bytes, 0, 0, 0, UNKNOWN_CLOCK, encode_document_part(part)
        )
        await self.database.owner.execute(
            "INSERT INTO sts.document_part VALUES ($1, $2, 0, 0, $3, $4)",
            self[name],
            epoch,
            part.size,
            record.raw,
        )

    async def competition(self, name: str, club: str) -> None:
        """A competition with a result of somebody whom nobody knows; `<name>_fact`, `<name>_competitor`, `<name>_entry`."""
        own = {"club_id": self[club]}
        self.ids[name] = await self.database.add("competition", **own, key=secrets.token_hex(8), name="Cup")
        inside = own | {"competition_id": self[name]}
        file = await self.database.add(
            "result_file",
            **inside,
            line="l",
            way="upload",
            name="a.lif",
            sha256=bytes(32),
            told_by="x",
            format="lif",
            pieces=1,
            whole=True,
        )
        self.ids[f"{name}_file"] = file
        who = await self.database.add("competitor", **inside, key="k", kind="person", name="Oh Bo")
        self.ids[f"{name}_competitor"] = who
        self.ids[f"{name}_fact"] = await self.database.add(
            "result_fact",
            **inside,
            kind="result",
            key="1/1/7",
            parent="1/1/7",
            competitor_id=who,
            version=1,
            state="official",
            content="{}",
            file_id=file,
        )

    async def webhook(self, name: str, club: str) -> None:
        """A webhook that wants no event of any test, and `<name>_delivery`, one that it was told long ago."""
        own = {"club_id": self[club]}
        self.ids[name] = await self.database.add(
            "webhook", **own, name="x", url="https://x.example", events=["x"], secret=bytes(32)
        )
        told = {"webhook_id": self[name], "what": "x", "body": "{}", "state": "sent", "ended_at": LONG_AGO}
        self.ids[f"{name}_delivery"] = await self.database.add("outgoing", **own, **told)

    async def team(self, name: str, club: str) -> None:
        """A team."""
        self.ids[name] = await self.database.add("team", club_id=self[club], name=name.title())
        self.ids[f"{name}_rule"], self.ids[f"{name}_alert"] = await self.alert(club, name)

    async def club(self, name: str) -> None:
        """A club, with a text that it asks its athletes to agree to."""
        self.ids[name] = await self.database.add("club", name=f"{name} {secrets.token_hex(4)}")
        self.ids[f"{name}_text"] = await self.database.add(
            "consent_text",
            club_id=self[name],
            purpose="photos",
            version="1",
            texts='{"en": "Photographs."}',
            published_at=LONG_AGO,
            published_by=uuid4(),
        )


def _since(moment: datetime) -> asyncpg.Range:
    return asyncpg.Range(moment, None)


# httpx asks for each request to an app whether sniffio is installed; what is known to be missing is not looked for in
# every folder again.
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]


def client_of(app: FastAPI, token: str | None, base_url: str = ORIGIN) -> httpx.AsyncClient:
    """A client of the app, with what a browser on the hub's own pages sends."""
    headers = {"X-STS-Request": "1", "Origin": base_url}
    if token is not None:
        headers["Cookie"] = f"{PLAIN_COOKIE}={token}"
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base_url, headers=headers)


def settings_of(api_dsn: str, amqp_url: str = "amqp://nobody@127.0.0.1:1/none", **more: Any) -> Settings:
    """Settings of a hub on loopback."""
    return Settings(
        db_api_dsn=SecretStr(api_dsn),
        amqp_url=SecretStr(amqp_url),
        insecure_loopback_cookie=True,
        sealing_key=SecretStr("a key of a test, long enough for it"),
        **more,
    )


async def make_world(database: ApiDatabase, app: FastAPI) -> World:
    """Two clubs with people of every role."""
    world = World(database, app)
    await world.club("club")
    await world.club("other_club")
    for team in ("red", "blue"):
        await world.team(team, "club")
    await world.team("green", "other_club")
    await world.person("admin", "admin", "club")
    await world.person("director", "director", "club")
    for role in ("coach", "trainer", "technician"):
        await world.person(role, role, "club", "red")
    await world.person("athlete", "athlete", "club")
    await world.person("guardian", "guardian", "club")
    await world.person("other_admin", "admin", "other_club")
    await world.person("other_coach", "coach", "other_club", "green")
    await world.athlete("rosa", "club", "red", 7, account="athlete")
    await world.guarded("rosa", "guardian", "club")
    await world.athlete("rudi", "club", "red", 8)
    await world.athlete("bea", "club", "blue", 9)
    await world.athlete("gina", "other_club", "green", 7)
    for name in ("rosa", "rudi", "bea"):
        await world.grant(f"{name}_grant", name, "other_club")
    await world.grant("gina_grant", "gina", "club")
    await world.grant("gina_trust", "gina", "club", account="trainer")
    await world.sensor("spare", "club")
    await world.gateway("pitch", "club")
    await world.gateway("other_pitch", "other_club")
    await world.webhook("hook", "club")
    await world.webhook("other_hook", "other_club")
    for club in ("club", "other_club"):
        await world.database.add(
            "history_mapping", club_id=world[club], name="old", mapping=json.dumps(MAPPING), saved_by="x"
        )
    await world.competition("cup", "club")
    await world.competition("other_cup", "other_club")
    await world.document("heat", "pitch")
    await world.document("other_heat", "other_pitch")
    await world.document("ride_file", "pitch", swim())
    return world


def problem(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """The problem that an answer tells, which must be of this status and type."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["type"] == f"urn:sts:problem:{kind}"
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    assert told["way_out"]
    return told


def at(second: float) -> datetime:
    """A time, in seconds after NOON."""
    return NOON + timedelta(seconds=second)


async def heard(
    world: World,
    sensor: str,
    seconds: Sequence[float],
    values: Sequence[float],
    quality: int = Quality.OK,
    metric: int = HEART_RATE.id,
    gateway: str = "pitch",
) -> None:
    """Store values of a sensor as one epoch of a gateway has heard them."""
    owner, epoch = world.database.owner, uuid4()
    await owner.execute(
        "INSERT INTO sts.local_name (gateway, name, address, kind) VALUES ($1, $2, $3, 'heart_rate') "
        "ON CONFLICT DO NOTHING",
        world[gateway],
        sensor,
        world[f"{sensor}_address"],
    )
    await owner.execute("INSERT INTO sts.epoch (epoch, gateway) VALUES ($1, $2)", epoch, world[gateway])
    series = await owner.fetchval(
        "INSERT INTO sts.series (epoch, name, metric) VALUES ($1, $2, $3) RETURNING id", epoch, sensor, metric
    )
    times = [at(float(second)) for second in seconds]
    for day in {moment.date() for moment in times}:
        await owner.execute("SELECT sts.open_day($1)", day)
    rows = [(moment, series, quality, float(value)) for moment, value in zip(times, values, strict=True)]
    await owner.copy_records_to_table(
        "sample", schema_name="sts", columns=("t", "series", "quality", "value"), records=rows
    )


async def until(check: Callable[[], object]) -> None:
    """Wait until a check is true; fails after PATIENCE_S."""
    async with asyncio.timeout(PATIENCE_S):
        while not check():  # noqa: ASYNC110 - what is waited for knows nothing of us
            await asyncio.sleep(0.02)


@dataclass
class HubProgram:
    """The commands of the hub, and what every one of them is told. `out`: where a command writes."""

    environ: dict[str, str]
    url: str
    out: int | IO[bytes] = subprocess.PIPE

    async def run(self, *words: str, given: str = "") -> tuple[int, str]:
        """A command to its end: exit code, and what it wrote to both streams."""
        process = await self.start(*words)
        out, _ = await asyncio.wait_for(process.communicate(given.encode()), PATIENCE_S)
        return process.returncode or 0, out.decode()

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        """A command that goes on."""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "from sts_hub.cli import main; main()",
            *words,
            stdin=subprocess.PIPE,
            stdout=self.out,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], **self.environ},
        )

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """`sts-hub api`, ready."""
        process = await self.start("api")
        try:
            await self._ready()
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _ready(self) -> None:
        async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient(base_url=self.url) as client:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get("/readyz")).json()["parts"]["live"] == "ok":
                        return
                await asyncio.sleep(0.1)


async def hub_program(postgres: Any, rabbitmq: Any, database: ApiDatabase) -> HubProgram:
    """The program on this database, with a virtual host of its own at the broker."""
    vhost, port = rabbitmq.make_vhost(), free_port()
    environ = {
        "STS_DB_OWNER_DSN": postgres.dsn_of(await database.owner.fetchval("SELECT current_database()")),
        "STS_DB_API_DSN": database.api_dsn,
        "STS_AMQP_URL": rabbitmq.amqp_url(vhost),
        "STS_MANAGEMENT_URL": rabbitmq.management_url_with_password,
        "STS_LISTEN": f"127.0.0.1:{port}",
        "STS_INSECURE_LOOPBACK_COOKIE": "true",
        "STS_SEALING_KEY": "a key of a test, long enough for it",
    }
    return HubProgram(environ, f"http://127.0.0.1:{port}")
