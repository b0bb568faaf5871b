"""All of the way down at once: a person at the API, a worker, a broker and a real agent, and what comes back up."""

from __future__ import annotations

import json
import secrets
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from agent_support import Agent, agent
from api_fixtures import API_PASSWORD  # roles are the server's: one password for all its databases
from api_support import client_of, settings_of
from ingest_support import eventually
from json_documents import check
from sts_hub.api.app import create_app
from sts_hub.broker import users
from sts_hub.db import migrate
from sts_hub.kit.database import Database
from sts_hub.kit.identity import token_hash

NAME = "pitch-7"
ADDRESS = "A0:9E:1A:00:00:07"
SETTINGS = """
[gateway]
name = "{name}"
data_dir = "{folder}/data"
run_dir = "{folder}/run"
identify_command = ["true"]
[hub]
url = "amqp://127.0.0.1:{port}/{vhost}"
password_file = "{folder}/password"
[[sensors]]
name = "hr-07"
address = "{address}"
kind = "heart_rate"
"""
# One club with a technician, its gateway, and Quirina, who wears its strap and consents.
CLUB = """
WITH club AS (INSERT INTO sts.club (name) VALUES ('A') RETURNING id),
gateway AS (INSERT INTO sts.gateway (name, club_id, site) SELECT $2, id, 'Pitch' FROM club),
account AS (INSERT INTO sts.account (club_id, email, name, role, password_hash)
    SELECT id, 'technician@club.example', 'Tech', 'technician', 'none' FROM club RETURNING id),
login AS (INSERT INTO sts.login (token_hash, account_id, expires_at) SELECT $1, id, now() + interval '1 hour' FROM account),
team AS (INSERT INTO sts.team (club_id, name) SELECT id, 'Red' FROM club RETURNING id, club_id),
athlete AS (INSERT INTO sts.athlete (club_id, team_id, number, name)
    SELECT club_id, id, 7, 'Quirina Cruz' FROM team RETURNING id, club_id),
parameter AS (INSERT INTO sts.athlete_parameter (athlete_id, name, value, since, source)
    SELECT id, 'hr_max', 190, '2026-01-01', 'coach' FROM athlete),
consent AS (INSERT INTO sts.consent (athlete_id, purpose, version, during)
    SELECT id, 'monitoring', '1', '[2026-01-01,)'::tstzrange FROM athlete),
sensor AS (INSERT INTO sts.sensor (club_id, address, kind, label) SELECT id, $3, 'heart_rate', 'strap 7' FROM club RETURNING id)
INSERT INTO sts.assignment (club_id, sensor_id, athlete_id, during)
SELECT athlete.club_id, sensor.id, athlete.id, '[2026-01-01,)'::tstzrange FROM athlete, sensor
"""
HASTY = [
    sys.executable,
    "-c",
    "import sts_edge.uplinks.uplink as u; u.BEAT_EVERY_S = 0.3; from sts_edge.cli import main; main()",
]


