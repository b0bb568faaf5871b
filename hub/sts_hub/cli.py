"""`sts-hub`: the commands of the hub. Each is imported when it is called, so that `--help` costs nothing.

Exit codes: 0 done, 1 failed, 2 usage, 5 settings incomplete or wrong, 130 interrupted.
"""

import importlib
import sys
from collections.abc import Sequence
from typing import Any, Final

import typer
from typer.core import TyperGroup

from sts_hub.errors import HubError

# name: (module whose `app` has the command, the sentence for --help)
_COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "api": ("sts_hub.api.cli", "Serve the REST API, the live stream and the web app."),
    "ingest": ("sts_hub.ingest.cli", "Store what the gateways send, and answer their beats."),
    "migrate": ("sts_hub.db.cli", "Bring the database to the state this version needs."),
    "maintain": ("sts_hub.maintenance.cli", "Make partitions, fill roll-ups, remove what is past its time."),
    "verify": ("sts_hub.maintenance.cli", "Check ledger, samples and roll-ups against each other."),
    "parked": ("sts_hub.ingest.cli", "Look at records that could not be stored; retry or discard them."),
    "compute": ("sts_hub.analytics.cli", "Work out any number by its formula, by hand."),
    "clock": ("sts_hub.corrections.cli", "Put an epoch of a gateway right in time."),
    "receipt": ("sts_hub.summaries.cli", "Write what a stored number was worked out from."),
    "erasure": ("sts_hub.erasure.cli", "Erase again what an older backup has brought back."),
    "audit": ("sts_hub.audit.cli", "Check that nothing was taken out of the audit or changed in it."),
    "club": (
        "sts_hub.clubs.cli",
        "Make whole clubs, take them out into an archive, bring them in, erase them.",
    ),
    "account": ("sts_hub.accounts.cli", "Create accounts of people."),
    "second-factor": ("sts_hub.second_factors.cli", "Reset the second factor of somebody who has lost it."),
    "invite": ("sts_hub.invitations.cli", "Invite somebody to a club by a link or a QR code."),
    "seed": ("sts_hub.season.cli", "Load a demo season: two squads, ten weeks of training and matches."),
    "gateway": ("sts_hub.fleet", "Add gateways and let them in."),
    "results": ("sts_hub.competitions.cli", "Look at result files of competitions."),
    "activity": ("sts_hub.activities.cli", "Look at activity files: FIT, TCX, GPX."),
}


class LazyCommands(TyperGroup):
    """A group whose commands are imported on first use."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(_COMMANDS[cmd_name][0])
        return typer.main.get_group(module.app).commands.get(cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in _COMMANDS.items()])

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Plain help from the table above: the rich one would import every command."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        self.format_options(ctx, formatter)


app = typer.Typer(cls=LazyCommands, no_args_is_help=True, help=(__doc__ or "").partition("\n")[0])


@app.callback()
def hub() -> None:
    """The hub of the Smart Training System."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; an error that a person can act on is a sentence, never a traceback."""
    try:
        app(args=arguments, prog_name="sts-hub")
    except HubError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
