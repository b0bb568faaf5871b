"""A device on a serial cable: what it says when, and the mishaps that befall the cable.

A device knows its protocol and nothing of ports; a carrier knows ports and nothing of protocols.
"""

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple, Protocol

import msgspec
from msgspec import Meta


class Utterance(NamedTuple):
    """Bytes that begin to leave the device at_s seconds after the start; `about` is for the truth log."""

    at_s: float
    data: bytes
    about: dict[str, object]


class Device(Protocol):
    """Says the same for the same seed, for ever or until it has said all, with rising times."""

    def utterances(self) -> Iterator[Utterance]: ...


class Mishap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens to a cable at a time of the run.

    unplug: for `for_s` seconds the port is gone. garbage: `bytes` random ones come. half: of the next
    utterance only the first half comes.
    """

    at_s: Annotated[float, Meta(ge=0)]
    do: Literal["unplug", "garbage", "half"]
    for_s: Annotated[float, Meta(gt=0)] = 2.0
    bytes: Annotated[int, Meta(ge=1, le=100_000)] = 200
