"""Shapes of documents."""

from datetime import datetime

from pydantic import Field

from sts_hub.kit.shapes import Shown


class Document(Shown):
    """A result or activity file that a gateway picked up, one version of it."""

    id: int
    gateway: str
    source: str = Field(description="The gateway's own name for where it lay.")
    name: str = Field(description="What the file was called.")
    form: str = Field(description="What it is, in one word: result, activity, ...")
    sha256: str = Field(description="Of its bytes, hexadecimal.")
    size: int = Field(description="Bytes.")
    version: int = Field(description="The how-manieth content under this name, from 1.")
    in_force: bool = Field(description="Whether it is the version of this name that was told last.")
    first_told: datetime
    last_told: datetime
