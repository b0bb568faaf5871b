"""Rules of parameters: a value holds from a time on, a wrong entry is removed, a new maximum is proposed and never set
silently."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sts_hub.athletes import service as athletes
from sts_hub.errors import Conflict, Invalid, NotFound
from sts_hub.kit.database import ReadSession, WriteSession, conflicts
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.parameters import repository
from sts_hub.parameters.catalogue import CATALOGUE, Name
from sts_hub.parameters.catalogue import Parameter as Known
from sts_hub.parameters.maximum import Maximum
from sts_hub.parameters.repository import ParameterRow, ProposalRow
from sts_hub.parameters.schemas import NewParameter, Parameter, Proposal, State
from sts_hub.policy import Act, Caller, guard, may


async def listed(
    session: ReadSession, caller: Caller, athlete_id: UUID, cut: Cut, name: Name | None, at: datetime | None
) -> Page[Parameter]:
    """The parameters of an athlete, newest first; only those in force at a time when it is given."""
    await athletes.one(session, caller, athlete_id)
    rows = await repository.page(session, athlete_id, name, at, cut.after(datetime, UUID), cut.limit)
    return cut.page(rows, key=lambda row: (row.since, row.id), item=Parameter.model_validate)


async def added(session: WriteSession, caller: Caller, athlete_id: UUID, new: NewParameter) -> Parameter:
    """Enter a value. Raises Invalid for one that cannot be, Conflict for a second one from the same time on."""
    await athletes.one(session, caller, athlete_id, Act.CHANGE)
    _believable(new)
    since = new.since or datetime.now(UTC)
    with conflicts({"athlete_parameter_once": _twice(new.name)}):
        row = await repository.add(
            session, athlete_id, new.name, new.value, since, new.source, new.formula, caller.account_id
        )
    return Parameter.model_validate(row)


def _twice(name: Name) -> Conflict:
    return Conflict(
        f"The athlete already has a {name} from that time on.",
        way_out="Remove that entry first (DELETE), or let this one hold from another time.",
    )


def _believable(new: NewParameter) -> None:
    known = CATALOGUE[new.name]
    if known.words or isinstance(new.value, str):
        if new.value not in known.words:
            raise Invalid(f"{new.name} is {_either(known)}.", way_out="Check the name and the value.")
    elif not known.low <= new.value <= known.high:
        raise Invalid(
            f"A {new.name} lies between {known.low:g} and {known.high:g} {known.unit}.",
            way_out="Check the value and its unit.",
        )
    if (new.source == "estimate") != (new.formula is not None):
        raise Invalid(
            "An estimate, and nothing else, names its formula.",
            way_out="Give `formula` with source `estimate`; leave it out for what was measured or said by a coach.",
        )


def _either(known: Known) -> str:
    return " or ".join(known.words) or f"a number, {known.unit}"


async def removed(session: WriteSession, caller: Caller, athlete_id: UUID, parameter_id: UUID) -> None:
    """Remove a wrong entry: the value before it holds again."""
    await athletes.one(session, caller, athlete_id, Act.CHANGE)
    if not await repository.remove(session, athlete_id, parameter_id):
        raise NotFound("There is no such parameter.")


async def in_force(
    session: ReadSession, athlete_ids: Sequence[UUID], at: datetime
) -> dict[UUID, list[ParameterRow]]:
    """The parameters in force at a time, of athletes whom the caller was found to see."""
    return await repository.in_force(session, athlete_ids, at)


async def proposals(
    session: ReadSession, caller: Caller, cut: Cut, athlete_id: UUID | None, state: State | None
) -> Page[Proposal]:
    """The proposed maxima that the caller sees, newest first."""
    rows = await repository.proposals(session, athlete_id, state, cut.after(datetime, UUID), cut.limit)
    part = cut.page(
        rows,
        key=lambda row: (row.seen_at, row.id),
        item=Proposal.model_validate,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )
    session.athletes.update(one.athlete_id for one in part.items)
    return part


async def proposed(
    session: WriteSession, athlete_id: UUID, hr_max: float | None, seen: Maximum | None
) -> None:
    """Propose a heart rate above the maximum in force; without one in force there is nothing to exceed."""
    if hr_max is None or seen is None:
        return
    at = datetime.fromtimestamp(seen.since_us / 1e6, UTC)
    await repository.propose(session, athlete_id, Name.HR_MAX, seen.value, hr_max, at)


async def accepted(session: WriteSession, caller: Caller, proposal_id: UUID) -> Parameter:
    """Let a proposed maximum hold from when it was seen: it was measured."""
    row = await _decided(session, caller, proposal_id, "accepted")
    with conflicts({"athlete_parameter_once": _twice(row.name)}):
        parameter = await repository.add(
            session, row.athlete_id, row.name, row.value, row.seen_at, "measured", None, caller.account_id
        )
    return Parameter.model_validate(parameter)


async def declined(session: WriteSession, caller: Caller, proposal_id: UUID) -> Proposal:
    """Say that a proposed maximum is none; as high a one is not proposed again."""
    row = await _decided(session, caller, proposal_id, "declined")
    return Proposal.model_validate(row)


async def _decided(session: WriteSession, caller: Caller, proposal_id: UUID, state: State) -> ProposalRow:
    row = await repository.proposal_by_id(session, proposal_id)
    if row is None:
        raise NotFound("There is no such proposal.")
    guard(caller, Act.CHANGE, row.thing)
    if not await repository.decide(session, proposal_id, state, caller.account_id):
        raise Conflict(
            "This proposal is decided already.",
            way_out="Enter another value with POST /api/v1/athletes/{id}/parameters.",
        )
    return await repository.proposal_by_id(session, proposal_id) or row
