"""What is given to a formula, as a document: JSON for all of it, CSV for what was measured.

The JSON form is the receipt of a number, too: `document` writes it, `from_json` reads it, and the same digits come out.
Times are seconds from wherever the writer counts; only their differences matter.
"""

from __future__ import annotations

import csv
import dataclasses
import itertools
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import numpy as np

from sts_hub.analytics.formula import Given, GivenError, Input, Result, Setting, Shape
from sts_hub.analytics.formulas import PARAMETERS, chosen
from sts_hub.analytics.holding import SECOND_US, Floats, Ints, Samples

SCHEMA: Final = "sts.hub.compute.given/1"
# Some 300 years to either side: in µs still far from the ends of 64 bits.
FARTHEST_S: Final = 1e10
TIME: Final = "t_s"


class SeriesForm(msgspec.Struct, forbid_unknown_fields=True):
    """A series: as many times as values, null where nothing credible was told."""

    t_s: list[float]
    value: list[float | None]


class GivenForm(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The document. about: whatever its writer wants to tell a reader; no number depends on it."""

    formula: str
    inputs: dict[str, SeriesForm | list[float | None] | float]
    schema: str = SCHEMA
    version: int | None = None
    variant: str | None = None
    since_s: float | None = None
    until_s: float | None = None
    parameters: dict[str, float | str] = {}
    settings: dict[str, bool | float | list[float]] = {}
    about: dict[str, Any] = {}


def from_json(data: bytes) -> Given:
    """Read the document. Raises GivenError with the place of the fault."""
    try:
        form = msgspec.json.decode(data, type=GivenForm)
    except msgspec.DecodeError as error:
        raise GivenError(f"This is no document of {SCHEMA}: {error}.") from None
    if form.schema != SCHEMA:
        raise GivenError(f"This is a document of {form.schema}, not of {SCHEMA}.")
    return Given(
        form.formula,
        form.variant,
        {name: _input(name, value) for name, value in form.inputs.items()},
        form.parameters,
        {name: tuple(value) if isinstance(value, list) else value for name, value in form.settings.items()},
        _end(form.since_s),
        _end(form.until_s),
        form.version,
    )


def receipt(given: Given, result: Result, about: Mapping[str, Any] | None = None) -> bytes:
    """The document that gives this result again: all that was chosen is spelled out, with the version that worked it out."""
    return document(
        dataclasses.replace(
            given,
            variant=result.variant,
            parameters=result.parameters,
            settings=result.settings,
            since_us=result.window.since_us,
            until_us=result.window.until_us,
            version=result.version,
        ),
        about,
    )


def document(given: Given, about: Mapping[str, Any] | None = None) -> bytes:
    """Write the document."""
    form = GivenForm(
        formula=given.formula,
        inputs={name: _form(value) for name, value in given.inputs.items()},
        version=given.version,
        variant=given.variant,
        since_s=None if given.since_us is None else given.since_us / SECOND_US,
        until_s=None if given.until_us is None else given.until_us / SECOND_US,
        parameters=dict(given.parameters),
        settings={
            name: list(value) if isinstance(value, tuple) else value for name, value in given.settings.items()
        },
        about=dict(about or {}),
    )
    return msgspec.json.encode({"schema": SCHEMA, **msgspec.to_builtins(form)})


def _end(seconds: float | None) -> int | None:
    return None if seconds is None else int(_us([seconds])[0])


def _us(seconds: list[float]) -> Ints:
    times = np.array(seconds, np.float64)
    if not (np.abs(times) <= FARTHEST_S).all():
        raise GivenError(f"A time is not within {FARTHEST_S:g} s.")
    return np.rint(times * SECOND_US).astype(np.int64)


def _values(values: list[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _input(name: str, value: SeriesForm | list[float | None] | float) -> Samples | Floats | float:
    if isinstance(value, SeriesForm):
        if len(value.t_s) != len(value.value):
            raise GivenError(f"{name} has {len(value.t_s)} times and {len(value.value)} values.")
        return Samples(_us(value.t_s), _values(value.value))
    return _values(value) if isinstance(value, list) else value


def _form(value: Samples | Floats | float) -> SeriesForm | list[float | None] | float:
    if isinstance(value, Samples):
        return SeriesForm((value.t_us / SECOND_US).tolist(), _nullable(value.value))
    return _nullable(value) if isinstance(value, np.ndarray) else value


def _nullable(value: Floats) -> list[float | None]:
    return [None if np.isnan(one) else one for one in value.tolist()]


def with_more(given: Given, more: Mapping[str, str], since_s: float | None, until_s: float | None) -> Given:
    """The same with numbers, parameters and settings by their names, as text, and with another window.

    Raises GivenError.
    """
    found = chosen(given.formula, given.variant)
    inputs, parameters, settings = dict(given.inputs), dict(given.parameters), dict(given.settings)
    declared_inputs = {one.name: one for one in found.variant.inputs}
    declared_settings = {one.name: one for one in found.variant.settings}
    for name, text in more.items():
        if name in declared_inputs:
            inputs[name] = _read_input(declared_inputs[name], text)
        elif name in declared_settings:
            settings[name] = _read_setting(declared_settings[name], text)
        elif name in PARAMETERS:
            parameters[name] = text if PARAMETERS[name].words else _read_number(name, text)
        else:
            known = [*declared_inputs, *(one.name for one in found.variant.parameters), *declared_settings]
            raise GivenError(f"{given.formula} takes no {name}. Known: {', '.join(known)}.")
    since_us, until_us = _end(since_s), _end(until_s)
    return Given(
        given.formula,
        found.variant.name,
        inputs,
        parameters,
        settings,
        given.since_us if since_us is None else since_us,
        given.until_us if until_us is None else until_us,
        given.version,
    )


def _read_input(declared: Input, text: str) -> Floats | float:
    if declared.shape is Shape.NUMBER:
        return _read_number(declared.name, text)
    if declared.shape is Shape.SERIES:
        raise GivenError(f"{declared.name} is a series with its times: give it in a file.")
    cells = text.split(",") if text else []
    return _values([_read_number(declared.name, one) if one.strip() else None for one in cells])


def _read_setting(declared: Setting, text: str) -> bool | float | tuple[float, ...]:
    if isinstance(declared.default, bool):
        if text not in ("true", "false"):
            raise GivenError(f"{declared.name} must be true or false.")
        return text == "true"
    if isinstance(declared.default, tuple):
        return tuple(_read_number(declared.name, one) for one in text.split(","))
    return _read_number(declared.name, text)


def _read_number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise GivenError(f"{text!r} is no number ({name}): write 1.5.") from None


# CSV: a line of names, then values; what is empty is missing.


def from_csv(data: bytes, formula: str, variant: str | None) -> Given:
    """Read measured values: the column t_s and one for each series; one column for a list; one line for numbers.

    Raises GivenError with the line of the fault.
    """
    found = chosen(formula, variant)
    declared = {one.name: one for one in found.variant.inputs}
    columns = _columns(data)
    times = columns.pop(TIME, None)
    unknown = [name for name in columns if name not in declared]
    if unknown:
        raise GivenError(
            f"{formula} takes no column {', '.join(unknown)}. Known: {', '.join([TIME, *declared])}."
        )
    inputs = {name: _column(declared[name], values, times) for name, values in columns.items()}
    return Given(formula, found.variant.name, inputs, {}, {})


def _columns(data: bytes) -> dict[str, list[float | None]]:
    try:
        lines = list(csv.reader(data.decode("utf-8-sig").removesuffix("\n").split("\n"), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise GivenError(f"This is no CSV in UTF-8: {error}.") from None
    if not lines or not lines[0]:
        raise GivenError("The file is empty.")
    names = [name.strip() for name in lines[0]]
    if len(names) == 1 and ";" in names[0]:
        raise GivenError("Columns are parted by commas here, and decimals have a point.")
    if len(set(names)) < len(names):
        raise GivenError("Two columns have the same name.")
    columns: dict[str, list[float | None]] = {name: [] for name in names}
    for number, cells in enumerate(itertools.islice(lines, 1, None), start=2):
        if not any(cell.strip() for cell in cells) and len(names) > 1:
            continue
        if len(cells) not in (len(names), 0):
            raise GivenError(f"Line {number} has {len(cells)} columns, and the first line has {len(names)}.")
        for name, cell in zip(names, cells or [""], strict=True):
            columns[name].append(_cell(number, name, cell))
    return columns


def _cell(line: int, name: str, text: str) -> float | None:
    if not text.strip():
        return None
    try:
        return _read_number(name, text)
    except GivenError as error:
        raise GivenError(f"Line {line}: {error}") from None


def _column(
    declared: Input, values: list[float | None], times: list[float | None] | None
) -> Samples | Floats | float:
    if declared.shape is Shape.LIST:
        return _values(values)
    if declared.shape is Shape.NUMBER:
        if len(values) != 1 or values[0] is None:
            raise GivenError(f"{declared.name} is one number: one line below the names.")
        return values[0]
    if times is None or None in times:
        raise GivenError(f"{declared.name} needs a time on every line, in a column {TIME}.")
    return Samples(_us([time for time in times if time is not None]), _values(values))
