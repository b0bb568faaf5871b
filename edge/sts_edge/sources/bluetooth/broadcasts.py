"""What registered sensors tell everybody in their adverts, and which of it is new.

BlueZ hands on all that it knows of a device whenever anything of it changes, the strength of its signal too. So
every reader here remembers what it has told, and tells nothing twice.
"""

from collections.abc import Callable
from typing import Protocol

from bleak.backends.scanner import AdvertisementData
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from sts_edge.config import SensorSettings
from sts_edge.sources.bluetooth.profiles import Said
from sts_protocols.adverts import bthome, heart_rate_broadcast, ruuvi
from sts_protocols.errors import DecodeError

# BTHome seals with four bytes (bthome.io, "Encryption").
_SEAL_BYTES = 4


class Broadcast(Protocol):
    """Reads one sensor's adverts. `kind` as `sts-edge decode` lists it."""

    kind: str

    def content(self, advert: AdvertisementData) -> bytes | None:
        """What of an advert is meant for this reader; None if nothing is."""
        ...

    def read(self, content: bytes, boot_us: int) -> Said | None:
        """What is new in it; None if nothing is. Raises DecodeError."""
        ...


class StrapBroadcast:
    """Heart rate of a strap without a link: no RR intervals, which only a link brings."""

    kind = "heart_rate_broadcast"

    def __init__(self, _sensor: SensorSettings) -> None:
        self._repeats = heart_rate_broadcast.Repeats()

    def content(self, advert: AdvertisementData) -> bytes | None:
        return advert.manufacturer_data.get(heart_rate_broadcast.COMPANY)

    def read(self, content: bytes, boot_us: int) -> Said | None:
        told = heart_rate_broadcast.decode(content)
        if not self._repeats.is_new(told, boot_us):
            return None
        return Said(heart_rate_broadcast.values(told), told.contact)


class TagBroadcast:
    """A RuuviTag numbers its measurements."""

    kind = "ruuvi"

    def __init__(self, _sensor: SensorSettings) -> None:
        self._last: bytes | None = None

    def content(self, advert: AdvertisementData) -> bytes | None:
        return advert.manufacturer_data.get(ruuvi.COMPANY)

    def read(self, content: bytes, boot_us: int) -> Said | None:
        if content == self._last:
            return None
        climate = ruuvi.decode(content)
        self._last = content
        return Said(ruuvi.values(climate))


class BthomeBroadcast:
    """A BTHome device; with a key, only what is sealed with it, and nothing that was played before."""

    kind = "bthome"

    def __init__(self, sensor: SensorSettings) -> None:
        self._address = sensor.address
        self._key = AESCCM(key, tag_length=_SEAL_BYTES) if (key := sensor.read_bind_key()) else None
        self._last: bytes | None = None
        self._counter = -1

    def content(self, advert: AdvertisementData) -> bytes | None:
        return advert.service_data.get(bthome.SERVICE)

    def read(self, content: bytes, boot_us: int) -> Said | None:
        if content == self._last:
            return None
        reading = bthome.decode(content) if self._key is None else self._opened(self._key, content)
        self._last = content
        return Said(reading.values)

    def _opened(self, key: AESCCM, content: bytes) -> bthome.Reading:
        found = bthome.sealed(content, self._address)
        if found.counter <= self._counter:
            raise DecodeError(f"An advertisement of counter {found.counter} was played again", content)
        try:
            inside = key.decrypt(found.nonce, found.sealed, None)
        except InvalidTag:
            raise DecodeError("The key in the settings does not open this advertisement", content) from None
        self._counter = found.counter
        return bthome.decode_objects(inside)


BROADCASTS: dict[str, Callable[[SensorSettings], Broadcast]] = {
    "heart_rate": StrapBroadcast,
    "polar": StrapBroadcast,
    "ruuvi": TagBroadcast,
    "bthome": BthomeBroadcast,
}


def broadcast_of(sensor: SensorSettings) -> Broadcast | None:
    """What reads the adverts of this sensor; None for one that is only heard over its link."""
    return None if sensor.link == "always" else BROADCASTS[sensor.kind](sensor)
