"""Rules of invitations: good once, for some days, for one role; who may make somebody an account of a kind may invite to it.

A code is 256 random bits, so telling its holder that it was used or has ended tells nobody else anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec
from pydantic import TypeAdapter

from sts_hub.accounts.passwords import Passwords, refuse_guessable
from sts_hub.athletes import service as athletes
from sts_hub.athletes.schemas import NewConsent
from sts_hub.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from sts_hub.guardians import service as guardians
from sts_hub.invitations import repository
from sts_hub.invitations.repository import InvitationRow, InvitedRow, New
from sts_hub.invitations.schemas import (
    Acceptance,
    AskedConsent,
    AskedText,
    Invitation,
    Invited,
    MadeInvitation,
    Newcomer,
    NewInvitation,
    OwnAcceptance,
)
from sts_hub.kit import paper
from sts_hub.kit.database import ReadSession, WriteSession, conflicts
from sts_hub.kit.identity import new_token, token_hash
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.outbox import service as outbox
from sts_hub.outbox.mail import Mail
from sts_hub.outbox.service import Letter
from sts_hub.policy import Act, Caller, Kind, Reach, Role, guard, guard_new, may, missing, reach
from sts_hub.teams import service as teams

if TYPE_CHECKING:
    from sts_hub.athletes.repository import AthleteRow

_OF_ATHLETES: Final = (Role.ATHLETE, Role.GUARDIAN)
_OF_TEAMS: Final = (Role.COACH, Role.TRAINER, Role.TECHNICIAN)
_ASKS: Final = TypeAdapter(list[AskedConsent])


class InvitationEnded(Refusal):
    """The code lets nobody in any more; `detail` says why."""

    status = 403
    type = "invitation-ended"
    title = "This invitation has ended"
    way_out = "Ask whoever invited you for a new one."


@dataclass(frozen=True, slots=True)
class Way:
    """How invitations leave the hub: by letter, and to which address links lead."""

    mail: Mail
    origin: str


async def listed(session: ReadSession, caller: Caller, cut: Cut) -> Page[Invitation]:
    """The invitations that the caller sees, newest first."""
    rows = await repository.page(session, cut.after(datetime, UUID), cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.made_at, row.id),
        item=shown,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )


async def one(session: ReadSession, caller: Caller, invitation_id: UUID, act: Act = Act.SEE) -> InvitationRow:
    """An invitation that the caller may see or revoke; raises NotFound or Forbidden."""
    row = await repository.by_id(session, invitation_id)
    if row is None:
        raise missing(Kind.INVITATION)
    guard(caller, act, row.thing)
    return row


async def removed(session: WriteSession, caller: Caller, invitation_id: UUID) -> None:
    """Revoke an invitation at once; one that was accepted is only forgotten."""
    row = await one(session, caller, invitation_id, Act.CHANGE)
    await repository.remove(session, row.id)


async def added(session: WriteSession, caller: Caller, new: NewInvitation, way: Way) -> MadeInvitation:
    """Invite somebody. Raises Forbidden, NotFound, Invalid, Conflict."""
    _fits_together(new)
    if reach(caller.role, Act.CHANGE, Kind.INVITATION) is Reach.TEAMS and new.role not in _OF_ATHLETES:
        raise Forbidden(f"As {caller.role} you invite athletes of your teams and their guardians.")
    athlete = None if new.athlete_id is None else await athletes.one(session, caller, new.athlete_id)
    guard_new(caller, repository.thing(caller.club_id, new.role, athlete.team_id if athlete else None))
    _can_be(new.role, athlete)
    if new.team_id is not None:
        await teams.one(session, caller, new.team_id)
    if new.way == "letter":
        way.mail.needed("Make it as a link (`way`: link), and hand that over or print its QR code.")
    code = new_token()
    kept = New(new.role, new.team_id, new.since, new.until, new.athlete_id, new.email, _json(new.asks))
    made = await repository.add(
        session, caller.club_id, kept, token_hash(code), caller.account_id, timedelta(days=new.days)
    )
    row = await one(session, caller, made)
    link = f"{way.origin}/invitation#{code}"
    if new.way == "letter" and new.email is not None:
        text = _LETTER.format(
            club=caller.club_name, role=new.role, link=link, until=row.expires_at, code=code
        )
        await outbox.letter(
            session, caller.club_id, Letter("invitation", new.email, f"Invitation: {caller.club_name}", text)
        )
        return MadeInvitation(**shown(row).model_dump(), link=None, qr=None)
    return MadeInvitation(**shown(row).model_dump(), link=link, qr=paper.picture(link))


_LETTER: Final = """\
You are invited to {club} as {role}:

