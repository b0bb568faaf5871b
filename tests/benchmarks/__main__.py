"""`make bench`: measures, prints a table, writes build/bench.json.

Run as `python -m benchmarks [part ...]`; without a part all of them, in some twenty-five minutes on two cores. A
missed promise is told and ends nothing: the exit code is 0 unless a part could not be run to its end. What a machine
cannot measure (no browser, no disk of its own) is told as not run, and is never counted as met.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from benchmarks.figures import Figure, pace_ms, table
from demo import lock
from demo.processes import StartError
from faults.machine import facts

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
# Each is a module here with `measure(folder)`, which yields figures as it goes.
PARTS = (
    "encoding",
    "segment_log",
    "offline",
    "ingest",
    "live_path",
    "alerts",
    "field",
    "wall",
    "fleet",
    "history",
)


def main() -> int:
    """0 when every part was run to its end, 1 when one broke, 2 when a demo of this clone runs."""
    given = _arguments()
    began = time.monotonic()
    machine, figures, broken, paces = facts(), [], [], [pace_ms()]
    try:
        with lock.take(given.folder):
            for part in given.parts or PARTS:
                _say(f"{part} …")
                figures += _run(part, given.folder / "bench", broken)
                paces.append(pace_ms())
    except lock.AlreadyRunningError as other:
        _say(f"Process {other} of this clone runs already and would spoil the figures: end it first.")
        return 2
    seconds = round(time.monotonic() - began)
    report = {
        "machine": {
            **machine,
            "load_1_min_afterwards": facts()["load_1_min"],
            "fixed_work_cpu_ms": [round(pace, 1) for pace in paces],
        },
        "seconds": seconds,
        "missed": _judged(figures, "MISSED"),
        "not_run": _judged(figures, "not run"),
        "broken": broken,
        "figures": [figure.told() for figure in figures],
    }
    place = given.folder / "bench.json"
    place.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    _show(report, figures, place)
    return 1 if broken else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Our figures, on this machine.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all if none")
    parser.add_argument("--folder", type=Path, default=BUILD, help="where to work and to put bench.json")
    given = parser.parse_args()
    unknown = [part for part in given.parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    given.folder.mkdir(parents=True, exist_ok=True)
    return given


def _run(part: str, folder: Path, broken: list[str]) -> list[Figure]:
    """The figures of one part; what it measured before it broke counts."""
    figures: list[Figure] = []
    folder.mkdir(exist_ok=True)
    began = time.monotonic()
    measure: Callable[[Path], Iterator[Figure]] = import_module(f"benchmarks.{part}").measure
    try:
        with contextlib.redirect_stdout(sys.stderr):  # steps of the demo's parts: progress, not result
            for figure in measure(folder):
                figures.append(figure)
                _say(f"  {' '.join(filter(None, figure.row()[:4]))}")
    except StartError as error:
        broken.append(f"{part}: {error}")
        _say(str(error))
    except Exception as error:
        broken.append(f"{part}: {type(error).__name__}: {error}")
        traceback.print_exc()
    _say(f"{part}: {time.monotonic() - began:.0f} s")
    return figures


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _judged(figures: list[Figure], verdict: str) -> list[str]:
    return [f"{figure.part}: {figure.name}" for figure in figures if figure.verdict == verdict]


def _show(report: dict, figures: list[Figure], place: Path) -> None:
    machine = report["machine"]
    print(
        f"\n{machine['processor']}, {machine['cores']} cores, {machine['memory']}, Python {machine['python']}"
    )
    load = f"{machine['load_1_min']:.1f} before, {machine['load_1_min_afterwards']:.1f} afterwards"
    print(f"Linux {machine['kernel']}; processes wanting a core in the last minute: {load}")
    paces = machine["fixed_work_cpu_ms"]
    print(f"A fixed piece of work took {min(paces):g} to {max(paces):g} ms of CPU between the parts:")
    print("what else the machine does makes all CPU figures grow alike.")
    print(table(figures))
    met, missed, not_run = len(_judged(figures, "met")), report["missed"], report["not_run"]
    print(f"\n{met} promises met, {len(missed)} missed, {len(not_run)} not run, in {report['seconds']} s")
    sentences = (*(f"MISSED: {name}" for name in missed), *(f"not run: {name}" for name in not_run))
    for sentence in (*sentences, *report["broken"]):
        print(f"  {sentence}")
    print(f"The whole report is in {place}")


if __name__ == "__main__":
    sys.exit(main())
