"""What travels on the exchange sts.live: written by the ingest workers, read by every API process.

JSON, one message each: `live.<gateway>` carries a Frame, `fleet.<gateway>` a FleetNews, `live.notice` a
Notice, `alert.<id>` an Alert. Times ending in `_us` are integer microseconds: `boot_us` of the gateway's boot
clock, the others of wall time since 1970. A receiver keeps the newest value of each sensor and metric by its
time, so order and repetition on the way do not matter.
"""

from typing import Literal
from uuid import UUID

import msgspec

from sts_protocols.beat import BufferReport, SensorReport

NOTICE_KEY = "live.notice"
FLEET_PREFIX = "fleet."
FRAME_PREFIX = "live."
ALERT_PREFIX = "alert."


class FrameValue(msgspec.Struct, frozen=True, array_like=True):
    """One value: metric and quality by number, as in the catalogue and `sts_protocols.sample.Quality`."""

    sensor_id: int
    metric: int
    t_us: int
    value: float
    quality: int


class Frame(msgspec.Struct, frozen=True, tag="frame"):
    """The values of one live record, for registered and consenting sensors only."""

    gateway: str
    epoch: str
    seq: int
    boot_us: int
    t_us: int
    hub_us: int
    values: list[FrameValue]


class Notice(msgspec.Struct, frozen=True, tag="notice"):
    """Something that stops or starts the flow for everybody."""

    reason: Literal["database_away", "database_back"]
    hub_us: int


class FleetNews(msgspec.Struct, frozen=True, tag="fleet"):
    """What a gateway said of itself in its last beat; `clock` as the beat has it. `boot_us`: the beat's own, by which
    its other boot times are told."""

    gateway: str
    hub_us: int
    state: str
    faults: list[str] = []
    sensors: list[SensorReport] = []
    buffer: BufferReport | None = None
    clock: tuple[int, int, int] | None = None
    versions: dict[str, str] = {}
    boot_us: int = 0


class Alert(msgspec.Struct, frozen=True, tag="alert"):
    """Something that somebody must look at, or (resolved) must no more: about an athlete, a team, or a gateway; `what`: body or quality."""

    id: str
    t_us: int
    text: str
    athlete: UUID | None = None
    gateway: str | None = None
    team: UUID | None = None
    what: str = "quality"
    colour: str = "orange"
    late: bool = False
    escalated: bool = False
    resolved: bool = False


Message = Frame | Notice | FleetNews | Alert

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


def encode(message: Message) -> bytes:
    """The body to publish."""
    return _encoder.encode(message)


def decode(body: bytes) -> Message:
    """The message in a body; raises msgspec.DecodeError when it is none."""
    return _decoder.decode(body)


def routing_key(message: Message) -> str:
    """The key that this message is published with."""
    match message:
        case Frame(gateway=gateway):
            return FRAME_PREFIX + gateway
        case FleetNews(gateway=gateway):
            return FLEET_PREFIX + gateway
        case Notice():
            return NOTICE_KEY
        case Alert(id=alert):
            return ALERT_PREFIX + alert
