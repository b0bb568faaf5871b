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
from sts_protocols.beat import Beat

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
        "sensors": [GatewaySensor.model_validate(sensor) for sensor in beat.sensors],
        "buffer": beat.buffer and GatewayBuffer.model_validate(beat.buffer),
        "clock": beat.clock and clock(beat.clock[1], beat.clock[2]),
        "versions": dict(beat.versions),
    }


def clock(error_us: int, source: int) -> GatewayClock:
    """The clock of a gateway, its source as a word."""
    return GatewayClock(error_us=error_us, source=CLOCK_SOURCES[source if source < len(CLOCK_SOURCES) else 0])
