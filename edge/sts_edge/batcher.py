"""From packets and waveforms to records: gathers what all sensors say for a moment, then closes it into one
record of each kind. Impulses are records at once.

How long that moment is, is the window that a power cut may cost: short while the link is up, longer while it
is down, so that fewer and larger writes go to the card.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from sts_edge.config import RecordSettings
from sts_protocols.record import (
    MAX_RECORD_BYTES,
    ClockReading,
    Impulse,
    Kind,
    Record,
    Waveform,
    check_waveform,
    encode_impulses,
    encode_samples,
    encode_waveform,
)
from sts_protocols.sample import Packet, check_packet

# The k-th value of a packet is stored at its time + k µs; 500 of them stay within the finest arrival tick of
# 1 ms.
MAX_VALUES_PER_PACKET = 500
# What a value can take before compression: 8 bytes of float64, 2 of quality; a packet or a channel: 9 of
# time, name and counts.
VALUE_BYTES = 10
PACKET_BYTES = 64
# A waveform that fills a record by itself is cut there.
MAX_VALUES_PER_CHANNEL = MAX_RECORD_BYTES // VALUE_BYTES // 2

Item = TypeVar("Item", bound=Packet | Waveform)


class Append(Protocol):
    """The buffer's `append`."""

    def __call__(
        self, kind: int, body: bytes, first_us: int, last_us: int, clock: ClockReading, /
    ) -> Record: ...


class OpenRecord(Generic[Item]):
    """A record of one kind that is being filled. It closes when asked to, when full, or after its window."""

    def __init__(self, window_s: Callable[[], float], close: Callable[[list[Item]], None]) -> None:
        self._window_s = window_s
        self._close = close
        self._items: list[Item] = []
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, item: Item) -> None:
        """Take one more; if it could be too much, what is there is closed first."""
        size = PACKET_BYTES + len(item.sensor) + VALUE_BYTES * len(item.values)
        if self._size + size > MAX_RECORD_BYTES:
            self.close()
        self._size += size
        self._items.append(item)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._window_s(), self.close)

    def close(self) -> None:
        """Close it now; an empty one is no record."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        items, self._items, self._size = self._items, [], 0
        if items:
            self._close(items)


class Batcher:
    """Collects packets and waveforms and closes a record of each kind at the latest after the stated window,
    or at 48 KB.

    The buffer's `on_closed` sees each record before it is written.
    """

    def __init__(self, settings: RecordSettings, append: Append, reading: Callable[[], ClockReading]) -> None:
        self._settings = settings
        self._append = append
        self._reading = reading
        self._samples = OpenRecord[Packet](self._window_s, self._close_samples)
        self._waveforms = OpenRecord[Waveform](lambda: settings.waveform_ms / 1_000, self._close_waveforms)
        self._free_us: dict[str, int] = {}
        self._channel_free_us: dict[tuple[str, int], int] = {}
        self._flowing = False

    def add(self, packet: Packet) -> None:
        """Take a packet, moved on by steps of its tick if its time is taken. Raises SampleError."""
        check_packet(packet)
        for part in _parts(packet):
            self._samples.add(self._in_order(part))

    def add_waveform(self, waveform: Waveform) -> None:
        """Take values of one channel, moved on if its time is taken. Raises SampleError."""
        check_waveform(waveform)
        for piece in _pieces(self._behind_its_channel(waveform)):
            self._waveforms.add(piece)

    def add_impulse(self, impulse: Impulse) -> None:
        """Close a record with this impulse at once: somebody waits for the time. Raises RecordError."""
        at_us = impulse.boot_us
        self._append(Kind.IMPULSE, encode_impulses(impulse), at_us, at_us, self._reading())

    def link_flows(self, flows: bool) -> None:
        """Use the short window, or the long one. A link that comes back closes the open records.

        Already before the first confirm: when the open record may not go live (the clock of this epoch is
        not known yet), the coach waits for the next one.
        """
        came_back = flows and not self._flowing
        self._flowing = flows
        if came_back:
            self.flush()

    def flush(self) -> None:
        """Close the open records now. Raises BufferFailed."""
        self._samples.close()
        self._waveforms.close()

    def _window_s(self) -> float:
        return (self._settings.live_ms if self._flowing else self._settings.offline_ms) / 1_000

    def _in_order(self, packet: Packet) -> Packet:
        free_us = self._free_us.get(packet.sensor, 0)
        late = max(free_us - packet.boot_us, 0)
        boot_us = packet.boot_us + -(-late // packet.tick_us) * packet.tick_us
        self._free_us[packet.sensor] = boot_us + max(len(packet.values), 1)
        return packet._replace(boot_us=boot_us)

    def _behind_its_channel(self, waveform: Waveform) -> Waveform:
        channel = waveform.sensor, waveform.metric
        start_us = max(waveform.start_us, self._channel_free_us.get(channel, 0))
        placed = waveform._replace(start_us=start_us)
        self._channel_free_us[channel] = _time_us(placed, len(placed.values) - 1) + 1
        return placed

    def _close_samples(self, packets: Sequence[Packet]) -> None:
        for part, body in _encoded(packets, encode_samples):
            times = [packet.boot_us for packet in part]
            self._append(Kind.SAMPLES, body, min(times), max(times), self._reading())

    def _close_waveforms(self, waveforms: Sequence[Waveform]) -> None:
        for part, body in _encoded(waveforms, lambda part: encode_waveform(*part)):
            first_us = min(one.start_us for one in part)
            last_us = max(_time_us(one, len(one.values) - 1) for one in part)
            self._append(Kind.WAVEFORM, body, first_us, last_us, self._reading())


def _parts(packet: Packet) -> Iterator[Packet]:
    """Yield the packet, or several of the same time when it has too many values for one tick."""
    step = MAX_VALUES_PER_PACKET
    for start in range(0, len(packet.values), step):
        yield packet._replace(values=packet.values[start : start + step])


def _pieces(waveform: Waveform) -> Iterator[Waveform]:
    """Yield the waveform, or several, one behind the other, when it is too long for a record."""
    step = MAX_VALUES_PER_CHANNEL
    for start in range(0, len(waveform.values), step):
        yield waveform._replace(
            start_us=_time_us(waveform, start),
            values=waveform.values[start : start + step],
            quality=waveform.quality[start : start + step],
        )


def _time_us(waveform: Waveform, place: int) -> int:
    return waveform.start_us + place * waveform.period_ns // 1_000


def _encoded(
    items: Sequence[Item], encode: Callable[[Sequence[Item]], bytes]
) -> Iterator[tuple[Sequence[Item], bytes]]:
    """Yield packets or waveforms with their body, halved until each fits into a record."""
    body = encode(items)
    if len(body) <= MAX_RECORD_BYTES or len(items) == 1:
        yield items, body
        return
    middle = len(items) // 2
    yield from _encoded(items[:middle], encode)
    yield from _encoded(items[middle:], encode)
