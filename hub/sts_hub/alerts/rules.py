"""From a rule as people write it to one that can be watched: limits in each athlete's own figures, and its sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from sts_hub.alerts.engine import Check, Condition, Firing, Rule, RuleWatch, Subject
from sts_hub.alerts.quantities import DERIVED, GATEWAY_SILENCE, INGEST_LAG, OF_THE_WAY, OF_THINGS, named
from sts_hub.alerts.schemas import RuleFields, What
from sts_hub.analytics import so_far
from sts_hub.analytics.holding import Window
from sts_hub.analytics.so_far import Known
from sts_hub.errors import Invalid
from sts_hub.sessions.presence import Presence
from sts_protocols.metrics import Metric, by_name

_S: Final = 1_000_000

# Athlete: what is known of him or her now.
Parameters = Mapping[UUID, Known]


def what(fields: RuleFields) -> What:
    """Whether it is about a body, or about sensors and links."""
    of_things = any(
        one.check in ("silent", "no_contact") or one.metric in OF_THINGS for one in fields.conditions
    )
    return "quality" if of_things else "body"


def check(fields: RuleFields) -> None:
    """Raises Invalid for a rule that makes no sense."""
    for one in fields.conditions:
        named(one.metric)
        if one.metric not in DERIVED and one.metric not in OF_THE_WAY:
            continue
        if one.check in ("silent", "no_contact"):
            raise Invalid(
                f"{one.metric} is worked out, and no sensor tells it: it is neither silent nor without contact.",
                way_out="Ask for `above` or `below`, or for the metric itself.",
            )
    if of_the_way(fields) and not _stands_alone(fields):
        raise Invalid(
            "A rule about a gateway or the hub has that one condition, and no athletes, share, tasks, phases or states.",
            way_out="Make a rule of its own of it.",
        )


def of_the_way(fields: RuleFields) -> bool:
    """Whether it is about a gateway or the hub, and no athlete."""
    return any(one.metric in OF_THE_WAY for one in fields.conditions)


def _stands_alone(fields: RuleFields) -> bool:
    (first, *more), scope = fields.conditions, fields.scope
    counts_always = not (fields.tasks or fields.phases or fields.in_play)
    return not more and first.of is None and scope == "one" and not fields.athlete_ids and counts_always


def metrics(fields: RuleFields) -> list[Metric]:
    """The metrics that must be heard for it: of its conditions, and those that derived ones are worked out from."""
    names = [
        so_far.OF[DERIVED[one.metric].id].metric.name if one.metric in DERIVED else one.metric
        for one in fields.conditions
    ]
    return [metric for name in dict.fromkeys(names) if (metric := by_name(name)) is not None]


def derived(fields: RuleFields) -> set[int]:
    """The quantities of its conditions that are worked out, by number."""
    return {DERIVED[one.metric].id for one in fields.conditions if one.metric in DERIVED}


def watched(
    rule_id: UUID,
    fields: RuleFields,
    athletes: Iterable[UUID],
    parameters: Parameters,
    presences: Sequence[Presence] = (),
) -> tuple[RuleWatch, list[UUID]]:
    """The rule ready to be watched, and the athletes who lack a parameter that a limit is % of or a quantity needs."""
    share = {"one": None, "share": fields.share, "all": 1.0}[fields.scope]
    rule = Rule(
        rule_id,
        tuple(Condition(named(one.metric).id, Check(one.check)) for one in fields.conditions),
        round(fields.hold_s * _S),
        round(fields.reset_s * _S),
        fields.times,
        share,
    )
    chosen = [one for one in athletes if not fields.athlete_ids or one in fields.athlete_ids]
    limits = {one: _limits(fields, parameters.get(one, {})) for one in chosen}
    have: dict[Subject, tuple[float, ...]] = {
        one: limit for one, limit in limits.items() if limit is not None
    }
    return RuleWatch(rule, have, counts(fields, presences)), [one for one in chosen if one not in have]


def watched_gateways(
    rule_id: UUID, fields: RuleFields, names: Iterable[str], during: Sequence[Window]
) -> RuleWatch:
    """A rule about the way of values ready to be watched: of these gateways, while one of these sessions runs."""
    (one,) = fields.conditions
    rule = Rule(
        rule_id,
        (Condition(named(one.metric).id, Check(one.check)),),
        round(fields.hold_s * _S),
        round(fields.reset_s * _S),
        fields.times,
    )
    return RuleWatch(rule, dict.fromkeys(names, (one.limit,)), dict.fromkeys(names, during))


def _limits(fields: RuleFields, own: Known) -> tuple[float, ...] | None:
    found: list[float] = []
    for one in fields.conditions:
        if one.metric in DERIVED and not so_far.known_enough(DERIVED[one.metric].id, own):
            return None
        whole = 100.0 if one.of is None else own.get(one.of)
        if not isinstance(whole, float):
            return None
        found.append(one.limit if one.of is None else whole * one.limit / 100)
    return tuple(found)


def counts(fields: RuleFields, presences: Iterable[Presence]) -> dict[UUID | str, list[Window]] | None:
    """When it counts for each athlete; None for always."""
    if not (fields.tasks or fields.phases or fields.in_play):
        return None
    found: dict[UUID | str, list[Window]] = {}
    for one in presences:
        if not fields.tasks or one.kind in fields.tasks:
            found.setdefault(one.athlete_id, []).extend(_counting(fields, one))
    return found


def _counting(fields: RuleFields, one: Presence) -> Iterator[Window]:
    wanted = {name.casefold() for name in fields.phases}
    phases = [when for name, when in one.phases if name.casefold() in wanted] if wanted else [one.during]
    for phase in phases:
        for play in one.in_play if fields.in_play else (one.during,):
            both = Window(max(phase.since_us, play.since_us), min(phase.until_us, play.until_us))
            if both.us > 0:
                yield both


def sentence(fields: RuleFields, firing: Firing, name: str | None) -> str:
    """What is told of it. name: of the athlete or gateway; None for the team."""
    first, quantity = fields.conditions[0], named(fields.conditions[0].metric)
    lasted_s = (firing.t_us - firing.since_us) // _S
    if quantity == GATEWAY_SILENCE:
        return f"{fields.name}: {firing.subject}, nothing heard for {firing.value:.0f} s"
    if quantity == INGEST_LAG:
        return f"{fields.name}: values have been waiting to be stored for {firing.value:.0f} s"
    if name is None:
        return f"{fields.name}: {firing.value:.0f} of the team"
    if first.check == "silent":
        return f"{fields.name}: {name}, no {quantity.name} for {lasted_s} s"
    if first.check == "no_contact":
        return f"{fields.name}: {name}, the sensor is not worn"
    unit = "" if quantity.unit in ("1", "{AU}") else f" {quantity.unit}"
    figure = f"{round(firing.value, 1):g}{unit}" if firing.value is not None else quantity.name
    return f"{fields.name}: {name}, {quantity.name} {figure}" + (f" for {lasted_s} s" if lasted_s else "")
