"""A chest strap: the standard heart rate, battery and device information services.

Layouts: GATT Specification Supplement, heart_rate_measurement, battery_level; Device Information Service 1.1.
Packing only: nothing here can read a frame, so that a wrong decoder meets a right strap.
"""

import struct
from collections import deque
from typing import NamedTuple

from sts_sims.athletes import Heart
from sts_sims.peripheral import NOTIFY, READ, Advert, Characteristic, Service, uuid16
from sts_sims.sensor import Notice

HEART_RATE_SERVICE = uuid16(0x180D)
HEART_RATE_MEASUREMENT = uuid16(0x2A37)
BODY_SENSOR_LOCATION = uuid16(0x2A38)
BATTERY_SERVICE = uuid16(0x180F)
BATTERY_LEVEL = uuid16(0x2A19)
DEVICE_INFORMATION_SERVICE = uuid16(0x180A)
MANUFACTURER_NAME = uuid16(0x2A29)
MODEL_NUMBER = uuid16(0x2A24)
SERIAL_NUMBER = uuid16(0x2A25)
FIRMWARE_REVISION = uuid16(0x2A26)

CHEST = b"\x01"

FLAG_RATE_UINT16 = 0x01
FLAG_CONTACT_DETECTED = 0x02
FLAG_CONTACT_SUPPORTED = 0x04
FLAG_ENERGY = 0x08
FLAG_RR = 0x10

RR_UNITS_PER_S = 1024

# A notification on the smallest ATT MTU holds 20 bytes; after flags and rate nine intervals of two bytes
# remain, eight beside the energy. What does not fit goes with the next notification.
PAYLOAD_BYTES = 20

# Straps show the mean of the last beats, not of one: five beats are about two seconds under load.
SHOWN_RATE_BEATS = 5

# Polar's straps tell everybody their heart rate in their adverts, under the company's number, as its public SDK
# reads it: state (bit 1 contact, bits 2 to 4 a counter, bit 5 broadcast), a byte for other uses, two means.
BROADCAST_COMPANY = 0x006B
BROADCAST_STATE = 0x20
BROADCAST_CONTACT = 0x02
BROADCAST_COUNTS = 8

# A strap taken off holds its last number for some seconds before it says 0.
HOLD_AFTER_CONTACT_LOST_S = 3.0

# Heart Rate Profile: energy is sent about once in ten measurements.
ENERGY_EVERY = 10
# Energy of a working adult: about 0.6 kJ/s at 190 beats per minute, in proportion below.
ENERGY_KJ_PER_BEAT = 0.6 * 60.0 / 190.0

# A coin cell lasts about 400 h.
BATTERY_PERCENT_PER_S = 100.0 / (400.0 * 3600.0)


class Measurement(NamedTuple):
    """What a strap says once a second. `rr_1024` in units of 1/1024 s, oldest first."""

    heart_rate: int
    rr_1024: tuple[int, ...]
    contact: bool
    energy_kj: int | None = None

    @property
    def frame(self) -> bytes:
        """The value of 0x2A37."""
        wide = self.heart_rate > 0xFF
        flags = FLAG_CONTACT_SUPPORTED
        flags |= FLAG_CONTACT_DETECTED if self.contact else 0
        flags |= FLAG_RATE_UINT16 if wide else 0
        flags |= FLAG_ENERGY if self.energy_kj is not None else 0
        flags |= FLAG_RR if self.rr_1024 else 0
        energy = () if self.energy_kj is None else (self.energy_kj,)
        words = (*energy, *self.rr_1024)
        return struct.pack(f"<B{'H' if wide else 'B'}{len(words)}H", flags, self.heart_rate, *words)


