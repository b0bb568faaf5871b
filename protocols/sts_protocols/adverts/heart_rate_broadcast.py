"""Heart rate in the advertisements of Polar's straps and watches: manufacturer data of company 0x006B, as Polar's
public SDK reads it.

One or more parts follow each other. A part whose first byte has bit 6 set is of another kind: the byte behind it
says how many bytes to pass over. The other kind is the heart rate:

    state       1 byte     bit 0: battery low; bit 1: skin contact; bits 2 to 4: of newer sensors a counter that
                           goes on with each measurement; bit 5: broadcast
    code        1 byte     not used here
    fast mean   1 byte     /min
    slow mean   1 byte     /min, only of newer sensors: the number that their displays show

A strap says each measurement several times, and BlueZ hands on what it knows of a device whenever the signal's
strength changes, so what was heard before comes again and again. Of a sensor that counts, only another counter is
another measurement: when it stops, nothing new is heard. Old straps (three bytes) do not count. Of these the same
number is believed once a second, and not for longer than a heart keeps it: then it is an echo.
"""

from typing import NamedTuple

from sts_protocols.errors import DecodeError
from sts_protocols.metrics import EVERY_SECOND_MS, HEART_RATE
from sts_protocols.sample import Quality, Value

COMPANY = 0x006B

_BATTERY_LOW = 0x01
_CONTACT = 0x02
_COUNTER = 0x1C
_OTHER_KIND = 0x40
_HEART_RATE_BYTES = 3

# A strap measures once a second and advertises about twice as often: what comes 900 ms after the last new
# measurement is the next one.
_NEXT_AFTER_US = (EVERY_SECOND_MS - 100) * 1_000
# The shown mean of a heart at work changes within a few seconds; at rest it may stand for five. A number that is
# left out costs a gap, and one that is frozen would be shown as live.
_ECHO_AFTER_US = 5_000_000


class Broadcast(NamedTuple):
    """One advertisement. `heart_rate` is None where the strap has none (it sends 0 then), `counter` where it does
    not count."""

    heart_rate: int | None
    contact: bool
    counter: int | None
    battery_low: bool


def decode(data: bytes) -> Broadcast:
    """`data` is what follows the company's number. Raises DecodeError where no heart rate is in it."""
    at = 0
    while at < len(data):
        if not data[at] & _OTHER_KIND:
            return _heart_rate(data, at)
        if at + 1 >= len(data):
            break
        at += 2 + data[at + 1]
    raise DecodeError("No heart rate is in this advertisement", data)


def values(broadcast: Broadcast) -> tuple[Value, ...]:
    """The heart rate with its quality: no contact, implausible, ok, the first that holds."""
    if broadcast.heart_rate is None:
        return ()
    value = HEART_RATE.told(broadcast.heart_rate)
    return (value if broadcast.contact else value._replace(quality=Quality.NO_CONTACT),)


class Repeats:
    """Tells a strap's new measurements from the repeats of the last one."""

    def __init__(self) -> None:
        self._last: Broadcast | None = None
        self._changed_us = 0
        self._taken_us = 0

    def is_new(self, broadcast: Broadcast, boot_us: int) -> bool:
        """Whether this advertisement, heard at this time, says something that was not said before."""
        if broadcast != self._last:
            self._last, self._changed_us, self._taken_us = broadcast, boot_us, boot_us
            return True
        if broadcast.counter is not None or boot_us - self._changed_us >= _ECHO_AFTER_US:
            return False
        if boot_us - self._taken_us < _NEXT_AFTER_US:
            return False
        self._taken_us = boot_us
        return True


def _heart_rate(data: bytes, at: int) -> Broadcast:
    if at + _HEART_RATE_BYTES > len(data):
        raise DecodeError("The heart rate of an advertisement is cut", data)
    state, newer = data[at], at + _HEART_RATE_BYTES < len(data)
    return Broadcast(
        data[at + 3 if newer else at + 2] or None,
        bool(state & _CONTACT),
        (state & _COUNTER) >> 2 if newer else None,
        bool(state & _BATTERY_LOW),
    )
