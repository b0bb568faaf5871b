"""The neutral shape itself as JSON: what `sts-hub results parse --json` writes, and what a program may send."""

import msgspec

from sts_protocols.errors import ResultFileError
from sts_protocols.results.model import Meet, Reading
from sts_protocols.results.text import BOM
from sts_protocols.results.tree import Placed
from sts_protocols.results.xml import MAX_BYTES

_MARK = b'"meet"'


def looks(data: bytes) -> bool:
    """Whether it is JSON with a meet."""
    head = data[:20_000].removeprefix(BOM).lstrip()
    return head.startswith(b"{") and _MARK in head


def read(data: bytes) -> Reading:
    """The reading that the JSON holds, as of format `sts`. Raises ResultFileError for JSON of another shape."""
    if len(data) > MAX_BYTES:
        raise ResultFileError(f"The file has more than {MAX_BYTES} bytes.")
    try:
        sent = msgspec.json.decode(data.removeprefix(BOM), type=_Sent)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ResultFileError(
            f"The JSON is not of the shape that docs/results.md describes ({error})."
        ) from None
    return Reading(format="sts", encoding="utf-8", meet=sent.meet, read=len(entries(sent.meet)))


class _Sent(msgspec.Struct):
    meet: Meet


def entries(meet: Meet) -> list[Placed]:
    """Every entry of a meet with where it stands."""
    return [
        Placed(event, round_, heat, entry)
        for event in meet.events
        for round_ in event.rounds
        for heat in round_.heats
        for entry in heat.entries
    ]
