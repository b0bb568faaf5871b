"""What may happen to the clocks of a gateway, one row each; after each row nothing is lost, nothing is stored
twice, the order of each epoch holds, and every stored time is right within the error told with it.

The first table runs on clocks that the test sets; the second runs the agent as a process whose wall clock
libfaketime sets while it works. A step of a wall clock that nobody keeps synchronised must not matter at all.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent_support import settings
from clock_site import SECOND_US, Act, Site, judged
from demo.preflight import find_faketime
from missing_parts import missing
from sts_edge.uplinks.tls import NO_CHECK_TIME, Tls
from sts_protocols.record import UNKNOWN_CLOCK, ClockSource, Kind
from uplink_support import Arrival, Broker, Hub, eventually

pytestmark = pytest.mark.one_generation

MS_US = 1_000
HOUR_US = 3_600 * SECOND_US
DAY_US = 24 * HOUR_US
# Agreed: what is further off than this is corrected.
RIGHT_US = 50 * MS_US


# --- acts


def hears(seconds: int) -> Act:
    return lambda site: site.hear(seconds)


def linked(out_ms: int = 10, back_ms: int = 10) -> Act:
    """The hub can be reached; its answer takes this long in each direction."""

    async def act(site: Site) -> None:
        site.delays_us = out_ms * MS_US, back_ms * MS_US
        await site.sync_with_hub()

    return act


def ntp(wrong_us: int = 0, error_us: int = 10 * MS_US) -> Act:
    """The kernel's clock is synchronised, by a server that is wrong by this much."""

    async def act(site: Site) -> None:
        site.kernel.wall_wrong_us, site.kernel.synced_error_us = wrong_us, error_us

    return act


def gnss(wrong_us: int = 0, error_us: int = 250 * MS_US) -> Act:
    async def act(site: Site) -> None:
        site.gnss = wrong_us, error_us

    return act


def clock_chip(wrong_us: int) -> Act:
    """A battery-backed clock that set the kernel's at boot, and nothing keeps it right."""

    async def act(site: Site) -> None:
        site.kernel.wall_wrong_us, site.kernel.synced_error_us = wrong_us, None

    return act


def battery_clock(wrong_us: int = 0, drift_ppm: int = 0) -> Act:
    """There is a clock chip that runs while the power is off; the kernel starts in 1970 all the same."""

    async def act(site: Site) -> None:
        site.kernel.chip_wrong_us, site.kernel.chip_drift_ppm = wrong_us, drift_ppm

    return act


def quartz(drift_ppm: int) -> Act:
    async def act(site: Site) -> None:
        site.kernel.drift_ppm = drift_ppm

    return act


async def alone(site: Site) -> None:
    site.delays_us = None


def idle(us: int) -> Act:
    """Nobody wears a strap for so long."""

    async def act(site: Site) -> None:
        site.kernel.passes(us)

    return act


def suspended(us: int, chip_wrong_us: int = 0) -> Act:
    async def act(site: Site) -> None:
        site.kernel.sleeps(us, chip_wrong_us)

    return act


async def restarted(site: Site) -> None:
    await site.restart()


async def clock_forgotten(site: Site) -> None:
    await site.clock_forgotten()


async def killed(site: Site) -> None:
    await site.kill()


async def pins_stay_in_memory(site: Site) -> None:
    """From now on the disk is too slow to get a pin before the kill."""
    site.buffer.pin = lambda anchor: None  # type: ignore[method-assign]


def rebooted(off_us: int = 60 * SECOND_US) -> Act:
    return lambda site: site.reboot(off_us)


def arrived_but(waiting: int, *, placed: int, off_us: int) -> Act:
    """Everything arrives but these records, until a person places their epoch."""

    async def act(site: Site) -> None:
        for _ in range(3):
            await site.sync_with_hub()
        assert await site.parked() == waiting
        assert {number for _, number, _ in await site.rows()}.isdisjoint(
            number for number, said in enumerate(site.said) if said.epoch == site.epochs[placed]
        ), "what is not placed must not be shown"
        await site.place(placed, off_us)

    return act


def corrected(number: int, delta_us: int) -> Act:
    async def act(site: Site) -> None:
        for _ in range(3):
            await site.sync_with_hub()
        await site.correct(number, delta_us)

    return act


# --- checks of one row alone


