"""The verbs of `sts-edge`. Each imports what it needs when it is called: `status` starts fast on a Pi."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from .call import Call, hoisted
from .exits import Exit
from .output import Output, Stop
from .place import default_config, socket_path

# Ids are completed while a person waits on the Tab key.
COMPLETION_S = 0.15

app = typer.Typer(
    name="sts-edge",
    help="Reads sensors, keeps what they say on disk, and brings it to the hub.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 healthy, 1 failed, 2 usage, 3 degraded, 4 hub unreachable, 5 settings invalid, "
    "6 not allowed, 7 nothing found, 8 timed out, 9 agent not running, 130 interrupted.",
)
config_app = typer.Typer(help="Show, check and edit the settings file.", no_args_is_help=True)
buffer_app = typer.Typer(
    help="What waits for the hub: show, drain, export, purge.", invoke_without_command=True
)
app.add_typer(buffer_app, name="buffer")
sensors_app = typer.Typer(help="List, add, test, change and remove sensors.", no_args_is_help=True)
app.add_typer(sensors_app, name="sensors")
raw_app = typer.Typer(
    help="Frames as they came, kept to be decoded anew: list, export.", no_args_is_help=True
)
app.add_typer(raw_app, name="raw")
app.add_typer(config_app, name="config")
network_app = typer.Typer(help="Show and change how this gateway is connected.", no_args_is_help=True)
app.add_typer(network_app, name="network")
update_app = typer.Typer(help="Try another version of the agent, and go back.", no_args_is_help=True)
app.add_typer(update_app, name="update")


@app.callback()
def shared(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Print without colour.")] = False,
    quiet: Annotated[int, typer.Option("--quiet", "-q", count=True, help="Log less.")] = 0,
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, help="Log more.")] = 0,
    config: Annotated[Path | None, typer.Option(help="The settings file (STS_EDGE_CONFIG).")] = None,
    timeout: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds to wait, for the agent or for what is awaited.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing before what cannot be taken back.")] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask no agent: tell what the gateway's files say.")
    ] = False,
) -> None:
    """Options that stand before or after any verb."""
    output = Output(as_json, colour=not no_color)
    context.obj = Call(output, config or default_config(), timeout, verbose - quiet, yes, offline)


@app.command()
def run(context: typer.Context) -> None:
    """Run the agent in the foreground until it is told to stop."""
    from .run import run as work

    _do(context, work)


@app.command()
def status(context: typer.Context) -> None:
    """Show how the gateway is: hub, buffer, clock, sensors."""
    if context.obj.offline:
        from .offline import status as work
    else:
        from .status import status as work

    _do(context, work)


def _do(context: typer.Context, work: Callable[[Call], None]) -> None:
    call: Call = context.obj
    try:
        work(call)
    except Stop as stop:
        call.output.stop(stop)


def _sensor_ids(context: typer.Context, incomplete: str) -> list[str]:
    """The running agent's sensors, or nothing."""
    from sts_edge.control.client import AgentAbsent, AgentSilent, NotAllowed, ask

    config = context.find_root().params.get("config") or default_config()
    try:
        known = ask(socket_path(Path(config)), {"do": "status"}, COMPLETION_S)
    except (AgentAbsent, AgentSilent, NotAllowed):
        return []
    return [one["name"] for one in known["sensor_list"] if one["name"].startswith(incomplete)]


Seconds = Annotated[float, typer.Option("--seconds", "-s", min=0.5, max=600, help="How long to listen.")]


@app.command()
def scan(context: typer.Context, seconds: Seconds = 10.0) -> None:
    """Show the sensors near here, registered or not."""
    from .scan import scan as work

    _do(context, lambda call: work(call, seconds))


SensorName = Annotated[
    str, typer.Argument(metavar="SENSOR", help="Its local name.", autocompletion=_sensor_ids)
]


@sensors_app.command("list")
def sensors_list(context: typer.Context) -> None:
    """List the registered sensors, the worst first."""
    from .sensors import list_sensors as work

    _do(context, work)


@sensors_app.command("add")
def sensors_add(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="As `sts-edge scan` shows it.")],
    label: Annotated[
        str | None, typer.Option("--label", help="Its local name for ever; without: the next free one.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="What it is; without: as its adverts say.")
    ] = None,
) -> None:
    """Register a sensor, and wait until it speaks."""
    from .sensors import add as work

    _do(context, lambda call: work(call, address, label, kind))


@sensors_app.command("test")
def sensors_test(context: typer.Context, name: SensorName, seconds: Seconds = 15.0) -> None:
    """Listen to one sensor, and judge what it delivers."""
    from .sensor_test import check as work

    _do(context, lambda call: work(call, name, seconds))


@sensors_app.command("set")
def sensors_set(
    context: typer.Context,
    name: SensorName,
    changes: Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", help="Keys of its settings.")],
) -> None:
    """Change settings of a sensor."""
    from .sensors import change as work

    _do(context, lambda call: work(call, name, changes))


@sensors_app.command("remove")
def sensors_remove(context: typer.Context, name: SensorName) -> None:
    """Stop reading a sensor; what it said is kept."""
    from .sensors import remove as work

    _do(context, lambda call: work(call, name))


