"""Shapes of athletes and their consents."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from sts_hub.kit.shapes import Body, Label, Moment, Shown, Title, printable

Number = Annotated[int, Field(ge=0, le=9999, description="The number on the jersey.")]
Purpose = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z_]{2,39}$",
        description="What the data may be used for. Without `monitoring` no value is stored or shown.",
        examples=["monitoring"],
    ),
]


BirthDate = Annotated[
    date,
    Field(
        ge=date(1900, 1, 1),
        lt=date(2200, 1, 1),
        description="Says when a guardian stands for the athlete no more.",
    ),
]
Contact = Annotated[
    str,
    AfterValidator(printable),
    Field(max_length=120, description="An e-mail address or a telephone number, for the staff."),
]
GivenBy = Literal["athlete", "guardian", "paper"]


class Athlete(Shown):
    """A person who trains in a team."""

    id: UUID
    team_id: UUID
    number: Number | None
    name: str
    hr_max: int | None = Field(
        description="The highest heart rate in force now, /min; zones are parts of it. It is one of the athlete's "
        "parameters: POST .../parameters enters another one."
    )
    account_id: UUID | None = Field(description="The account that this athlete signs in with, if any.")
    birth_date: BirthDate | None
    contact: Contact | None


class NewAthlete(Body):
    """An athlete to add."""

    team_id: UUID
    name: Title
    number: Number | None = None
    account_id: UUID | None = None
    birth_date: BirthDate | None = None
    contact: Contact | None = None


class AthleteChange(Body):
    """What to change in an athlete; what is left out stays."""

    team_id: UUID | None = None
    name: Title | None = None
    number: Number | None = None
    account_id: UUID | None = None
    birth_date: BirthDate | None = None
    contact: Contact | None = None


class Consent(Shown):
    """What an athlete agreed to, and when. It counts at the time of measurement."""

    id: UUID
    purpose: Purpose
    version: str = Field(description="The version of the text that was agreed to.")
    since: Moment = Field(alias="from")
    until: Moment | None = Field(
        alias="to",
        description="When it was withdrawn, or ends because the athlete comes of age; null while it holds.",
    )
    given_by: GivenBy = Field(description="Who gave it; on paper, staff recorded it.")


class NewConsent(Body):
    """A consent to record."""

    purpose: Purpose
    version: Annotated[
        Label,
        Field(
            description="Of the text that was agreed to: one of GET /consent-texts where the club has any."
        ),
    ]
    since: Moment | None = Field(
        default=None, alias="from", description="From when it holds; now when left out."
    )


class ConsentChange(Body):
    """The withdrawal of a consent."""

    until: Moment | None = Field(
        default=None, alias="to", description="When it ends; now when left out. The past stays lawful."
    )
