"""The demo on a machine without RabbitMQ: the same straps, athletes and live picture, over HTTP on loopback."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from demo import demo, preflight
from demo.ports import wait_until
from demo.preflight import lacks_for
from demo.seeding import Api
from demo.services import rabbitmq
from demo.system import Options, System
from missing_parts import missing

LIVE_ALLOWANCE_S = 180


@pytest.fixture
def without_rabbitmq(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where it is not installed."""
    monkeypatch.setattr(rabbitmq, "RELEASES", ())
    monkeypatch.setattr(preflight, "RABBITMQ_PLACES", ())


@pytest.fixture
def system(without_rabbitmq: None, services_folder: Path) -> Iterator[System]:
    """The demo's system, made as the demo makes it."""
    for lack in lacks_for("demo"):
        missing(lack.what, lack.remedy)
    system = System(services_folder / "alone", Options(broker=demo.find_release() is not None))
    yield system
    system.stop()


def stored(system: System) -> int:
    """Values in the database."""

    async def count() -> int:
        connection = await asyncpg.connect(system.owner_dsn)
        try:
            return int(await connection.fetchval("SELECT count(*) FROM sts.sample"))
        finally:
            await connection.close()

    return asyncio.run(count())


def heart_rates(system: System) -> int:
    """How many athletes have a live heart rate in the first picture of a new stream."""
    api = Api(system.base_url)
    api.sign_in(system.options.email, system.password)
    request = urllib.request.Request(
        f"{system.base_url}/api/v1/live", headers={"Accept": "text/event-stream"}
    )
    with api._opener.open(request, timeout=LIVE_ALLOWANCE_S) as stream:
        for line in stream:
            if line.startswith(b"data:"):
                snapshot = json.loads(line[5:])
                return sum(bool(athlete.get("values")) for athlete in snapshot.get("athletes", []))
    return 0


@pytest.mark.timeout(600)
def test_the_demo_goes_on_without_rabbitmq(system: System, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what is missing and how to get it; thirty athletes are live, and what was accepted is stored."""
    assert preflight.main("demo") == 0
    assert "RabbitMQ is not installed" in capsys.readouterr().out
    demo.start(system)
    assert system.rabbitmq is None
    assert system.workers == []
    assert wait_until(lambda: heart_rates(system) == 30, LIVE_ALLOWANCE_S)
    before = stored(system)
    assert wait_until(lambda: stored(system) > before, LIVE_ALLOWANCE_S)
    assert not system.ended_parts()
