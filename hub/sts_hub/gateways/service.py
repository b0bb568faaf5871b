"""Rules of gateways: their state is what they said last, for as long as it is fresh."""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from sts_hub.gateways import repository
from sts_hub.gateways.repository import GatewayRow
from sts_hub.gateways.schemas import (
    ClockSource,
    Gateway,
    GatewayBuffer,
    GatewayChange,
    GatewayClock,
    GatewaySensor,
    GatewayState,
)
from sts_hub.kit.database import ReadSession, WriteSession
from sts_hub.kit.pages import Cut
from sts_hub.kit.shapes import Page
from sts_hub.policy import Act, Caller, Kind, guard, may, missing
from sts_protocols.beat import Beat, BufferReport, SensorReport

# A gateway beats every 10 s: three missed ones are no longer a slow network.
SILENT_AFTER: Final = timedelta(seconds=30)

CLOCK_SOURCES: Final[tuple[ClockSource, ...]] = ("unknown", "ntp", "gnss", "hub", "rtc")

_beats = msgspec.json.Decoder(Beat)


async def listed(session: ReadSession, caller: Caller, cut: Cut) -> Page[Gateway]:
    """The gateways that the caller sees, by name."""
    rows = await repository.page(session, cut.after(str)[0], cut.limit)
    return cut.page(
        rows, key=lambda row: (row.name,), item=shown, keep=lambda row: may(caller, Act.SEE, row.thing)
    )


async def one(session: ReadSession, caller: Caller, name: str, act: Act = Act.SEE) -> GatewayRow:
    """A gateway that the caller may see or change; raises NotFound or Forbidden."""
    row = await repository.by_name(session, name)
    if row is None:
        raise missing(Kind.GATEWAY)
    guard(caller, act, row.thing)
    return row


async def changed(session: WriteSession, caller: Caller, name: str, change: GatewayChange) -> Gateway:
    """Move a gateway to another site."""
    await one(session, caller, name, Act.CHANGE)
    await repository.change_site(session, name, change.site)
    return shown(await one(session, caller, name))


def shown(row: GatewayRow) -> Gateway:
    """The gateway as the API tells it; a beat that this version cannot read is told as a fault."""
    told = Gateway(
        name=row.name,
        site=row.site,
        state="never",
        faults=[],
        heard_at=row.beat_at,
        sensors=[],
        buffer=None,
        clock=None,
        versions={},
    )
    if row.beat is None or row.beat_at is None:
        return told
    try:
        beat = _beats.decode(row.beat)
    except msgspec.MsgspecError:
        fault = "Its beat cannot be read by this hub: upgrade the older of the two."
        return told.model_copy(update={"state": "degraded", "faults": [fault]})
    return told.model_copy(update=_of_beat(beat, row.beat_at))


def _of_beat(beat: Beat, beat_at: datetime) -> dict[str, object]:
    state: GatewayState = "silent" if datetime.now(UTC) - beat_at > SILENT_AFTER else beat.health.state

    return {
        "state": state,
        "faults": list(beat.health.faults),
        "sensors": [sensor(one, beat_at, beat.boot_us) for one in beat.sensors],
        "buffer": beat.buffer and buffer(beat.buffer, beat_at, beat.boot_us),
        "clock": beat.clock and clock(beat.clock[1], beat.clock[2]),
        "versions": dict(beat.versions),
    }


def sensor(told: SensorReport, beat_at: datetime, boot_us: int) -> GatewaySensor:
    """A sensor of a gateway, whose beat of boot time `boot_us` was heard at `beat_at`."""
    return GatewaySensor(
        name=told.name,
        address=told.address,
        kind=told.kind,
        state=told.state,
        rssi=told.rssi,
        battery=told.battery,
        heard_at=_when(told.last_heard_us, beat_at, boot_us),
    )


def buffer(told: BufferReport, beat_at: datetime, boot_us: int) -> GatewayBuffer:
    """The buffer of a gateway, by such a beat."""
    return GatewayBuffer(
        used_bytes=told.used_bytes,
        cap_bytes=told.cap_bytes,
        waiting_records=told.waiting_records,
        waiting_bytes=told.waiting_bytes,
        dropped_records=told.dropped_records,
        oldest_at=_when(told.oldest_us, beat_at, boot_us),
    )


def _when(told_us: int | None, beat_at: datetime, boot_us: int) -> datetime | None:
    """A boot time of a gateway by the hub's clock, as late as the beat was on its way."""
    return None if told_us is None else beat_at - timedelta(microseconds=max(0, boot_us - told_us))


def clock(error_us: int, source: int) -> GatewayClock:
    """The clock of a gateway, its source as a word."""
    return GatewayClock(error_us=error_us, source=CLOCK_SOURCES[source if source < len(CLOCK_SOURCES) else 0])
