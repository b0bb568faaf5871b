"""The property tests again with full counts: for `make test-long`."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

EXAMPLES = 5_000
RULES = {
    "test_record_header": "test_random_bytes_give_only_our_error",
    "test_record_messages": "test_damage_costs_only_the_records_it_touches",
    "test_samples_body": "test_a_good_body_with_a_changed_byte_gives_packets_or_our_error",
    "test_columns": "test_arrays_are_what_the_pure_reader_says",
    "test_delivery": "test_nothing_is_lost_and_nothing_is_stored_twice",
    "test_heart_rate": "test_an_independent_reader_agrees",
    "test_beat": "test_random_bytes_give_only_our_error",
}


def a_copy_of(module: str, rule: str) -> Callable[[], None]:
    """The rule from a module loaded anew, so that its count here does not change its count elsewhere."""
    path = Path(__file__).with_name(f"{module}.py")
    spec = importlib.util.spec_from_file_location(f"{module}_with_full_counts", path)
    assert spec is not None
    assert spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    return getattr(copy, rule)


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("module", RULES)
def test_the_rule_holds_five_thousand_times(module, fuzzed):
    """More of the same: what a hundred examples may miss."""
    settings(max_examples=EXAMPLES)(a_copy_of(module, RULES[module]))()
    fuzzed(EXAMPLES)