{link}

This link is good once, until {until:%Y-%m-%d %H:%M} UTC. The code alone: {code}

If you do not know why, do nothing: nobody else sees this link.
"""


def _fits_together(new: NewInvitation) -> None:
    """What an invitation says must belong to its role. Raises Invalid."""
    timed = new.since is not None or new.until is not None
    faults = (
        (new.role in _OF_ATHLETES) != (new.athlete_id is not None),
        new.role not in _OF_TEAMS and new.team_id is not None,
        timed and new.team_id is None,
        new.since is not None and new.until is not None and new.until <= new.since,
        new.role not in _OF_ATHLETES and bool(new.asks),
        new.way == "letter" and new.email is None,
    )
    for fault, sentence in zip(faults, _FAULTS, strict=True):
        if fault:
            raise Invalid("The invitation contradicts itself.", way_out=sentence)


_FAULTS: Final = (
    "An athlete's or guardian's invitation names the athlete (`athlete_id`), and no other does.",
    "A team (`team_id`) goes with coach, trainer or technician.",
    "`from` and `to` are about a team: give `team_id`.",
    "Give `to` after `from`.",
    "Consents are asked of athletes and guardians.",
    "A letter needs an address: give `email`.",
)


def _can_be(role: Role, athlete: AthleteRow | None) -> None:
    """Raises Conflict for a guardian of somebody of age, and for a second account of an athlete."""
    if athlete is None:
        return
    if role is Role.GUARDIAN:
        guardians.minor(athlete.birth_date)
    elif athlete.account_id is not None:
        raise _HAS_ACCOUNT


_HAS_ACCOUNT: Final = Conflict(
    "This athlete has an account already.", way_out="Help with signing in: an admin can make a recovery code."
)


async def invited(session: ReadSession, code: str) -> InvitedRow:
    """What the holder of a code is invited to. Raises NotFound, InvitationEnded."""
    row = await repository.of_code(session, token_hash(code.strip()))
    if row is None:
        raise NotFound(
            "There is no such invitation.",
            way_out="Take the whole link; or it was revoked: ask for a new one.",
        )
    if row.accepted_at is not None:
        raise InvitationEnded("It was accepted already.", way_out="If that was you, sign in.")
    if row.expires_at <= datetime.now(UTC):
        raise InvitationEnded(f"It was good until {row.expires_at:%Y-%m-%d %H:%M} UTC.")
    return row


async def joined(
    session: WriteSession, given: Newcomer, passwords: Passwords, digital_consent_age: int
) -> Caller:
    """A new account by an invitation, in nobody's session, which is the newcomer's afterwards; nothing is left of one
    that fails. Raises NotFound, InvitationEnded, Invalid, Conflict, Forbidden."""
    row = await invited(session, given.code.get_secret_value())
    email = _address_of(row, given.email)
    if email is None:
        raise Invalid("An account needs an e-mail address.", way_out="Give `email`.")
    password = given.password.get_secret_value()
    await refuse_guessable(password, email, given.name, row.club)
    hashed = await passwords.hashed(password)
    with conflicts(_TAKEN):
        made = await repository.join(session, _hash_of(given), email, given.name, hashed)
    if made is None:
        raise InvitationEnded("It has ended meanwhile.")
    caller = _as(row, made, given.name, email)
    await session.become(caller)
    await _consented(session, caller, row, given.consents, digital_consent_age)
    return caller


_TAKEN: Final = {
    "account_email_key": Conflict(
        "There is already an account with this e-mail.",
        way_out="Sign in with it and accept the invitation there.",
    ),
    "athlete_account_id_key": _HAS_ACCOUNT,
}
_TAKEN_BESIDE: Final = {
    **_TAKEN,
    "account_email_key": Conflict(
        "There is already an account with this e-mail.",
        way_out="Give another address, or sign in with that account.",
    ),
}


async def accepted(
    session: WriteSession, caller: Caller, given: OwnAcceptance, digital_consent_age: int
) -> None:
    """Who is signed in takes what they are invited to, by the account that there is or, since an account is of one club and
    role, by a second one. Raises NotFound, InvitationEnded, Invalid, Conflict, Forbidden."""
    row = await invited(session, given.code.get_secret_value())
    if row.club_id != caller.club_id or row.role != caller.role:
        await _accepted_beside(session, caller, row, given, digital_consent_age)
        return
    with conflicts(_TAKEN):
        if not await repository.accept(session, _hash_of(given)):
            raise InvitationEnded("It has ended meanwhile.")
    now = _as(row, caller.account_id, caller.name, caller.email)
    await _consented(session, now, row, given.consents, digital_consent_age)


async def _accepted_beside(
    session: WriteSession, caller: Caller, row: InvitedRow, given: OwnAcceptance, digital_consent_age: int
) -> None:
    """By a second account, in whose name the session goes on."""
    email = _address_of(row, given.email)
    if email is None or email.lower() == caller.email.lower():
        raise Conflict(
            f"This invites a {row.role} of {row.club}; you are signed in as a {caller.role} of {caller.club_name}.",
            way_out="Give another `email`: it makes a second account with your name and password. If the invitation was sent to the "
            "address that you sign in with, have one made for another.",
        )
    with conflicts(_TAKEN_BESIDE):
        made = await repository.join_beside(session, _hash_of(given), email)
    if made is None:
        raise InvitationEnded("It has ended meanwhile.")
    now = _as(row, made, caller.name, email)
    await session.become(now)
    await _consented(session, now, row, given.consents, digital_consent_age)


def _address_of(row: InvitedRow, wanted: str | None) -> str | None:
    """The address of a new account. Raises Invalid for another one than the invitation's own."""
    if wanted not in (None, row.email) and row.email is not None:
        raise Invalid("This invitation was sent to another address.", way_out="Leave `email` out.")
    return row.email or wanted


