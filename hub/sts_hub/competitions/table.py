"""What a result file says, as lines that a person reads in a terminal."""

from collections.abc import Iterator, Sequence
from typing import Final

from sts_protocols.results.model import Competitor, Entry, Event, Heat, Reading, Round

_TITLES: Final = ("rank", "lane", "bib", "name", "club", "time", "status", "splits")
# Longer names are cut in the table; --json has them whole.
_WIDEST: Final = 40


def table(told: Reading) -> list[str]:
    """Heading, heats with their entries, and what was refused."""
    meet = told.meet
    where = ", ".join(part for part in (meet.name, meet.city, meet.nation, meet.first_day) if part)
    lines = [f"{told.format} ({told.encoding}): {told.n_of_m} read" + (f"; {where}" if where else "")]
    lines += [] if told.whole else ["The file ends too early."]
    lines += told.notes
    lines += _heats(told)
    lines += [f"{len(meet.competitors)} people are listed."] if meet.competitors else []
    lines += [f"line {one.line} refused: {one.reason}" for one in told.refused]
    return lines


def _heats(told: Reading) -> Iterator[str]:
    for event in told.meet.events:
        for round_ in event.rounds:
            for heat in round_.heats:
                yield ""
                yield _heading(event, round_, heat)
                yield from _aligned([_row(entry) for entry in heat.entries])


def _heading(event: Event, round_: Round, heat: Heat) -> str:
    number = f"round {round_.number}" if round_.number and not round_.name else round_.name.replace("_", " ")
    parts = (
        f"event {event.number}" if event.number else "",
        event.name,
        number,
        f"heat {heat.number or heat.name}" if heat.number or heat.name else "",
        f"wind {heat.wind}" if heat.wind else "",
        heat.start,
        heat.state,
    )
    return ", ".join(part for part in parts if part)


def _row(entry: Entry) -> tuple[str, ...]:
    result = entry.result
    printed = result.time.text if result and result.time else ""
    if result and not printed:
        printed = " ".join(one.text for one in result.others) or " ".join(
            f"{s.period} {s.value}" for s in result.scores
        )
    return (
        str(result.rank) if result and result.rank else "",
        str(entry.lane or ""),
        entry.bib,
        name_of(entry.competitor),
        entry.competitor.club.name,
        printed or (f"({entry.entry_time.text})" if entry.entry_time else ""),
        (result.status if result else "") or entry.status,
        " ".join(told.text for one in result.splits if (told := one.time or one.lap)) if result else "",
    )


def name_of(who: Competitor) -> str:
    """The name, the given one first."""
    return who.name or " ".join(part for part in (who.given, who.family) if part)


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    cut = [tuple(_shortened(cell) for cell in row) for row in (_TITLES, *rows)]
    widths = [max(map(len, column)) for column in zip(*cut, strict=True)]
    used = [place for place, column in enumerate(zip(*rows, strict=True)) if any(column)]
    for row in cut:
        yield "  " + "  ".join(row[place].ljust(widths[place]) for place in used).rstrip()


def _shortened(cell: str) -> str:
    printable = "".join(char if char.isprintable() else "?" for char in cell)
    return printable if len(printable) <= _WIDEST else printable[: _WIDEST - 1] + "…"
