"""Serial ports: GNSS receivers, timers, tag readers, radars and pods on a cable."""

from sts_edge.sources.serial.source import SerialSource

__all__ = ["SerialSource"]
