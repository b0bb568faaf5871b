"""Records wait here until the hub has them: on disk for the agent, in memory for tests."""

from .interface import (
    Buffer,
    BufferFailed,
    BufferStats,
    BufferTaken,
    Held,
    Holding,
    Range,
    RecordDropped,
)
from .memory import MemoryBuffer
from .segment_log import SegmentLog

__all__ = [
    "Buffer",
    "BufferFailed",
    "BufferStats",
    "BufferTaken",
    "Held",
    "Holding",
    "MemoryBuffer",
    "Range",
    "RecordDropped",
    "SegmentLog",
]
