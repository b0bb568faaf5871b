"""`sts-hub activity`: activity files looked at by whoever has one at hand."""

from pathlib import Path
from typing import Annotated

import typer

from sts_hub.activities.description import described, lines
from sts_hub.activities.reading import file as activity_file
from sts_hub.errors import HubError

app = typer.Typer()
activity = typer.Typer(help="Look at activity files: FIT, TCX, GPX.")
app.add_typer(activity, name="activity")


@activity.callback()
def _group() -> None:
    """Look at activity files: FIT, TCX, GPX."""


@activity.command()
def parse(
    file: Annotated[Path, typer.Argument(help="FIT, TCX or GPX, packed with gzip or not.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say what a file says, what of it could not be read, and where it contradicts itself; nothing is stored."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise HubError(f"{file} cannot be read ({error.strerror}): name a file that is there.") from None
    said = described(activity_file.read(data))
    if as_json:
        typer.echo(said.model_dump_json(indent=2))
        return
    for line in lines(said):
        typer.echo(line)
