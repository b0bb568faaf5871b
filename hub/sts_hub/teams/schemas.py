"""Shapes of teams."""

from uuid import UUID

from sts_hub.kit.shapes import Body, Shown, Title


class Team(Shown):
    """A team of the club."""

    id: UUID
    name: str


class NewTeam(Body):
    """A team to add."""

    name: Title


class TeamChange(Body):
    """What to change in a team."""

    name: Title
