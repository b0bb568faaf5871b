"""What a simulated Bluetooth sensor is: its advertisement and its GATT table. Carriers put it on the air."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

BLUETOOTH_BASE_UUID = "0000{:04x}-0000-1000-8000-00805f9b34fb"

# The first handle of the first sensor service: handles below belong to GAP and the generic attributes.
FIRST_HANDLE = 0x0010

READ = "read"
WRITE = "write"
NOTIFY = "notify"
INDICATE = "indicate"


def uuid16(assigned: int) -> str:
    """Write a number assigned by the Bluetooth SIG as a full UUID."""
    return BLUETOOTH_BASE_UUID.format(assigned)


@dataclass(slots=True)
class Characteristic:
    """One value of a sensor; `value` is what a read answers now. `answers`: for a control point, which
    indications of the same characteristic answer a write; without it a write sets the value."""

    uuid: str
    flags: tuple[str, ...]
    value: bytes = b""
    answers: Callable[[bytes], Sequence[bytes]] | None = None

    @property
    def subscribable(self) -> bool:
        return NOTIFY in self.flags or INDICATE in self.flags


@dataclass(slots=True)
class Service:
    """A group of characteristics."""

    uuid: str
    characteristics: list[Characteristic]


@dataclass(slots=True)
class Advert:
    """What a sensor says on the air before anyone connects."""

    uuids: list[str] = field(default_factory=list)
    manufacturer_data: dict[int, bytes] = field(default_factory=dict)
    service_data: dict[str, bytes] = field(default_factory=dict)
    rssi_dbm: int = -60


class Peripheral(Protocol):
    """A simulated sensor as a carrier sees it."""

    name: str
    address: str
    advert: Advert
    services: list[Service]
