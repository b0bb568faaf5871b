"""A process that is killed loses nothing that it has called accepted."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from buffer_support import folder_in_memory
from buffer_truth import POLICIES, Found, Truth, Writer, all_of, find, judge, lost, reasons_of
from missing_parts import missing
from sts_edge.config.settings import Policy


def kill_again_and_again(folder: Path, kills: int, *options: str, truth: Truth | None = None) -> Truth:
    truth = truth or Truth()
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
async def test_a_storm_of_kills_loses_nothing(memory_path: Path, tell: Callable[[str], None]) -> None:
    truth = kill_again_and_again(
        memory_path / "log", 100, "--max-bytes", "2097152", "--segment-bytes", "65536"
    )

    judge(truth, await find(memory_path / "log"))
    tell(f"100 kills, {truth.accepted_count:,} records accepted, 0 lost")


@pytest.mark.parametrize("policy", POLICIES)
async def test_killed_at_random_in_a_full_buffer_under_each_policy_nothing_is_lost_undeclared(
    memory_path: Path, policy: Policy
) -> None:
    truth = Truth()
    Writer(truth, memory_path / "log", *POLICIES[policy], "--count", "1400").hear_out()
    kill_again_and_again(memory_path / "log", 4, *POLICIES[policy], truth=truth)

    found = await find(memory_path / "log")
    judge(truth, found)
    reasons_of(policy, truth, found)


CALLS = ("before-write", "write", "before-sync", "sync", "sync-directory", "before-unlink", "unlink")


async def die_at_each(folder: Path, call: str, lives: int, *options: str) -> tuple[Truth, Found]:
    """Let a writer die at the first such call, another at the second, and so on; then look."""
    truth = Truth()
    Writer(truth, folder, "--die", f"{call}:{lives}", "--count", "4000", *options).hear_out()
    assert truth.killed == lives, "a life ended before its call came"
    found = all_of([await find(folder / str(number)) for number in range(1, lives + 1)])
    judge(truth, found)
    return truth, found


OLDEST_FIRST = ("--max-bytes", "1048576", "--segment-bytes", "65536", "--together", "11")
# Who refuses what is new gives up no file, and makes few.
POLICY_CALLS = [("keep-summaries", one) for one in CALLS] + [("refuse-new", one) for one in CALLS[:4]]


@pytest.mark.parametrize("call", CALLS)
async def test_killed_at_one_call_nothing_accepted_is_lost(memory_path: Path, call: str) -> None:
    await die_at_each(memory_path, call, 4, *OLDEST_FIRST)


@pytest.mark.parametrize(
    ("policy", "call"),
    [("keep-summaries", "unlink"), ("refuse-new", "sync")],
)
async def test_killed_at_one_call_of_a_full_buffer_under_each_policy_nothing_accepted_is_lost(
    memory_path: Path, policy: Policy, call: str
) -> None:
    truth, found = await die_at_each(memory_path, call, 2, *POLICIES[policy], "--once-full")
    reasons_of(policy, truth, found)


@pytest.mark.long
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize(("policy", "call"), POLICY_CALLS)
async def test_killed_at_each_of_the_first_calls_of_a_full_buffer_under_each_policy_nothing_accepted_is_lost(
    memory_path: Path, policy: Policy, call: str, tell: Callable[[str], None]
) -> None:
    truth, found = await die_at_each(memory_path, call, 12, *POLICIES[policy], "--once-full")

    reasons_of(policy, truth, found)
    tell(f"{truth.killed} kills, {truth.accepted_count:,} records accepted, 0 lost")


@pytest.mark.long
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize(
    ("call", "lives"), [(call, 200 if call.endswith(("write", "sync")) else 40) for call in CALLS]
)
async def test_killed_at_each_of_the_first_calls_nothing_accepted_is_lost(
    memory_path: Path, call: str, lives: int, tell: Callable[[str], None]
) -> None:
    truth, _ = await die_at_each(memory_path, call, lives, *OLDEST_FIRST)

    tell(f"{truth.killed} kills, {truth.accepted_count:,} records accepted, 0 lost")


@pytest.mark.long
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "fsync", "unlink"])
async def test_killed_by_the_kernel_at_each_call_also_those_of_the_state_file(
    memory_path: Path, call: str, tell: Callable[[str], None]
) -> None:
    """strace sends the signal at the n-th call of a thread, whoever makes it."""
    if shutil.which("strace") is None:
        missing("strace", "install the package strace")
    truth, kills = Truth(), 0
    for number in range(1, 41):
        inject = f"inject={call}:signal=SIGKILL:when={number}"
        strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject]
        writer = Writer(truth, memory_path / str(number), "--count", "60", under=strace)
        if writer.hear_out() != -signal.SIGKILL:
            break  # it makes fewer such calls: this one lived to its end, and is judged, too
        kills += 1
    judge(truth, all_of([await find(memory_path / str(life)) for life in range(1, number + 1)]))

    tell(f"{kills} kills, {truth.accepted_count:,} records accepted, 0 lost")
    assert kills


async def test_a_record_removed_from_the_log_is_noticed(tmp_path: Path) -> None:
    """Control: the judgement above can fail."""
    truth = Truth()
    Writer(truth, tmp_path / "log", "--count", "30").hear_out()
    found = await find(tmp_path / "log")
    assert lost(truth, found) == 0

    for records in found.records.values():
        records.pop(5, None)

    assert lost(truth, found) == 1
