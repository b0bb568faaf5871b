"""The one file in a zipped result file (.lxf), unpacked within bounds. BytesIO is memory, not I/O."""

import io
import zipfile
from typing import Final

from sts_protocols.errors import ResultFileError
from sts_protocols.results.xml import MAX_BYTES

MARK: Final = b"PK\x03\x04"
# Lenex compresses 10 to 25 times; what compresses a thousand times is a bomb.
MAX_FILES: Final = 100
_PIECE: Final = 1 << 20
# What the Finder packs beside each file.
_OF_A_MAC: Final = "__MACOSX/"


def unpacked(data: bytes, ending: str) -> bytes:
    """The bytes of the file within that has this ending, or of the only one. Raises ResultFileError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _content(archive, _chosen(archive.infolist(), ending))
    except ResultFileError:
        raise
    except Exception as error:  # zipfile lets out whatever it stumbles over: of damaged files even IndexError
        raise ResultFileError(f"The zip file cannot be unpacked ({error}).") from None


def _chosen(files: list[zipfile.ZipInfo], ending: str) -> zipfile.ZipInfo:
    if len(files) > MAX_FILES:
        raise ResultFileError(f"The zip file has more than {MAX_FILES} files in it.")
    kept = [file for file in files if not file.is_dir() and not file.filename.startswith(_OF_A_MAC)]
    fitting = [file for file in kept if file.filename.lower().endswith(ending)] or kept
    if len(fitting) != 1:
        raise ResultFileError(
            f"The zip file has {len(fitting)} files that could be meant: pack one {ending} in each."
        )
    return fitting[0]


def _content(archive: zipfile.ZipFile, file: zipfile.ZipInfo) -> bytes:
    pieces, held = [], 0
    with archive.open(file) as opened:
        while piece := opened.read(_PIECE):
            held += len(piece)
            if held > MAX_BYTES:
                raise ResultFileError(f"Unpacked, the file has more than {MAX_BYTES} bytes.")
            pieces.append(piece)
    return b"".join(pieces)
