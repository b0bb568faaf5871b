"""Routes of alerts and their rules."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from sts_hub.alerts import service, templates
from sts_hub.alerts.schemas import (
    Acknowledgement,
    Alert,
    Catalogue,
    Letters,
    Mute,
    NewMute,
    NewRule,
    PreviewAnswer,
    Rule,
    RuleChange,
    RulePreview,
)
from sts_hub.errors import Conflict, Forbidden, NotFound, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page

router = Router(tags=["alerts"])

_WRITE = described(NotSignedIn, NotFound, Forbidden, Conflict, *UNSAFE)
Team = Annotated[UUID | None, Query(description="Only of this team.")]


@router.get("/alert-rules", responses=described(NotSignedIn))
async def list_alert_rules(caller: Asking, session: Reads, part: Part, team: Team = None) -> Page[Rule]:
    """The rules of your teams."""
    return await service.listed(session, caller, part, team)


@router.post("/alert-rules", status_code=201, responses=_WRITE)
async def add_alert_rule(caller: Asking, session: Writes, new: NewRule) -> Rule:
    """Add a rule to a team; it is watched within five seconds."""
    return await service.added(session, caller, new)


@router.get("/alert-rules/catalogue", responses=described(NotSignedIn))
async def get_alert_catalogue(_caller: Asking) -> Catalogue:
    """What rules can be about beside metrics, and rules to begin with, by each athlete's own parameters."""
    return templates.catalogue()


@router.post("/alert-rules/preview", responses=_WRITE)
async def preview_alert_rule(caller: Asking, session: Reads, asked: RulePreview) -> PreviewAnswer:
    """Try a rule on the past: how often it would have spoken up. Nothing is kept."""
    return await service.previewed(session, caller, asked)


@router.get("/alert-rules/{rule_id}", responses=described(NotSignedIn, NotFound))
async def get_alert_rule(caller: Asking, session: Reads, rule_id: UUID) -> Rule:
    """One rule."""
    return service.shown(await service.rule(session, caller, rule_id))


@router.patch("/alert-rules/{rule_id}", responses=_WRITE)
async def change_alert_rule(caller: Asking, session: Writes, rule_id: UUID, change: RuleChange) -> Rule:
    """Change a rule, or stop and start watching by it."""
    return await service.changed(session, caller, rule_id, change)


@router.delete("/alert-rules/{rule_id}", status_code=204, responses=_WRITE)
async def remove_alert_rule(caller: Asking, session: Writes, rule_id: UUID) -> None:
    """Remove a rule with all that it said."""
    await service.removed(session, caller, rule_id)


@router.get("/alert-rules/{rule_id}/letters", responses=described(NotSignedIn, NotFound))
async def get_alert_letters(caller: Asking, session: Reads, rule_id: UUID) -> Letters:
    """Which letters you get of what a rule says."""
    return await service.letters(session, caller, rule_id)


@router.put("/alert-rules/{rule_id}/letters", responses=_WRITE)
async def set_alert_letters(caller: Asking, session: Writes, rule_id: UUID, wanted: Letters) -> Letters:
    """Get letters of what a rule says, to your own address, or none."""
    return await service.letters_set(session, caller, rule_id, wanted)


@router.post("/alert-rules/{rule_id}/mutes", status_code=201, responses=_WRITE)
async def mute_alert_rule(caller: Asking, session: Writes, rule_id: UUID, new: NewMute) -> Mute:
    """Do not tell a rule for a while; what it says is kept."""
    return await service.muted(session, caller, rule_id, new)


@router.delete("/alert-rules/{rule_id}/mutes", status_code=204, responses=_WRITE)
async def unmute_alert_rule(caller: Asking, session: Writes, rule_id: UUID) -> None:
    """Tell a rule again."""
    await service.told_again(session, caller, rule_id)


@router.get("/alerts", responses=described(NotSignedIn))
async def list_alerts(
    caller: Asking,
    session: Reads,
    part: Part,
    team: Team = None,
    is_open: Annotated[
        bool, Query(alias="open", description="Only those that nobody has acknowledged.")
    ] = False,
) -> Page[Alert]:
    """What rules said, newest first."""
    return await service.alerts(session, caller, part, team, is_open)


@router.post("/alerts/{alert_id}/acknowledgement", responses=_WRITE)
async def acknowledge_alert(caller: Asking, session: Writes, alert_id: UUID, said: Acknowledgement) -> Alert:
    """Say that you have seen it; the first one counts."""
    return await service.acknowledged(session, caller, alert_id, said)
