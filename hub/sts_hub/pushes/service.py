"""Rules of pushes: what leaves the hub for another service does so by the athlete's own wish, with the athlete's own key."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sts_hub.athletes import service as athletes
from sts_hub.errors import Conflict, NotFound
from sts_hub.exports import service as exports
from sts_hub.kit.database import Database, ReadSession, WriteSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.sealing import Sealing
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind
from sts_hub.pushes import repository
from sts_hub.pushes.schemas import NewPush, NewPushTarget, Push, PushTarget


async def target(session: ReadSession, caller: Caller, athlete_id: UUID) -> PushTarget:
    """Where the athlete's workouts are pushed to; raises NotFound where nobody has said it."""
    await athletes.one(session, caller, athlete_id, Act.SEE, Kind.PUSH)
    row = await repository.target(session, athlete_id)
    if row is None:
        raise NotFound("Workouts are pushed nowhere.", way_out="PUT .../push-target with your key there.")
    return PushTarget.model_validate(row)


async def target_set(
    session: WriteSession, caller: Caller, sealing: Sealing, athlete_id: UUID, new: NewPushTarget
) -> PushTarget:
    """Say where they are pushed to. Raises Conflict on a hub that can keep no secret."""
    athlete = await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.PUSH)
    sealed = sealing.seal(new.key.get_secret_value().encode(), about(athlete_id))
    row = await repository.set_target(session, athlete_id, athlete.club_id, new.service, sealed)
    return PushTarget.model_validate(row)


async def target_removed(session: WriteSession, caller: Caller, athlete_id: UUID) -> None:
    """Forget the key; what waits has failed."""
    await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.PUSH)
    await repository.remove_target(session, athlete_id)


async def pushed(database: Database, caller: Caller, athlete_id: UUID, new: NewPush) -> Push:
    """Queue a workout as FIT; the same one again is the same push. Raises Conflict without a target or any value."""
    async with database.reading(caller) as session:
        athlete = await athletes.one(session, caller, athlete_id, Act.CHANGE, Kind.PUSH)
        to = await repository.target(session, athlete_id)
    if to is None:
        raise Conflict(
            "Nobody has said where workouts are pushed to.",
            way_out="PUT .../push-target with your key there.",
        )
    data = await exports.workout(database, caller, athlete_id, "fit", new.since, new.until)
    async with database.writing(caller) as session:
        row = await repository.add(
            session, athlete.club_id, athlete_id, to.service, new.since, new.until, new.name, data
        )
    return Push.model_validate(row)


async def listed(session: ReadSession, caller: Caller, cut: Cut, athlete_id: UUID) -> Page[Push]:
    """The pushes of an athlete, newest first."""
    await athletes.one(session, caller, athlete_id, Act.SEE, Kind.PUSH)
    rows = await repository.page(session, athlete_id, cut.after(datetime, UUID), cut.limit)
    return cut.page(rows, key=lambda row: row.place, item=Push.model_validate)


def about(athlete_id: UUID) -> str:
    """What a sealed key is about: it opens for this athlete's pushes alone."""
    return f"push target {athlete_id}"
