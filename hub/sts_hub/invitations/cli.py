"""`sts-hub invite`: an invitation by whoever runs the hub, for a club whose admins cannot sign in or are not there yet."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from sts_hub import config
from sts_hub.config import Settings
from sts_hub.db import pools
from sts_hub.errors import HubError, Refusal
from sts_hub.invitations import repository, service
from sts_hub.invitations.schemas import MadeInvitation, NewInvitation
from sts_hub.invitations.service import Way
from sts_hub.kit import operator, paper
from sts_hub.outbox.mail import Mail
from sts_hub.policy import Role

app = typer.Typer()


@app.callback()
def _group() -> None:
    """Invite somebody to a club."""


@app.command()
def invite(
    club: Annotated[str, typer.Option(help="The club, by its name.")],
    role: Annotated[Role, typer.Option(help="What the person is in the club.")] = Role.ADMIN,
    days: Annotated[int, typer.Option(min=1, max=30, help="How long the link is good.")] = 7,
) -> None:
    """Print a link, and the same as a QR code: whoever has it becomes somebody of the club, once."""
    settings = config.load("db_owner_dsn")
    if not settings.public_origin:
        raise HubError(
            "STS_PUBLIC_ORIGIN is not set: set it to the hub's own address, which the link leads to."
        )
    try:
        with pools.told("STS_DB_OWNER_DSN"):
            made = asyncio.run(_made(settings, club, NewInvitation(role=role, days=days)))
    except Refusal as refusal:
        raise HubError(f"{refusal.detail} {refusal.way_out_now}") from None
    typer.echo(
        f"Good once, until {made.expires_at:%Y-%m-%d %H:%M} UTC:\n\n{made.link}\n\n{paper.squares(made.link or '')}"
    )


async def _made(settings: Settings, club: str, new: NewInvitation) -> MadeInvitation:
    missing = f"There is no club {club}: create it with its first admin, by sts-hub account create."
    async with operator.acting(settings, "sts-hub invite", repository.CLUB_OF, club, missing) as acting:
        way = Way(Mail(settings), settings.public_origin)
        return await service.added(acting.session, acting.caller, new, way)
