"""Shapes of consent texts."""

from typing import Annotated

from pydantic import Field

from sts_hub.athletes.schemas import Purpose
from sts_hub.kit.shapes import Body, Label, Moment, Notes, Shown

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
Texts = Annotated[
    dict[Language, Annotated[Notes, Field(min_length=1)]],
    Field(
        min_length=1,
        max_length=20,
        description="The text by language (BCP 47).",
        examples=[{"en": "The club may measure my heart rate in training."}],
    ),
]
_OLDER_END = (
    "Where the meaning is another than that of older versions: until when consents to those hold. Then they count as not "
    "given, unless the athlete has agreed anew. Null: it means the same, and nobody is asked again."
)


class NewConsentText(Body):
    """A version of the text of a purpose."""

    purpose: Purpose
    version: Label
    texts: Texts
    older_end_at: Moment | None = Field(default=None, description=_OLDER_END)


class ConsentText(Shown):
    """What athletes are asked to agree to for a purpose: the newest version is asked for."""

    purpose: Purpose
    version: str
    texts: dict[str, str]
    older_end_at: Moment | None = Field(description=_OLDER_END)
    published_at: Moment
