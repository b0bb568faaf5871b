"""Loads a season: squads with their straps, then outing after outing with who was there and what was measured."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import numpy as np

from sts_hub.errors import HubError
from sts_hub.season import diary, hearts, league, straps
from sts_hub.season.calendar import Illness, Outing, illnesses
from sts_hub.season.people import TEAMS, Person, squads
from sts_hub.season.straps import SQL

if TYPE_CHECKING:
    from sts_hub.db.pools import Connection

BEFORE = timedelta(days=1)
SEXES = ("female", "male")  # of the teams, in their order


class Squad(NamedTuple):
    """A team in the database, and its people with their ids."""

    team_id: UUID
    gateway: str
    people: list[tuple[Person, UUID]]

    def there(self, outing: Outing, ill: list[Illness]) -> list[tuple[Person, UUID]]:
        """Who was not ill."""
        away = {
            one.number for one in ill if one.team == outing.team and one.since <= outing.start < one.until
        }
        return [(person, athlete_id) for person, athlete_id in self.people if person.number not in away]


async def load(connection: Connection, club: str, seed: int, plan: list[Outing]) -> AsyncIterator[int]:
    """Load everything into a club, in one transaction; yields after each outing how many values it had. Raises HubError
    when the club has a season."""
    await straps.open_days(connection, plan)
    async with connection.transaction():
        club_id = await connection.fetchval(SQL.club, club)
        if await connection.fetchval(SQL.has_team, club_id, list(TEAMS)):
            raise HubError(f"{club} has a season already. Load another one into another club: --club NAME.")
        found = [await _squad(connection, club_id, team, seed, plan) for team in range(len(TEAMS))]
        ill = illnesses(seed, plan)
        await diary.write_absences(
            connection,
            ill,
            {(one.team, one.number): athlete_id for squad in found for one, athlete_id in squad.people},
        )
        first, length = plan[0].start, plan[-1].end - plan[0].start
        chance = np.random.default_rng(seed)
        for outing in plan:
            squad = found[outing.team]
            there = squad.there(outing, ill)
            share = (outing.start - first) / length
            told = hearts.rates([one for one, _ in there], outing, share, ill, chance)
            ids = [athlete_id for _, athlete_id in there]
            await diary.write(connection, club_id, squad.team_id, outing, ids)
            labels = [_label(person) for person, _ in there]
            yield await straps.store(connection, squad.gateway, outing, labels, told)
        for report in league.reports(seed, plan, [person for squad in found for person, _ in squad.people]):
            await league.take_in(connection, club_id, report)


async def _squad(connection: Connection, club_id: UUID, team: int, seed: int, plan: list[Outing]) -> Squad:
    since, until = plan[0].start - BEFORE, plan[-1].end + BEFORE
    team_id = await connection.fetchval(SQL.team, club_id, TEAMS[team])
    gateway = straps.name_of(club_id, team)
    await connection.execute(SQL.gateway, gateway, club_id, f"Pitch of the {TEAMS[team].lower()}")
    people = []
    for person in squads(seed):
        if person.team == team:
            known = (*_parameters(person), SEXES[team], league.licence(person))
            told = (club_id, team_id, person.number, person.name, since, *known)
            athlete_id = await connection.fetchval(SQL.athlete, *told)
            label = _label(person)
            await connection.execute(
                SQL.strap, club_id, f"{gateway} {label}", label, gateway, athlete_id, since, until
            )
            people.append((person, athlete_id))
    return Squad(team_id, gateway, people)


def _label(person: Person) -> str:
    """What is written on the person's strap."""
    return f"hr-{person.number:02}"


def _parameters(person: Person) -> tuple[list[str], list[float], list[str]]:
    """Names, values, and where each comes from."""
    known = {"hr_max": (person.hr_max, "measured"), "hr_rest": (person.hr_rest, "measured"),
             "lthr": (person.lthr, "coach"), "mass": (person.mass, "measured")}  # fmt: skip
    return (
        list(known),
        [float(value) for value, _ in known.values()],
        [source for _, source in known.values()],
    )
