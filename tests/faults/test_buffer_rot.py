"""Whatever happens to its bytes, a log starts, sends only what is whole, and declares what it lost."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from buffer_support import folder_in_memory, snapshot
from buffer_truth import Truth, Writer, find, judge

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


async def harm_and_start(healthy: Path, where: Path, truth: Truth, seed: int) -> bool:
    """Harm one to three files of a copy, start on it; returns whether something was lost."""
    chance = random.Random(seed)
    folder = snapshot(healthy, where)
    files = sorted([*folder.glob("*.seg"), *folder.glob("*.idx")])
    for file in chance.sample(files, chance.randrange(1, 4)):
        if content := file.read_bytes():
            file.write_bytes(mutate(content, chance))
    found = await find(folder)
    judge(truth, found)
    for epoch, accepted in truth.accepted.items():
        gone = accepted - set(found.records[epoch])
        assert found.declared[epoch] == gone, f"seed {seed}: lost and declared differ"
    shutil.rmtree(folder)
    return any(found.declared.values())


async def test_what_is_lost_is_what_is_declared(healthy: tuple[Path, Truth], memory_path: Path) -> None:
    folder, truth = healthy
    harmed = [await harm_and_start(folder, memory_path / str(seed), truth, seed) for seed in range(40)]

    assert sum(harmed) > 20, "the harm must mostly cost something, else this shows nothing"


@pytest.mark.long
@pytest.mark.timeout(1_800)
async def test_what_is_lost_is_what_is_declared_two_thousand_times(
    healthy: tuple[Path, Truth], memory_path: Path
) -> None:
    folder, truth = healthy
    for seed in range(2_000):
        await harm_and_start(folder, memory_path / str(seed), truth, 10_000 + seed)


async def test_an_unharmed_log_loses_nothing(healthy: tuple[Path, Truth], tmp_path: Path) -> None:
    """Control: what the tests above call lost comes from the harm."""
    folder, truth = healthy
    found = await find(snapshot(folder, tmp_path / "log"))

    judge(truth, found)
    assert not any(found.declared.values())
    assert {epoch: set(found.records[epoch]) for epoch in truth.accepted} == dict(truth.accepted)
