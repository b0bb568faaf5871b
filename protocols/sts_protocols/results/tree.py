"""Entries, each told with its event, round and heat, put together to events with rounds with heats with entries."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from sts_protocols.results.model import Entry, Event, Heat, Round


class Placed(NamedTuple):
    """An entry and where it belongs; None tells of an event, round or heat in which nobody is (yet)."""

    event: Event
    round: Round
    heat: Heat
    entry: Entry | None


def one_heat(event: Event, round_: Round, heat: Heat, entries: Sequence[Entry]) -> tuple[Event, ...]:
    """The event whose one round has this one heat with these entries."""
    return (replace(event, rounds=(replace(round_, heats=(replace(heat, entries=tuple(entries)),)),)),)


def grown(pieces: Iterable[Placed]) -> tuple[Event, ...]:
    """The events in the order of their first mention. Of each, what was said first holds."""
    events: dict[
        object, tuple[Event, dict[object, tuple[Round, dict[object, tuple[Heat, list[Entry]]]]]]
    ] = {}
    for event, round_, heat, entry in pieces:
        _, rounds = events.setdefault(event.id or (event.number, event.name), (event, {}))
        _, heats = rounds.setdefault(round_.id or (round_.number, round_.name, round_.run), (round_, {}))
        _, entries = heats.setdefault(heat.id or (heat.number, heat.name), (heat, []))
        entries += [] if entry is None else [entry]
    return tuple(
        replace(
            event,
            rounds=tuple(
                replace(
                    round_, heats=tuple(replace(heat, entries=tuple(among)) for heat, among in heats.values())
                )
                for round_, heats in rounds.values()
            ),
        )
        for event, rounds in events.values()
    )
