"""What the lanes promise in seconds and shares, measured through a slow or broken link."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from demo.ports import free_port
from faults.link import Link
from sts_edge.buffer import SegmentLog
from sts_edge.config import BufferSettings
from tls_certificates import authority
from uplink_support import KNOWN, Arrival, Broker, Hub, Site, door, eventually, running

pytestmark = pytest.mark.one_generation

KBIT = 256
LINK_BYTES_PER_S = KBIT * 1000 / 8
# A request each quarter of a second, with its headers and its answer, over TLS.
HTTPS_WIRE_BYTES_PER_S = 3_000
# Thirty straps at 1 Hz, a quarter of a second of them.
STRAPS = 8


class Figures(NamedTuple):
    """What came through in some seconds: live latencies, and bytes per second."""

    live_s: list[float]
    backlog_bytes_per_s: float
    wire_bytes_per_s: float

    @property
    def live_p95_s(self) -> float:
        return statistics.quantiles(self.live_s, n=20)[-1]


@pytest.fixture
async def hub(rabbitmq: Broker) -> AsyncIterator[Hub]:
    hub = Hub(rabbitmq)
    await hub.open()
    await hub.listen()
    yield hub
    await hub.close()


async def site_at(hub: Hub, port: int, folder: Path, backlog: int = 0) -> Site:
    """A gateway with a real buffer, and that many records in it that wait."""
    log = SegmentLog(folder, BufferSettings(), reading=lambda *_: KNOWN)
    site = Site(hub.vhost, port, buffer=log)
    if backlog:
        await site.fill(backlog)
    return site


async def measured(hub: Hub, link: Link, seconds: float) -> Figures:
    """Watch for that long."""
    began, carried = len(hub.arrivals), link.up.carried
    await asyncio.sleep(seconds)
    arrivals = hub.arrivals[began:]
    to_boot_s = time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()
    live = [one.at_s + to_boot_s - one.record.header.last_us / 1e6 for one in arrivals if one.lane == "live"]
    backlog = sum(one.record.header.length for one in arrivals if one.lane == "backlog")
    return Figures(live, backlog / seconds, (link.up.carried - carried) / seconds)


@pytest.mark.long
@pytest.mark.parametrize("delay_ms", [20, 400])
async def test_a_backlog_takes_what_live_leaves_and_live_stays_in_time(
    hub: Hub, rabbitmq: Broker, tmp_path: Path, delay_ms: int, tell: Callable[[str], None]
) -> None:
    """256 kbit/s for both lanes; at 800 ms round trip the window takes 25 s to open."""
    async with Link(free_port(), rabbitmq.amqp_port) as link:
        link.shape(KBIT, delay_ms)
        site = await site_at(hub, link.port, tmp_path / "alone")
        async with running(site.uplink.run(), site.talk(values=STRAPS)):
            await eventually(lambda: site.is_up)
            await asyncio.sleep(1.0)
            alone = await measured(hub, link, 15.0)
        site = await site_at(hub, link.port, tmp_path / "both", backlog=12_000)
        async with running(site.uplink.run(), site.talk(values=STRAPS)):
            await eventually(lambda: site.is_up)
            await asyncio.sleep(5.0 if delay_ms < 100 else 25.0)
            both = await measured(hub, link, 40.0)
    share = both.backlog_bytes_per_s / (LINK_BYTES_PER_S - alone.wire_bytes_per_s)
    rise_s = both.live_p95_s - alone.live_p95_s
    tell(f"backlog takes {share:.0%} of what live leaves; live p95 rises {rise_s:.3f} s")
    assert share >= 0.8
    assert rise_s <= 0.25


@pytest.mark.long
@pytest.mark.parametrize("fault", ["refuse", "silence"])
@pytest.mark.parametrize("outage_s", [1.2, 5.0, 16.0])
async def test_the_first_live_value_comes_within_a_second_of_the_links_return(
    hub: Hub, rabbitmq: Broker, tmp_path: Path, fault: str, outage_s: float, tell: Callable[[str], None]
) -> None:
    """Whatever the backlog: 40,000 records of 100 values were there before."""
    async with Link(free_port(), rabbitmq.amqp_port) as link:
        link.shape(2_000, 10)
        site = await site_at(hub, link.port, tmp_path / "log", backlog=40_000)
        async with running(site.uplink.run(), site.talk(values=STRAPS)):
            await eventually(lambda: site.is_up)
            await getattr(link, fault)()
            await asyncio.sleep(outage_s)
            came = len(hub.arrivals)
            await link.restore()
            back_s = time.monotonic()
            newest = site.buffer.head
            await eventually(lambda: _new_live(hub, came, newest))
    first_s = _new_live(hub, came, newest)[0].at_s - back_s
    tell(f"{site.waiting} records waiting: first live value after {first_s:.3f} s")
    assert first_s <= 1.0


async def test_over_https_the_first_live_value_comes_as_soon_and_the_wire_costs_what_is_stated(
    hub: Hub, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    """Over TLS, with a thousand records waiting; then with none. docs/gateway.md states the figure of the wire."""
    ca = authority(tmp_path / "ca.pem")
    certificate = ca.signs(tmp_path / "hub.pem", "localhost")
    async with door(hub, certificate=certificate) as port, Link(free_port(), port) as link:
        log = SegmentLog(tmp_path / "log", BufferSettings(), reading=lambda *_: KNOWN)
        site = Site("", link.port, "https", buffer=log, host="localhost", ca_file=ca.file)
        async with running(site.uplink.run(), site.talk(values=STRAPS)):
            await eventually(lambda: site.is_up)
            await link.refuse()
            await site.fill(1_000)
            came = len(hub.arrivals)
            await link.restore()
            back_s, newest = time.monotonic(), site.buffer.head
            await eventually(lambda: _new_live(hub, came, newest))
            first_s = _new_live(hub, came, newest)[0].at_s - back_s
            await eventually(lambda: site.waiting < 10)
            before = link.up.carried, link.down.carried
            await asyncio.sleep(8.0)
            up, down = ((now - then) / 8.0 for then, now in zip(before, _carried(link), strict=True))
    tell(
        f"over HTTPS: first live value after {first_s:.3f} s; live of 30 straps {up:.0f} bytes/s up, {down:.0f} down"
    )
    assert first_s <= 1.0
    assert up + down <= HTTPS_WIRE_BYTES_PER_S


def _carried(link: Link) -> tuple[int, int]:
    return link.up.carried, link.down.carried


def _new_live(hub: Hub, came: int, newest: int) -> list[Arrival]:
    return [one for one in hub.arrivals[came:] if one.lane == "live" and one.record.header.seq > newest]


async def test_a_paced_backlog_delays_live_less_than_an_unpaced_one(
    hub: Hub, rabbitmq: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The short form of the above: shares of each other, not seconds."""
    paced = await _with_backlog(hub, rabbitmq, tmp_path / "paced")
    monkeypatch.setattr("sts_edge.uplinks.pacing.FIRST_WINDOW_BYTES", 24_000)
    unpaced = await _with_backlog(hub, rabbitmq, tmp_path / "unpaced")
    assert statistics.median(paced.live_s) < statistics.median(unpaced.live_s) / 2
    assert paced.backlog_bytes_per_s > 0.5 * LINK_BYTES_PER_S


async def _with_backlog(hub: Hub, broker: Broker, folder: Path) -> Figures:
    async with Link(free_port(), broker.amqp_port) as link:
        link.shape(KBIT, 20)
        site = await site_at(hub, link.port, folder, backlog=2000)
        async with running(site.uplink.run(), site.talk(values=STRAPS)):
            await eventually(lambda: site.waiting < 1990)
            return await measured(hub, link, 4.0)
