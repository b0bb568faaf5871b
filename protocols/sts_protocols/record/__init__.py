"""Records: headers, bodies, and messages made of whole records. Needs no numpy (for arrays see
sts_protocols.columns)."""

from sts_protocols.record.compression import MAX_UNPACKED_BYTES
from sts_protocols.record.header import (
    HEADER_BYTES,
    MARKER,
    MAX_MESSAGE_BYTES,
    MAX_RECORD_BYTES,
    UNKNOWN_CLOCK,
    VERSION,
    ClockReading,
    ClockSource,
    Damaged,
    Header,
    Kind,
    Record,
    find_marker,
    read,
    seal,
    split,
)
from sts_protocols.record.impulse import Impulse, decode_impulses, encode_impulses
from sts_protocols.record.notes import (
    Anchor,
    Drop,
    Log,
    decode_anchor,
    decode_drop,
    decode_log,
    encode_anchor,
    encode_drop,
    encode_log,
)
from sts_protocols.record.raw import RawFrame, RawFrames, decode_raw, encode_raw
from sts_protocols.record.samples import encode_samples, iter_samples
from sts_protocols.record.waveform import Waveform, check_waveform, decode_waveform, encode_waveform

__all__ = [
    "HEADER_BYTES",
    "MARKER",
    "MAX_MESSAGE_BYTES",
    "MAX_RECORD_BYTES",
    "MAX_UNPACKED_BYTES",
    "UNKNOWN_CLOCK",
    "VERSION",
    "Anchor",
    "ClockReading",
    "ClockSource",
    "Damaged",
    "Drop",
    "Header",
    "Impulse",
    "Kind",
    "Log",
    "RawFrame",
    "RawFrames",
    "Record",
    "Waveform",
    "check_waveform",
    "decode_anchor",
    "decode_drop",
    "decode_impulses",
    "decode_log",
    "decode_raw",
    "decode_waveform",
    "encode_anchor",
    "encode_drop",
    "encode_impulses",
    "encode_log",
    "encode_raw",
    "encode_samples",
    "encode_waveform",
    "find_marker",
    "iter_samples",
    "read",
    "seal",
    "split",
]
