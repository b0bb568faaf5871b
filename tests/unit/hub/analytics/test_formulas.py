"""Every formula of the catalogue: its worked example, what it lacks, and that its receipt gives the same digits."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

import formula_page
from formula_examples import EXAMPLES, Example
from json_documents import check
from sts_hub.analytics import given as documents
from sts_hub.analytics.formula import Formula, Given, GivenError, Result, Variant
from sts_hub.analytics.formulas import CATALOGUE, PARAMETERS, compute
from sts_hub.analytics.holding import Samples
from sts_hub.parameters import catalogue as parameters

VARIANTS = [(formula, variant) for formula in CATALOGUE for variant in formula.variants]


def named(example: Example) -> str:
    return f"{example.formula}-{example.variant}"


def work_out(document: dict[str, Any]) -> Result:
    return compute(documents.from_json(json.dumps(document).encode()))


def of_variant(formula: Formula, variant: Variant) -> Example:
    return next(one for one in EXAMPLES if (one.formula, one.variant) == (formula.id, variant.name))


def same(found: Any, expected: Any, within: float) -> bool:
    """The same number, or row of numbers, or none."""
    if isinstance(expected, list):
        return len(found) == len(expected) and all(
            same(one, other, within) for one, other in zip(found, expected, strict=True)
        )
    if expected is None or found is None or isinstance(expected, str):
        return bool(found == expected)
    return bool(found == pytest.approx(expected, rel=within, abs=1e-9))


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_a_formula_gives_what_its_example_gives_by_hand(example: Example) -> None:
    result = work_out(example.document)
    assert set(result.values) == set(example.values)
    for name, expected in example.values.items():
        assert same(result.values[name], expected, example.within), name
    assert result.coverage_percent == (
        None if example.coverage_percent is None else pytest.approx(example.coverage_percent)
    )


@pytest.mark.parametrize(
    ("formula", "variant"), VARIANTS, ids=lambda one: getattr(one, "id", None) or one.name
)
def test_every_variant_has_one_example_and_every_number_a_unit(formula: Formula, variant: Variant) -> None:
    assert sum((one.formula, one.variant) == (formula.id, variant.name) for one in EXAMPLES) == 1
    assert all(
        one.unit for one in (*formula.outputs, *variant.inputs, *variant.parameters, *variant.settings)
    )
    assert formula.source
    assert formula.gaps
    assert formula.null


def test_what_formulas_ask_of_an_athlete_is_what_the_hub_keeps_in_the_same_unit() -> None:
    asked = {name: one.unit for name, one in PARAMETERS.items() if not one.words}
    kept = {str(name): one.unit for name, one in parameters.CATALOGUE.items()}
    assert {name: kept.get(name) for name in asked} == asked


def test_names_are_given_once() -> None:
    assert len({formula.id for formula in CATALOGUE}) == len(CATALOGUE)
    for _, variant in VARIANTS:
        names = [one.name for one in (*variant.inputs, *variant.parameters, *variant.settings)]
        assert len(set(names)) == len(names)


def lacking() -> Iterator[Any]:
    for formula, variant in VARIANTS:
        for parameter in variant.parameters:
            yield pytest.param(
                of_variant(formula, variant),
                parameter.name,
                id=f"{formula.id}-{variant.name}-{parameter.name}",
            )


@pytest.mark.parametrize(("example", "parameter"), list(lacking()))
def test_a_parameter_that_is_not_known_gives_null_and_its_name(example: Example, parameter: str) -> None:
    parameters = {name: value for name, value in example.given["parameters"].items() if name != parameter}
    result = work_out({**example.document, "parameters": parameters})
    assert set(result.values.values()) == {None}
    assert result.reason == f"Not known of the athlete: {parameter}."


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_a_receipt_gives_the_same_digits(example: Example) -> None:
    given = documents.from_json(json.dumps(example.document).encode())
    result = compute(given)
    receipt = documents.receipt(given, result, {"id": "of a stored number"})
    check(json.loads(receipt))
    again = compute(documents.from_json(receipt))
    assert again == result


def with_rows(kinds: type | tuple[type, ...]) -> list[Any]:
    """The examples with such rows of values among their inputs: dict for a series, list for a list."""
    return [
        pytest.param(one, id=named(one))
        for one in EXAMPLES
        if any(isinstance(value, kinds) for value in one.document["inputs"].values())
    ]


@pytest.mark.parametrize("example", with_rows((dict, list)))
def test_where_all_is_missing_there_is_null_with_a_reason_and_never_zero(example: Example) -> None:
    document = example.document
    rows = {name: emptied(value) for name, value in document["inputs"].items()}
    result = work_out({**document, "inputs": rows})
    assert set(result.values.values()) == {None}
    assert result.reason


def enlarged(value: Any) -> Any:
    if isinstance(value, dict):
        return {**value, "value": [1e308] * len(value["value"])}
    return [1e308] * len(value) if isinstance(value, list) else value


def emptied(value: Any) -> Any:
    if isinstance(value, dict):
        return {**value, "value": [None] * len(value["value"])}
    return [None] * len(value) if isinstance(value, list) else value


@pytest.mark.parametrize("example", with_rows(dict))
def test_one_sample_without_a_window_gives_no_number(example: Example) -> None:
    rows = {
        name: {"t_s": [5.0], "value": value["value"][:1]} if isinstance(value, dict) else value
        for name, value in example.document["inputs"].items()
    }
    result = work_out({**example.document, "since_s": None, "until_s": None, "inputs": rows})
    assert set(result.values.values()) == {None}
    assert result.reason


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_no_number_however_large_makes_a_result_that_is_none(example: Example) -> None:
    document = example.document
    wild = {name: enlarged(value) for name, value in document["inputs"].items()}
    parameters = {
        name: value if isinstance(value, str) else 1e-308
        for name, value in document.get("parameters", {}).items()
    }
    result = work_out({**document, "inputs": wild, "parameters": parameters})
    json.dumps(dict(result.values), allow_nan=False)
    assert result.reason or None not in result.values.values()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"formula": "tripm"}, "Did you mean trimp?"),
        ({"formula": "xyz"}, "Known: heart_rate_zones"),
        ({"variant": None}, "has variants"),
        ({"variant": "edward"}, "Did you mean edwards?"),
        ({"version": 99}, "version 99 is not kept"),
        ({"inputs": {}}, "heart_rate (series, /min) is missing"),
        ({"inputs": {"heart_rate": 5}}, "must be a series"),
        ({"inputs": {"heart_rate": {"t_s": [1, 0], "value": [1, 2]}}}, "none before the last"),
        ({"inputs": {"heart_rate": {"t_s": [1], "value": [1, 2]}}}, "1 times and 2 values"),
        ({"inputs": {"heart_rate": {"t_s": [1e300], "value": [1]}}}, "not within"),
        ({"inputs": {"power": [1], "heart_rate": {"t_s": [], "value": []}}}, "No input is called power"),
        ({"parameters": {"hr_max": "high"}}, "must be a number"),
        ({"parameters": {"hr_max": 0}}, "beyond its limits"),
        ({"parameters": {"hr_max": -1}}, "beyond its limits"),
        ({"settings": {"max_gap": 1}}, "Did you mean max_gap_s?"),
        ({"settings": {"max_gap_s": -1}}, "beyond its limits"),
        ({"settings": {"max_gap_s": True}}, "must be a number"),
        ({"since_s": 10, "until_s": 0}, "ends before it begins"),
        ({"surprise": 1}, "surprise"),
        ({"schema": "other/1"}, "other/1"),
    ],
)
def test_what_cannot_be_worked_with_is_refused_in_a_sentence(change: dict[str, Any], sentence: str) -> None:
    (example,) = (one for one in EXAMPLES if named(one) == "trimp-edwards")
    with pytest.raises(GivenError) as caught:
        work_out({**example.document, **change})
    assert sentence in str(caught.value)


def test_a_parameter_that_a_formula_does_not_need_is_no_fault_and_not_in_its_result() -> None:
    (example,) = (one for one in EXAMPLES if named(one) == "trimp-edwards")
    result = work_out({**example.document, "parameters": {"hr_max": 200, "lthr": 160, "mass": 70}})
    assert result.parameters == {"hr_max": 200}


def test_a_result_says_what_it_was_found_from() -> None:
    heart_rate = {"t_s": [0, 1, 2, 3], "value": [150, 0, 400, 150]}
    result = work_out(
        {"formula": "heart_rate", "inputs": {"heart_rate": heart_rate}, "since_s": 0, "until_s": 4}
    )
    # 0 means none, and no heart beats 400 times a minute: both are holes.
    assert result.inputs == {"heart_rate": {"values": 4, "missing": 2}}
    assert (result.formula, result.version, result.variant) == ("heart_rate", 1, "time_weighted")
    assert (result.values["mean"], result.coverage_percent) == (150, 50)
    assert result.settings == {"max_gap_s": 10}


def test_the_page_is_what_the_catalogue_says() -> None:
    assert formula_page.PAGE.read_text("utf-8") == formula_page.text(), (
        f"write it again: {formula_page.__doc__}"
    )


def test_a_page_that_lags_behind_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = dataclasses.replace(CATALOGUE[0], sentence="Something else.")
    monkeypatch.setattr(formula_page, "CATALOGUE", (changed, *CATALOGUE[1:]))
    assert formula_page.PAGE.read_text("utf-8") != formula_page.text()


@hypothesis.given(
    st.lists(st.integers(1_500_000_000_000_000, 4_000_000_000_000_000), min_size=2, max_size=50)
)
@hypothesis.settings(max_examples=100, deadline=None)
def test_a_receipt_keeps_every_microsecond_of_stored_times(times_us: list[int]) -> None:
    """From 2017 to 2096, although its seconds are floats."""
    t_us = np.sort(np.array(times_us, np.int64))
    given = Given(
        "heart_rate", None, {"heart_rate": Samples(t_us, np.full(t_us.size, 99.5))}, {}, {}, int(t_us[0])
    )
    again = documents.from_json(documents.receipt(given, compute(given)))
    assert again.inputs["heart_rate"].t_us.tolist() == t_us.tolist()
    assert (again.since_us, again.until_us) == (t_us[0], t_us[-1])
