"""From a rule that speaks up to an alert, and from an alert to what the stream says of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid5

import msgspec

from sts_hub.alerts import rules
from sts_hub.alerts.engine import Firing, Subject
from sts_hub.alerts.quantities import INGEST_LAG
from sts_hub.alerts.repository import AlertRow, MuteRow, NewAlert, RuleRow
from sts_hub.db.times import microseconds, timestamp
from sts_hub.live import frames

# What was measured so long before it is told came late: live values are three seconds old at most.
LATE_US: Final = 10_000_000
HUB: Final = "hub"
"""What the engine calls the hub itself, among gateways by their names."""


def alert(
    row: RuleRow, firing: Firing, names: Mapping[UUID, str], mutes: Sequence[MuteRow], now_us: int
) -> NewAlert:
    """What a rule says, ready to be written. The id follows from rule, subject and second, so whoever finds it tells the
    same."""
    fields = row.fields
    athlete = firing.subject if isinstance(firing.subject, UUID) else None
    of_hub = any(one.metric == INGEST_LAG.name for one in fields.conditions)
    return NewAlert(
        id=uuid5(firing.rule, f"{firing.subject} {firing.t_us // 1_000_000}"),
        rule=row,
        athlete_id=athlete,
        gateway=firing.subject if isinstance(firing.subject, str) and not of_hub else None,
        colour=fields.colour,
        text=rules.sentence(fields, firing, None if athlete is None else names.get(athlete, "an athlete")),
        at=timestamp(firing.t_us),
        since=timestamp(firing.since_us),
        late=now_us - firing.t_us > LATE_US,
        muted=any(one.rule_id == row.id and one.athlete_id in (None, athlete) for one in mutes),
        reset=timedelta(seconds=fields.reset_s),
        escalates=None if fields.escalate_after_s is None else timedelta(seconds=fields.escalate_after_s),
    )


def subject(row: AlertRow, rule: RuleRow) -> Subject | None:
    """Whom the engine knows it of; None: the team."""
    if any(one.metric == INGEST_LAG.name for one in rule.fields.conditions):
        return HUB
    return row.athlete_id or row.gateway


def told(said: NewAlert | AlertRow) -> frames.Alert:
    """The alert as the stream tells it."""
    return frames.Alert(
        id=str(said.id),
        t_us=microseconds(said.at),
        text=said.text,
        athlete=said.athlete_id,
        gateway=said.gateway,
        team=said.team_id,
        what=said.what,
        colour=said.colour,
        late=said.late,
    )


def told_over(row: AlertRow) -> frames.Alert:
    """The same, and that it no longer holds."""
    return msgspec.structs.replace(told(row), text=f"Over: {row.text}", resolved=True)


def told_again(row: AlertRow) -> frames.Alert:
    """The same again, in red: nobody has acknowledged it in time."""
    return msgspec.structs.replace(
        told(row), text=f"Not acknowledged: {row.text}", colour="red", escalated=True
    )
