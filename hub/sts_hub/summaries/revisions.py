"""What a revision changed, and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sts_hub.analytics.formula import Result


class Change(NamedTuple):
    """A value that is another than before; percent where both are numbers and the one before is not 0."""

    output: str
    before: Any
    after: Any
    percent: float | None


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The values that are others than before, by the names of their outputs."""
    return [
        Change(name, before.get(name), value, _percent(before.get(name), value))
        for name, value in after.items()
        if before.get(name) != value
    ]


def _percent(before: Any, after: Any) -> float | None:
    if not isinstance(before, int | float) or not isinstance(after, int | float) or before == 0:
        return None
    return round(100 * (after - before) / before, 1)


def plain(result: Result) -> dict[str, Any]:
    """A result as it is stored: rows as JSON has them, times in µs."""
    return {
        "version": result.version,
        "values": {name: _row(value) for name, value in result.values.items()},
        "units": dict(result.units),
        "coverage_percent": result.coverage_percent,
        "reason": result.reason,
        "estimate": result.estimate,
        "parameters": dict(result.parameters),
        "settings": {name: _row(value) for name, value in result.settings.items()},
        "inputs": dict(result.inputs),
        "since_us": result.window.since_us,
        "until_us": result.window.until_us,
    }


def _row(value: Any) -> Any:
    return [_row(one) for one in value] if isinstance(value, tuple) else value


def reasons(before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[str]:
    """Which of the things that numbers are worked out from have changed, in words. Other borders, of the session or of a phase
    of it, bring other data."""
    words = {
        "since": "borders",
        "until": "borders",
        "phases": "borders",
        "parameters": "parameters",
        "rating": "rating",
        "marks": "data",
    }
    found = dict.fromkeys(word for name, word in words.items() if before[name] != after[name])
    if "borders" in found:
        found.pop("data", None)
    return list(found)
