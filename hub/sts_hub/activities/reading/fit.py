"""FIT (Flexible and Interoperable Data Transfer, Garmin's protocol 2.0), read with fitdecode.

What is read before a cut or damage is kept. Heart rate 0 means none; times below 0x10000000 are seconds since
power-on; running cadence counts one leg and is doubled; developer fields stand beside native ones and never
replace them.
"""

from __future__ import annotations

import io
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from fitdecode import CrcCheck, ErrorHandling, FitReader  # type: ignore[import-untyped]
from fitdecode.exceptions import FitEOFError, FitHeaderError  # type: ignore[import-untyped]
from fitdecode.records import FitDataMessage  # type: ignore[import-untyped]

from sts_hub.activities.activity import Activity, Beats, Column, Device, Section, UnreadableError, in_order
from sts_hub.activities.checksum import checksums_fit
from sts_hub.activities.reading.words import word

# FIT counts seconds from 1989-12-31T00:00:00Z; what is below this bound counts from power-on (profile, date_time).
EPOCH_S: Final = 631_065_600
FIRST_DATE: Final = 0x10000000
# A day at one record a second with 30 fields each is 2.6 million; reading so many takes some ten seconds.
MOST_FIELDS: Final = 5_000_000
# Developer fields: a record of a watch with ten apps has some twenty.
MOST_COLUMNS: Final = 60
_SEMICIRCLE: Final = 180 / 2**31

# our metric: (unit, fields of a record that tell it, the best first, factor)
_NATIVE: Final[dict[str, tuple[str, tuple[str, ...], float]]] = {
    "heart_rate": ("/min", ("heart_rate",), 1),
    "cadence": ("/min", ("cadence",), 1),
    "power": ("W", ("power",), 1),
    "speed": ("m/s", ("enhanced_speed", "speed"), 1),
    "distance": ("m", ("distance",), 1),
    "latitude": ("deg", ("position_lat",), _SEMICIRCLE),
    "longitude": ("deg", ("position_long",), _SEMICIRCLE),
    "altitude": ("m", ("enhanced_altitude", "altitude"), 1),
    "respiratory_rate": ("/min", ("enhanced_respiration_rate", "respiration_rate"), 1),
    "body_temperature": ("Cel", ("core_temperature",), 1),
}
_READ: Final = frozenset(name for _, names, _ in _NATIVE.values() for name in names) | {"fractional_cadence"}

# Developer fields by their name, with the units that they may have to be taken for one of our metrics.
_CELSIUS: Final = ("c", "°c", "cel", "celsius", "deg c", "degc")
_DEVELOPER: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "core_temperature": ("body_temperature", "Cel", _CELSIUS),
    "core_body_temperature": ("body_temperature", "Cel", _CELSIUS),
    "skin_temperature": ("skin_temperature", "Cel", _CELSIUS),
    "power": ("power", "W", ("w", "watt", "watts")),
    "heart_rate": ("heart_rate", "/min", ("bpm", "/min")),
}
# One leg is counted on these.
_ON_FOOT: Final = frozenset({"running", "walking", "hiking"})


@dataclass
class _Heard:
    """What has been read so far."""

    file_type: Any = None
    device: Device = field(default_factory=Device)
    created: int | None = None
    times: list[int | None] = field(default_factory=list)
    native: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    developer: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    sessions: list[dict[str, Any]] = field(default_factory=list)
    laps: list[dict[str, Any]] = field(default_factory=list)
    timer: list[tuple[int, bool]] = field(default_factory=list)
    beats: list[tuple[int, float]] = field(default_factory=list)
    utc_offset_s: int | None = None
    fields: int = 0
    whole: bool = True
    warnings: list[str] = field(default_factory=list)


