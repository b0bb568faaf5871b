"""An Alpenhunde timer over HTTP: everything that it has so far, asked for every second."""

import asyncio
import http.client
import urllib.request

from sts_protocols.network import alpenhunde

from .place import Place
from .timer import Fetched

ANSWER_S = 5.0
PATH = "/timing/results/?action=all"
# Some 100 bytes for each impulse: a season's.
MAX_ANSWER_BYTES = 8 << 20


class AlpenhundeTimer:
    """It counts its impulses through, so an index below the last one read is not new."""

    def __init__(self, host: str, port: int) -> None:
        self._url = f"http://{host}:{port}{PATH}"

    async def open(self) -> None:
        """There is a connection for each answer only."""

    async def fetch(self, place: Place) -> Fetched:
        events = alpenhunde.decode_all(await asyncio.to_thread(self._all))
        last = max((event.number for event in events), default=place.next - 1)
        if last < place.next - 1:
            place = Place(place.file + 1, 1)  # it was cleared, and counts anew
        new = [event for event in events if event.number >= place.next]
        impulses, raw = [alpenhunde.impulse(event) for event in new], [event.line for event in new]
        return Fetched(impulses, [], Place(place.file, max(last + 1, place.next)), more=False, raw=raw)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _all(self) -> bytes:
        try:
            with urllib.request.urlopen(self._url, timeout=ANSWER_S) as answer:
                content: bytes = answer.read(MAX_ANSWER_BYTES)
        except http.client.HTTPException as error:
            raise ConnectionError(f"it does not answer as it should: {error!r}") from None
        return content
