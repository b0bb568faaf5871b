"""`sts-hub gateway settings`, `order` and `update`, as whoever runs the hub types them, on a real database."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api_support import World
from ingest_support import Gateway
from sts_hub.beats.service import settle
from sts_hub.cli import main
from sts_protocols.beat import Beat, EpochReport, SettingsReport

TABLES = '{"record":{"live_ms":250}}'
Typed = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
def typed(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a verb of `sts-hub gateway`; its exit code, and what it said."""
    monkeypatch.setenv("STS_DB_OWNER_DSN", world.database.owner_dsn)

    def run(words: tuple[str, ...]) -> int:
        try:
            main(["gateway", *words])
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    async def type_it(*words: str) -> tuple[int, str, str]:
        code = await asyncio.to_thread(run, words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return type_it


async def beats(world: World) -> None:
    """The gateway tells version 1 of its settings."""
    gateway = dataclasses.replace(Gateway(), name=world["pitch"])
    epoch = gateway.epoch.hex()
    told = SettingsReport(1, hashlib.sha256(TABLES.encode()).hexdigest(), tables=TABLES)
    reports = [EpochReport(epoch, "boot", True, 0, -1, [])]
    said = Beat(
        gateway=gateway.name,
        epoch=epoch,
        number=1,
        boot_us=1,
        epochs=reports,
        settings=told,
        versions={"sts-edge": "0.1.0"},
    )
    await settle(world.database.owner, said, datetime.now(UTC), None)


async def test_settings_are_shown_and_asked_for(typed: Typed, world: World, tmp_path: Path) -> None:
    name, file = world["pitch"], tmp_path / "wish.json"
    file.write_text(json.dumps({"based_on": 1, "tables": {"record": {"live_ms": 500}}}))
    code, _, err = await typed("settings", name, "--set", str(file))
    assert (code, "has not told its settings yet" in err) == (1, True)
    await beats(world)
    code, out, _ = await typed("settings", name)
    assert (code, json.loads(out)["in_force"]["tables"]) == (0, json.loads(TABLES))
    code, out, err = await typed("settings", name, "--set", str(file))
    assert code == 0, err
    assert json.loads(out)["change"]["state"] == "waiting"
    assert "next beat" in err
    file.write_text('{"based_on": 1, "tables": {"hub": {}}}')
    code, _, err = await typed("settings", name, "--set", str(file))
    assert (code, "tables.hub" in err) == (1, True)
    for words in (("settings", "nobody-here"), ("settings", name, "--set", str(tmp_path / "none"))):
        code, _, err = await typed(*words)
        assert code == 1
        assert err.count("\n") == 1


async def test_orders_are_given_and_shown(typed: Typed, world: World) -> None:
    code, out, err = await typed("order", world["pitch"], "identify")
    assert (code, "identify  waiting" in out) == (0, True)
    assert f"sts-hub gateway order {world['pitch']}" in err
    code, out, _ = await typed("order", world["pitch"])
    assert (code, out.count("waiting")) == (0, 1)
    for words in ((world["pitch"], "reboot"), ("nobody-here",)):
        code, _, err = await typed("order", *words)
        assert (code, err.count("\n")) == (1, 1)


async def test_a_version_is_wanted_for_a_part_of_a_clubs_gateways(typed: Typed, world: World) -> None:
    await beats(world)
    club = await world.database.owner.fetchval("SELECT name FROM sts.club WHERE id = $1", world["club"])
    code, out, _ = await typed("update", "--club", club)
    assert (code, "wanted" in out) == (0, False)
    assert "0.1.0  1 gateways" in out
    code, out, _ = await typed("update", "0.2.0", "--club", club, "--percent", "20")
    assert (code, "wanted: 0.2.0 for 20 % of the gateways" in out) == (0, True)
    for words in (("latest", "--club", club), ("0.2.0", "--club", "nobody's")):
        code, _, err = await typed("update", *words)
        assert (code, err.count("\n")) == (1, 1)