def _hash_of(given: Acceptance) -> bytes:
    return token_hash(given.code.get_secret_value().strip())


def _as(row: InvitedRow, account_id: UUID, name: str, email: str) -> Caller:
    """Who somebody is once the invitation is accepted, as far as it goes."""
    wards = frozenset({row.athlete_id} if row.role == Role.GUARDIAN and row.athlete_id else ())
    return Caller(
        account_id,
        row.club_id,
        Role(row.role),
        frozenset(),
        wards,
        name=name,
        email=email,
        club_name=row.club,
    )


async def _consented(
    session: WriteSession, caller: Caller, row: InvitedRow, purposes: Sequence[str], digital_consent_age: int
) -> None:
    """Record those consents that were asked for and given."""
    asked = {one.purpose: one for one in _ASKS.validate_json(row.asks)}
    unknown = [one for one in purposes if one not in asked]
    if unknown or row.athlete_id is None:
        if purposes:
            raise Invalid(
                "A consent that nobody asked for.", way_out=f"Asked for: {', '.join(asked) or 'none'}."
            )
        return
    for purpose in dict.fromkeys(purposes):
        new = NewConsent(purpose=purpose, version=asked[purpose].version)
        await athletes.consent_added(session, caller, row.athlete_id, new, digital_consent_age)


def _json(asks: Sequence[AskedConsent]) -> str:
    return msgspec.json.encode([one.model_dump() for one in asks]).decode()


def shown(row: InvitationRow) -> Invitation:
    """The invitation as the API tells it."""
    return Invitation(**{name: getattr(row, name) for name in _COLUMNS}, asks=_ASKS.validate_json(row.asks))


_COLUMNS: Final = tuple(name for name in Invitation.model_fields if name != "asks")


async def looked_at(session: ReadSession, code: str) -> Invited:
    """What somebody is invited to, as the API tells it. Raises NotFound, InvitationEnded."""
    row = await invited(session, code)
    columns = {name: getattr(row, name) for name in _INVITED}
    texts = [
        AskedText(**{**one, "texts": msgspec.json.decode(one["texts"])})
        for one in await repository.texts_of(session, token_hash(code.strip()))
    ]
    return Invited(**columns, asks=_ASKS.validate_json(row.asks), texts=texts)


_INVITED: Final = tuple(name for name in Invited.model_fields if name not in ("asks", "texts"))