def _fault_words(incomplete: str) -> list[str]:
    """What the doctor knows."""
    from sts_edge.doctor.faults import BY_NAME, CHECKS

    return [word for word in (*CHECKS, *BY_NAME) if word.startswith(incomplete)]


@app.command()
def doctor(
    context: typer.Context,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="Only this check or fault (repeatable).", autocompletion=_fault_words),
    ] = None,
    power_test: Annotated[
        bool, typer.Option("--power-test", help="Write until the plug is pulled; then --verify.")
    ] = False,
    verify: Annotated[
        int | None, typer.Option(min=0, help="After a power test: the last number that was seen.")
    ] = None,
    witness: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Send the numbers there, too, by TCP.")
    ] = None,
    without_sync: Annotated[
        bool, typer.Option("--without-sync", help="The control of the power test: must lose numbers.")
    ] = False,
) -> None:
    """Find what is wrong, with the fix and the next command for each fault."""
    if verify is not None:
        from .power_test import verify as judge

        _do(context, lambda call: judge(call, verify))
    elif power_test or without_sync:
        from .power_test import write

        _do(context, lambda call: write(call, witness, without_sync))
    else:
        from .doctor import doctor as work

        _do(context, lambda call: work(call, only or []))


@app.command()
def diagnostics(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; JSON.")] = Path("diagnostics.json"),
) -> None:
    """Write a file for whoever helps: versions, settings, status, log lines, the doctor's word; no secrets, no names."""
    from .diagnostics import diagnostics as work

    _do(context, lambda call: work(call, file))


@buffer_app.callback()
def buffer(context: typer.Context) -> None:
    """What waits for the hub: show, drain, export, purge."""
    if context.invoked_subcommand is None:
        buffer_show(context)


@buffer_app.command("show")
def buffer_show(context: typer.Context) -> None:
    """Show what waits, how fast it changes, and how long card and room last."""
    if context.obj.offline:
        from .offline import buffer_show as work
    else:
        from .buffer import show as work

    _do(context, work)


@buffer_app.command("drain")
def buffer_drain(context: typer.Context) -> None:
    """Wait until nothing waits that waits now (--timeout SECONDS: no longer than that)."""
    from .buffer import drain as work

    _do(context, work)


@buffer_app.command("export")
def buffer_export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; - is standard output.")],
    everything: Annotated[
        bool, typer.Option("--all", help="Confirmed records, too, as far as they are held.")
    ] = False,
    form: Annotated[
        str | None,
        typer.Option("--format", help="records (the published layout), json or csv; else by FILE's ending."),
    ] = None,
) -> None:
    """Copy the records that wait into a file; safe while the agent runs."""
    from .export import export as work

    _do(context, lambda call: work(call, file, everything, form))


@buffer_app.command("purge")
def buffer_purge(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be lost, and stop.")] = False,
) -> None:
    """Give up the samples that wait; the hub is told that they are lost."""
    from .buffer import purge as work

    _do(context, lambda call: work(call, dry_run))


@raw_app.command("list")
def raw_list(context: typer.Context) -> None:
    """List what is kept of each sensor."""
    from .raw import list_raw as work

    _do(context, work)


@raw_app.command("export")
def raw_export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; - is standard output.")],
    sensor: Annotated[
        list[str] | None,
        typer.Option("--sensor", "-s", help="Only this sensor (repeatable).", autocompletion=_sensor_ids),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help="json (a line for each frame) or records; else by FILE's ending."),
    ] = None,
) -> None:
    """Copy raw frames into a file that `sts-edge decode raw` reads; safe while the agent runs."""
    from .raw import export as work

    _do(context, lambda call: work(call, file, sensor or [], form))


@app.command()
def tail(
    context: typer.Context,
    sensor: Annotated[
        list[str] | None,
        typer.Option("--sensor", "-s", help="Only this sensor (repeatable).", autocompletion=_sensor_ids),
    ] = None,
) -> None:
    """Show what the sensors say, as it comes, until Ctrl-C."""
    from .tail import tail as work

    _do(context, lambda call: work(call, sensor or []))


def _kind_names(incomplete: str) -> list[str]:
    from sts_protocols.kinds import KINDS

    return [kind.name for kind in KINDS if kind.name.startswith(incomplete)]


