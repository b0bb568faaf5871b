"""Nine situations of a Bluetooth radio, each played alike on every carrier, with what must be seen.

What a situation returns is plain data, so carriers can be laid side by side. Where a carrier cannot show what the
others show, the table says what it shows instead, and why.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakBluetoothNotAvailableError, BleakDBusError, BleakError

from bluetooth_air import until
from radio_carriers import ADDRESSES, BATTERY_PERCENT, NAMES, SIGNAL_DBM, Carrier, NotOnThisCarrierError
from sts_sims.heart_strap import (
    BATTERY_LEVEL,
    BODY_SENSOR_LOCATION,
    HEART_RATE_MEASUREMENT,
    HEART_RATE_SERVICE,
)

FIRST, SECOND = NAMES
BEATS = 50
ROUNDS = 3
# So long nothing comes: then nothing is on its way any more. An emulated kernel needs the most.
QUIET_S = {"fake": 0.1, "bumble": 0.1, "bluez": 1.0}
# How often a connect may be tried: seen on real BlueZ, about one in fifty ends with "device disconnected".
ATTEMPTS = {"fake": 1, "bumble": 1, "bluez": 3}
# Generous: only a carrier that fails waits so long.
FIND_S = 60.0
CONNECT_S = 60.0
# What a client waits for a connect that does not come about.
HANGING_S = 0.5
# Signals waver by some dB.
NEARLY_DB = 5

SWITCHING = "switching"

Seen = Mapping[str, object]


class Stage(NamedTuple):
    """A carrier, and where figures are told."""

    carrier: Carrier
    tell: Callable[[str], None]


@dataclass
class Heard:
    """One client and what it was told."""

    client: BleakClient
    frames: list[bytes] = field(default_factory=list)
    losses: int = 0


# Steps


async def find(carrier: Carrier, strap: str = FIRST) -> BLEDevice:
    """The strap, as a fresh scan finds it."""
    found = await BleakScanner.find_device_by_address(ADDRESSES[strap], timeout=FIND_S, **carrier.scanner)
    assert found is not None, f"{strap} was not found"
    return found


async def join(carrier: Carrier, strap: str = FIRST, timeout_s: float = CONNECT_S) -> Heard:
    """Find, connect and subscribe."""
    device = await find(carrier, strap)
    heard = Heard(BleakClient(device, lambda _client: _count(heard), timeout=timeout_s, **carrier.client))
    await connect_patiently(carrier, heard.client)
    await heard.client.start_notify(
        HEART_RATE_MEASUREMENT, lambda _characteristic, data: heard.frames.append(bytes(data))
    )
    return heard


async def connect_patiently(carrier: Carrier, client: BleakClient) -> None:
    """Connect; a link that ends while services are sought is normal on a radio, and a client tries again."""
    for _ in range(ATTEMPTS[carrier.name] - 1):
        with contextlib.suppress(BleakError):
            return await client.connect()
    return await client.connect()


def _count(heard: Heard) -> None:
    heard.losses += 1


@contextlib.asynccontextmanager
async def joined(carrier: Carrier, strap: str = FIRST) -> AsyncIterator[Heard]:
    heard = await join(carrier, strap)
    try:
        yield heard
    finally:
        await heard.client.disconnect()


def beat_frames(count: int) -> list[bytes]:
    """Heart rate frames that differ."""
    return [struct.pack("<BBH", 0x16, 100 + number, 600 + number) for number in range(count)]


async def beat(carrier: Carrier, heard: Heard, strap: str = FIRST, expected: int = BEATS) -> list[bytes]:
    """Let the strap say BEATS frames; what was heard of them when so many have come and no more comes."""
    heard.frames.clear()
    for frame in beat_frames(BEATS):
        assert carrier.say(strap, frame) is None
    before = -1
    async with asyncio.timeout(FIND_S):
        while before < len(heard.frames) or len(heard.frames) < expected:
            before = len(heard.frames)
            await asyncio.sleep(QUIET_S[carrier.name])
    return heard.frames


async def error_of(work: Awaitable[object]) -> str:
    """What something ends with: none, BleakError or TimeoutError."""
    try:
        await work
    except (BleakError, TimeoutError) as error:
        return "TimeoutError" if isinstance(error, TimeoutError) else "BleakError"
    return "none"


async def reason_of_no_scan(carrier: Carrier) -> str | None:
    """Why a scan cannot start, None when it can; an adapter that is being switched is not ready."""
    try:
        async with BleakScanner(**carrier.scanner):
            return None
    except BleakBluetoothNotAvailableError as error:
        return error.reason.name
    except BleakDBusError:
        return SWITCHING


async def powered(carrier: Carrier, on: bool) -> str | None:
    """Wait until scans can start, or cannot; why they cannot."""
    async with asyncio.timeout(FIND_S):
        while ((why := await reason_of_no_scan(carrier)) is None) is not on or why == SWITCHING:  # noqa: ASYNC110 - bleak tells nobody
            await asyncio.sleep(0.01)
    return why


# Situations


async def scan(stage: Stage) -> Seen:
    """Both straps tell their name, service and signal."""
    seen: dict[str, tuple[BLEDevice, AdvertisementData]] = {}

    def hear(device: BLEDevice, advert: AdvertisementData) -> None:
        seen[device.address] = (device, advert)

    began_s = time.monotonic()
    async with BleakScanner(hear, **stage.carrier.scanner):
        await until(lambda: set(ADDRESSES.values()) <= set(seen), FIND_S)
    stage.tell(f"both found after {time.monotonic() - began_s:.2f} s")
    return {
        name: (
            seen[address][0].name,
            seen[address][1].service_uuids,
            abs(seen[address][1].rssi - SIGNAL_DBM) <= NEARLY_DB,
        )
        for name, address in ADDRESSES.items()
    }


async def connect(stage: Stage) -> Seen:
    """The strap's GATT table is told as it is, and can be read."""
    device = await find(stage.carrier)
    began_s = time.monotonic()
    async with BleakClient(device, timeout=CONNECT_S, **stage.carrier.client) as client:
        stage.tell(f"connected after {time.monotonic() - began_s:.2f} s")
        table = {
            service.uuid[4:8]: {one.uuid[4:8]: sorted(one.properties) for one in service.characteristics}
            for service in client.services
        }
        location = bytes(await client.read_gatt_char(BODY_SENSOR_LOCATION))
        battery = bytes(await client.read_gatt_char(BATTERY_LEVEL))
    return {**table, "location": location, "battery": battery}


