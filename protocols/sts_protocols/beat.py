"""Beat and answer: what a gateway says about itself every 10 s, and all that comes down to it.

JSON inside a zstd frame of level 3. Fields may be added: a reader ignores those it does not know and takes
the default for those that are missing, so that gateways and hubs of different age understand each other.
"""

from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

import msgspec

from sts_protocols.errors import BeatError, RecordError
from sts_protocols.record.compression import pack, unpack
from sts_protocols.record.header import MAX_SEQ, MAX_TIME_US, ClockReading
from sts_protocols.routing import GATEWAY_NAME
from sts_protocols.sample import SENSOR_NAME

BEAT_VERSION = 1
# A beat tells of each epoch still held, some 60 B once compressed: this is room for 4,000 restarts while
# offline.
MAX_BEAT_BYTES = 256 * 1024

Range = tuple[int, int]  # of record numbers, both ends included

Gateway = Annotated[str, msgspec.Meta(pattern=rf"^{GATEWAY_NAME.pattern}\Z")]
Epoch = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
SensorName = Annotated[str, msgspec.Meta(pattern=rf"^{SENSOR_NAME.pattern}\Z")]
Word = Annotated[str, msgspec.Meta(pattern=r"^[ -~]{0,80}\Z")]
# No database stores a NUL in text: it is refused where it would come in.
Sentence = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^[^\x00]*\Z")]
Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_SEQ)]
Seq = Annotated[int, msgspec.Meta(ge=-1, le=MAX_SEQ)]
TimeUs = Annotated[int, msgspec.Meta(ge=0, le=MAX_TIME_US)]
ErrorUs = Annotated[int, msgspec.Meta(ge=0, le=MAX_TIME_US)]
Number = int | float | None
Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Version = Annotated[str, msgspec.Meta(pattern=r"^[0-9][0-9A-Za-z.+!-]{0,39}\Z")]
# Empty: none is held.
RosterHash = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")]
# JSON as text: its hash is that of these very bytes, whoever wrote it. Thirty sensors take 4 KB.
MAX_TABLES = 64 * 1024
Tables = Annotated[str, msgspec.Meta(max_length=MAX_TABLES, pattern=r"^[ -~]*\Z")]

SensorState = Literal["live", "late", "lost", "connecting", "not_worn", "off"]
HealthState = Literal["ok", "degraded", "failed"]


class AnchorReport(msgspec.Struct, frozen=True):
    """One tie of boot time to wall time; the pin of an epoch is never changed once told."""

    boot_us: TimeUs
    wall_us: TimeUs
    error_us: ErrorUs
    source: Annotated[int, msgspec.Meta(ge=1, le=255)]


class EpochReport(msgspec.Struct):
    """One start of the agent. `first` is the lowest record number held, `head` the last synced one (-1: none
    yet); `started_us` and `ended_us` bound its wall time (not before, not after) where no pin can."""

    epoch: Epoch
    boot_id: Word
    running: bool
    first: Count
    head: Seq
    confirmed: list[Range]
    pin: AnchorReport | None = None
    started_us: TimeUs | None = None
    ended_us: TimeUs | None = None


class SensorReport(msgspec.Struct):
    """A sensor by its local name; `address` says which device it is. `last_heard_us` is boot time."""

    name: SensorName
    address: Word
    kind: Word
    state: SensorState
    rssi: int | None = None
    battery: int | None = None
    last_heard_us: TimeUs | None = None


class BufferReport(msgspec.Struct):
    """How full the disk buffer is; `oldest_us` is the boot time of the oldest record that waits."""

    used_bytes: Count
    cap_bytes: Count
    waiting_records: Count
    waiting_bytes: Count
    oldest_us: TimeUs | None
    dropped_records: Count
    policy: Word


class HealthReport(msgspec.Struct):
    """One word, and a sentence for each thing that somebody must act on."""

    state: HealthState = "ok"
    faults: list[Sentence] = []


class RefusedChange(msgspec.Struct):
    """A change of settings that the gateway did not take, or took back, with every reason why."""

    change: Count
    faults: list[Sentence]


class SettingsReport(msgspec.Struct):
    """Which settings are in force of those that the hub may change. `hash`: SHA-256 of `tables`, which are
    told when the hub asks for them; `change`: which of the hub's changes made this version, None when it was
    made on the gateway; `refused`: the hub's last change, when it is not in force."""

    version: Count
    hash: Hash
    change: Count | None = None
    refused: RefusedChange | None = None
    tables: Tables | None = None


class OrderOutcome(msgspec.Struct):
    """What became of an order, told until the hub's answers no longer name it."""

    id: Count
    state: Literal["done", "failed", "expired"]
    words: Sentence


class Beat(msgspec.Struct, kw_only=True):
    """What a gateway says every 10 s and first on each new connection. `number` is echoed by the answer."""

    version: int = BEAT_VERSION
    gateway: Gateway
    epoch: Epoch
    number: Count
    boot_us: TimeUs
    wall_us: TimeUs | None = None
    clock: ClockReading | None = None
    epochs: list[EpochReport]
    sensors: list[SensorReport] = []
    buffer: BufferReport | None = None
    link: dict[Word, Number] = {}
    health: HealthReport = msgspec.field(default_factory=HealthReport)
    versions: dict[Word, Word] = {}
    settings: SettingsReport | None = None
    roster: RosterHash | None = None
    orders: list[OrderOutcome] | None = None


