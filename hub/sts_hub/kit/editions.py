"""Two people edit one thing, and nobody's work is lost silently: ETag and If-Match (RFC 9110, 8.8.3 and 13.1.1).

The ETag is a hash of the thing as it is shown, so it needs no column and changes exactly when something shown does.
"""

import hashlib
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel
from starlette.responses import Response

from sts_hub.errors import EditedMeanwhile, EditionMissing

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description="The `ETag` of the state that the edit is based on; `*` for whatever is there.",
    ),
]


def etag(shown: BaseModel) -> str:
    """The strong entity tag of a thing as it is shown."""
    text = shown.model_dump_json(by_alias=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def tagged(response: Response, shown: BaseModel) -> None:
    """Tell the ETag of what is answered."""
    response.headers["ETag"] = etag(shown)


def check(if_match: str | None, shown: BaseModel) -> None:
    """Let an edit of this state pass; raises EditionMissing, or EditedMeanwhile with what is there now."""
    if if_match is None:
        raise EditionMissing("The edit does not say which state it is based on.")
    wanted = {tag.strip() for tag in if_match.split(",")}
    if not wanted & {"*", etag(shown)}:
        raise EditedMeanwhile(
            "Somebody else has changed this since you read it.",
            current=shown.model_dump(mode="json", by_alias=True),
        )
