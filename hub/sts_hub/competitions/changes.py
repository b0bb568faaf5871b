"""What a file changes in the facts that are there: pure, so that it is the same whichever way the file came."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sts_hub.competitions.facts import Told

# Of an event, a round or a heat another file may tell a part only; that it is silent of the rest takes nothing back.
MERGED = frozenset({"event", "round", "heat"})


class Known(NamedTuple):
    """A fact as it stands. `line`: of which file's version changed it last."""

    id: int
    kind: str
    key: str
    version: int
    state: str
    content: dict[str, Any]
    line: str


class Change(NamedTuple):
    """What becomes of a fact; `before` is None for a new one, and `after` stays as it was for a withdrawn one."""

    kind: str
    key: str
    parent: str
    who: str
    fact_id: int | None
    version: int
    state: str
    before: dict[str, Any] | None
    after: dict[str, Any]


def changes(
    known: Mapping[tuple[str, str], Known], told: Mapping[tuple[str, str], Told], line: str, *, whole: bool
) -> list[Change]:
    """New, corrected and withdrawn facts. What this file's earlier version said and this one does not is withdrawn,
    unless this one is not whole."""
    found = [change for key, one in told.items() if (change := _change(known.get(key), one)) is not None]
    gone = (
        one for key, one in known.items() if key not in told and one.line == line and one.state != "withdrawn"
    )
    return [*found, *_withdrawn(gone)] if whole else found


def _change(known: Known | None, told: Told) -> Change | None:
    if known is None:
        return Change(*told[:4], None, 1, "official", None, told.content)
    after = known.content | told.content if told.kind in MERGED else told.content
    if after == known.content and known.state != "withdrawn":
        return None
    return Change(*told[:4], known.id, known.version + 1, "corrected", known.content, after)


def _withdrawn(known: Iterable[Known]) -> Iterable[Change]:
    for one in known:
        yield Change(
            one.kind, one.key, "", "", one.id, one.version + 1, "withdrawn", one.content, one.content
        )
