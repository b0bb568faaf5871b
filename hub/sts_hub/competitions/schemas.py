"""Shapes of competitions, their files, facts and people."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints

from sts_hub.kit.shapes import Body, Label, Moment, Shown, Title, sendable

Text = Annotated[str, AfterValidator(sendable), StringConstraints(max_length=120)]
FactKind = Literal["event", "round", "heat", "entry", "result"]
FactState = Literal["official", "corrected", "withdrawn"]
Matched = Literal["none", "ambiguous", "licence", "name", "person"]
Content = Annotated[
    dict[str, Any],
    Field(description="What is said, in the neutral shape of docs/results.md; people by their keys."),
]


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("must be the name of a time zone, such as Europe/Vienna")
    return value


Zone = Annotated[
    str,
    AfterValidator(_zone),
    Field(description="Of times of day that its files tell without a zone.", examples=["Europe/Vienna"]),
]


class Competition(Shown):
    """A competition that results are known of."""

    id: UUID
    name: str
    city: str
    nation: str
    first_day: date | None
    last_day: date | None
    zone: str
    added_at: Moment
    files: int = Field(description="How many files were taken in.")
    ambiguous: int = Field(description="How many people may be own athletes and wait for somebody to say so.")


class NewCompetition(Body):
    """A competition to add by hand, for files that do not name theirs."""

    name: Title
    city: Text = ""
    nation: Text = ""
    first_day: date | None = None
    last_day: date | None = None
    zone: Zone = "UTC"


class CompetitionChange(Body):
    """What to change in a competition; what is left out stays."""

    name: Title | None = None
    city: Text | None = None
    nation: Text | None = None
    first_day: date | None = None
    last_day: date | None = None
    zone: Zone | None = None


class RefusedLine(Shown):
    """A line that could not be read."""

    line: int
    reason: str
    text: str = ""


class FileReading(Shown):
    """How much of a file could be read, and how many facts it changes."""

    name: str
    format: str
    pieces: int = Field(description="How many of its pieces could be read.")
    of: int = Field(description="Of how many.")
    refused: list[RefusedLine]
    notes: list[str]
    whole: bool = Field(description="False for a file that ends too early: it withdraws nothing.")
    added: int
    corrected: int
    withdrawn: int
    unchanged: int


class ResultFile(FileReading):
    """A file that was taken in, and what it changed."""

    id: int
    competition_id: UUID
    way: Literal["gateway", "upload"]
    told_by: str = Field(description="Who sent it: a person or a gateway.")
    told_at: Moment


class FactChange(Shown):
    """A fact that a file changed."""

    fact_id: int
    kind: FactKind
    key: str
    version: int
    state: FactState
    before: Content | None
    after: Content


class Taken(Shown):
    """What became of a file."""

    file: ResultFile
    new: bool = Field(description="False: these bytes were taken in already, and nothing was changed.")
    changes: list[FactChange] = Field(description="The first 200 facts that it changed.")


class Fact(Shown):
    """An event, round, heat, entry or result, as it stands."""

    id: int
    kind: FactKind
    key: str = Field(description="By the ids of its source, below its competition.")
    parent: str
    version: int
    state: FactState
    content: Content
    competitor: str | None = Field(description="Key of who it is about.")
    name: str | None = Field(description="Null once a name has gone.")
    club: str | None
    athlete_id: UUID | None = Field(description="The own athlete, if it is one whom you see.")
    file: str = Field(description="Which file said so.")
    told_by: str
    told_at: Moment


class AthleteResult(Fact):
    """A result of an athlete, and where it was reached."""

    competition_id: UUID
    competition: str = Field(description="Its name.")
    day: date | None = Field(description="Of its round, else the first one of the competition.")
    event: str = Field(description="Name of the event; empty where its source gives none.")
    round: str = Field(description="Name of the round; empty where its source gives none.")


class Side(Shown):
    """A side of a match."""

    name: str | None
    content: Content


class TeamResult(AthleteResult):
    """A result of one of a team's athletes, or of the side that is called like the team."""

    against: list[Side] = Field(description="The other sides of its match.")


class FactVersion(Shown):
    """What a fact was, and who said so when."""

    version: int
    state: FactState
    content: Content
    file: str
    way: str
    told_by: str
    told_at: Moment


class ResultCompetitor(Shown):
    """Somebody in a competition: an own athlete, or one of another club, whose name goes after a while."""

    id: int
    key: str
    kind: Literal["person", "relay", "team"]
    name: str | None
    birth: str | None = Field(description="YYYY or YYYY-MM-DD.")
    gender: str
    nation: str
    club: str
    matched: Matched = Field(description="How it is known which athlete this is.")
    athlete_id: UUID | None
    candidates: list[UUID] = Field(description="Own athletes whom it may be; PUT …/athlete says which.")


class FilePreview(FileReading):
    """What a file would do, if it were taken in now."""

    competition: str = Field(description="The name of the competition that it would go to.")
    founds: bool = Field(description="Whether that competition would be added with it.")
    new: bool = Field(description="False: these bytes were taken in already, and nothing would change.")
    changes: list[FactChange] = Field(description="The first 200 facts that stand and would be changed.")
    people: list[ResultCompetitor] = Field(description="Whom it tells of first, the first 200.")


class WhoItIs(Body):
    """Which own athlete somebody is; null for none of them."""

    athlete_id: UUID | None


class Listing(Body):
    """How result lists know an athlete, beside name and date of birth."""

    licences: Annotated[list[Label], Field(max_length=20)] = Field(default_factory=list)


class ListingShown(Shown):
    """How result lists know an athlete, beside name and date of birth."""

    licences: list[str]


class ColumnMapping(Body):
    """Which column of a table is what, under a name."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    columns: dict[Label, Title] = Field(
        description="Field to title.", examples=[{"time": "Zeit", "name": "Name"}]
    )
    splits: Annotated[list[Title], Field(max_length=100)] = Field(default_factory=list)
    laps: Annotated[list[Title], Field(max_length=100)] = Field(default_factory=list)
    delimiter: Literal["", ",", ";", "\t", "|"] = ""
    meet: Text = ""


class SavedColumns(Shown):
    """A mapping under its name."""

    name: str
    columns: dict[str, Any]
    saved_by: str
    saved_at: Moment
