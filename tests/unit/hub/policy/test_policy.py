"""The policy, against the sentences it was made from, for every role and kind."""

from __future__ import annotations

from uuid import uuid4

import pytest

from sts_hub.errors import Forbidden, NotFound
from sts_hub.policy import Act, Caller, Kind, Role, Thing, guard, guard_new, may

CLUB, OTHER_CLUB, TEAM, OTHER_TEAM, ME, OTHER = (uuid4() for _ in range(6))
PEOPLE = (Kind.ATHLETE, Kind.CONSENT, Kind.HEALTH, Kind.ACTIVITY, Kind.ASSIGNMENT)
STAFF = (Role.COACH, Role.TRAINER)


WARD, OTHER_ATHLETE = uuid4(), uuid4()


def caller(role: Role, *wards) -> Caller:
    return Caller(ME, CLUB, role, frozenset({TEAM}), frozenset(wards))


def thing(kind: Kind, club=CLUB, team=TEAM, owner=OTHER, athlete=OTHER_ATHLETE) -> Thing:
    return Thing(kind, club, team, owner, athlete)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("act", Act)
def test_nothing_of_another_club_is_ever_allowed(role: Role, kind: Kind, act: Act) -> None:
    assert not may(caller(role), act, thing(kind, club=OTHER_CLUB, owner=ME))


@pytest.mark.parametrize("kind", Kind)
def test_admins_and_directors_see_everything_of_the_club(kind: Kind) -> None:
    for role in (Role.ADMIN, Role.DIRECTOR):
        admins = kind in (Kind.AUDIT, Kind.LETTER, Kind.WEBHOOK) and role is Role.DIRECTOR
        # Entrusted to one trainer, or pushed by the athlete alone, and nobody else's.
        personal = kind in (Kind.ENTRUSTED, Kind.PUSH)
        assert may(caller(role), Act.SEE, thing(kind, team=OTHER_TEAM)) is not (admins or personal)


@pytest.mark.parametrize("kind", PEOPLE)
def test_coaches_and_trainers_see_people_of_their_teams_only(kind: Kind) -> None:
    for role in STAFF:
        assert may(caller(role), Act.SEE, thing(kind))
        assert not may(caller(role), Act.SEE, thing(kind, team=OTHER_TEAM))
        assert not may(caller(role), Act.SEE, thing(kind, team=None))


@pytest.mark.parametrize("kind", PEOPLE)
def test_an_athlete_sees_only_what_is_hers(kind: Kind) -> None:
    assert may(caller(Role.ATHLETE), Act.SEE, thing(kind, owner=ME))
    assert not may(caller(Role.ATHLETE), Act.SEE, thing(kind))
    assert not may(caller(Role.ATHLETE), Act.SEE, thing(kind, owner=None))


@pytest.mark.parametrize("kind", PEOPLE)
def test_a_guardian_sees_only_what_is_the_wards(kind: Kind) -> None:
    assert may(caller(Role.GUARDIAN, WARD), Act.SEE, thing(kind, athlete=WARD))
    assert not may(caller(Role.GUARDIAN, WARD), Act.SEE, thing(kind))
    assert not may(caller(Role.GUARDIAN, WARD), Act.SEE, thing(kind, athlete=None))
    assert not may(caller(Role.GUARDIAN), Act.SEE, thing(kind, athlete=WARD))


def test_a_guardian_changes_the_wards_consents_grants_and_copy_own_exports_and_account_and_nothing_else() -> (
    None
):
    guardian = caller(Role.GUARDIAN, WARD)
    allowed = {kind for kind in Kind if may(guardian, Act.CHANGE, thing(kind, owner=ME, athlete=WARD))}
    assert allowed == {Kind.CONSENT, Kind.GRANT, Kind.COPY, Kind.EXPORT, Kind.ACCOUNT}


def test_a_technician_sees_things_and_no_people() -> None:
    technician = caller(Role.TECHNICIAN)
    for kind in (Kind.GATEWAY, Kind.SENSOR, Kind.ASSIGNMENT):
        assert may(technician, Act.SEE, thing(kind, team=None))
    for kind in (Kind.ATHLETE, Kind.CONSENT, Kind.HEALTH):
        assert not may(technician, Act.SEE, thing(kind, owner=ME))


def test_nobody_changes_measured_values() -> None:
    assert not any(may(caller(role), Act.CHANGE, thing(Kind.HEALTH, owner=ME)) for role in Role)


def test_an_athlete_changes_the_own_consents_grants_copy_files_exports_pushes_and_account_and_nothing_else() -> (
    None
):
    allowed = {kind for kind in Kind if may(caller(Role.ATHLETE), Act.CHANGE, thing(kind, owner=ME))}
    assert allowed == {
        Kind.CONSENT,
        Kind.GRANT,
        Kind.COPY,
        Kind.ACTIVITY,
        Kind.EXPORT,
        Kind.PUSH,
        Kind.ACCOUNT,
        Kind.WELLBEING,
    }


def test_gateways_and_sensors_are_changed_by_admins_and_technicians() -> None:
    for kind in (Kind.GATEWAY, Kind.SENSOR):
        allowed = {role for role in Role if may(caller(role), Act.CHANGE, thing(kind))}
        assert allowed == {Role.ADMIN, Role.TECHNICIAN}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", Kind)
def test_whoever_may_change_a_thing_may_see_it(role: Role, kind: Kind) -> None:
    for team in (TEAM, OTHER_TEAM):
        for owner in (ME, OTHER):
            it = thing(kind, team=team, owner=owner)
            assert may(caller(role), Act.SEE, it) or not may(caller(role), Act.CHANGE, it)


def test_what_is_unseen_is_missing_and_what_is_seen_is_forbidden() -> None:
    with pytest.raises(NotFound):
        guard(caller(Role.COACH), Act.CHANGE, thing(Kind.ATHLETE, team=OTHER_TEAM))
    with pytest.raises(Forbidden):
        guard(caller(Role.COACH), Act.CHANGE, thing(Kind.TEAM))


def test_a_new_thing_in_an_unseen_team_finds_no_team() -> None:
    with pytest.raises(NotFound):
        guard_new(caller(Role.COACH), thing(Kind.ATHLETE, team=OTHER_TEAM))
    with pytest.raises(Forbidden):
        guard_new(caller(Role.ATHLETE), thing(Kind.ATHLETE))
    guard_new(caller(Role.COACH), thing(Kind.ATHLETE))
