"""Shapes of invitations."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, SecretStr

from sts_hub.accounts.schemas import Email, NewPassword
from sts_hub.kit.shapes import Body, Label, Moment, Shown, ShownOnce, Title
from sts_hub.policy import Role

Purpose = Annotated[str, Field(pattern=r"^[a-z][a-z_]{2,39}$", examples=["monitoring"])]


class AskedConsent(Body):
    """A consent that an athlete or guardian is asked for."""

    purpose: Purpose
    version: Label


class NewInvitation(Body):
    """Whom to invite as what."""

    role: Role
    team_id: UUID | None = Field(default=None, description="Of a coach, trainer or technician.")
    since: Moment | None = Field(default=None, alias="from", description="From when the team counts.")
    until: Moment | None = Field(default=None, alias="to", description="Until when.")
    athlete_id: UUID | None = Field(
        default=None, description="Who gets an account of her or his own, or whom the guardian stands for."
    )
    email: Email | None = Field(
        default=None, description="With it the account has this address and no other."
    )
    way: Literal["letter", "link"] = Field(
        default="link", description="letter: sent to `email`; link: told this once, to hand over or print."
    )
    days: int = Field(default=7, ge=1, le=30, description="How long it is good.")
    asks: list[AskedConsent] = Field(default=[], max_length=5)


class Invitation(Shown):
    """An invitation of the club."""

    id: UUID
    role: Role
    team_id: UUID | None
    since: datetime | None = Field(alias="from")
    until: datetime | None = Field(alias="to")
    athlete_id: UUID | None
    email: str | None = Field(description="Gone when it was accepted: then the account has it.")
    asks: list[AskedConsent]
    made_by: UUID
    made_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    accepted_by: UUID | None


class MadeInvitation(Invitation, ShownOnce):
    """An invitation that was just made; one that goes by letter tells nobody else its link."""

    link: str | None = Field(description="Shown this once: whoever has it can accept.")
    qr: str | None = Field(description="The link as a QR code, in SVG.")


class InvitationCode(Body):
    """The code of an invitation: what stands behind # in its link."""

    code: Annotated[SecretStr, Field(max_length=100)]


class AskedText(AskedConsent, Shown):
    """What a consent says, as the club has published it."""

    texts: dict[str, str] = Field(description="The text by language (BCP 47).")


class Invited(Shown):
    """What somebody is invited to."""

    club: str
    role: Role
    team: str | None
    athlete: str | None
    since: datetime | None = Field(alias="from")
    until: datetime | None = Field(alias="to")
    email: str | None
    asks: list[AskedConsent]
    texts: list[AskedText] = Field(description="Of those `asks` that the club has published a text for.")
    expires_at: datetime


class Acceptance(InvitationCode):
    """Accept an invitation, with the purposes of those `asks` that are consented to."""

    consents: list[Purpose] = Field(default=[], max_length=5)


class OwnAcceptance(Acceptance):
    """Accept an invitation with the account that is signed in, or beside it."""

    email: Email | None = Field(
        default=None,
        description="Where your account is of another club or role: the address of a second one, with your name and password. "
        "Left out where the invitation has one.",
    )


class Newcomer(Acceptance):
    """Accept an invitation with a new account."""

    email: Email | None = Field(default=None, description="Needed where the invitation has none.")
    name: Title
    password: NewPassword
