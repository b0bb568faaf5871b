"""Any activity file: told apart by what is in it, never by its name."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import Final

from sts_hub.activities.activity import Activity, UnreadableError
from sts_hub.activities.reading import fit, gpx, tcx
from sts_hub.activities.reading.markup import Elements

# A day at one record a second is 5 MB of FIT and 16 MB of TCX.
LARGEST: Final = 32 * 1024 * 1024
_GZIP: Final = b"\x1f\x8b"
_MARKUP: Final = {tcx.ROOT: tcx.read, gpx.ROOT: gpx.read}


def read(data: bytes) -> Activity:
    """The activity in these bytes, packed with gzip or not. Raises UnreadableError with what to do."""
    data = _unpacked(data)
    if not data:
        raise UnreadableError("The file is empty: export it again.")
    if data[8:12] == b".FIT":
        return fit.read(data)
    root = next((name for _, name, _ in Elements(data)), None)
    if root not in _MARKUP:
        raise UnreadableError("This is neither FIT, TCX nor GPX: export the activity as one of them.")
    return _MARKUP[root](data)


def _unpacked(data: bytes) -> bytes:
    if data[:2] == _GZIP:
        try:
            with gzip.open(io.BytesIO(data)) as packed:
                data = packed.read(LARGEST + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableError(
                "The packed file cannot be unpacked: unpack it by hand, or send it again."
            ) from error
    if len(data) > LARGEST:
        raise UnreadableError(
            f"The file has more than {LARGEST // 2**20} MB, which no activity of a day has."
        )
    return data
