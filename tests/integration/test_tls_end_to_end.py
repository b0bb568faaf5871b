"""A hub whose certificates are of an authority of its own, over AMQPS: who is taken for it, and who is not."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent_support import agent, settings
from demo.services import debian13
from demo.services.rabbitmq import RabbitMQ
from ingest_support import eventually as comes_true
from sts_edge.uplinks import LinkState
from tls_certificates import YEAR_S, Authority, authority
from uplink_support import Hub, Site, StillClock, eventually, running


@dataclass
class Secured:
    """A hub on a broker that speaks TLS as `localhost`, and who has signed for it."""

    hub: Hub
    amqps_port: int
    ca: Authority


@pytest.fixture(scope="module")
async def secured(
    tmp_path_factory: pytest.TempPathFactory,
    services_folder: Path,
    generation: str,
    debian13_root: Path | None,
) -> AsyncIterator[Secured]:
    folder = tmp_path_factory.mktemp("authority")
    ca = authority(folder / "ca.pem", "an authority of the club")
    certificate = ca.signs(services_folder / f"localhost-{generation}.pem", "localhost")
    release = debian13.rabbitmq_4(debian13_root) if debian13_root else None
    broker = RabbitMQ(services_folder / f"rabbitmq-tls-{generation}", release, certificate=certificate)
    assert broker.amqps_port is not None
    await asyncio.to_thread(broker.start)
    hub = Hub(broker)
    await hub.open()
    await hub.listen()
    yield Secured(hub, broker.amqps_port, ca)
    await hub.close()
    await asyncio.to_thread(broker.stop)


def configured(folder: Path, secured: Secured, ca_file: Path | None, host: str = "localhost") -> Path:
    """Settings of a gateway that goes to the hub over AMQPS."""
    file = settings(folder, secured.hub)
    named = "" if ca_file is None else f'ca_file = "{ca_file}"\n'
    plain = f"amqp://127.0.0.1:{secured.hub.broker.amqp_port}/"
    assert plain in file.read_text()
    text = file.read_text().replace(plain, f"amqps://{host}:{secured.amqps_port}/")
    file.write_text(text.replace("[hub]\n", f"[hub]\n{named}"))
    return file


async def test_an_agent_that_knows_the_authority_is_in_and_everything_is_encrypted(
    secured: Secured, tmp_path: Path
) -> None:
    beats = len(secured.hub.beats)
    async with agent(configured(tmp_path, secured, secured.ca.file)) as edge:
        await eventually(lambda: len(secured.hub.beats) >= beats + 2)
        await eventually(lambda: secured.hub.arrivals)
        _, out = await edge.ask("status", "--json")
        assert json.loads(out)["hub"]["state"] in {"connected", "up"}
        _, out = await edge.ask("doctor", "--only", "tls", "--json")
        assert [one["name"] for one in json.loads(out)["faults"]] == []
        await eventually(lambda: len(_secured(secured.hub)) > 0)
        assert _secured(secured.hub) == {True}


def _secured(hub: Hub) -> set[object]:
    """Whether the gateway's connections are, as far as the broker has told yet."""
    return {
        one["ssl"]
        for one in hub.broker.api("GET", "/api/connections")
        if one.get("vhost") == hub.vhost and one.get("user") == "pitch-1" and "ssl" in one
    }


@pytest.mark.parametrize(
    ("known", "host", "words"),
    [
        ("another", "localhost", "bring the hub's authority here and name it as hub.ca_file"),
        ("none", "localhost", "bring the hub's authority here and name it as hub.ca_file"),
        ("the hub's", "127.0.0.1", "its certificate is for another name: use the name in the certificate"),
    ],
)
async def test_an_agent_that_cannot_tell_the_hub_by_its_certificate_sends_nothing_and_says_what_to_do(
    secured: Secured, tmp_path: Path, known: str, host: str, words: str
) -> None:
    """Another authority of the same name is another."""
    other = authority(tmp_path / "other.pem", "an authority of the club")
    ca_file = {"another": other.file, "none": None, "the hub's": secured.ca.file}[known]
    beats, arrivals = len(secured.hub.beats), len(secured.hub.arrivals)
    async with agent(configured(tmp_path, secured, ca_file, host)) as edge:

        async def refused() -> bool:
            return words in (await edge.status()).get("hub", {}).get("sentence", "")

        await comes_true(refused)
        _, out = await edge.ask("doctor", "--only", "tls", "--json")
        expected = "tls-wrong-name" if host == "127.0.0.1" else "tls-untrusted"
        assert [one["name"] for one in json.loads(out)["faults"]] == [expected]
    assert (len(secured.hub.beats), len(secured.hub.arrivals)) == (beats, arrivals)


class Remembering(StillClock):
    """A clock that knows nothing but what time it is at least."""

    def __init__(self, last_good_s: float) -> None:
        super().__init__()
        self._last_good_us = int(last_good_s * 1_000_000)

    def last_good_us(self) -> int | None:
        return self._last_good_us


@pytest.mark.parametrize(("ahead_s", "is_let_in"), [(-86_400, True), (2 * YEAR_S, False)])
async def test_in_1970_the_last_good_time_says_whether_the_certificate_has_expired(
    secured: Secured, monkeypatch: pytest.MonkeyPatch, ahead_s: float, is_let_in: bool
) -> None:
    """The certificate ends in a year. A gateway that was on in two years knows that it has ended."""
    monkeypatch.setattr("sts_edge.uplinks.tls._system_us", lambda: 0)
    site = Site(
        secured.hub.vhost,
        secured.amqps_port,
        "amqps",
        clock=Remembering(time.time() + ahead_s),
        host="localhost",
        ca_file=secured.ca.file,
    )
    async with running(site.uplink.run(), site.talk()):
        if is_let_in:
            await eventually(lambda: site.is_up)
        else:
            await eventually(lambda: "has expired: renew it" in site.uplink.report().sentence)
            assert site.uplink.report().state is LinkState.DOWN
