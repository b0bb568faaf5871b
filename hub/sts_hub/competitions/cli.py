"""`sts-hub results`: result files looked at before anything is stored."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from sts_hub.competitions.table import table
from sts_hub.errors import HubError
from sts_protocols.errors import ResultFileError
from sts_protocols.results import reading
from sts_protocols.results.csv_results import Columns

app = typer.Typer()
results = typer.Typer(help="Look at result files of competitions.")
app.add_typer(results, name="results")


@results.callback()
def _group() -> None:
    """Look at result files of competitions."""


@results.command()
def parse(
    file: Annotated[
        Path, typer.Argument(help="Lynx, Lenex, IOF, Dolphin, ALGE, FIS, football, HY3, SDIF, CSV.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, as the API takes it.")] = False,
    columns: Annotated[
        Path | None,
        typer.Option(help='Of a table: JSON that says which column is what, {"columns": {"time": "Zeit"}}.'),
    ] = None,
) -> None:
    """Say what a file says, and which of its lines cannot be read and why; nothing is stored."""
    mapping = None if columns is None else _mapping(columns)
    try:
        told = reading.read(_bytes(file), file.name, mapping)
    except ResultFileError as error:
        raise HubError(f"{file}: {error}") from None
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
    else:
        typer.echo("\n".join(table(told)))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise HubError(f"{file} cannot be read ({error.strerror}): name a file that is there.") from None


def _mapping(file: Path) -> Columns:
    try:
        return msgspec.json.decode(_bytes(file), type=Columns)
    except msgspec.DecodeError as error:
        raise HubError(f"{file} says not which column is what ({error}): see docs/results.md.") from None
