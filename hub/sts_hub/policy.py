"""Who may do what: one table and one function, asked for every object before it is shown or changed.

The club is the tenant. Within it a role reaches the whole club, the teams given to the account, or only what
is the account's own. Row-level security in the database says the same a second time, for the day somebody
forgets to ask here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final
from uuid import UUID

from sts_hub.errors import Forbidden, NotFound


class Role(StrEnum):
    """What a person is in the club."""

    ADMIN = "admin"
    DIRECTOR = "director"
    COACH = "coach"
    TRAINER = "trainer"
    ATHLETE = "athlete"
    TECHNICIAN = "technician"
    GUARDIAN = "guardian"


class Act(StrEnum):
    """What is done with a thing."""

    SEE = "see"
    CHANGE = "change"


class Kind(StrEnum):
    """What a thing is. HEALTH is every measured value of an athlete, past or live; SHARED are those that an athlete's
    grant gives a club, ENTRUSTED those that it gives one trainer."""

    CLUB = "club"
    TEAM = "team"
    ACCOUNT = "account"
    ATHLETE = "athlete"
    CONSENT = "consent"
    CONSENT_TEXT = "consent text"
    AUDIT = "audit"
    COPY = "copy"
    ERASURE = "erasure"
    GUARDIAN = "guardian"
    GRANT = "grant"
    SHARED = "shared"
    ENTRUSTED = "entrusted"
    HEALTH = "health"
    GATEWAY = "gateway"
    SENSOR = "sensor"
    ASSIGNMENT = "assignment"
    DOCUMENT = "document"
    ACTIVITY = "activity"
    COMPETITION = "competition"
    SESSION = "session"
    WELLBEING = "wellbeing"
    TEMPLATE = "template"
    EXPORT = "export"
    ALERT = "alert"
    INVITATION = "invitation"
    HISTORY_MAPPING = "history mapping"
    PUSH = "push"
    LETTER = "letter"
    WEBHOOK = "webhook"


class Scope(StrEnum):
    """What a token may be good for: to see things, to see what was measured or said of athletes' bodies, to change."""

    SEE = "see"
    HEALTH = "health"
    CHANGE = "change"


_OF_THE_BODY: Final = frozenset(
    {Kind.HEALTH, Kind.SHARED, Kind.ENTRUSTED, Kind.ACTIVITY, Kind.WELLBEING, Kind.EXPORT}
)


class Reach(IntEnum):
    """How far a role reaches for one kind of thing."""

    NOTHING = 0
    OWN = 1
    TEAMS = 2
    CLUB = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: the account behind the login or token of a request; `wards` are the athletes that a guardian
    stands for now, `scopes` what a token is good for (None: a login, good for all that the role is). `owes_factor`: the
    club asks for a second factor that this login has not shown, so it is good for setting one up only."""

    account_id: UUID
    club_id: UUID
    role: Role
    teams: frozenset[UUID]
    wards: frozenset[UUID] = frozenset()
    scopes: frozenset[Scope] | None = None
    name: str = ""
    email: str = ""
    club_name: str = ""
    token_hash: bytes = b""
    owes_factor: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked for, in the terms that decide: its kind, club, team, and the account or athlete it is about."""

    kind: Kind
    club_id: UUID
    team_id: UUID | None = None
    owner: UUID | None = None
    athlete_id: UUID | None = None


_N, _O, _T, _C = Reach.NOTHING, Reach.OWN, Reach.TEAMS, Reach.CLUB
_PEOPLE: Final = tuple(Role)

