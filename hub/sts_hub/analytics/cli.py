"""`sts-hub compute`: any formula of the catalogue, worked out by hand. The one file here that reads anything."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from sts_hub.analytics import given as documents
from sts_hub.analytics.formula import Answer, Formula, Given, GivenError, Result
from sts_hub.analytics.formulas import CATALOGUE, by_name, chosen
from sts_hub.analytics.formulas import compute as work_out
from sts_hub.errors import HubError

RESULT: Final = "sts.hub.compute/1"
LIST: Final = "sts.hub.compute.list/1"
HOW: Final = "Next: sts-hub compute --list, or docs/formulas.md with an example of each."

app = typer.Typer(no_args_is_help=True)


def _formula_names(incomplete: str) -> list[str]:
    return [one.id for one in CATALOGUE if one.id.startswith(incomplete)]


def _variant_names(incomplete: str) -> list[str]:
    """Of all formulas: what was typed before is not known while an option waits for its value."""
    names = {variant.name for one in CATALOGUE for variant in one.variants}
    return sorted(name for name in names if name.startswith(incomplete))


@app.callback()
def analytics() -> None:
    """Training science."""


@app.command()
def compute(
    formula: Annotated[
        str | None, typer.Argument(help="Its name, as --list tells it.", autocompletion=_formula_names)
    ] = None,
    file: Annotated[
        str | None,
        typer.Argument(metavar="[INPUT]", help="A document in JSON, or CSV; - for standard input."),
    ] = None,
    variant: Annotated[
        str | None,
        typer.Option("--variant", "-v", help="Which way to work it out.", autocompletion=_variant_names),
    ] = None,
    more: Annotated[
        list[str] | None,
        typer.Option(
            "--with", "-w", metavar="NAME=VALUE", help="A parameter, setting or number (repeatable)."
        ),
    ] = None,
    since_s: Annotated[float | None, typer.Option("--from", help="Where the window begins, s.")] = None,
    until_s: Annotated[float | None, typer.Option("--to", help="Where the window ends, s.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON document.")] = False,
    listing: Annotated[
        bool, typer.Option("--list", help="List the formulas, or what one of them needs.")
    ] = False,
) -> None:
    """Work out a number by its formula, from a file: what the hub stores can be checked by hand."""
    try:
        if listing or formula is None:
            lines = list(_listed(formula, as_json))
        else:
            asked = _asked(formula, variant, file, more or [], since_s, until_s)
            lines = list(_worked_out(work_out(asked), as_json))
    except GivenError as error:
        raise HubError(f"{error} {HOW}") from None
    for line in lines:
        typer.echo(line)


def _asked(
    formula: str,
    variant: str | None,
    file: str | None,
    more: list[str],
    since_s: float | None,
    until_s: float | None,
) -> Given:
    if file is None:
        given = Given(formula, chosen(formula, variant).variant.name, {}, {}, {})
        return documents.with_more(given, dict(map(_pair, more)), since_s, until_s)
    data = _read(file)
    if data.lstrip()[:1] == b"{":
        given = documents.from_json(data)
        if given.formula != formula or (variant and given.variant and variant != given.variant):
            raise GivenError(
                f"The document asks for {given.formula}, variant {given.variant or 'left open'}."
            )
        given = dataclasses.replace(given, variant=given.variant or variant)
    else:
        given = documents.from_csv(data, formula, variant)
    return documents.with_more(given, dict(map(_pair, more)), since_s, until_s)


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise HubError(f"{file} cannot be read: {error.strerror}.") from None


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise GivenError(f"{text} is no NAME=VALUE, like hr_max=190.")
    return name, value


# what is printed


def _worked_out(result: Result, as_json: bool) -> Iterator[str]:
    if as_json:
        yield _json({"schema": RESULT, **_plain(result)})
        return
    yield f"{result.formula} {result.variant}, version {result.version}"
    for name, value in result.values.items():
        unit = result.units[name]
        yield f"  {name:24} {told(value)} {'' if unit == '1' else unit}".rstrip()
    if result.coverage_percent is not None:
        yield f"  coverage                 {result.coverage_percent:.4g} %"
    if result.estimate:
        yield "  This is an estimate, not a measurement."
    if result.reason:
        yield f"  {result.reason}"
    for name, one in {**result.inputs, **result.parameters, **result.settings}.items():
        yield f"    from {name:19} {told(one)}"


def _plain(result: Result) -> dict[str, Any]:
    plain = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
    window = plain.pop("window")
    return {**plain, "since_s": window.since_us / 1e6, "until_s": window.until_us / 1e6}


def told(value: Answer | dict[str, int] | bool) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(told, value)) + "]"
    if isinstance(value, dict):
        return ", ".join(f"{count} {name}" for name, count in value.items())
    return "null" if value is None else str(value)


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _listed(name: str | None, as_json: bool) -> Iterator[str]:
    formulas = CATALOGUE if name is None else (by_name(name),)
    if as_json:
        yield _json({"schema": LIST, "formulas": [_entry(formula) for formula in formulas]})
        return
    for formula in formulas:
        yield f"{formula.id}  {formula.sentence}"
        for variant in formula.variants:
            yield f"  {variant.name}  {variant.sentence}"
            for one in variant.inputs:
                yield f"    {one.name} ({one.shape.value}, {one.unit})"
            for parameter in variant.parameters:
                yield f"    {parameter.name} ({', '.join(parameter.words) or parameter.unit})"
            for setting in variant.settings:
                yield f"    {setting.name} = {told(setting.default)} ({setting.unit})"


def _entry(formula: Formula) -> dict[str, Any]:
    """The formula as it stands in the catalogue, without what works it out."""
    entry = dataclasses.asdict(formula)
    for variant in entry["variants"]:
        del variant["work"]
        variant["inputs"] = [
            {name: one[name] for name in ("name", "unit", "sentence")} | {"shape": one["shape"].value}
            for one in variant["inputs"]
        ]
        variant["settings"] = [
            {name: one[name] for name in ("name", "unit", "sentence", "default")}
            for one in variant["settings"]
        ]
    return entry