class Order(msgspec.Struct):
    """Something to do once, before `expires_us` by the hub's clock. `act`: `identify` or `diagnostics`; a gateway
    answers one that it does not know as failed."""

    id: Count
    act: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z_]{0,39}\Z")]
    expires_us: TimeUs


class Wearer(msgspec.Struct):
    """Who wears a sensor, as little of it as a technician needs. `zones`: the lowest heart rate of each zone,
    /min, ascending; empty where no maximum is known."""

    sensor: SensorName
    jersey: Annotated[int, msgspec.Meta(ge=0, le=9999)] | None
    initials: Annotated[str, msgspec.Meta(max_length=8, pattern=r"^[^\x00-\x1f]*\Z")]
    zones: list[Annotated[int, msgspec.Meta(ge=1, le=300)]] = []


class Roster(msgspec.Struct):
    """Who wears the sensors of this gateway now, whole; `hash` is told by the beats of whoever holds it, and is
    empty where nobody wears any."""

    hash: RosterHash
    wearers: list[Wearer] = []


class SettingsChange(msgspec.Struct):
    """Settings to take up: JSON `tables` as `version`, if those in force still have the hash `based_on`."""

    change: Count
    version: Count
    based_on: Hash
    tables: Tables


class EpochAnswer(msgspec.Struct):
    """What the hub has of an epoch: received ranges, what it wants again, whether it knows the pin.

    `closed`: the hub has or has given up everything up to the head of this ended epoch; the gateway may
    forget it.
    """

    epoch: Epoch
    closed: bool = False
    received: list[Range] = []
    wanted: list[Range] = []
    pinned: bool = False


class Answer(msgspec.Struct, kw_only=True):
    """The hub's reply. None means: nothing newer than what the gateway has. `settings_wanted`: the next beat
    is to tell the tables of the settings in force. `parked`: the hub wants nothing of this device, for it has
    the contents of another's card; the sentence says how it is enrolled anew. `wanted_version`: of the agent."""

    version: int = BEAT_VERSION
    number: Count
    hub_us: TimeUs
    epochs: list[EpochAnswer] = []
    settings: SettingsChange | None = None
    settings_wanted: bool = False
    parked: Sentence | None = None
    roster: Roster | None = None
    orders: list[Order] = []
    wanted_version: Version | None = None


_encoder = msgspec.json.Encoder()
_beats = msgspec.json.Decoder(Beat)
_answers = msgspec.json.Decoder(Answer)
_Message = TypeVar("_Message", Beat, Answer)


def encode_beat(beat: Beat) -> bytes:
    """The bytes of a beat. Raises BeatError for what `decode_beat` would refuse."""
    return _packed(beat, _parse_beat)


def decode_beat(data: bytes) -> Beat:
    """Raises BeatError."""
    return _parse_beat(_unpacked(data))


def encode_answer(answer: Answer) -> bytes:
    """The bytes of an answer. Raises BeatError for what `decode_answer` would refuse."""
    return _packed(answer, _parse_answer)


def decode_answer(data: bytes) -> Answer:
    """Raises BeatError."""
    return _parse_answer(_unpacked(data))


def _packed(message: _Message, parse: Callable[[bytes], _Message]) -> bytes:
    plain = _encoder.encode(message)
    parse(plain)
    try:
        data = pack(plain)
    except RecordError as error:
        raise BeatError(f"The beat or answer is too large to be sent: {error}") from None
    _check_size(data)
    return data


def _unpacked(data: bytes) -> bytes:
    _check_size(data)
    try:
        return unpack(data)
    except RecordError as error:
        raise BeatError(f"The beat or answer cannot be unpacked: {error}") from None


def _check_size(data: bytes) -> None:
    if len(data) > MAX_BEAT_BYTES:
        raise BeatError(f"A beat or answer of {len(data)} bytes is over the limit of {MAX_BEAT_BYTES}")


def _parse_beat(plain: bytes) -> Beat:
    beat = _parse(plain, _beats)
    for report in beat.epochs:
        _check_ranges(report.epoch, report.confirmed)
    return beat


def _parse_answer(plain: bytes) -> Answer:
    answer = _parse(plain, _answers)
    for report in answer.epochs:
        _check_ranges(report.epoch, report.received)
        _check_ranges(report.epoch, report.wanted)
    return answer


def _parse(plain: bytes, decoder: "msgspec.json.Decoder[_Message]") -> _Message:
    try:
        message = decoder.decode(plain)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BeatError(f"The beat or answer is not what its format says: {error}") from None
    if message.version != BEAT_VERSION:
        raise BeatError(f"Beat format {message.version} is not known here: upgrade the older side")
    return message


def _check_ranges(epoch: str, ranges: list[Range]) -> None:
    before = -1
    for first, last in ranges:
        if not before < first <= last <= MAX_SEQ:
            raise BeatError(f"The ranges of epoch {epoch} are not ascending and apart")
        before = last
