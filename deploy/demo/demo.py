"""`make demo`: starts the system, says where to look, and waits until somebody presses Ctrl-C."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from demo import lock, web_app
from demo.folders import FolderError
from demo.processes import StartError, last_lines
from demo.progress import step
from demo.season import Season
from demo.services.rabbitmq import find_release
from demo.system import Options, Part, System

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
LOOK_EVERY_S = 0.5
INTERRUPTED = 130


def start(system: System) -> None:
    """The five steps of a start, each with its line; raises StartError."""
    with step("starting PostgreSQL and RabbitMQ" if system.rabbitmq else "starting PostgreSQL"):
        system.start_services()
        if system.rabbitmq is not None:
            system.rabbitmq.wait_ready()
    with step("preparing the hub"):
        system.prepare_hub()
    with step("starting the hub"):
        system.start_hub()
    with step("registering thirty athletes and their straps"):
        system.seed()
    with step("switching on the straps and the gateway"):
        system.start_field()


def tell_where(system: System) -> None:
    """What a person needs: the address and the way in."""
    print(f"\n  The live wall:  {system.base_url}")
    print(f"  E-mail:         {system.options.email}")
    print(f"  Password:       {system.password}")
    print("\n  Ctrl-C ends it; the data stays until make clean.\n", flush=True)


def tell_end_of(part: Part) -> None:
    """A part that died is told with the last that it said."""
    code = part.program.exit_code if part.program is not None else None
    print(f"\n{part.name} ended by itself (code {code}). It wrote last, in {part.log}:", file=sys.stderr)
    print(last_lines(part.log), file=sys.stderr)


def watch(system: System, season: Season) -> list[Part]:
    """Wait until a part has ended by itself."""
    while not (ended := system.ended_parts()):
        season.look()
        time.sleep(LOOK_EVERY_S)
    return ended


@contextlib.contextmanager
def stopping_afterwards(system: System) -> Iterator[None]:
    """Whatever happens, every process that was started is stopped; a second Ctrl-C changes nothing."""
    try:
        yield
    finally:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        with step("stopping"):
            system.stop()


def run() -> int:
    """The demo's life; its exit code."""
    web = web_app.build()
    system = System(BUILD / "demo", Options(web_app=web, broker=find_release() is not None, history=True))
    with stopping_afterwards(system):
        start(system)
        tell_where(system)
        for part in watch(system, Season(system)):
            tell_end_of(part)
    return 1


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def alone(act: Callable[[], int]) -> int:
    """The exit code of `act`, done while no other demo of this clone runs; or 1, with a sentence for what failed."""
    try:
        with lock.take(BUILD):
            return act()
    except lock.AlreadyRunningError as holder:
        print(f"A demo of this clone already runs (process {holder}): end it with Ctrl-C.", file=sys.stderr)
    except (StartError, FolderError, web_app.WebAppError) as error:
        print(f"\n{error}", file=sys.stderr)
    return 1


def main() -> int:
    """0 never: it ends by Ctrl-C (130), or because something failed (1)."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    try:
        return alone(run)
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
