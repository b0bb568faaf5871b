"""Tags that tell everybody the climate around them, without a link: RuuviTag and BTHome. Packing only.

Layouts: Ruuvi, data format 5; bthome.io, "Format" and "Encryption". A tag says each measurement in its advert
until the next.
"""

import random
import struct
from collections.abc import Iterator

from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from sts_sims.peripheral import Advert, Service, uuid16
from sts_sims.sensor import Notice

BTHOME_SERVICE = uuid16(0xFCD2)
BTHOME_UUID_BYTES = b"\xd2\xfc"
BTHOME_DEVICE, BTHOME_SEALED_DEVICE = 0x40, 0x41
PACKET_ID, BATTERY, TEMPERATURE, HUMIDITY, CARBON_DIOXIDE = 0x00, 0x01, 0x02, 0x03, 0x12
SEAL_BYTES = 4

RUUVI_COMPANY = 0x0499
RUUVI_FORMAT = 5
# A RuuviTag's own rhythm: what 1,285 ms come to after the radio's rounding.
RUUVI_EVERY_S = 1.285
RUUVI_BASE_PA, RUUVI_BASE_MV = 50_000, 1_600
RUUVI_RADIO_4_DBM = (4 + 40) // 2
# A cell of 3 V, and what it has lost when it is empty.
FULL_MV, EMPTY_BY_MV = 3_000, 900
# A tag that lies flat feels one g downwards.
FLAT_MG = (12, -8, 1_004)


class Climate:
    """The air of a place: each quantity wanders about by a few of its steps."""

    def __init__(self, seed: str) -> None:
        self._chance = random.Random(seed)
        self.centi_celsius = 2_150
        self.centi_percent = 4_800
        self.pascal = 101_325
        self.ppm = 620

    def wander(self) -> None:
        """A little later."""
        self.centi_celsius += self._chance.randint(-3, 4)
        self.centi_percent += self._chance.randint(-10, 10)
        self.pascal += self._chance.randint(-4, 4)
        self.ppm += self._chance.randint(-5, 8)


class ClimateTag:
    """One tag somewhere, or in somebody's bag. What it says: `measurement(time_s)`; where an advert has it:
    `advertise`."""

    turn_s: float | None = 0.1

    def __init__(
        self, name: str, address: str, *, every_s: float, battery: float = 100.0, rssi_dbm: int = -60
    ) -> None:
        self.name = name
        self.address = address
        self.advert = Advert(rssi_dbm=rssi_dbm)
        self.services: list[Service] = []
        self.worn = True
        self._climate = Climate(address)
        self._every_s = every_s
        self._next_s = 0.0
        self._battery = battery

    def switch_on(self, time_s: float) -> None:
        self._next_s = time_s

    def set_battery(self, percent: float) -> None:
        self._battery = min(max(percent, 0.0), 100.0)

    def due(self, time_s: float) -> list[Notice]:
        """One measurement for each of its intervals that has passed."""
        return list(self._measurements(time_s))

    def advertise(self, content: bytes) -> None:
        """Say this until the next."""
        raise NotImplementedError

    def measurement(self, time_s: float) -> Notice:
        """What it says now."""
        raise NotImplementedError

    def _measurements(self, time_s: float) -> Iterator[Notice]:
        while self._next_s <= time_s:
            self._climate.wander()
            yield self.measurement(self._next_s)
            self._next_s += self._every_s


class RuuviTag(ClimateTag):
    """Format 5: temperature, humidity, pressure, acceleration, battery, movements; each numbered."""

    def __init__(self, name: str, address: str, *, battery: float = 100.0, rssi_dbm: int = -60) -> None:
        super().__init__(name, address, every_s=RUUVI_EVERY_S, battery=battery, rssi_dbm=rssi_dbm)
        self._number = 0

    def advertise(self, content: bytes) -> None:
        self.advert.manufacturer_data[RUUVI_COMPANY] = content

    def measurement(self, time_s: float) -> Notice:
        climate, millivolt = self._climate, FULL_MV - round((100.0 - self._battery) / 100 * EMPTY_BY_MV)
        self._number = (self._number + 1) % 0xFFFF
        movements = self._number // 10 % 0xFF
        content = struct.pack(
            ">BhHHhhhHBH",
            RUUVI_FORMAT,
            climate.centi_celsius * 2,
            climate.centi_percent * 4,
            climate.pascal - RUUVI_BASE_PA,
            *FLAT_MG,
            (millivolt - RUUVI_BASE_MV) << 5 | RUUVI_RADIO_4_DBM,
            movements,
            self._number,
        ) + bytes.fromhex(self.address.replace(":", ""))
        told = {
            "air_temperature": climate.centi_celsius / 100,
            "air_humidity": climate.centi_percent / 100,
            "air_pressure": climate.pascal,
            "acceleration_x": FLAT_MG[0],
            "acceleration_y": FLAT_MG[1],
            "acceleration_z": FLAT_MG[2],
            "battery_voltage": millivolt,
            "movements": movements,
        }
        return Notice(f"company-{RUUVI_COMPANY:04x}", content, time_s, told)


class BthomeTag(ClimateTag):
    """Version 2: temperature, humidity, carbon dioxide and battery; with a key, sealed with it."""

    def __init__(
        self,
        name: str,
        address: str,
        *,
        every_s: float = 10.0,
        bind_key: bytes | None = None,
        battery: float = 100.0,
        rssi_dbm: int = -60,
    ) -> None:
        super().__init__(name, address, every_s=every_s, battery=battery, rssi_dbm=rssi_dbm)
        self._key = AESCCM(bind_key, tag_length=SEAL_BYTES) if bind_key else None
        self._count = 0

    def advertise(self, content: bytes) -> None:
        self.advert.service_data[BTHOME_SERVICE] = content

    def measurement(self, time_s: float) -> Notice:
        climate = self._climate
        self._count += 1
        objects = bytes([PACKET_ID, self._count % 256, BATTERY, round(self._battery)])
        objects += struct.pack("<BhBH", TEMPERATURE, climate.centi_celsius, HUMIDITY, climate.centi_percent)
        objects += struct.pack("<BH", CARBON_DIOXIDE, climate.ppm)
        told = {
            "air_temperature": climate.centi_celsius / 100,
            "air_humidity": climate.centi_percent / 100,
            "carbon_dioxide": climate.ppm,
        }
        return Notice(BTHOME_SERVICE, self._packed(objects), time_s, told)

    def _packed(self, objects: bytes) -> bytes:
        if self._key is None:
            return bytes([BTHOME_DEVICE]) + objects
        device, counter = bytes([BTHOME_SEALED_DEVICE]), self._count.to_bytes(4, "little")
        nonce = bytes.fromhex(self.address.replace(":", "")) + BTHOME_UUID_BYTES + device + counter
        sealed = self._key.encrypt(nonce, objects, None)
        return device + sealed[:-SEAL_BYTES] + counter + sealed[-SEAL_BYTES:]
