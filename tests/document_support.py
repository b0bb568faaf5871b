"""Files as documents, cut as a gateway cuts them."""

import hashlib
import io

from sts_protocols.record import DocumentPart, parts_of


def cut(
    content: bytes, name: str = "heat 3.txt", source: str = "pool-pc", form: str = "result"
) -> list[DocumentPart]:
    """The parts of a document."""
    sha256 = hashlib.sha256(content).digest()
    return list(parts_of(name, source, form, sha256, len(content), io.BytesIO(content).read))
