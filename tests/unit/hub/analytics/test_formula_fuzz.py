"""Whatever is given, there is a result that JSON can hold, or one sentence: never anything else."""

from __future__ import annotations

import contextlib
import functools
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_hub.analytics import given as documents
from sts_hub.analytics.formula import Formula, Given, GivenError, Input, Result, Setting, Shape, Variant
from sts_hub.analytics.formulas import CATALOGUE, compute
from sts_hub.analytics.holding import Samples

VARIANTS = [(formula, variant) for formula in CATALOGUE for variant in formula.variants]
# What a sensor tells, and what only a broken file does.
VALUES = st.one_of(st.floats(0, 300), st.floats(), st.sampled_from([0.0, 1.0, 60.0, 800.0, math.nan]))
STEPS_US = st.sampled_from([0, 1, 250_000, 1_000_000, 1_000_000, 2_000_000, 60_000_000, 10**12, 10**15])
CHOSEN = st.one_of(st.floats(0, 200), st.sampled_from([0.0, 1e-300, 1e300, math.inf, math.nan, -1.0]))


@st.composite
def anything(draw: st.DrawFn, formula: Formula, variant: Variant) -> Given:
    """What fits the shapes, and nothing more."""
    known = {
        one.name: draw(st.sampled_from(one.words) if one.words else CHOSEN) for one in variant.parameters
    }
    ends = [draw(st.none() | st.integers(-(10**7), 10**8)) for _ in range(2)]
    return Given(
        formula.id,
        variant.name,
        {one.name: draw(measured(one)) for one in variant.inputs},
        known,
        {one.name: draw(chosen(one)) for one in variant.settings if draw(st.booleans())},
        *ends,
    )


def chosen(setting: Setting) -> st.SearchStrategy[Any]:
    if isinstance(setting.default, bool):
        return st.booleans()
    return st.lists(CHOSEN, max_size=6).map(tuple) if isinstance(setting.default, tuple) else CHOSEN


def measured(one: Input) -> st.SearchStrategy[Any]:
    if one.shape is Shape.NUMBER:
        return VALUES
    rows = st.lists(VALUES, max_size=60).map(lambda values: np.array(values, np.float64))
    if one.shape is Shape.LIST:
        return rows
    steady = st.integers(0, 400).map(
        lambda count: Samples(
            np.arange(count) * 250_000, np.full(count, 100.0 if one.metric is None else one.metric.high / 2)
        )
    )
    return st.one_of(steady, st.lists(st.tuples(STEPS_US, VALUES), max_size=40).map(stepped))


def stepped(pairs: list[tuple[int, float]]) -> Samples:
    return Samples(
        np.cumsum(np.array([pair[0] for pair in pairs], np.int64)),
        np.array([pair[1] for pair in pairs], np.float64),
    )


def result_of(read: Callable[[], Given]) -> Result | None:
    """The result, or None where it was refused."""
    with contextlib.suppress(GivenError):
        return compute(read())
    return None


def name_of(one: object) -> str:
    return str(getattr(one, "id", None) or getattr(one, "name", one))


@pytest.mark.parametrize("examples", [10, pytest.param(1000, marks=pytest.mark.long)])
@pytest.mark.parametrize(("formula", "variant"), VARIANTS, ids=name_of)
def test_anything_gives_a_result_or_a_sentence(formula: Formula, variant: Variant, examples: int) -> None:
    @given(anything(formula, variant))
    @settings(max_examples=examples, deadline=None)
    def holds(what: Given) -> None:
        result = result_of(lambda: what)
        if result is None:
            return
        json.dumps([dict(result.values), result.coverage_percent], allow_nan=False)
        nulls = [
            value
            for value in result.values.values()
            if value is None or (isinstance(value, tuple) and None in value)
        ]
        assert bool(nulls) == bool(result.reason)
        assert result.coverage_percent is None or 0 <= result.coverage_percent <= 100 + 1e-9

    holds()


@given(st.binary(max_size=200) | st.text(st.characters(codec="utf-8"), max_size=200).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_document_or_a_sentence(data: bytes) -> None:
    for read in (documents.from_json, lambda text: documents.from_csv(text, "heart_rate", None)):
        result_of(functools.partial(read, data))


@given(
    st.lists(
        st.sampled_from(["t_s", "heart_rate", ",", "\n", "1", "1e999", "-5", " ", '"', "\ufeff", "nan", ";"]),
        max_size=30,
    )
)
@settings(max_examples=200, deadline=None)
def test_anything_like_csv_is_read_or_refused_in_a_sentence(parts: list[str]) -> None:
    data = ("t_s,heart_rate\n" + "".join(parts)).encode()
    result_of(lambda: documents.from_csv(data, "heart_rate", None))
