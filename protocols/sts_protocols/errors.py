"""What can be wrong with bytes from outside. Nothing else leaves this package because of its input."""

from typing import Literal, get_args

RecordFault = Literal["truncated", "marker", "version", "crc", "size", "header", "body", "kind"]
RECORD_FAULTS: tuple[str, ...] = get_args(RecordFault)


class ProtocolError(Exception):
    """Bytes or values that break what is written in protocols/README.md; its text is a sentence."""


class RecordError(ProtocolError):
    """A record that cannot be used: `reason` is one word for counters, `offset` where it began."""

    def __init__(self, reason: RecordFault, sentence: str, offset: int = 0) -> None:
        super().__init__(sentence)
        self.reason: RecordFault = reason
        self.offset = offset


class DecodeError(ProtocolError):
    """A frame that is not what its sensor's standard says; `frame` holds the bytes as they came."""

    def __init__(self, sentence: str, frame: bytes) -> None:
        super().__init__(f"{sentence} (frame {frame[:64].hex(' ') or 'of no bytes'})")
        self.frame = frame


class BeatError(ProtocolError):
    """A beat or an answer that cannot be read; the other side keeps what it last knew."""


class RoutingError(ProtocolError):
    """A routing key or a gateway name that is not one of ours."""


class SampleError(ProtocolError):
    """A packet that its source must not hand on, because no record can carry it."""


class ResultFileError(ProtocolError):
    """A result file, or a piece of one, that cannot be read; its text tells whoever sent it why."""


class DeliveryError(Exception):
    """Our own mistake: an event that cannot happen to a record in that state."""
