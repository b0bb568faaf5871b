"""A storm of everything at once: nothing is invented, doubled or turned round, and afterwards all is well."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from bluetooth_air import Air, Ear, limits, listening, on_air, scenario, strap_name, until
from integration.test_bluetooth import told

SEED = 20260101

# About once a heart beat: nearly every frame carries an interval of its own, so that a doubled one shows.
RATE_HZ = 2.5

# What hits one strap, and what hits all of them; with a duration where the order can be undone.
TO_ONE: list[dict[str, object]] = [
    {"do": "drop"},
    {"do": "forget"},
    {"do": "mute", "for_s": 0.5},
    {"do": "walk_away", "for_s": 0.3},
    {"do": "remove", "for_s": 0.3},
    {"do": "take_off", "for_s": 0.3},
    {"do": "spoil", "services": "empty", "for_s": 0.3},
    {"do": "spoil", "notifications": "bunched", "for_s": 0.3},
    {"do": "fault", "method": "Connect", "error": "Failed", "text": "le-connection-abort-by-local"},
    {"do": "fault", "method": "Connect", "error": "Failed"},
    {"do": "fault", "method": "Connect"},
    {"do": "fault", "method": "StartNotify", "error": "Failed"},
    {"do": "fault", "method": "ReadValue", "error": "Failed"},
    {"do": "fault", "method": "Disconnect"},
]
TO_ALL: list[dict[str, object]] = [
    {"do": "power_off", "for_s": 0.2},
    {"do": "unplug", "for_s": 0.2},
    {"do": "stop_bluez", "for_s": 0.2},
    {"do": "deafen", "for_s": 0.3},
    {"do": "fault", "method": "StartDiscovery", "error": "InProgress"},
    {"do": "fault", "method": "StopDiscovery", "error": "InProgress"},
]
ALL_IS_WELL = ("clear_faults", "power_on", "plug", "start_bluez", "undeafen")


async def storm(air: Air, straps: int, seconds: float) -> None:
    chance = random.Random(SEED)
    loop = asyncio.get_running_loop()
    end_s = loop.time() + seconds
    while loop.time() < end_s:
        hit = dict(chance.choice(TO_ONE if chance.random() < 0.85 else TO_ALL))
        if hit in TO_ONE:
            hit["strap"] = strap_name(chance.randint(1, straps))
        air.order(**hit)  # type: ignore[arg-type]
        await asyncio.sleep(chance.uniform(0.0, 4.0 / straps))
    await asyncio.sleep(0.6)
    for do in ALL_IS_WELL:
        air.order(do)
    for number in range(1, straps + 1):
        air.order("restore", strap=strap_name(number))


async def all_well(ear: Ear, straps: int) -> None:
    """Every strap is heard again and nothing is complained of."""
    before = {number: len(ear.heard(number)) for number in range(1, straps + 1)}
    await until(lambda: all(len(ear.heard(n)) > count + 5 for n, count in before.items()), 60.0)
    await until(
        lambda: {state.state for state in ear.source.states()} == {"live"} and not ear.source.faults()
    )


def is_part_of(part: list[object], whole: list[object]) -> bool:
    """True when `part` is `whole` with some left out."""
    rest = iter(whole)
    return all(any(one == other for other in rest) for one in part)


@pytest.mark.parametrize(
    ("straps", "seconds"),
    [(4, 5.0), pytest.param(30, 300.0, marks=[pytest.mark.long, pytest.mark.timeout(900)])],
)
async def test_a_storm_invents_doubles_and_disorders_nothing_and_passes(
    tmp_path: Path, straps: int, seconds: float, tell: Callable[[str], None]
) -> None:
    quick = limits(connect_s=0.5, silence_s=1.5, disconnect_s=0.3, scanner_silence_s=0.5, stale_look_s=0.5)
    numbers = range(1, straps + 1)
    async with on_air(tmp_path, scenario(straps, rate_hz=RATE_HZ)) as air:
        async with listening(numbers, within=quick) as ear:
            await all_well(ear, straps)
            await storm(air, straps, seconds)
            await all_well(ear, straps)
        truths = air.truth()
    delivered, taken = 0, 0
    for number in numbers:
        said = [
            (float(t.hr), tuple(rr * 1000 / 1024 for rr in t.rr_1024))
            for t in truths
            if t.strap == strap_name(number) and t.delivered and t.hr
        ]
        heard = told(ear.heard(number))
        assert is_part_of(heard, said)
        assert len(heard) >= 0.9 * len(said)
        delivered, taken = delivered + len(said), taken + len(heard)
    lost = ear.source.counts()["links_lost"]
    tell(
        f"{straps} straps, {seconds:.0f} s, {lost:,} links lost; {taken:,} of {delivered:,} frames heard, "
        "0 invented, 0 doubled, 0 out of order, all well in the end"
    )
    assert lost >= straps, "it was no storm"


def test_the_measure_itself_sees_what_is_invented_doubled_or_turned_round() -> None:
    """The control of the test above."""
    whole: list[object] = [1, 2, 3, 4]
    assert is_part_of([1, 3, 4], whole)
    assert not is_part_of([1, 5], whole)
    assert not is_part_of([1, 1, 2], whole)
    assert not is_part_of([2, 1], whole)
