"""The two squads of the season. Every name is put together by chance from two lists."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

SQUAD: Final = 22
TEAMS: Final = ("Season women", "Season men")

_GIVEN: Final = (
    ("Alma", "Berit", "Carla", "Dunja", "Elif", "Femke", "Greta", "Hanna", "Ilse", "Jette", "Kaja"),
    ("Anton", "Bela", "Cem", "Dario", "Emil", "Finn", "Goran", "Henk", "Ivo", "Jonas", "Kuno"),
)
_FAMILY: Final = (
    "Aldermoor", "Brackwater", "Cinderhoek", "Dornfeld", "Eschental", "Fjellmark", "Grauwasser", "Hollerbach",
    "Innerwald", "Jochberger", "Kieselstein", "Lindacker", "Moorkamp", "Nebelhorn", "Osterweg", "Pfahlbauer",
    "Quellhof", "Rotenbuch", "Silberegg", "Tannhain", "Ulmenau", "Vogelsang",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """An athlete who does not exist. Heart rates in /min, mass in kg, fitness 0 to 1."""

    team: int
    number: int
    name: str
    hr_rest: int
    hr_max: int
    mass: float
    fitness: float

    @property
    def lthr(self) -> int:
        """Heart rate at the lactate threshold: later the fitter."""
        return round(self.hr_rest + (0.78 + 0.1 * self.fitness) * (self.hr_max - self.hr_rest))


def squads(seed: int) -> list[Person]:
    """Two squads of 22, the same for the same seed."""
    chance = random.Random(f"{seed} people")
    return [person for team in range(len(TEAMS)) for person in _squad(team, chance)]


def _squad(team: int, chance: random.Random) -> list[Person]:
    families = chance.sample(_FAMILY, SQUAD)
    mass_kg = (62.0, 77.0)[team]
    return [
        Person(
            team,
            number,
            f"{chance.choice(_GIVEN[team])} {family}",
            hr_rest=chance.randint(46, 64),
            hr_max=chance.randint(180, 204),
            mass=round(chance.gauss(mass_kg, 6.0), 1),
            fitness=chance.random(),
        )
        for number, family in enumerate(families, start=1)
    ]
