"""Whatever happens to its bytes, a log starts, sends only what is whole, and declares what it lost."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from buffer_support import folder_in_memory, snapshot
from buffer_truth import Found, Truth, Writer, find, judge

SMALL = ("--segment-bytes", "65536", "--max-bytes", "4194304", "--together", "9")


@pytest.fixture
def memory_path() -> Iterator[Path]:
    """In memory: these harms come to the bytes, not to the medium."""
    with folder_in_memory() as folder:
        yield folder


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """Three epochs in some twenty files, each ended in good order."""
    folder, truth = tmp_path_factory.mktemp("healthy") / "log", Truth()
    for count in (500, 30, 700):
        Writer(truth, folder, "--count", str(count), *SMALL).hear_out()
    return folder, truth


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Do one bad thing to a file."""
    size = len(content)
    at, length = chance.randrange(size), chance.choice([1, 8, 75, 512, 4096])
    other = chance.randrange(size)
    return chance.choice(
        [
            content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :],
            content[:at],
            content[:at] + bytes(min(length, size - at)) + content[at + length :],
            content[:at] + chance.randbytes(min(length, size - at)) + content[at + length :],
            content[:at] + content[at + length :],
            content[:at] + chance.randbytes(length) + content[at:],
            content[:at] + content[other : other + length] + content[at:],
            content + content[at:],
            content[at:] + content[:at],
            b"",
        ]
    )


async def started_on(folder: Path, truth: Truth, files: list[Path], chance: random.Random) -> Found:
    """Harm these files, start; nothing is lost that is not declared."""
    for file in files:
        if content := file.read_bytes():
            file.write_bytes(mutate(content, chance))
    found = await find(folder)
    shutil.rmtree(folder)
    judge(truth, found)
    return found


async def harm_and_start(healthy: Path, where: Path, truth: Truth, seed: int) -> Found:
    """Harm one to three segments or indexes of a copy and start: what is lost is what is declared."""
    chance = random.Random(seed)
    folder = snapshot(healthy, where)
    files = sorted([*folder.glob("*.seg"), *folder.glob("*.idx")])
    found = await started_on(folder, truth, chance.sample(files, chance.randrange(1, 4)), chance)
    for epoch, accepted in truth.accepted.items():
        gone = accepted - set(found.records[epoch])
        assert found.declared[epoch] == gone, f"seed {seed}: lost and declared differ"
    return found


async def test_what_is_lost_is_what_is_declared(healthy: tuple[Path, Truth], memory_path: Path) -> None:
    folder, truth = healthy
    starts = [await harm_and_start(folder, memory_path / str(seed), truth, seed) for seed in range(40)]

    harmed = sum(any(found.declared.values()) for found in starts)
    assert harmed > 20, "the harm must mostly cost something, else this shows nothing"


# A start on a harmed buffer takes at most so long: until then the gateway hears nothing.
MOST_START_S = 3.0


@pytest.mark.long
@pytest.mark.timeout(1_800)
async def test_what_is_lost_is_what_is_declared_two_thousand_times(
    healthy: tuple[Path, Truth], memory_path: Path, tell: Callable[[str], None]
) -> None:
    folder, truth = healthy
    longest_s, declared, harmed = 0.0, 0, 0
    for seed in range(2_000):
        found = await harm_and_start(folder, memory_path / str(seed), truth, 10_000 + seed)
        longest_s = max(longest_s, found.start_s)
        lost_here = sum(map(len, found.declared.values()))
        declared, harmed = declared + lost_here, harmed + bool(lost_here)

    tell(
        f"2,000 starts on harmed files, {harmed:,} of them with losses; {declared:,} records lost, all declared; "
        f"the longest start took {longest_s:.2f} s of CPU"
    )
    assert longest_s < MOST_START_S


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """Two epochs ended in good order and one killed, with what SQLite had not yet put into the state file itself."""
    folder, truth = tmp_path_factory.mktemp("killed") / "log", Truth()
    for count in (200, 30):
        Writer(truth, folder, "--count", str(count), *SMALL).hear_out()
    writer = Writer(truth, folder, *SMALL)
    writer.wait_for_accepted(50)
    writer.process.kill()
    writer.hear_out()
    assert (folder / "state.db-wal").stat().st_size
    return folder, truth


@pytest.mark.parametrize("times", [20, pytest.param(500, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
async def test_harm_to_the_state_file_costs_no_record(
    killed: tuple[Path, Truth], memory_path: Path, times: int, tell: Callable[[str], None]
) -> None:
    """The records know what they are; what is forgotten at worst is what was confirmed: it is sent twice."""
    folder, truth = killed
    for seed in range(times):
        chance = random.Random(seed)
        copy = snapshot(folder, memory_path / str(seed))
        found = await started_on(copy, truth, [chance.choice(sorted(copy.glob("state.db*")))], chance)
        assert not any(found.declared.values()), f"seed {seed}: told as lost, and it is there"

    tell(f"{times} starts on a harmed state file, 0 records lost, 0 declared")


async def test_an_unharmed_log_loses_nothing(healthy: tuple[Path, Truth], tmp_path: Path) -> None:
    """Control: what the tests above call lost comes from the harm."""
    folder, truth = healthy
    found = await find(snapshot(folder, tmp_path / "log"))

    judge(truth, found)
    assert not any(found.declared.values())
    assert {epoch: set(found.records[epoch]) for epoch in truth.accepted} == dict(truth.accepted)
