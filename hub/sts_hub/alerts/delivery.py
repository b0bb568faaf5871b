"""What leaves the hub of an alert: events for the club's webhooks, letters to whoever asked for them.

Queued in the transaction that writes the alert, so only one of the processes that find it sends any. A letter goes through
other people's machines, so it names the rule and the time, and neither an athlete nor a value: those are in the app. An
event has ids and times alone.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sts_hub.alerts import repository
from sts_hub.alerts.repository import AlertRow, NewAlert, RecipientRow
from sts_hub.alerts.schemas import Told
from sts_hub.kit.database import WriteSession
from sts_hub.outbox import service as outbox
from sts_hub.outbox.events import EventName
from sts_hub.outbox.service import Letter
from sts_hub.policy import Act, may


async def written(session: WriteSession, new: NewAlert) -> bool:
    """Write an alert and queue what is sent of it; whether it is to be told (False: the same was told just before)."""
    is_new = await repository.add(session, new)
    if is_new and not new.muted:
        await _sent(session, new, "raised", new.rule.fields.name)
    return is_new or await repository.is_told(session, new.id)


async def escalated(session: WriteSession) -> None:
    """Have told again what nobody has acknowledged in time, once each."""
    for row in await repository.escalate(session):
        rule = await repository.rule_by_id(session, row.rule_id)
        await _sent(session, row, "escalated", rule.fields.name if rule is not None else "")


async def resolved(session: WriteSession, alert_id: UUID, over_at: datetime) -> None:
    """Have told that an alert is over, once."""
    row = await repository.resolve(session, alert_id, over_at)
    if row is not None and not row.muted:
        rule = await repository.rule_by_id(session, row.rule_id)
        await _sent(session, row, "resolved", rule.fields.name if rule is not None else "")


async def acknowledged(session: WriteSession, row: AlertRow) -> None:
    """Let programs know that somebody has seen it."""
    await outbox.event(session, row.club_id, "alert.acknowledged", datetime.now(UTC), about(row))


_EVENTS: Final[dict[Told, EventName]] = {
    "raised": "alert.raised",
    "escalated": "alert.escalated",
    "resolved": "alert.resolved",
}


def about(said: NewAlert | AlertRow) -> dict[str, str | None]:
    """Which alert it is, in ids and times."""
    return {
        "alert_id": str(said.id),
        "rule_id": str(said.rule_id),
        "team_id": str(said.team_id),
        "athlete_id": None if said.athlete_id is None else str(said.athlete_id),
        "gateway": said.gateway,
        "what": said.what,
        "at": said.at.isoformat(),
        "late": str(said.late).lower(),
    }


async def _sent(session: WriteSession, said: NewAlert | AlertRow, told: Told, rule: str) -> None:
    now = datetime.now(UTC)
    await outbox.event(session, said.club_id, _EVENTS[told], now, about(said))
    for one in await repository.recipients(session, said.rule_id, told):
        if may(one.caller, Act.SEE, said.thing) and not is_quiet(one, now):
            await outbox.letter(session, said.club_id, _letter(one, said, told, rule))


def is_quiet(one: RecipientRow, now: datetime) -> bool:
    """Whether it is in somebody's quiet hours, which may go over midnight; the begin is quiet, the end is not."""
    if one.quiet_from is None or one.quiet_to is None:
        return False
    clock: time = now.astimezone(ZoneInfo(one.time_zone)).time()
    if one.quiet_from <= one.quiet_to:
        return one.quiet_from <= clock < one.quiet_to
    return clock >= one.quiet_from or clock < one.quiet_to


def _letter(one: RecipientRow, said: NewAlert | AlertRow, told: Told, rule: str) -> Letter:
    at = said.at.astimezone(ZoneInfo(one.time_zone))
    came = " The data came late: it is not of now." if said.late else ""
    over = " It no longer holds." if told == "resolved" else ""
    text = (
        f'The rule "{rule}" spoke up: measured at {at:%Y-%m-%d %H:%M:%S} ({one.time_zone}).{came}{over}\n\n'
        "The app says of whom and why, and takes your acknowledgement. You get this letter because you asked for it;\n"
        "there you end it, too.\n"
    )
    return Letter("alert", one.email, f"{_SUBJECTS[told]}{rule}", text)


_SUBJECTS: Final[dict[Told, str]] = {"raised": "", "escalated": "Not acknowledged: ", "resolved": "Over: "}
