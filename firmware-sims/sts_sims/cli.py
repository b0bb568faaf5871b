"""`sts-sim`: put simulated athletes on the air."""

import asyncio
import contextlib
import json
import logging
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from sts_sims import scenario as scenarios

app = typer.Typer(
    help="Simulated athletes and sensors. Everything it sends is invented.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

FAILED = 1
USAGE = 2
NOT_FOUND = 7
INTERRUPTED = 130

ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="Name of a shipped scenario, or a TOML file.")
]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _stop(sentence: str, code: int) -> NoReturn:
    sys.stderr.write(sentence + "\n")
    raise typer.Exit(code)


def _load(name: str) -> scenarios.Scenario:
    try:
        return scenarios.load(name)
    except scenarios.ScenarioError as error:
        _stop(str(error), NOT_FOUND)


@app.command("list")
def list_scenarios() -> None:
    """List the shipped scenarios."""
    for name in scenarios.shipped():
        _say(f"{name:16} {scenarios.load(name).about}")


@app.command()
def roster(
    name: ScenarioName, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False
) -> None:
    """Tell the sensors of a scenario and who wears them."""
    straps = scenarios.roster(_load(name))
    if as_json:
        _say(json.dumps(straps, ensure_ascii=False))
        return
    for strap in straps:
        person = strap["athlete"]
        _say(f"{strap['name']:8} {strap['address']}  {strap['kind']}  {person['number']:>3} {person['name']}")


@app.command()
def run(
    name: ScenarioName,
    bus_address: Annotated[
        list[str] | None,
        typer.Option(
            help="Private D-Bus on which org.bluez is owned, unix:path=...; for scenarios with radio, "
            "once for each of its gateways."
        ),
    ] = None,
    ports: Annotated[
        Path | None, typer.Option(help="Folder in which each cable appears as a port; for those with cables.")
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="Append every notification to this file, as JSON lines.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Another training than the scenario's own.")] = None,
    control: Annotated[Path | None, typer.Option(help="Unix socket that takes orders while it runs.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell more on standard error.")] = False,
) -> None:
    """Put a scenario on the air until interrupted."""
    from sts_sims.show import ShowError

    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.WARNING, format="%(levelname)s %(message)s"
    )
    loaded = _load(name)
    buses = bus_address or []
    _check_ways(name, loaded, buses, ports)
    try:
        asyncio.run(_until_stopped(_both(name, loaded, buses, ports, truth, seed, control)))
    except ShowError as error:
        _stop(str(error), FAILED)
    except OSError as error:
        _stop(f"The scenario {name} cannot run: {error}.", FAILED)


def _check_ways(name: str, loaded: scenarios.Scenario, buses: list[str], ports: Path | None) -> None:
    if loaded.everything and not buses:
        _stop(f"The scenario {name} has Bluetooth sensors: give --bus-address.", USAGE)
    radios = max(len(loaded.gateways), 1)
    if loaded.everything and len(buses) != radios:
        who = ", ".join(loaded.gateways) or "one gateway"
        _stop(f"The scenario {name} is heard by {who}: give --bus-address {radios} times.", USAGE)
    if loaded.cables and ports is None:
        _stop(f"The scenario {name} has cables: give --ports FOLDER, in which each appears as a port.", USAGE)


async def _both(
    name: str,
    loaded: scenarios.Scenario,
    buses: list[str],
    ports: Path | None,
    truth: Path | None,
    seed: int | None,
    control: Path | None,
) -> None:
    """What is on the air and what is on cables, side by side."""
    from sts_sims.cables import play
    from sts_sims.show import Show

    works: list[Coroutine[None, None, None]] = []
    if buses and loaded.everything:
        show = Show(loaded, *buses, truth_path=truth, seed=seed, control_path=control)
        where = ", ".join(buses)
        works.append(show.run(lambda: _say(f"{len(loaded.everything)} sensors of {name} on {where}")))
    if ports is not None and loaded.cables:
        works.append(
            play(
                loaded, ports, truth, seed, lambda: _say(f"{len(loaded.cables)} cables of {name} in {ports}")
            )
        )
    await asyncio.gather(*works)


@app.command()
def site(
    name: Annotated[
        str, typer.Argument(metavar="SITE", help="swim-meet, ski-race, road-race, or a TOML file.")
    ],
    folder: Annotated[Path, typer.Option(help="Where the timing computer leaves its files.")],
    truth: Annotated[Path, typer.Option(help="Append everything that was said to this file, as JSON lines.")],
    mqtt: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="The broker that pods publish to; without it none do.")
    ] = "",
    mqtt_user: Annotated[str, typer.Option(help="Their user there.")] = "",
    mqtt_password_file: Annotated[Path | None, typer.Option(help="Holds its password.")] = None,
) -> None:
    """Let a place of competition run: files, pods, timers, until interrupted."""
    from sts_sims.site import Broker, Competition, load

    try:
        loaded = load(name)
        host, _, port = mqtt.rpartition(":")
        password = mqtt_password_file.read_text("utf-8").strip() if mqtt_password_file else ""
        broker = Broker(host, int(port), mqtt_user, password) if mqtt else None
        folder.mkdir(parents=True, exist_ok=True)
        with truth.open("ab", buffering=0) as log:
            asyncio.run(_until_stopped(Competition(loaded, folder, broker, log).run(_say)))
    except scenarios.ScenarioError as error:
        _stop(str(error), NOT_FOUND)
    except (OSError, ValueError) as error:
        _stop(f"The site {name} cannot run: {error}.", FAILED)


async def _until_stopped(work: Coroutine[None, None, None]) -> None:
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(stop, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def main() -> None:
    """Entry point of the console script."""
    app()