def starts(count: int) -> Act:
    """So many epochs there were until now."""

    async def check(site: Site) -> None:
        assert len(site.epochs) == count

    return check


def by(source: ClockSource, least_us: int = 0, most_us: int = 60 * SECOND_US) -> Act:
    """This source is in force, with a stated error within these bounds."""

    async def check(site: Site) -> None:
        reading = site.clock.reading()
        assert reading.source == source
        assert least_us <= reading.error_us <= most_us

    return check


def told(*words: str) -> Act:
    """A technician was told of this, in words."""

    async def check(site: Site) -> None:
        sentence = " ".join(sorted(site.faults))
        assert all(word in sentence for word in words), sentence or "nothing was told"

    return check


def floor_within(us: int) -> Act:
    """The last good time that the next start finds is at most this old."""

    async def check(site: Site) -> None:
        floor_us = site.clock.last_good_us()
        assert floor_us is not None
        assert 0 <= site.kernel.true_us - floor_us <= us

    return check


async def no_floor(site: Site) -> None:
    assert site.clock.last_good_us() is None


async def certificates_judged_by_the_floor(site: Site) -> None:
    """In 1970 every certificate is "not yet valid": dates are left to our own judgement, until the clock is set."""
    floor_us = site.clock.last_good_us()
    assert floor_us is not None
    in_1970 = Tls(site.clock, system_us=lambda: 10 * SECOND_US).context()
    afterwards = Tls(site.clock, system_us=lambda: floor_us + SECOND_US).context()
    assert in_1970.verify_flags & ssl.VerifyFlags(NO_CHECK_TIME)
    assert not afterwards.verify_flags & ssl.VerifyFlags(NO_CHECK_TIME)
    assert in_1970.verify_mode is ssl.CERT_REQUIRED


@dataclass(frozen=True)
class Scenario:
    """What happens, in order; which sources the settings trust, the most trusted first; and how far off a
    stored time may be where the stated error itself is larger than 50 ms."""

    name: str
    acts: tuple[Act, ...]
    sources: tuple[str, ...] = ("ntp", "gnss", "hub")
    within_us: int = RIGHT_US


