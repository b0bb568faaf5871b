"""The receipt of a stored number: all that it was worked out from, for `sts-hub compute` to give the same digits."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sts_hub.analytics.formula import Given, GivenError, Result
from sts_hub.analytics.formulas import chosen, compute
from sts_hub.analytics.given import receipt as document
from sts_hub.analytics.holding import Window
from sts_hub.config import Settings
from sts_hub.db import pools
from sts_hub.errors import HubError
from sts_hub.kit.database import ReadSession
from sts_hub.kit.operator import acting
from sts_hub.samples import service as samples
from sts_hub.summaries import repository
from sts_hub.summaries.repository import SQL, NumberRow
from sts_hub.summaries.revisions import plain
from sts_hub.summaries.service import credible, within
from sts_protocols.metrics import HEART_RATE


async def receipt(settings: Settings, number_id: UUID) -> bytes:
    """The receipt as a document of sts.hub.compute.given. Raises HubError."""
    missing = f"There is no number {number_id}: a session's summary tells their ids."
    with pools.told("STS_DB_OWNER_DSN"):
        async with acting(settings, "sts-hub receipt", SQL.club_of_number, number_id, missing) as (
            session,
            _,
        ):
            return await _written(session, number_id)


async def _written(session: ReadSession, number_id: UUID) -> bytes:
    found = await repository.number_by_id(session, number_id)
    if found is None:
        raise HubError(f"There is no number {number_id}.")
    number, more = found
    given = await _given(session, number, more.pop("since"), more.pop("until"))
    result = _again(given)
    if plain(result)["values"] != number.body["values"]:
        raise HubError(
            "The values behind this number are others than when it was worked out, late or past their time: "
            "ask for the session's summary again, and it is revised as far as they are there."
        )
    about = {name: str(value) for name, value in more.items() if value is not None}
    return document(given, result, {**about, "number": str(number.id), "revision": number.revision})


def _again(given: Given) -> Result:
    try:
        return compute(given)
    except GivenError as error:
        raise HubError(f"This number cannot be worked out again: {error}") from None


async def _given(session: ReadSession, number: NumberRow, since: datetime, until: datetime) -> Given:
    """What `compute` takes. since, until: of the session, since which of two gateways leads is chosen for all of it."""
    body = number.body
    return Given(
        number.formula,
        number.variant,
        {
            one.name: await _input(session, number, one.name, since, until)
            for one in chosen(number.formula, number.variant).variant.inputs
        },
        body["parameters"],
        {name: tuple(one) if isinstance(one, list) else one for name, one in body["settings"].items()},
        body["since_us"],
        body["until_us"],
        body["version"],
    )


async def _input(session: ReadSession, number: NumberRow, name: str, since: datetime, until: datetime) -> Any:
    """What was measured is read again; what is one number stands beside the result."""
    if name != HEART_RATE.name:
        return number.body["inputs"][name]
    values = await samples.told(
        session, number.athlete_id, HEART_RATE, since, max(until, since + timedelta(microseconds=1))
    )
    return credible(within(values, Window(number.body["since_us"], number.body["until_us"])))
