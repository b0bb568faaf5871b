"""Completeness on trial: the hub's words against what was done to the gateways."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from demo.seeding import Api


@dataclass(frozen=True)
class Claim:
    """What must be said of a gateway, or of one strap on it, about a stretch of time (wall time, s)."""

    case: str
    gateway: str
    since: float
    until: float
    words: frozenset[str]
    strap: str | None = None


@dataclass(frozen=True)
class Answer:
    """What was said instead, if it was something else."""

    claim: Claim
    said: frozenset[str]

    @property
    def right(self) -> bool:
        """Whether exactly the expected words were said."""
        return self.said == self.claim.words


def ask(api: Api, claim: Claim) -> Answer:
    """Ask the hub now; no word at all is told as `complete`."""
    told = completeness(api, claim.gateway, claim.since, claim.until)
    if claim.strap is None:
        return Answer(claim, _words(told))
    of_strap = [wearer for wearer in told["wearers"] if wearer["label"] == claim.strap]
    return Answer(claim, frozenset().union(*map(_words, of_strap)) if of_strap else frozenset({"not listed"}))


def completeness(api: Api, gateway: str, since: float, until: float) -> dict[str, Any]:
    """The hub's whole answer."""
    query = urlencode({"from": _rfc3339(since), "to": _rfc3339(until)})
    told: dict[str, Any] = api.call("GET", f"/gateways/{gateway}/completeness?{query}")
    return told


def _words(told: dict[str, Any]) -> frozenset[str]:
    return frozenset(stretch["word"] for stretch in told["stretches"]) or frozenset({"complete"})


def _rfc3339(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat().replace("+00:00", "Z")
