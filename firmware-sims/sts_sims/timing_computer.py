"""A timing computer at a pool: it writes result files into a folder the way such programs do.

Heat after heat: the file appears line by line while swimmers touch the wall, or under another name that is put
in its place when it is done; minutes later an official corrects a time, and the same file is written anew;
sometimes twice, and once back to what it was. What every file said at each rest is the truth.
"""

import asyncio
import hashlib
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

LANES = 8
# Nobody's names, last and first, in the cells of a result.
SWIMMERS = (
    "Vostermaan,Bex",
    "Öztürkova,Ilvy",
    "O'Quill,Zoé",
    "Løwnstad,Ann",
    '"Fennimoor, the 2nd",Bo',
    "Quarrow,Alix",
    "Ümbrecht,Tessa",
    "Haldemoor,Kim",
)
# One heat in this many is corrected, and one correction in this many is taken back.
CORRECTED_ONE_IN = 2
TAKEN_BACK_ONE_IN = 3
FASTEST_1_100_S, SLOWEST_1_100_S = 5_500, 8_000
# A swimmer touches about this long after the one before, in simulated seconds.
BETWEEN_TOUCHES_S = 0.4


@dataclass(frozen=True)
class Meet:
    """How many heats, and how fast simulated time runs; `seed` says all else."""

    heats: int
    seed: int
    speed: float = 1.0


class Said(NamedTuple):
    """What a file said while nobody wrote to it."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """As the hub tells it."""
        return hashlib.sha256(self.content).hexdigest()


Rest = Callable[[Said], Awaitable[None]]


class TimingComputer:
    """Writes a meet into a folder. rest: told each state in which a file is left; it is not written again before
    that returns."""

    def __init__(self, folder: Path, meet: Meet, rest: Rest) -> None:
        self._folder = folder
        self._meet = meet
        self._random = random.Random(meet.seed)
        self._rest = rest

    async def run(self) -> None:
        """Swim the meet."""
        for number in range(1, self._meet.heats + 1):
            await self._heat(number)

    async def _heat(self, number: int) -> None:
        path = self._folder / f"E{1 + number // 10:02}_H{number:02}.lif"
        times = self._swum()
        if self._random.random() < 0.5:
            await self._write_slowly(path, number, times)
        else:
            self._put_in_place(path, number, times)
        await self._left(path)
        if self._random.randrange(CORRECTED_ONE_IN) == 0:
            await self._correct(path, number, times)

    async def _correct(self, path: Path, heat: int, times: dict[int, int]) -> None:
        lane = self._random.choice(list(times))
        self._put_in_place(path, heat, {**times, lane: times[lane] + self._random.randint(1, 30)})
        await self._left(path)
        if self._random.randrange(TAKEN_BACK_ONE_IN) == 0:
            _write_anew(path, heat, times)
            await self._left(path)

    def _swum(self) -> dict[int, int]:
        return {lane: self._random.randint(FASTEST_1_100_S, SLOWEST_1_100_S) for lane in range(1, LANES + 1)}

    async def _write_slowly(self, path: Path, heat: int, times: dict[int, int]) -> None:
        """Line by line as they touch, the file open all the while."""
        with path.open("wb") as file:
            for line in _content(heat, times).splitlines(keepends=True):
                file.write(line)
                file.flush()
                await asyncio.sleep(BETWEEN_TOUCHES_S / self._meet.speed)

    def _put_in_place(self, path: Path, heat: int, times: dict[int, int]) -> None:
        """Under another name first, half of it, then all of it, then renamed."""
        draft, content = path.with_name(path.name + ".tmp"), _content(heat, times)
        draft.write_bytes(content[: len(content) // 2])
        draft.write_bytes(content)
        draft.replace(path)

    async def _left(self, path: Path) -> None:
        await self._rest(_said(path))


def truth_line(said: Said) -> bytes:
    """One line of a truth log."""
    return json.dumps({"file": said.name, "size": len(said.content), "sha256": said.sha256}).encode() + b"\n"


def _said(path: Path) -> Said:
    return Said(path.name, path.read_bytes())


def _write_anew(path: Path, heat: int, times: dict[int, int]) -> None:
    """Over the old content, in place."""
    path.write_bytes(_content(heat, times))


def _content(heat: int, times: dict[int, int]) -> bytes:
    """The heat as FinishLynx writes it (.lif): a line of the heat, then one of each swimmer, the first one first."""
    ranking = sorted(times, key=lambda lane: times[lane])
    lines = [
        f"{place},{heat * 10 + lane},{lane},{SWIMMERS[lane - 1]},SV Niemandsried,"
        f"{times[lane] // 6000}:{times[lane] // 100 % 60:02}.{times[lane] % 100:02},,,,,,,,"
        for place, lane in enumerate(ranking, 1)
    ]
    header = f"{1 + heat // 10},1,{heat},100 m freestyle,,,,,,100,"
    return "\r\n".join([header, *lines, ""]).encode("cp1252")