def read(data: bytes) -> Activity:
    """The activity of a FIT file; raises UnreadableError for what is none."""
    heard = _Heard()
    for message in _messages(data, heard):
        take = _MESSAGES.get(message.global_mesg_num)
        if take is not None:
            take(heard, message)
    if heard.file_type not in (None, "activity"):
        raise UnreadableError(
            f"This FIT file is of the kind {word(heard.file_type)}, no activity: export the activity itself."
        )
    if not heard.times and not heard.sessions:
        raise UnreadableError(
            "This FIT file holds neither records nor a session: export it again from the device."
        )
    return in_order(_activity(heard))


def _messages(data: bytes, heard: _Heard) -> Iterator[Any]:
    """Yield the data messages up to where the file can be read."""
    # Checksums are our own business: the library's take a quarter of the time.
    if not checksums_fit(data):
        heard.whole = False
        heard.warnings.append("A checksum of the file is wrong: some of its values may be, too.")
    frames = iter(
        FitReader(
            io.BytesIO(data), processor=None, check_crc=CrcCheck.DISABLED, error_handling=ErrorHandling.IGNORE
        )
    )
    while heard.fields <= MOST_FIELDS:
        try:
            frame = next(frames, None)
        except FitHeaderError as error:
            if not heard.times:
                raise UnreadableError("This is no FIT file: its header is not one.") from error
            return _spoilt(heard, "What follows the first file in it is no FIT file")
        except FitEOFError:
            return _spoilt(heard, "The file is cut off")
        except Exception as error:
            return _spoilt(heard, f"The file is damaged ({type(error).__name__})")
        if frame is None:
            return None
        heard.fields += 1
        if isinstance(frame, FitDataMessage):
            heard.fields += len(frame.fields)
            yield frame
    return _spoilt(heard, f"The file has more than {MOST_FIELDS:,} fields")


def _spoilt(heard: _Heard, what: str) -> None:
    heard.whole = False
    heard.warnings.append(f"{what}: what stood before, {len(heard.times)} records, was read.")


def _values(message: Any) -> dict[str, Any]:
    """Fields by name, of which native ones count before a developer's of the same name."""
    found: dict[str, Any] = {}
    for one in message.fields:
        if not _is_developer(one):
            found.setdefault(one.name, one.value)
    return found


def _is_developer(one: Any) -> bool:
    return one.field_def is not None and one.field_def.is_dev


def _number(value: Any) -> float:
    """A finite number, else NaN: a field may hold an array or text."""
    if isinstance(value, (int, float)) and math.isfinite(value):
        return float(value)
    return math.nan


def _told(value: Any) -> float | None:
    number = _number(value)
    return None if math.isnan(number) else number


def _file_id(heard: _Heard, message: Any) -> None:
    said = _values(message)
    if heard.file_type is None:
        heard.file_type = said.get("type")
        serial = said.get("serial_number")
        heard.device = Device(
            word(said.get("manufacturer")),
            word(said.get("product_name") or said.get("garmin_product") or said.get("product")),
            serial if isinstance(serial, int) else None,
        )
        created = said.get("time_created")
        heard.created = created if isinstance(created, int) and created >= FIRST_DATE else None


def _record(heard: _Heard, message: Any) -> None:
    time: int | None = None
    native: dict[str, float] = {}
    here = len(heard.times)
    for one in message.fields:
        if _is_developer(one):
            _developer(heard, one, here)
        elif one.name == "timestamp":
            time = one.value if isinstance(one.value, int) else None
        elif one.name in _READ and one.value is not None:
            native.setdefault(one.name, _number(one.value))
    heard.times.append(time)
    for name, value in native.items():
        column = heard.native[name]
        column += [math.nan] * (here - len(column))
        column.append(value)


def _developer(heard: _Heard, one: Any, here: int) -> None:
    name, unit = word(one.name) or "unnamed", word(one.units) or ""
    value = _number(one.value)
    if math.isnan(value) or ((name, unit) not in heard.developer and len(heard.developer) >= MOST_COLUMNS):
        return
    column = heard.developer[name, unit]
    column += [math.nan] * (here - len(column))
    if len(column) == here:
        column.append(value)


