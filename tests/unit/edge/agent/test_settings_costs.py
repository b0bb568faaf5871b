"""A change of the hub that would give up what a gateway holds is refused, with every cost of it in a sentence."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path

import pytest

from sts_edge.agent.settings_book import SettingsBook
from sts_edge.agent.settings_change import PART, SettingsChanges, Waiting
from sts_edge.buffer import BufferStats
from sts_edge.config.shared import hash_of, shared_text
from sts_edge.health import Health
from sts_protocols.beat import Answer, Beat, SettingsChange

MIB = 1 << 20
SETTINGS = """\
[gateway]
name = "pitch-1"
[hub]
url = "amqp://127.0.0.1:1/sts"
password_file = "password"
"""


def held(used_mib: float, cap_mib: int) -> BufferStats:
    """A log that holds so much, all of it waiting."""
    used = int(used_mib * MIB)
    return BufferStats(used, cap_mib * MIB, 1_000, used, None, 0, 0, "oldest-raw-first", None)


# 30 MiB wait in a buffer of 100, 200 MiB of raw frames are held, and the oldest that waits is two days old.
WAITING = Waiting(held(30, 100), held(200, 1_024), 2 * 86_400.0)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "password").chmod(0o600)
    file = tmp_path / "settings.toml"
    file.write_text(SETTINGS)
    return file


def text_of(config: Path) -> str:
    return config.read_text()


async def refusals(config: Path, buffer: dict[str, object], waiting: Waiting = WAITING) -> list[str]:
    """What is said of a change to these limits; nothing when it is taken up."""
    book, health = SettingsBook(config), Health()
    book.begin()
    settled = asyncio.Event()

    async def taken_up() -> bool:
        settled.set()
        return False

    changes = SettingsChanges(book, health, taken_up, lambda: None, settled.set, lambda: waiting)
    base, text = hash_of(shared_text(SETTINGS)), json.dumps({"buffer": buffer})
    beat = Beat(gateway="pitch-1", epoch="ab" * 16, number=1, boot_us=1, epochs=[])
    changes.hear(Answer(number=1, hub_us=1, settings=SettingsChange(7, 2, base, text)), beat)
    work = asyncio.create_task(changes.run())
    async with asyncio.timeout(60):
        await settled.wait()
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work
    refused = book.page.refused
    assert (shared_text(text_of(config)) == "{}") == (refused is not None)
    assert bool(refused) == any("not in force" in one for one in health.faults), PART
    return [] if refused is None else refused.faults


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        # Twice what waits is 60 MiB.
        (
            {"max_bytes": 59 * MIB},
            "buffer.max_bytes = 61865984 is too little for the 31457280 bytes that wait",
        ),
        (
            {"raw_max_bytes": 199 * MIB},
            "buffer.raw_max_bytes = 208666624 is too little for the 209715200 bytes",
        ),
        ({"max_age_days": 1.9}, "buffer.max_age_days = 1.9 would give up what waits since 172800 s"),
    ],
)
async def test_a_limit_that_would_give_up_what_is_held_is_refused(
    config: Path, limits: dict[str, object], words: str
) -> None:
    (fault,) = await refusals(config, limits)
    assert fault.startswith(words)


async def test_all_costs_are_told_at_once(config: Path) -> None:
    faults = await refusals(config, {"max_bytes": 59 * MIB, "raw_max_bytes": 0, "max_age_days": 1.0})
    assert [one.split(" ")[0] for one in faults] == [
        "buffer.max_bytes",
        "buffer.raw_max_bytes",
        "buffer.max_age_days",
    ]


@pytest.mark.parametrize(
    "limits",
    [{"max_bytes": 60 * MIB}, {"raw_max_bytes": 200 * MIB}, {"max_age_days": 2.1}, {"max_bytes": 200 * MIB}],
)
async def test_a_limit_that_costs_nothing_is_taken_up(config: Path, limits: dict[str, object]) -> None:
    assert await refusals(config, limits) == []


async def test_where_nothing_is_held_every_limit_is_taken_up(config: Path) -> None:
    nothing = Waiting(held(0, 100), held(0, 1_024), None)
    assert await refusals(config, {"max_bytes": MIB, "raw_max_bytes": 0, "max_age_days": 0.04}, nothing) == []