async def subscribe(stage: Stage) -> Seen:
    """Every beat arrives, once, in order."""
    async with joined(stage.carrier) as heard:
        return {"as said": await beat(stage.carrier, heard) == beat_frames(BEATS)}


async def lose(stage: Stage) -> Seen:
    """A link that ends is told once, and nothing goes over it any more."""
    async with joined(stage.carrier) as heard:
        stage.carrier.drop(FIRST)
        await until(lambda: not heard.client.is_connected)
        reading = await error_of(heard.client.read_gatt_char(BATTERY_LEVEL))
        return {"told": heard.losses, "reading": reading, "said": stage.carrier.say(FIRST, b"\x06\x64")}


async def regain(stage: Stage) -> Seen:
    """After a loss and an awaited disconnect, a new client hears every beat once."""
    counts = []
    for _ in range(ROUNDS):
        began_s = time.monotonic()
        async with joined(stage.carrier) as heard:
            stage.tell(f"heard again after {time.monotonic() - began_s:.2f} s")
            counts.append(len(await beat(stage.carrier, heard)))
            stage.carrier.drop(FIRST)
            await until(lambda heard=heard: not heard.client.is_connected)
    return {"beats": counts}


async def duplicates(stage: Stage) -> Seen:
    """Clients that are left as they are after a loss hear along with the next one (hbldh/bleak#2002)."""
    counts = []
    left: list[Heard] = []
    for expected in SITUATIONS["duplicates"].expected_on(stage.carrier.name)["beats"]:  # type: ignore[attr-defined]
        heard = await join(stage.carrier)
        left.append(heard)
        counts.append(len(await beat(stage.carrier, heard, expected=expected)))
        stage.carrier.drop(FIRST)
        await until(lambda heard=heard: not heard.client.is_connected)
    for heard in left:
        await heard.client.disconnect()
    return {"beats": counts}


async def power_off(stage: Stage) -> Seen:
    """Without power links end, and a scan says why it cannot start; with power all is well again."""
    async with joined(stage.carrier) as heard:
        try:
            await stage.carrier.power(False)
        except NotOnThisCarrierError as reason:
            return {"cannot": str(reason)}
        await until(lambda: not heard.client.is_connected)
        why = await powered(stage.carrier, False)
    await stage.carrier.power(True)
    await powered(stage.carrier, True)
    async with joined(stage.carrier) as heard:
        return {"scan": why, "beats after": len(await beat(stage.carrier, heard))}