class HeartStrap:
    """One strap on one athlete.

    `measure` must be called with rising times. A beat belongs to the first measurement after it; the interval
    between two beats is counted on the strap's clock of 1/1024 s, so rounding never adds up.
    """

    turn_s: float | None = None

    def __init__(
        self,
        name: str,
        address: str,
        heart: Heart,
        *,
        battery: float = 100.0,
        energy: bool = False,
        rssi_dbm: int = -60,
        broadcast: bool = False,
    ) -> None:
        self._broadcasts = broadcast
        self.name = name
        self.address = address
        self.advert = Advert(uuids=[HEART_RATE_SERVICE], rssi_dbm=rssi_dbm)
        self.worn = True
        self._heart = heart
        self._battery = battery
        self._battery_value = Characteristic(BATTERY_LEVEL, (READ, NOTIFY), bytes([round(battery)]))
        self._battery_told = self._battery_value.value
        self.services = self._make_services()
        self._energy = energy
        self._beats = 0
        self._count = 0
        self._last_tick: int | None = None
        self._waiting: deque[int] = deque()
        self._recent: deque[int] = deque(maxlen=SHOWN_RATE_BEATS)
        self._shown = 0
        self._contact_lost_s: float | None = None
        self._measured_s = 0.0

    def switch_on(self, time_s: float) -> None:
        """Begin to listen at `time_s`: the heart has beaten before, but nobody counted."""
        self._hear(time_s)
        self._waiting.clear()
        self._beats = 0
        self._measured_s = time_s

    def measure(self, time_s: float) -> Measurement:
        """Make the measurement of `time_s`, s since the start of the scenario."""
        self._hear(time_s)
        self._drain(time_s)
        self._count += 1
        energy_kj = self._energy_now()
        if self.worn:
            said = Measurement(self._shown, self._take_intervals(energy_kj is not None), True, energy_kj)
        else:
            said = Measurement(self._held_rate(time_s), (), False, energy_kj)
        if self._broadcasts:
            self.advert.manufacturer_data[BROADCAST_COMPANY] = self._broadcast(said)
        return said

    def due(self, time_s: float) -> list[Notice]:
        """Nothing but its measurements, which have a rhythm of their own."""
        return []

    def _broadcast(self, said: Measurement) -> bytes:
        state = BROADCAST_STATE | (BROADCAST_CONTACT if said.contact else 0)
        state |= (self._count % BROADCAST_COUNTS) << 2
        return bytes([state, 0, said.heart_rate, said.heart_rate])

    def set_battery(self, percent: float) -> None:
        """Set the charge, %."""
        self._battery = min(max(percent, 0.0), 100.0)
        self._battery_value.value = bytes([round(self._battery)])

    def battery_changed(self) -> bool:
        """True once after each change of the whole percent that the strap tells."""
        changed = self._battery_value.value != self._battery_told
        self._battery_told = self._battery_value.value
        return changed

    @property
    def battery_value(self) -> bytes:
        """The value of 0x2A19."""
        return self._battery_value.value

    def _hear(self, time_s: float) -> None:
        for beat_s in self._heart.beats_until(time_s):
            tick = round(beat_s * RR_UNITS_PER_S)
            if self.worn and self._last_tick is not None:
                self._note_interval(tick - self._last_tick)
            self._last_tick = tick if self.worn else None

    def _note_interval(self, ticks: int) -> None:
        self._beats += 1
        self._waiting.append(ticks)
        self._recent.append(ticks)
        self._shown = round(60.0 * RR_UNITS_PER_S * len(self._recent) / sum(self._recent))

    def _take_intervals(self, with_energy: bool) -> tuple[int, ...]:
        self._contact_lost_s = None
        rate_bytes = 2 if self._shown > 0xFF else 1
        room = (PAYLOAD_BYTES - 1 - rate_bytes - (2 if with_energy else 0)) // 2
        return tuple(self._waiting.popleft() for _ in range(min(room, len(self._waiting))))

    def _held_rate(self, time_s: float) -> int:
        if self._contact_lost_s is None:
            self._contact_lost_s = time_s
            self._waiting.clear()
            self._recent.clear()
        if time_s - self._contact_lost_s >= HOLD_AFTER_CONTACT_LOST_S:
            self._shown = 0
        return self._shown

    def _energy_now(self) -> int | None:
        if not self._energy or self._count % ENERGY_EVERY:
            return None
        return min(round(self._beats * ENERGY_KJ_PER_BEAT), 0xFFFF)

    def _drain(self, time_s: float) -> None:
        self.set_battery(self._battery - (time_s - self._measured_s) * BATTERY_PERCENT_PER_S)
        self._measured_s = time_s

    def _make_services(self) -> list[Service]:
        return [
            Service(
                HEART_RATE_SERVICE,
                [
                    Characteristic(HEART_RATE_MEASUREMENT, (NOTIFY,)),
                    Characteristic(BODY_SENSOR_LOCATION, (READ,), CHEST),
                ],
            ),
            Service(BATTERY_SERVICE, [self._battery_value]),
            Service(
                DEVICE_INFORMATION_SERVICE,
                [
                    Characteristic(MANUFACTURER_NAME, (READ,), b"Smart Training System"),
                    Characteristic(MODEL_NUMBER, (READ,), b"Simulated strap"),
                    Characteristic(SERIAL_NUMBER, (READ,), self.address.replace(":", "").encode()),
                    Characteristic(FIRMWARE_REVISION, (READ,), b"1.0.0"),
                ],
            ),
        ]
