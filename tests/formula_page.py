"""docs/formulas.md: every formula of the catalogue, with its variants and an example worked by hand.

Made from the catalogue and the worked examples; a test compares the page with what this makes. Write it again with

    PYTHONPATH=deploy:tests build/venv/bin/python -m formula_page
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from formula_examples import EXAMPLES, Example
from sts_hub.analytics.cli import told
from sts_hub.analytics.formula import Formula, Variant
from sts_hub.analytics.formulas import CATALOGUE

PAGE = Path(__file__).resolve().parents[1] / "docs/formulas.md"

HEAD = """# Formulas: what each number means

This page is made by the tests from the catalogue of formulas and the examples that they are held to.

Respected programs disagree on formulas that share a name. So a number never stands alone here: with it are told the
formula, its version and variant, what was measured, what was known of the athlete that day, what was set, and the
*coverage*, the share of its time that had values. A number that cannot be worked out is **null with a reason, never zero**.

## Work a number out by hand

```
$ sts-hub compute --list                                    all formulas, with variants, inputs and units
$ sts-hub compute trimp --list                              one of them
$ sts-hub compute session_rpe -w rating=7 -w duration_min=60
$ sts-hub compute trimp --variant edwards heart.csv -w hr_max=190 --to 5400
$ sts-hub compute trimp receipt.json --json                 a number with its receipt gives the same digits again
$ sts-hub --install-completion                              names of formulas and variants by the tab key
```

A **CSV** file has the names of what was measured in its first line: `t_s` (seconds) beside a series, such as `t_s,heart_rate`;
a single column for a list, such as `daily_load` or `rr_interval`. What is empty is missing. Parameters of the athlete, settings and
single numbers are given by `--with NAME=VALUE` (`-w`); so may be a list, `-w gate_time=0,1.8,,4.1`. A **JSON** document holds all of it ([its schema](schemas/sts.hub.compute.given.1.json)):

```json
{"formula": "trimp", "variant": "edwards", "inputs": {"heart_rate": {"t_s": [0, 1, 2], "value": [140, 141, null]}},
 "since_s": 0, "until_s": 3, "parameters": {"hr_max": 190}, "settings": {"max_gap_s": 10}}
```

**How long a sample counts.** Each holds until the next one, but never longer than `max_gap_s`; what lies behind is a hole. A value that
is missing, or beyond what its metric calls plausible, is a hole from its own time on. The window reaches from the first to
the last time that is given, unless it is told (`since_s`, `until_s`; `--from`, `--to`): told, the last sample holds on to its end.

"""


def text() -> str:
    """The whole page."""
    contents = "".join(f"- [{one.title}](#{one.id.replace('_', '-')}): `{one.id}`\n" for one in CATALOGUE)
    return HEAD + "## The formulas\n\n" + contents + "".join(f"\n{_section(one)}" for one in CATALOGUE)


def _section(formula: Formula) -> str:
    return "\n".join(
        [
            f'<a id="{formula.id.replace("_", "-")}"></a>',
            f"### {formula.title}",
            "",
            f"`{formula.id}`, version {formula.version}. {formula.sentence}",
            "",
            *(f"- **{one.name}**, {_unit(one.unit)}: {one.sentence}" for one in formula.outputs),
            "",
            f"*Holes*: {formula.gaps}  ",
            f"*Null*: {formula.null}  ",
            f"*Source*: {formula.source}.",
            "",
            *(line for variant in formula.variants for line in _variant(formula, variant)),
        ]
    )


def _variant(formula: Formula, variant: Variant) -> Iterator[str]:
    estimate = " **An estimate, not a measurement.**" if variant.estimate else ""
    yield f"**Variant `{variant.name}`.** {variant.sentence}{estimate}"
    yield ""
    for output in variant.outputs:
        yield f"- **{output.name}**, {_unit(output.unit)}: {output.sentence}"
    for one in variant.inputs:
        yield f"- `{one.name}` ({one.shape.value}, {_unit(one.unit)}): {one.sentence}"
    for parameter in variant.parameters:
        yield f"- `{parameter.name}` (of the athlete, {' or '.join(parameter.words) or _unit(parameter.unit)}): {parameter.sentence}"
    for setting in variant.settings:
        yield f"- `{setting.name}` (set, {told(setting.default)} {_unit(setting.unit)}): {setting.sentence}"
    for example in EXAMPLES:
        if (example.formula, example.variant) == (formula.id, variant.name):
            yield from _example(example)
    yield ""


def _example(example: Example) -> Iterator[str]:
    values = ", ".join(f"{name} {told(_row(value))}" for name, value in example.values.items())
    covered = "" if example.coverage_percent is None else f"; coverage {example.coverage_percent:g} %"
    yield ""
    yield f"> `{json.dumps(example.document, ensure_ascii=False)}`  "
    yield f"> By hand: {example.by_hand}.  "
    yield f"> **{values}**{covered}"


def _row(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _unit(unit: str) -> str:
    return {"1": "no unit", "{AU}": "units of its own", "{same}": "the unit of what is compared"}.get(
        unit, unit
    )


if __name__ == "__main__":
    PAGE.write_text(text(), "utf-8")
