"""The serial devices of a scenario, each at the end of a pty in one folder."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sts_sims.alge_timer import TICKS_PER_S, AlgeTimer
from sts_sims.cable import Device, Utterance
from sts_sims.carriers.pty import Cable
from sts_sims.gnss_receiver import GnssReceiver
from sts_sims.ipico_reader import IpicoReader
from sts_sims.pod import GatePod
from sts_sims.scenario import CableDevice, Scenario
from sts_sims.squad import boot_us
from sts_sims.stalker_radar import StalkerRadar
from sts_sims.tag_heuer_timer import TagHeuerTimer
from sts_sims.truth import TruthLog
from sts_sims.workout import effort

Maker = Callable[[Scenario, CableDevice, int, datetime], Device]


def _gnss(scenario: Scenario, told: CableDevice, seed: int, began: datetime) -> Device:
    return GnssReceiver(seed, effort(scenario.plan, later_s=told.later_s, pace=told.pace), began=began)


def _alge(scenario: Scenario, told: CableDevice, seed: int, began: datetime) -> Device:
    midnight = began.replace(hour=0, minute=0, second=0, microsecond=0)
    starts_at = int((began - midnight).total_seconds() * TICKS_PER_S)
    return AlgeTimer(seed, starts_at=starts_at, every_s=told.every_s)


# By the kind of the cable in the scenario; began: what time it is when the run begins.
MAKERS: dict[str, Maker] = {
    "gnss": _gnss,
    "alge": _alge,
    "tag_heuer": lambda scenario, told, seed, began: TagHeuerTimer(
        seed, zero=f"{began:%H:%M:%S %d/%m/%y}", every_s=told.every_s
    ),
    "ipico": lambda scenario, told, seed, began: IpicoReader(seed, began=began, lap_s=told.every_s),
    "stalker": lambda scenario, told, seed, began: StalkerRadar(seed),
    "pod": lambda scenario, told, seed, began: GatePod(seed, every_s=told.every_s),
}


class CableNotes:
    """A truth log that hears of cables."""

    def __init__(self, log: TruthLog) -> None:
        self._log = log

    def note(self, at_us: int, name: str, said: Utterance, lost: str | None) -> None:
        self._log.note_cable(at_us, name, said.data, said.about, lost)


def make_cables(scenario: Scenario, folder: Path, seed: int, began: datetime) -> list[Cable]:
    """Each device at folder/NAME, as the scenario describes it. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        Cable(
            told.name,
            MAKERS[told.kind](scenario, told, seed, began),
            folder / told.name,
            told.baud,
            told.mishaps,
            seed,
        )
        for told in scenario.cables
    ]


async def play(
    scenario: Scenario, folder: Path, truth_path: Path | None, seed: int | None, ready: Callable[[], None]
) -> None:
    """Let all cables of a scenario speak until cancelled; `ready` is called once they are there.

    Raises OSError: the folder cannot be written.
    """
    chosen = scenario.seed if seed is None else seed
    cables = make_cables(scenario, folder, chosen, datetime.now(UTC))
    for cable in cables:
        cable.plug()
    ready()
    with TruthLog(truth_path) as log:
        notes = CableNotes(log)
        async with asyncio.TaskGroup() as group:
            for cable in cables:
                group.create_task(cable.run(notes, boot_us), name=cable.name)
