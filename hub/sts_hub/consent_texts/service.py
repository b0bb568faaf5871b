"""Rules of consent texts: a version is published once and stays; where its meaning is another, older consents end."""

import json
from datetime import UTC, datetime
from uuid import UUID

from sts_hub.athletes import service as athletes
from sts_hub.consent_texts import repository
from sts_hub.consent_texts.repository import TextRow
from sts_hub.consent_texts.schemas import ConsentText, NewConsentText
from sts_hub.errors import Conflict, Invalid
from sts_hub.kit.database import ReadSession, WriteSession, conflicts
from sts_hub.kit.pages import Cut
from sts_hub.kit.removals import Removals
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, Thing, guard_new, may

_REFUSED = {
    "consent_text_once": Conflict(
        "This version of the purpose is published already.",
        way_out="Give the changed text a version of its own: what was agreed to stays as it was.",
    )
}


async def listed(session: ReadSession, caller: Caller, purpose: str | None, cut: Cut) -> Page[ConsentText]:
    """The club's texts, the newest first."""
    rows = await repository.page(session, caller.club_id, purpose, cut.after(datetime, UUID), cut.limit)
    return cut.page(
        rows,
        key=lambda row: (row.published_at, row.id),
        item=_shown,
        keep=lambda row: may(caller, Act.SEE, row.thing),
    )


async def published(
    session: WriteSession, caller: Caller, removals: Removals, new: NewConsentText
) -> ConsentText:
    """Publish a version; where its meaning is another, consents to older ones end at the time given.

    Raises Forbidden, Conflict, Invalid.
    """
    guard_new(caller, Thing(Kind.CONSENT_TEXT, caller.club_id))
    if new.older_end_at is not None and new.older_end_at < datetime.now(UTC):
        raise Invalid(
            "Consents to older versions cannot end in the past.",
            way_out="Give a day by which athletes can have agreed anew.",
        )
    with conflicts(_REFUSED):
        row = await repository.add(session, caller.club_id, new, caller.account_id)
    if new.older_end_at is not None:
        held = await repository.held_longer(
            session, caller.club_id, new.purpose, new.version, new.older_end_at
        )
        for consent in held:
            await athletes.consent_ends(session, removals, consent.athlete_id, consent.id, consent.ends_at)
    return _shown(row)


def _shown(row: TextRow) -> ConsentText:
    return ConsentText(
        purpose=row.purpose,
        version=row.version,
        texts=json.loads(row.texts),
        older_end_at=row.older_end_at,
        published_at=row.published_at,
    )