async def hang(stage: Stage) -> Seen:
    """A connect that gets no answer ends at the client's deadline, and the next one succeeds."""
    device = await find(stage.carrier)
    await stage.carrier.hang(FIRST)
    client = BleakClient(device, timeout=HANGING_S, **stage.carrier.client)
    ended = await error_of(client.connect(timeout=HANGING_S))
    await stage.carrier.recover(FIRST)
    async with joined(stage.carrier) as heard:
        return {"connect": ended, "beats after": len(await beat(stage.carrier, heard))}


async def slots(stage: Stage) -> Seen:
    """Where all links are taken a connect is refused, what stands goes on, and a free slot is taken."""
    async with joined(stage.carrier, FIRST) as first:
        stage.carrier.limit_links(1)
        second = await find(stage.carrier, SECOND)
        refused = BleakClient(second, timeout=HANGING_S, **stage.carrier.client)
        ended = await error_of(refused.connect(timeout=HANGING_S))
        still = len(await beat(stage.carrier, first))
    async with joined(stage.carrier, SECOND) as heard:
        taken = len(await beat(stage.carrier, heard, SECOND))
    stage.carrier.limit_links(None)
    return {"connect": ended, "first": still, "second": taken}


# The table


class Elsewhere(NamedTuple):
    """What a carrier shows that cannot show the rest, and why."""

    seen: Seen
    reason: str


class Situation(NamedTuple):
    """What happens, and what is seen on every carrier but those named."""

    play: Callable[[Stage], Awaitable[Seen]]
    seen: Seen
    elsewhere: Mapping[str, Elsewhere] = {}

    def expected_on(self, carrier: str) -> Seen:
        return self.elsewhere[carrier].seen if carrier in self.elsewhere else self.seen


STRAP: dict[str, dict[str, Sequence[str]]] = {
    "180d": {"2a37": ["notify"], "2a38": ["read"]},
    "180f": {"2a19": ["notify", "read"]},
    "180a": {"2a29": ["read"], "2a24": ["read"], "2a25": ["read"], "2a26": ["read"]},
}
GENERIC_ATTRIBUTE = {"1801": {"2a05": ["indicate"], "2b29": ["read", "write"], "2b2a": ["read"]}}
GENERIC_ACCESS = {"1800": {"2a00": ["read"], "2a01": ["read"]}}
READINGS = {"location": b"\x01", "battery": bytes([round(BATTERY_PERCENT)])}
ADVERT: dict[str, Any] = {name: (name, [HEART_RATE_SERVICE], True) for name in NAMES}

SITUATIONS: dict[str, Situation] = {
    "scan": Situation(scan, ADVERT),
    "connect": Situation(
        connect,
        {**STRAP, **GENERIC_ATTRIBUTE, **READINGS},
        {
            "bumble": Elsewhere(
                {**STRAP, **GENERIC_ATTRIBUTE, **GENERIC_ACCESS, **READINGS},
                "hiding the generic access service is a habit of BlueZ",
            )
        },
    ),
    "subscribe": Situation(subscribe, {"as said": True}),
    "lose": Situation(lose, {"told": 1, "reading": "BleakError", "said": "no_link"}),
    "regain": Situation(regain, {"beats": [BEATS] * ROUNDS}),
    "duplicates": Situation(
        duplicates,
        {"beats": [BEATS * (n + 1) for n in range(ROUNDS)]},
        {
            "bumble": Elsewhere(
                {"beats": [BEATS] * ROUNDS},
                "registrations that outlive a link are kept by bluetoothd, and there is none",
            )
        },
    ),
    "power off": Situation(
        power_off,
        {"scan": "POWERED_OFF", "beats after": BEATS},
        {
            "bumble": Elsewhere(
                {
                    "cannot": "bleak learns of an adapter without power from BlueZ; "
                    "behind backend= there is no adapter to ask"
                },
                "there is no service that owns the adapter",
            )
        },
    ),
    "hang": Situation(hang, {"connect": "TimeoutError", "beats after": BEATS}),
    "slots": Situation(
        slots,
        {"connect": "TimeoutError", "first": BEATS, "second": BEATS},
        {
            "bumble": Elsewhere(
                {"connect": "BleakError", "first": BEATS, "second": BEATS},
                "the controller's refusal comes straight to the client; Linux keeps it to itself for 40 s",
            )
        },
    ),
}