@pytest.fixture
async def technician(hub: Any, postgres: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The API of that hub, asked by a technician of the gateway's club."""
    name = hub.database.dsn.partition("@/")[2].partition("?")[0]
    api_dsn = postgres.dsn_of(name, migrate.API, API_PASSWORD)
    await migrate.migrate(hub.database.dsn, api_dsn=api_dsn)
    token = secrets.token_urlsafe(32)
    await hub.database.owner.execute(CLUB, token_hash(token), NAME, ADDRESS)
    app = create_app(settings_of(api_dsn))
    database: Database = app.state.parts[Database]
    await database.open()
    async with client_of(app, token) as client:
        yield client
    await database.close()


@pytest.fixture
async def config(hub: Any, rabbitmq: Any, tmp_path: Path) -> Path:
    """The settings of a gateway that this hub knows."""
    password = secrets.token_hex(8)
    await users.add(hub.management, NAME, password)
    (tmp_path / "password").write_text(password + "\n")
    (tmp_path / "password").chmod(0o600)
    vhost = quote(urlsplit(hub.amqp_url).path[1:], safe="")
    file = tmp_path / "settings.toml"
    file.write_text(
        SETTINGS.format(name=NAME, folder=tmp_path, port=rabbitmq.amqp_port, vhost=vhost, address=ADDRESS)
    )
    return file


async def test_settings_roster_orders_and_a_version_come_down_and_their_outcomes_up(
    hub: Any, technician: httpx.AsyncClient, config: Path
) -> None:
    await hub.start()
    where = f"/api/v1/gateways/{NAME}"

    async def shown(path: str, is_so: Callable[[Any], Any]) -> Any:
        last: list[Any] = []

        async def asked() -> Any:
            last[:] = [(await technician.get(path)).json()]
            return is_so(last[0])

        await eventually(asked, path)
        return last[0]

    async def settled() -> bool:
        return json.loads(config.with_name("settings.toml.version").read_text())["phase"] == "settled"

    async with agent(config, HASTY) as edge:
        told = await shown(f"{where}/settings", lambda one: one["in_force"])
        tables = told["in_force"]["tables"]
        assert [one["name"] for one in tables["sensors"]] == ["hr-07"]
        wish = {"based_on": told["in_force"]["version"], "tables": {**tables, "record": {"live_ms": 400}}}
        assert (await technician.put(f"{where}/settings", json=wish)).status_code == 202
        told = await shown(f"{where}/settings", lambda one: one["in_force"]["made_by"] == "hub")
        assert told["in_force"]["tables"]["record"] == {"live_ms": 400}
        wish = {"based_on": told["in_force"]["version"], "tables": {"record": {"live_ms": 1}}}

        for act in ("identify", "diagnostics"):
            assert (await technician.post(f"{where}/orders", json={"act": act})).status_code == 201
        orders = await shown(f"{where}/orders", lambda one: all(o["state"] == "done" for o in one["items"]))
        assert orders["items"][1]["words"].endswith("ran true")
        documents = await shown("/api/v1/documents?source=diagnostics", lambda one: one["items"])
        content = await technician.get(f"/api/v1/documents/{documents['items'][0]['id']}/content")
        check(content.json())
        assert "Quirina" not in content.text

        _, out = await edge.ask("status", "--json")
        assert [one["jersey"] for one in json.loads(out)["sensor_list"]] == [7]

        await eventually(settled)
        assert (await technician.put(f"{where}/settings", json=wish)).status_code == 202
        told = await shown(f"{where}/settings", lambda one: one["change"]["state"] == "refused")
        assert "record.live_ms" in told["change"]["faults"][0]
        assert (
            await technician.put("/api/v1/gateway-versions", json={"version": "9.9.9", "percent": 100})
        ).is_success
        gateway = await shown(where, lambda one: any("9.9.9" in fault for fault in one["faults"]))
        assert any("no [update] in the settings" in fault for fault in gateway["faults"])


async def test_of_two_devices_with_one_card_the_later_is_parked_and_says_what_to_do(
    hub: Any, technician: httpx.AsyncClient, config: Path, tmp_path: Path
) -> None:
    await hub.start()
    async with agent(config, HASTY) as first:
        await eventually(lambda: _is_registered(technician))
        await first.end()
    copied = tmp_path / "copied"
    copied.mkdir()
    for name in ("data", "password", "settings.toml"):
        source = tmp_path / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, copied / name)
    other = copied / "settings.toml"
    other.write_text(other.read_text().replace(str(tmp_path), str(copied)))

    async def parked(edge: Agent) -> bool:
        return bool((await edge.status()).get("hub", {}).get("parked"))

    async def answered(edge: Agent) -> bool:
        return (await edge.status()).get("hub", {}).get("rtt_ms") is not None

    async with agent(config, HASTY) as first:
        await eventually(lambda: answered(first))
        async with agent(other, HASTY) as second:
            await eventually(lambda: parked(second))
            assert not await parked(first)
            _, out = await second.ask("status")
            assert out.splitlines()[-1].startswith("Next: have a code made at the hub")
            _, out = await second.ask("doctor", "--only", "agent", "--json")
            assert [one["name"] for one in json.loads(out)["faults"]] == ["card-copied"]
            gateway = (await technician.get(f"/api/v1/gateways/{NAME}")).json()
            assert gateway["state"] != "silent"
        async with agent(other, HASTY) as again:
            await eventually(lambda: parked(again))


async def _is_registered(technician: httpx.AsyncClient) -> bool:
    return (await technician.get(f"/api/v1/gateways/{NAME}")).json()["state"] in ("ok", "degraded")
