"""What a table of the settings file is, and how a key of it is described."""

from typing import Any

from msgspec import Meta, Struct


def key(doc: str, expected: str, example: Any, **limits: Any) -> Meta:
    """Describe one key: a full sentence for the sample file, and what is right, with an example."""
    return Meta(description=doc, examples=[example], extra={"expected": expected}, **limits)


class Table(Struct, frozen=True, kw_only=True):
    """A table of the settings file."""