@app.command()
def decode(
    context: typer.Context,
    kind: Annotated[
        str | None, typer.Argument(help="What it is; none: list the kinds.", autocompletion=_kind_names)
    ] = None,
    given: Annotated[
        list[str] | None, typer.Argument(metavar="[HEX | FILE | -]", help="A frame, a capture, a stream.")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the kinds.")] = False,
) -> None:
    """Decode what a sensor sent, by hand: a frame in hex, a line, a capture."""
    from .decode import decode as work
    from .decode import list_kinds

    _do(context, list_kinds if listing or kind is None else lambda call: work(call, kind, given or []))


@config_app.command("show")
def config_show(context: typer.Context) -> None:
    """Print the settings in force, each key with its meaning."""
    from .settings import show as work

    _do(context, work)


@config_app.command("edit")
def config_edit(context: typer.Context) -> None:
    """Edit the settings in $EDITOR; stored only when the agent can use them."""
    from .config_edit import edit as work

    _do(context, work)


@config_app.command("validate")
def config_validate(context: typer.Context) -> None:
    """Check the settings file; every fault at once, with its line."""
    from .settings import validate as work

    _do(context, work)


@network_app.command("show")
def network_show(context: typer.Context) -> None:
    """Show how this gateway is connected, and which networks are near."""
    from .network import show as work

    _do(context, work)


@network_app.command("wifi")
def network_wifi(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NETWORK", help="Its name, as `network show` tells it.")],
    password_file: Annotated[
        Path | None, typer.Option("--password-file", help="Its first line; without it you are asked.")
    ] = None,
) -> None:
    """Join a Wi-Fi network."""
    from .network import wifi as work

    _do(context, lambda call: work(call, name, password_file))


@network_app.command("hotspot")
def network_hotspot(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NETWORK", help="How it shall be called.")] = "sts-gateway",
    off: Annotated[bool, typer.Option("--off", help="Close it again.")] = False,
) -> None:
    """Open a Wi-Fi network of the gateway's own, to reach it where there is none."""
    from .network import hotspot as work

    _do(context, lambda call: work(call, name, off))


@app.command()
def logs(
    context: typer.Context,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    level: Annotated[
        str, typer.Option("--level", help="The least grave: debug, info, warning, error, critical.")
    ] = "info",
    since: Annotated[
        str | None, typer.Option("--since", help="10m, 2h, 1d ago, or 2026-11-28T10:00.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="A file of the agent's lines, instead of the journal.")
    ] = None,
) -> None:
    """Show what the agent says."""
    from .logs import logs as work

    _do(context, lambda call: work(call, follow, level, since, file))


@app.command()
def enrol(
    context: typer.Context,
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="As the hub shows it; without: you are asked.")
    ] = None,
    hub: Annotated[str | None, typer.Option("--hub", metavar="URL", help="https:// and the hub.")] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="The gateway's name; without: this machine's.")
    ] = None,
    ca: Annotated[
        Path | None, typer.Option("--ca", metavar="FILE", help="The authority of the hub's certificate, PEM.")
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option("--file", metavar="SHEET", help="A site sheet instead of a code.")
    ] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Although this gateway is enrolled already.")] = False,
) -> None:
    """Have the hub let this gateway in, by a code that it made."""
    from .enrol import Wanted
    from .enrol import enrol as work

    _do(context, lambda call: work(call, Wanted(code, hub, name, ca, anew, sheet)))


@app.command()
def simulate(
    context: typer.Context,
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="One of `sts-sim list`, or a TOML file.")
    ] = "squad",
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=1, help="End by itself after so long.")
    ] = None,
) -> None:
    """Run a gateway of invented athletes beside this one, to learn; nothing of it reaches a hub."""
    from .simulate import simulate as work

    _do(context, lambda call: work(call, scenario, seconds))


@app.command()
def completion(
    context: typer.Context,
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> None:
    """Print a script that completes verbs, options and sensors."""
    from .completion import completion as work

    _do(context, lambda call: work(call, shell))


@update_app.command("show")
def update_show(context: typer.Context) -> None:
    """Show which version runs, which are installed, and what is on trial."""
    from .update import show as work

    _do(context, work)


@update_app.command("check")
def update_check(context: typer.Context) -> None:
    """Ask where updates come from for the newest version."""
    from .update import check as work

    _do(context, work)


@update_app.command("stage")
def update_stage(
    context: typer.Context,
    version: Annotated[str | None, typer.Argument(metavar="[VERSION]", help="Without: the newest.")] = None,
) -> None:
    """Install a version beside the running one."""
    from .update import stage as work

    _do(context, lambda call: work(call, version))


@update_app.command("apply")
def update_apply(
    context: typer.Context,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="A staged one.")],
) -> None:
    """Have a staged version start next, on trial: it goes back by itself if the hub does not hear it."""
    from .update import apply as work

    _do(context, lambda call: work(call, version))


@update_app.command("roll-back")
def update_roll_back(context: typer.Context) -> None:
    """Put the version before the one on trial back."""
    from .update import roll_back as work

    _do(context, work)


@update_app.command("guard", hidden=True)
def update_guard(context: typer.Context) -> None:
    """What the service's unit runs before each start."""
    from .update import guard as work

    _do(context, work)


@app.command()
def version(context: typer.Context) -> None:
    """Print the versions of the agent and of what it stands on."""
    from .version import version as work

    _do(context, work)


def main() -> None:
    """The entry point of the script."""
    try:
        app(args=hoisted(sys.argv[1:]), prog_name="sts-edge")
    except KeyboardInterrupt:
        raise SystemExit(Exit.INTERRUPTED) from None
    except BrokenPipeError:
        # Whoever reads has seen enough (`sts-edge tail | head`); Python must not try to flush at exit.
        sys.stderr.close()
        raise SystemExit(Exit.HEALTHY) from None