SCENARIOS = [
    Scenario("boots in 1970, the hub its only source", (hears(30), linked(), hears(30)), ("hub",)),
    Scenario("NTP comes later", (hears(40), ntp(), hears(40)), ("ntp",)),
    Scenario("leaps from 1970 to now while records wait", (hears(60), ntp(), hears(20), linked(), hears(5))),
    Scenario(
        "NTP an hour slow, then right after a restart: the first epoch is corrected at the hub",
        (ntp(-HOUR_US), hears(40), restarted, ntp(), hears(40), linked(), hears(5), corrected(0, HOUR_US)),
        ("ntp",),
    ),
    Scenario(
        "NTP steps by -2 h while running",
        (ntp(), hears(40), ntp(-2 * HOUR_US), hears(40), told("NTP is 72", "before the last good time")),
    ),
    Scenario("NTP steps by +50 ms", (ntp(-50 * MS_US, 60 * MS_US), hears(40), ntp(0, 60 * MS_US), hears(40))),
    Scenario("NTP steps by -50 ms", (ntp(50 * MS_US, 60 * MS_US), hears(40), ntp(0, 60 * MS_US), hears(40))),
    Scenario(
        "NTP steps by +1 day, and the hub is trusted more",
        (linked(), hears(20), ntp(DAY_US), hears(40), told("NTP contradicts the more trusted HUB")),
        ("hub", "ntp"),
    ),
    Scenario(
        "NTP steps by -1 day, and the hub is trusted more",
        (linked(), hears(20), ntp(-DAY_US), hears(40), told("NTP is 864")),
        ("hub", "ntp"),
    ),
    Scenario(
        "a quartz 100 ppm fast, six minutes without the hub",
        (quartz(100), linked(), hears(20), alone, idle(360 * SECOND_US), hears(20), linked(), hears(20)),
        ("hub",),
    ),
    Scenario("a quartz 500 ppm fast, the hub at hand", (quartz(500), linked(), hears(120)), ("hub",)),
    Scenario("a quartz 500 ppm slow, the hub at hand", (quartz(-500), linked(), hears(120)), ("hub",)),
    Scenario(
        "a night's suspend with a true clock chip",
        (linked(), hears(20), alone, suspended(8 * HOUR_US), hears(20), linked(), hears(20)),
        ("hub",),
    ),
    Scenario(
        "a suspend with a clock chip that counts whole seconds: as far off as stated, until the hub answers",
        (linked(), hears(20), alone, suspended(HOUR_US, 800 * MS_US), hears(20), linked(), hears(20)),
        ("hub",),
        within_us=SECOND_US,
    ),
    Scenario("a clock chip five years ahead", (clock_chip(5 * 365 * DAY_US), hears(20), linked(), hears(20))),
    Scenario("a clock chip a day behind", (clock_chip(-DAY_US), hears(20), linked(), hears(20))),
    Scenario(
        "NTP an hour slow, until another server is asked: a new start begins, and the first is corrected at the hub",
        (
            ntp(-HOUR_US),
            hears(40),
            ntp(),
            hears(40),
            starts(2),
            told("By what NTP says", "was 3600.0 s behind", "--by-ms 3600000"),
            linked(),
            hears(5),
            corrected(0, HOUR_US),
        ),
    ),
    Scenario(
        "NTP an hour fast, until another server is asked: refused until a technician acts, then corrected at the hub",
        (
            ntp(HOUR_US),
            hears(40),
            ntp(),
            hears(40),
            starts(1),
            told("NTP is 3600.0 s before the last good time", "delete clock.db"),
            clock_forgotten,
            hears(20),
            linked(),
            hears(5),
            corrected(0, -HOUR_US),
        ),
    ),
    Scenario(
        "a clock chip that was right yesterday, and nothing else for the first minutes of today",
        (
            battery_clock(),
            linked(),
            hears(70),
            alone,
            rebooted(DAY_US),
            hears(100),
            by(ClockSource.RTC, 8_640 * MS_US, 11 * SECOND_US),
            linked(),
            hears(20),
            by(ClockSource.HUB),
            starts(2),
        ),
        ("hub", "rtc"),
        within_us=SECOND_US,
    ),
    Scenario(
        "a clock chip that loses 80 ppm in the cold, over a week: as far off as stated, until the hub answers",
        (
            battery_clock(drift_ppm=-80),
            linked(),
            hears(70),
            alone,
            rebooted(6 * DAY_US),
            hears(100),
            by(ClockSource.RTC, 51 * SECOND_US, 55 * SECOND_US),
            linked(),
            hears(20),
            by(ClockSource.HUB),
        ),
        ("hub", "rtc"),
        within_us=60 * SECOND_US,
    ),
    Scenario(
        "a clock chip half a minute behind, as it was when it was last compared",
        (
            battery_clock(-30 * SECOND_US),
            linked(),
            hears(70),
            alone,
            rebooted(HOUR_US),
            hears(100),
            by(ClockSource.RTC, 30 * SECOND_US, 33 * SECOND_US),
        ),
        ("hub", "rtc"),
        within_us=60 * SECOND_US,
    ),
    Scenario(
        "a clock chip that leapt a day ahead: the hub is believed, a new start begins, and the one before is corrected",
        (
            battery_clock(),
            linked(),
            hears(70),
            alone,
            rebooted(),
            battery_clock(DAY_US),
            hears(100),
            by(ClockSource.RTC),
            linked(),
            hears(20),
            starts(3),
            told("By what HUB says", "was 86400.", "s ahead"),
            by(ClockSource.HUB),
            corrected(1, -DAY_US),
        ),
        ("hub", "rtc"),
        within_us=60 * SECOND_US,
    ),
    Scenario(
        "a clock chip whose cell was empty over night: before the last good time, and not believed",
        (
            battery_clock(),
            linked(),
            hears(70),
            alone,
            rebooted(),
            battery_clock(-100 * DAY_US),
            hears(100),
            by(ClockSource.UNKNOWN),
            told("RTC is 86", "before the last good time"),
            linked(),
            hears(20),
        ),
        ("hub", "rtc"),
    ),
    Scenario(
        "a clock chip that nobody has ever compared is not believed, right though it is",
        (battery_clock(), hears(100), by(ClockSource.UNKNOWN), linked(), hears(20)),
        ("hub", "rtc"),
    ),
    Scenario(
        "a clock chip that the settings do not name is not asked",
        (
            battery_clock(),
            linked(),
            hears(70),
            alone,
            rebooted(),
            hears(100),
            by(ClockSource.UNKNOWN),
            linked(),
            hears(20),
        ),
        ("hub",),
    ),
    Scenario("GNSS as the only source", (hears(20), gnss(30 * MS_US), hears(20)), ("gnss",)),
    Scenario(
        "GNSS against NTP, NTP trusted more",
        (ntp(), hears(20), gnss(10 * SECOND_US), hears(20), told("GNSS contradicts the more trusted NTP")),
    ),
    Scenario(
        "GNSS against NTP, GNSS trusted more",
        (gnss(), hears(20), ntp(10 * SECOND_US), hears(20), told("NTP contradicts the more trusted GNSS")),
        ("gnss", "ntp"),
    ),
    Scenario(
        "the hub's answer takes 90 ms back and none out", (hears(20), linked(0, 90), hears(30)), ("hub",)
    ),
    Scenario(
        "the hub's answer takes 90 ms out and none back", (hears(20), linked(90, 0), hears(30)), ("hub",)
    ),
    Scenario(
        "an anchor before the last good time is refused",
        (
            linked(),
            hears(70),
            alone,
            rebooted(),
            ntp(-DAY_US),
            hears(40),
            told("NTP is 86"),
            linked(),
            hears(5),
        ),
    ),
    Scenario(
        "the last good time is kept each minute, for the start after a power cut",
        (no_floor, linked(), hears(190), alone, rebooted(0), floor_within(61 * SECOND_US), linked()),
        ("hub",),
    ),
    Scenario(
        "an epoch that ends without any anchor, placed by a person",
        (hears(20), rebooted(), linked(), hears(20), arrived_but(20, placed=0, off_us=40 * MS_US)),
        ("hub",),
    ),
    Scenario(
        "an epoch without an anchor, pinned by the next one of the same boot",
        (hears(20), killed, linked(), hears(20)),
        ("hub",),
    ),
    Scenario(
        "two restarts while nobody knows the time",
        (hears(20), restarted, hears(20), restarted, hears(20), linked(), hears(20)),
        ("hub",),
    ),
    Scenario(
        "killed between an anchor and its pin on the disk",
        (hears(20), pins_stay_in_memory, linked(), hears(5), killed, hears(5), hears(20)),
        ("hub",),
    ),
    Scenario(
        "in 1970, with a certificate that is not yet valid",
        (linked(), hears(70), alone, rebooted(), certificates_judged_by_the_floor, hears(20), linked()),
        ("hub",),
    ),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
async def test_every_value_is_stored_once_in_order_at_its_time(
    hub_database, tmp_path: Path, scenario: Scenario
) -> None:
    site = Site(tmp_path, hub_database, await hub_database.store(), scenario.sources)
    for act in scenario.acts:
        await act(site)
    await site.end()
    assert judged(await site.rows(), site, scenario.within_us) == []
    assert await site.parked() == 0
    assert site.refused >= len(site.said), "every message came twice, and one of the two was refused"


async def test_the_judgement_sees_a_loss_a_copy_a_wrong_order_and_a_wrong_time(
    hub_database, tmp_path
) -> None:
    """Control: what the rows above rely on can fail."""
    site = Site(tmp_path, hub_database, await hub_database.store(), ("hub",))
    await linked()(site)
    await site.hear(20)
    await site.end()
    rows = sorted(await site.rows(), key=lambda row: row[1])
    epoch, number, t_us = rows[7]
    assert judged(rows, site, RIGHT_US) == []
    assert "lost" in judged(rows[1:], site, RIGHT_US)[0]
    assert "2 times" in judged([*rows, rows[3]], site, RIGHT_US)[0]
    late = [*rows[:7], (epoch, number, t_us + 51 * MS_US), *rows[8:]]
    assert "us off" in judged(late, site, RIGHT_US)[0]
    swapped = [*rows[:7], (epoch, number, rows[8][2] + 1), *rows[8:]]
    assert "order" in judged(swapped, site, RIGHT_US)[0]


# --- the agent as a process, its wall clock set by libfaketime

AGENT = """
import asyncio, sys
from pathlib import Path
from scripted_source import ScriptedSource
from sts_edge.agent.agent import Agent
from sts_edge.config import load

async def main():
    settings = load(Path(sys.argv[1]))
    settings.gateway.data_dir.mkdir(parents=True, exist_ok=True)
    agent = Agent(settings)
    await agent.open()
    agent.add_source(ScriptedSource(settings, agent.emit, every_s=0.1))
    await agent.run(asyncio.Event())

asyncio.run(main())
"""
STRAP = """
[[sensors]]
name = "hr-01"
address = "C0:FF:EE:00:00:01"
kind = "heart_rate"
"""
# In each of these the wall clock that the agent's process sees stands, while it measures and sends.
STEPS_S = {
    "boots in 1970": None,
    "leaps from 1970 to now": 0.0,
    "steps by +1 h": 3_600.0,
    "steps by -2 h": -7_200.0,
    "steps by +50 ms": 0.05,
    "steps by -50 ms": -0.05,
    "steps by +1 day": 86_400.0,
    "steps by -1 day": -86_400.0,
}
RECORDS_BETWEEN = 4


def fake(stamp: Path, step_s: float | None) -> None:
    """Set the wall clock of the agent's process, at once."""
    new = stamp.with_suffix(".new")
    new.write_text("@1970-01-01 00:02:00\n" if step_s is None else f"{step_s:+f}\n")
    new.replace(stamp)


@dataclass
class Run:
    """What came while the wall clock stood so, by the name of the step; and where boot time really stood."""

    came: dict[str, list[Arrival]]
    offset_us: int
    pin_offset_us: int
    pin_error_us: int


@pytest.fixture(scope="module")
async def run(rabbitmq: Broker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Run]:
    """One agent through all steps: it hears before the hub is there, then sends while its wall clock jumps."""
    if not (library := find_faketime()):
        missing("libfaketime", "install the package libfaketime")
    folder = tmp_path_factory.mktemp("steps")
    hub = Hub(rabbitmq)
    await hub.open()
    await hub.listen()
    stamp = folder / "faketime"
    fake(stamp, None)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", AGENT, str(settings(folder, hub, STRAP)),
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(stamp),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        },
    )  # fmt: skip
    try:
        yield await _through(hub, stamp)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await hub.close()


