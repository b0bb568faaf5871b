"""From packets to records: gathers what all sensors say for a moment, then closes it into one record.

How long that moment is, is the window that a power cut may cost: short while the link is up, longer while it
is down, so that fewer and larger writes go to the card.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from sts_edge.config import RecordSettings
from sts_protocols.record import MAX_RECORD_BYTES, ClockReading, Kind, Record, encode_samples
from sts_protocols.sample import Packet, check_packet

# The k-th value of a packet is stored at its time + k µs; 500 of them stay within the finest arrival tick of
# 1 ms.
MAX_VALUES_PER_PACKET = 500
# What a value can take before compression: 8 bytes of float64, 2 of quality; a packet: 9 of time, name and
# counts.
VALUE_BYTES = 10
PACKET_BYTES = 64


class Append(Protocol):
    """The buffer's `append`."""

    def __call__(
        self, kind: int, body: bytes, first_us: int, last_us: int, clock: ClockReading, /
    ) -> Record: ...


class Batcher:
    """Collects packets and closes a record at the latest after the stated window, or at 48 KB.

    The buffer's `on_closed` sees each record before it is written.
    """

    def __init__(self, settings: RecordSettings, append: Append, reading: Callable[[], ClockReading]) -> None:
        self._settings = settings
        self._append = append
        self._reading = reading
        self._packets: list[Packet] = []
        self._size = 0
        self._free_us: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._flowing = False

    def add(self, packet: Packet) -> None:
        """Take a packet, moved on by steps of its tick if its time is taken. Raises SampleError."""
        check_packet(packet)
        for part in _parts(packet):
            size = PACKET_BYTES + len(part.sensor) + VALUE_BYTES * len(part.values)
            if self._size + size > MAX_RECORD_BYTES:
                self.flush()
            self._size += size
            self._packets.append(self._in_order(part))
        if self._timer is None and self._packets:
            self._timer = asyncio.get_running_loop().call_later(self._window_s(), self.flush)

    def link_flows(self, flows: bool) -> None:
        """Use the short window, or the long one. A link that comes back closes the open record.

        Already before the first confirm: when the open record may not go live (the clock of this epoch is
        not known yet), the coach waits for the next one.
        """
        came_back = flows and not self._flowing
        self._flowing = flows
        if came_back:
            self.flush()

    def flush(self) -> None:
        """Close the open record now. Raises BufferFailed."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        packets, self._packets, self._size = self._packets, [], 0
        if packets:
            self._close(packets)

    def _window_s(self) -> float:
        return (self._settings.live_ms if self._flowing else self._settings.offline_ms) / 1_000

    def _in_order(self, packet: Packet) -> Packet:
        free_us = self._free_us.get(packet.sensor, 0)
        late = max(free_us - packet.boot_us, 0)
        boot_us = packet.boot_us + -(-late // packet.tick_us) * packet.tick_us
        self._free_us[packet.sensor] = boot_us + max(len(packet.values), 1)
        return packet._replace(boot_us=boot_us)

    def _close(self, packets: Sequence[Packet]) -> None:
        for part, body in _encoded(packets):
            times = [packet.boot_us for packet in part]
            self._append(Kind.SAMPLES, body, min(times), max(times), self._reading())


def _parts(packet: Packet) -> Iterator[Packet]:
    """Yield the packet, or several of the same time when it has too many values for one tick."""
    step = MAX_VALUES_PER_PACKET
    for start in range(0, len(packet.values), step):
        yield packet._replace(values=packet.values[start : start + step])


def _encoded(packets: Sequence[Packet]) -> Iterator[tuple[Sequence[Packet], bytes]]:
    """Yield packets with their body, halved until each fits into a record."""
    body = encode_samples(packets)
    if len(body) <= MAX_RECORD_BYTES or len(packets) == 1:
        yield packets, body
        return
    middle = len(packets) // 2
    yield from _encoded(packets[:middle])
    yield from _encoded(packets[middle:])
