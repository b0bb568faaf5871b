"""Routes of consent texts."""

from typing import Annotated

from fastapi import Depends, Query

from sts_hub.athletes.schemas import Purpose
from sts_hub.consent_texts import service
from sts_hub.consent_texts.schemas import ConsentText, NewConsentText
from sts_hub.errors import Conflict, Forbidden, NotSignedIn
from sts_hub.kit.identity import Asking
from sts_hub.kit.pages import Part
from sts_hub.kit.problems import UNSAFE, described
from sts_hub.kit.provide import provided
from sts_hub.kit.removals import Removals
from sts_hub.kit.routes import Router
from sts_hub.kit.sessions import Reads, Writes
from sts_hub.kit.shapes import Page

router = Router(prefix="/consent-texts", tags=["athletes"])


@router.get("", responses=described(NotSignedIn))
async def list_consent_texts(
    caller: Asking,
    session: Reads,
    part: Part,
    purpose: Annotated[Purpose | None, Query(description="Only of this purpose.")] = None,
) -> Page[ConsentText]:
    """What athletes of the club are asked to agree to, by purpose and version, the newest first."""
    return await service.listed(session, caller, purpose, part)


@router.post("", status_code=201, responses=described(NotSignedIn, Forbidden, Conflict, *UNSAFE))
async def publish_consent_text(
    caller: Asking,
    session: Writes,
    removals: Annotated[Removals, Depends(provided(Removals))],
    new: NewConsentText,
) -> ConsentText:
    """Publish a version of the text of a purpose. It stays as it is; where its meaning is another, athletes are asked again."""
    return await service.published(session, caller, removals, new)
