"""From a rule as people write it to one that can be watched: limits in each athlete's own figures, and its sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from sts_hub.alerts.engine import Check, Condition, Firing, Rule, RuleWatch
from sts_hub.alerts.schemas import RuleFields, What
from sts_hub.errors import Invalid
from sts_protocols import metrics
from sts_protocols.metrics import Metric, by_name

# What is said of a thing, not of a body.
_OF_THINGS: Final = frozenset(
    one.name for one in (metrics.BATTERY_LEVEL, metrics.BATTERY_VOLTAGE, metrics.SIGNAL_STRENGTH)
)
_S: Final = 1_000_000

# Athlete: parameter name: value in force.
Parameters = Mapping[UUID, Mapping[str, float]]


def what(fields: RuleFields) -> What:
    """Whether it is about a body, or about sensors and links."""
    of_things = any(
        one.check in ("silent", "no_contact") or one.metric in _OF_THINGS for one in fields.conditions
    )
    return "quality" if of_things else "body"


def known(fields: RuleFields) -> list[Metric]:
    """The metrics of its conditions; raises Invalid for one that does not exist."""
    found: list[Metric] = []
    for one in fields.conditions:
        metric = by_name(one.metric)
        if metric is None:
            raise Invalid(f"There is no metric {one.metric!r}.", way_out="GET /api/v1/metrics lists them.")
        found.append(metric)
    return found


def watched(
    rule_id: UUID, fields: RuleFields, athletes: Iterable[UUID], parameters: Parameters
) -> tuple[RuleWatch, list[UUID]]:
    """The rule ready to be watched, and the athletes who lack a parameter that a limit is % of."""
    conditions = tuple(
        Condition(metric.id, Check(one.check))
        for metric, one in zip(known(fields), fields.conditions, strict=True)
    )
    share = {"one": None, "share": fields.share, "all": 1.0}[fields.scope]
    rule = Rule(
        rule_id, conditions, round(fields.hold_s * _S), round(fields.reset_s * _S), fields.times, share
    )
    chosen = [one for one in athletes if not fields.athlete_ids or one in fields.athlete_ids]
    limits = {one: _limits(fields, parameters.get(one, {})) for one in chosen}
    have = {one: limit for one, limit in limits.items() if limit is not None}
    return RuleWatch(rule, have), [one for one in chosen if one not in have]


def _limits(fields: RuleFields, own: Mapping[str, float]) -> tuple[float, ...] | None:
    found: list[float] = []
    for one in fields.conditions:
        if one.of is not None and one.of not in own:
            return None
        found.append(one.limit if one.of is None else own[one.of] * one.limit / 100)
    return tuple(found)


def sentence(fields: RuleFields, firing: Firing, name: str | None) -> str:
    """What is told of it."""
    first, metric = fields.conditions[0], known(fields)[0]
    lasted_s = (firing.t_us - firing.since_us) // _S
    if name is None:
        return f"{fields.name}: {firing.value:.0f} of the team"
    if first.check == "silent":
        return f"{fields.name}: {name}, no {metric.name} for {lasted_s} s"
    if first.check == "no_contact":
        return f"{fields.name}: {name}, the sensor is not worn"
    figure = f"{firing.value:g} {metric.unit}" if firing.value is not None else metric.name
    return f"{fields.name}: {name}, {metric.name} {figure}" + (f" for {lasted_s} s" if lasted_s else "")