def _session(heard: _Heard, message: Any) -> None:
    heard.sessions.append(_values(message))


def _lap(heard: _Heard, message: Any) -> None:
    heard.laps.append(_values(message))


def _event(heard: _Heard, message: Any) -> None:
    """Pauses: the timer is stopped and started."""
    said = _values(message)
    how, time = said.get("event_type"), said.get("timestamp")
    if said.get("event") == "timer" and isinstance(time, int) and how in ("start", "stop", "stop_all"):
        heard.timer.append((time, how == "start"))


def _hrv(heard: _Heard, message: Any) -> None:
    """RR intervals in s, told before the record whose second they belong to."""
    said = _values(message).get("time")
    for value in said if isinstance(said, (tuple, list)) else (said,):
        if not math.isnan(_number(value)):
            heard.beats.append((len(heard.times), float(value) * 1000))


def _activity_message(heard: _Heard, message: Any) -> None:
    """Local time minus UTC tells the zone that the device was set to."""
    said = _values(message)
    local, time = said.get("local_timestamp"), said.get("timestamp")
    if isinstance(local, int) and isinstance(time, int) and abs(local - time) <= 15 * 3600:
        heard.utc_offset_s = local - time


_MESSAGES: Final[dict[int, Callable[[_Heard, Any], None]]] = {
    0: _file_id,
    18: _session,
    19: _lap,
    20: _record,
    21: _event,
    34: _activity_message,
    78: _hrv,
}


def _activity(heard: _Heard) -> Activity:
    times, kept, since_power_on = _placed(heard)
    sessions = [_section(said) for said in heard.sessions]
    columns = {name: Column(one.unit, one.value[kept]) for name, one in _columns(heard, sessions).items()}
    t_us = _us(times[kept], since_power_on)
    return Activity(
        form="fit",
        t_us=t_us,
        columns=columns,
        sessions=sessions,
        laps=[_section(said) for said in heard.laps],
        told=len(heard.times),
        device=heard.device,
        created_us=None if heard.created is None else (heard.created + EPOCH_S) * 1_000_000,
        pauses_us=_pauses(heard.timer, since_power_on),
        beats=_beats(heard, times, kept, since_power_on),
        utc_offset_s=heard.utc_offset_s,
        since_power_on=since_power_on,
        whole=heard.whole,
        warnings=heard.warnings,
    )


def _placed(heard: _Heard) -> tuple[Any, Any, bool]:
    """Times in s, which of them count, and whether they are since power-on (only where no record has a date)."""
    missing = sum(time is None for time in heard.times)
    if missing:
        heard.warnings.append(f"{missing} records have no time: they were left out.")
    times = np.array([-1 if time is None else time for time in heard.times], np.int64)
    dated = times >= FIRST_DATE
    if dated.any():
        undated = int((times >= 0).sum() - dated.sum())
        if undated:
            heard.warnings.append(
                f"{undated} records are from before the device knew the date: they were left out."
            )
        return times, dated, False
    since_power_on = bool((times >= 0).any())
    if since_power_on:
        heard.warnings.append("The device did not know the date: say when it was started to have it stored.")
    return times, times >= 0, since_power_on


def _us(times_s: Any, since_power_on: bool) -> Any:
    return (times_s + (0 if since_power_on else EPOCH_S)) * 1_000_000


def _columns(heard: _Heard, sessions: list[Section]) -> dict[str, Column]:
    count = len(heard.times)
    native = {name: _full(values, count) for name, values in heard.native.items()}
    found: dict[str, Column] = {}
    for metric, (unit, names, factor) in _NATIVE.items():
        told = [native[name] for name in names if name in native]
        if told:
            value = told[0]
            for other in told[1:]:
                value = np.where(np.isnan(value), other, value)
            found[metric] = Column(unit, value * factor)
    _cadence(found, native.get("fractional_cadence"), sessions, heard)
    _no_zeros(found)
    _beside(found, heard, count)
    return found