# kind: how far each role, in the order of Role, sees, and how far it changes
_TABLE: Final[Mapping[Kind, tuple[tuple[Reach, ...], tuple[Reach, ...]]]] = {
    Kind.CLUB: ((_C, _C, _C, _C, _C, _C, _C), (_C, _N, _N, _N, _N, _N, _N)),
    Kind.TEAM: ((_C, _C, _T, _T, _T, _T, _T), (_C, _C, _N, _N, _N, _N, _N)),
    Kind.ACCOUNT: ((_C, _C, _O, _O, _O, _O, _O), (_C, _O, _O, _O, _O, _O, _O)),
    Kind.ATHLETE: ((_C, _C, _T, _T, _O, _N, _O), (_C, _C, _T, _T, _N, _N, _N)),
    Kind.CONSENT: ((_C, _C, _T, _T, _O, _N, _O), (_C, _C, _T, _T, _O, _N, _O)),
    Kind.CONSENT_TEXT: ((_C, _C, _C, _C, _C, _C, _C), (_C, _N, _N, _N, _N, _N, _N)),
    Kind.AUDIT: ((_C, _N, _N, _N, _O, _N, _O), (_N, _N, _N, _N, _N, _N, _N)),
    Kind.COPY: ((_C, _C, _T, _T, _O, _N, _O), (_C, _N, _N, _N, _O, _N, _O)),
    Kind.ERASURE: ((_C, _C, _T, _T, _O, _N, _O), (_C, _N, _N, _N, _N, _N, _N)),
    Kind.GUARDIAN: ((_C, _C, _T, _T, _O, _N, _O), (_C, _C, _N, _N, _N, _N, _N)),
    Kind.GRANT: ((_C, _C, _N, _N, _O, _N, _O), (_N, _N, _N, _N, _O, _N, _O)),
    Kind.SHARED: ((_C, _C, _C, _N, _N, _N, _N), (_N, _N, _N, _N, _N, _N, _N)),
    Kind.ENTRUSTED: ((_N, _N, _N, _O, _N, _N, _N), (_N, _N, _N, _N, _N, _N, _N)),
    Kind.HEALTH: ((_C, _C, _T, _T, _O, _N, _O), (_N, _N, _N, _N, _N, _N, _N)),
    Kind.GATEWAY: ((_C, _C, _C, _C, _N, _C, _N), (_C, _N, _N, _N, _N, _C, _N)),
    Kind.SENSOR: ((_C, _C, _C, _C, _N, _C, _N), (_C, _N, _N, _N, _N, _C, _N)),
    Kind.ASSIGNMENT: ((_C, _C, _T, _T, _O, _C, _O), (_C, _C, _T, _T, _N, _N, _N)),
    Kind.ACTIVITY: ((_C, _C, _T, _T, _O, _N, _O), (_C, _C, _T, _T, _O, _N, _N)),
    Kind.ALERT: ((_C, _C, _T, _T, _N, _N, _N), (_C, _C, _T, _T, _N, _N, _N)),
    Kind.INVITATION: ((_C, _C, _T, _T, _N, _N, _N), (_C, _C, _T, _T, _N, _N, _N)),
    Kind.LETTER: ((_C, _N, _N, _N, _N, _N, _N), (_N, _N, _N, _N, _N, _N, _N)),
    Kind.WEBHOOK: ((_C, _N, _N, _N, _N, _N, _N), (_C, _N, _N, _N, _N, _N, _N)),
    Kind.EXPORT: ((_C, _C, _O, _O, _O, _O, _O), (_C, _O, _O, _O, _O, _O, _O)),
    Kind.DOCUMENT: ((_C, _C, _C, _C, _N, _C, _N), (_N, _N, _N, _N, _N, _N, _N)),
    Kind.COMPETITION: ((_C, _C, _C, _C, _C, _C, _C), (_C, _C, _C, _N, _N, _C, _N)),
    Kind.WELLBEING: ((_C, _C, _T, _T, _O, _N, _O), (_C, _C, _T, _T, _O, _N, _N)),
    Kind.SESSION: ((_C, _C, _T, _T, _T, _N, _T), (_C, _C, _T, _T, _N, _N, _N)),
    Kind.PUSH: ((_N, _N, _N, _N, _O, _N, _N), (_N, _N, _N, _N, _O, _N, _N)),
    Kind.HISTORY_MAPPING: ((_C, _C, _C, _C, _N, _N, _N), (_C, _C, _C, _C, _N, _N, _N)),
    Kind.TEMPLATE: ((_C, _C, _T, _T, _T, _N, _T), (_C, _C, _T, _T, _N, _N, _N)),
}


def reach(role: Role, act: Act, kind: Kind) -> Reach:
    """How far this role reaches."""
    sees, changes = _TABLE[kind]
    return (sees if act is Act.SEE else changes)[_PEOPLE.index(role)]


def may(caller: Caller, act: Act, thing: Thing) -> bool:
    """Whether the caller may do this with this thing."""
    if thing.club_id != caller.club_id or not _in_scope(caller, act, thing.kind):
        return False
    match reach(caller.role, act, thing.kind):
        case Reach.CLUB:
            return True
        case Reach.TEAMS:
            return thing.team_id in caller.teams
        case Reach.OWN:
            return thing.owner == caller.account_id or thing.athlete_id in caller.wards
        case _:
            return False


def _in_scope(caller: Caller, act: Act, kind: Kind) -> bool:
    if caller.scopes is None:
        return True
    if act is Act.CHANGE:
        return Scope.CHANGE in caller.scopes
    return (Scope.HEALTH if kind in _OF_THE_BODY else Scope.SEE) in caller.scopes


def guard(caller: Caller, act: Act, thing: Thing) -> None:
    """Let pass, or raise: NotFound for what the caller may not see, Forbidden for what may be seen but not
    changed."""
    if not may(caller, Act.SEE, thing):
        raise missing(thing.kind)
    if not may(caller, act, thing):
        raise Forbidden(f"As {caller.role} you can see this {thing.kind}, but not change it.")


def guard_new(caller: Caller, thing: Thing) -> None:
    """Let a new thing pass, or raise Forbidden; for a team that the caller does not see, NotFound."""
    if may(caller, Act.CHANGE, thing):
        return
    if reach(caller.role, Act.CHANGE, thing.kind) is Reach.TEAMS:
        raise missing(Kind.TEAM)
    raise Forbidden(f"As {caller.role} you cannot add {thing.kind} entries.")


def missing(kind: Kind) -> NotFound:
    """The one answer for what does not exist and for what is not the caller's to see."""
    return NotFound(f"There is no such {kind}.")
