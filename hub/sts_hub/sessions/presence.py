"""Who was in which session, phase and state of play when: for those who judge values by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sts_hub.analytics.holding import EVER_US, Window
from sts_hub.db.times import microseconds
from sts_hub.kit.database import ReadSession
from sts_hub.sessions import repository
from sts_hub.sessions.schemas import SessionKind


@dataclass(frozen=True, slots=True)
class Presence:
    """An athlete in a session with live data. phases: of which name, when; in_play: when neither on the bench nor out. What
    goes on ends at EVER_US."""

    session_id: UUID
    team_id: UUID
    athlete_id: UUID
    kind: SessionKind
    during: Window
    phases: tuple[tuple[str, Window], ...]
    in_play: tuple[Window, ...]


async def present(
    session: ReadSession, since: datetime, until: datetime, team_id: UUID | None = None
) -> list[Presence]:
    """Who was in a session in that time, by when it began, as far as row-level security shows it.

    A session that began more than a day before is left out: it is one that nobody has ended.
    """
    rows = await repository.present(session, since, until, team_id)
    ids = list({row.session_id for row in rows})
    phases: dict[tuple[UUID, UUID], list[tuple[str, Window]]] = defaultdict(list)
    for one in await repository.phases_of(session, ids):
        place = one["session_id"], one["athlete_id"]
        phases[place].append((one["name"], _window(one["since"], one["until"])))
    turns: dict[tuple[UUID, UUID], list[tuple[datetime, str]]] = defaultdict(list)
    for turn in await repository.play_of(session, ids):
        turns[turn["session_id"], turn["athlete_id"]].append((turn["at"], turn["state"]))
    return [
        Presence(
            row.session_id,
            row.team_id,
            row.athlete_id,
            row.kind,
            during := _window(row.started_at, row.ended_at),
            tuple(phases[row.session_id, row.athlete_id]),
            tuple(in_play(during, turns[row.session_id, row.athlete_id])),
        )
        for row in rows
    ]


def _window(since: datetime, until: datetime | None) -> Window:
    return Window(microseconds(since), EVER_US if until is None else microseconds(until))


def in_play(during: Window, turns: Iterable[tuple[datetime, str]]) -> list[Window]:
    """When somebody was in play: from the begin on, until another state is told."""
    found: list[Window] = []
    since_us: int | None = during.since_us
    for at, state in turns:
        at_us = max(microseconds(at), during.since_us)
        if state == "in_play":
            since_us = at_us if since_us is None else since_us
        elif since_us is not None:
            found += [Window(since_us, at_us)] if at_us > since_us else []
            since_us = None
    if since_us is not None:
        found.append(Window(since_us, during.until_us))
    return found