async def _through(hub: Hub, stamp: Path) -> Run:
    came: dict[str, list[Arrival]] = {}
    for name, step_s in STEPS_S.items():
        fake(stamp, step_s)
        before = len(hub.arrivals)
        await eventually(lambda b=before: len(hub.arrivals) >= b + RECORDS_BETWEEN)
        came[name] = hub.arrivals[before:]
    await eventually(lambda: hub.beats[-1].epochs[-1].pin is not None)
    pin = hub.beats[-1].epochs[-1].pin
    assert pin is not None
    really_us = (time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)) // 1_000
    return Run(came, really_us, pin.wall_us - pin.boot_us, pin.error_us)


@pytest.mark.parametrize("step", STEPS_S)
async def test_whatever_the_wall_clock_of_a_running_agent_does_its_times_are_right(
    run: Run, step: str
) -> None:
    for arrival in run.came[step]:
        clock = arrival.record.header.clock
        if clock == UNKNOWN_CLOCK:
            offset_us, error_us = run.pin_offset_us, run.pin_error_us
        else:
            assert clock.source == ClockSource.HUB
            offset_us, error_us = clock.offset_us, clock.error_us
        assert abs(offset_us - run.offset_us) <= min(error_us + MS_US, RIGHT_US)


async def test_over_all_steps_no_record_is_lost_and_none_comes_twice(run: Run) -> None:
    numbers = sorted(one.record.header.seq for came in run.came.values() for one in came)
    assert numbers == list(range(numbers[-1] + 1))
    assert any(one.record.header.clock == UNKNOWN_CLOCK for came in run.came.values() for one in came)
    values = [one for came in run.came.values() for one in came if one.record.header.kind == Kind.SAMPLES]
    assert len(values) >= len(STEPS_S)


async def test_the_wall_clock_of_the_agent_was_really_set(run: Run, tmp_path: Path) -> None:
    """Control: a process under the same settings sees each step."""
    stamp = tmp_path / "faketime"
    for step_s in STEPS_S.values():
        fake(stamp, step_s)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "import time; print(time.time())",
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "LD_PRELOAD": find_faketime(), "FAKETIME_TIMESTAMP_FILE": str(stamp)},
        )  # fmt: skip
        before_s = time.time()
        out, _ = await process.communicate()
        seen_s = float(out) - (before_s if step_s is not None else 0)
        assert abs(seen_s - (120.0 if step_s is None else step_s)) < 5.0