def _full(values: list[float], count: int) -> Any:
    return np.array(values + [math.nan] * (count - len(values)))


def _cadence(found: dict[str, Column], fraction: Any, sessions: list[Section], heard: _Heard) -> None:
    """Of running one leg is told, in whole steps and a fraction (facts of the profile): both legs are kept."""
    if "cadence" not in found:
        return
    value = found["cadence"].value
    if fraction is not None:
        value = value + np.nan_to_num(fraction)
    times = np.array([-1 if time is None else time for time in heard.times], np.int64) + EPOCH_S
    for one in sessions:
        if one.sport in _ON_FOOT:
            inside = np.ones(value.size, bool)
            if len(sessions) > 1 and one.since_us is not None and one.elapsed_s is not None:
                since_s = one.since_us // 1_000_000
                inside = (times >= since_s) & (times <= since_s + one.elapsed_s)
            value = np.where(inside, value * 2, value)
    found["cadence"] = Column("/min", value)


def _no_zeros(found: dict[str, Column]) -> None:
    """Heart rate 0 is none; latitude and longitude both exactly 0 is a receiver without a fix."""
    for name in ("heart_rate", "respiratory_rate", "body_temperature"):
        if name in found:
            value = found[name].value
            found[name] = Column(found[name].unit, np.where(value > 0, value, math.nan))
    if "latitude" in found and "longitude" in found:
        latitude, longitude = found["latitude"].value, found["longitude"].value
        nowhere = ((latitude == 0) & (longitude == 0)) | np.isnan(latitude) | np.isnan(longitude)
        found["latitude"] = Column("deg", np.where(nowhere, math.nan, latitude))
        found["longitude"] = Column("deg", np.where(nowhere, math.nan, longitude))


def _beside(found: dict[str, Column], heard: _Heard, count: int) -> None:
    """Developer fields: one of our metrics where nothing native tells it, else a column of their own."""
    for (name, unit), values in heard.developer.items():
        value = _full(values, count)
        metric, our_unit, units = _DEVELOPER.get(name.lower().replace(" ", "_"), ("", "", ()))
        ours = metric and unit.lower() in (*units, "")
        if ours and (metric not in found or np.isnan(found[metric].value).all()):
            found[metric] = Column(our_unit, np.where(value > 0, value, math.nan))
        else:
            found[f"developer: {name}"] = Column(unit, value)


def _section(said: dict[str, Any]) -> Section:
    since = said.get("start_time")
    dated = isinstance(since, int) and since >= FIRST_DATE
    return Section(
        since_us=(since + EPOCH_S) * 1_000_000 if dated and isinstance(since, int) else None,
        elapsed_s=_told(said.get("total_elapsed_time")),
        timer_s=_told(said.get("total_timer_time")),
        sport=word(said.get("sport")),
        distance_m=_told(said.get("total_distance")),
        heart_rate_mean=_told(said.get("avg_heart_rate")) or None,
        heart_rate_max=_told(said.get("max_heart_rate")) or None,
        energy_kcal=_told(said.get("total_calories")),
    )


def _pauses(timer: list[tuple[int, bool]], since_power_on: bool) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    stopped: int | None = None
    for time, running in timer:
        if running and stopped is not None and time > stopped:
            since, until = _us(np.array([stopped, time], np.int64), since_power_on).tolist()
            found.append((since, until))
        stopped = None if running else (time if stopped is None else stopped)
    return found


def _beats(heard: _Heard, times: Any, kept: Any, since_power_on: bool) -> Beats:
    """Each interval at the time of the record that follows it, the k-th of a record k µs later (agreement 1)."""
    within: Counter[int] = Counter()
    t_us: list[int] = []
    ms: list[float] = []
    for place, interval in heard.beats:
        if place < times.size and kept[place]:
            t_us.append(int(_us(times[place], since_power_on)) + within[place])
            ms.append(interval)
            within[place] += 1
    return Beats(np.array(t_us, np.int64), np.array(ms))
