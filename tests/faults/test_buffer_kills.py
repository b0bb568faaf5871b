"""A process that is killed loses nothing that it has called accepted."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from buffer_support import folder_in_memory
from buffer_truth import Truth, Writer, find, judge, lost
from missing_parts import missing


def kill_again_and_again(folder: Path, kills: int, *options: str) -> Truth:
    truth = Truth()
    chance = random.Random(kills)
    for _ in range(kills):
        writer = Writer(truth, folder, "--together", str(chance.choice([1, 3, 17])), *options)
        writer.wait_for_accepted(chance.randrange(1, 60))
        time.sleep(chance.random() * 0.05)
        writer.process.kill()
        writer.hear_out()
    return truth


@pytest.fixture
def memory_path() -> Iterator[Path]:
    """In memory: a kill leaves what was written, wherever that is."""
    with folder_in_memory() as folder:
        yield folder


async def test_killed_at_random_nothing_accepted_is_lost(tmp_path: Path) -> None:
    truth = kill_again_and_again(tmp_path / "log", 4)

    assert truth.accepted_count >= 4
    judge(truth, await find(tmp_path / "log"))


async def test_killed_at_random_while_it_makes_room_what_is_not_there_is_declared(tmp_path: Path) -> None:
    truth = kill_again_and_again(tmp_path / "log", 4, "--max-bytes", "1048576", "--segment-bytes", "65536")

    judge(truth, await find(tmp_path / "log"))


@pytest.mark.long
async def test_a_storm_of_kills_loses_nothing(memory_path: Path) -> None:
    truth = kill_again_and_again(
        memory_path / "log", 100, "--max-bytes", "2097152", "--segment-bytes", "65536"
    )

    judge(truth, await find(memory_path / "log"))


CALLS = ("before-write", "write", "before-sync", "sync", "sync-directory", "before-unlink", "unlink")


async def die_at(folder: Path, call: str, number: int) -> None:
    """Let a writer die at exactly that call, then look."""
    small = ("--max-bytes", "1048576", "--segment-bytes", "65536", "--together", "11")
    truth = Truth()
    Writer(truth, folder, "--die", f"{call}:{number}", "--count", "4000", *small).hear_out()

    judge(truth, await find(folder))


@pytest.mark.parametrize(("call", "number"), [(call, number) for call in CALLS for number in (1, 4)])
async def test_killed_at_one_call_nothing_accepted_is_lost(tmp_path: Path, call: str, number: int) -> None:
    await die_at(tmp_path / "log", call, number)


@pytest.mark.long
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.timeout(1_800)
async def test_killed_at_each_of_the_first_calls_nothing_accepted_is_lost(
    memory_path: Path, call: str
) -> None:
    for number in range(1, 41):
        await die_at(memory_path / f"log-{number}", call, number)


@pytest.mark.long
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "fsync", "unlink"])
async def test_killed_by_the_kernel_at_each_call_also_those_of_the_state_file(
    memory_path: Path, call: str
) -> None:
    """strace sends the signal at the n-th call, whoever makes it."""
    if shutil.which("strace") is None:
        missing("strace", "install the package strace")
    for number in range(1, 41):
        folder = memory_path / f"log-{number}"
        inject = f"inject={call}:signal=SIGKILL:when={number}"
        strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject]
        truth = Truth()
        Writer(truth, folder, "--count", "60", under=strace).hear_out()
        judge(truth, await find(folder))


async def test_a_record_removed_from_the_log_is_noticed(tmp_path: Path) -> None:
    """Control: the judgement above can fail."""
    truth = Truth()
    Writer(truth, tmp_path / "log", "--count", "30").hear_out()
    found = await find(tmp_path / "log")
    assert lost(truth, found) == 0

    for records in found.records.values():
        records.pop(5, None)

    assert lost(truth, found) == 1
