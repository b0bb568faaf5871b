"""TCX (Garmin's Training Center Database v2 with its ActivityExtension v2).

A trackpoint without a position is a trackpoint. TotalTimeSeconds of a lap leaves pauses out; tracks of one lap
stand apart by a pause. Running cadence counts one leg.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from sts_hub.activities.activity import Activity, Device, Section, UnreadableError, in_order
from sts_hub.activities.reading.markup import Clock, Elements, Points, leaves, local, number
from sts_hub.activities.reading.words import word

ROOT: Final = "TrainingCenterDatabase"

# our metric: the element inside a Trackpoint
_FIELDS: Final = {
    "heart_rate": "Value",
    "latitude": "LatitudeDegrees",
    "longitude": "LongitudeDegrees",
    "altitude": "AltitudeMeters",
    "distance": "DistanceMeters",
    "speed": "Speed",
    "power": "Watts",
}


@dataclass
class _Heard:
    clock: Clock = field(default_factory=Clock)
    points: Points = field(default_factory=Points)
    sessions: list[Section] = field(default_factory=list)
    laps: list[Section] = field(default_factory=list)
    pauses_us: list[tuple[int, int]] = field(default_factory=list)
    lap_of_session: int = 0
    track_of_lap: int = 0
    point_of_track: int = 0
    sport: str | None = None
    device: Device = field(default_factory=Device)


def read(data: bytes) -> Activity:
    """The activity of a TCX file; raises UnreadableError for what is none."""
    heard, elements = _Heard(), Elements(data)
    for event, name, element in elements:
        if event == "start":
            _begun(heard, name, element)
        else:
            _ended(heard, name, element)
    if heard.lap_of_session < len(heard.laps) or (heard.points.told and not heard.sessions):
        heard.sessions.append(_session(heard))
    if not heard.points.told and not heard.laps:
        raise UnreadableError("This TCX file holds no activity: export the activity itself.")
    t_us, columns = heard.points.columns(steps=heard.sessions[0].sport == "running")
    activity = Activity(
        form="tcx",
        t_us=t_us,
        columns=columns,
        sessions=heard.sessions,
        laps=heard.laps,
        told=heard.points.told,
        device=heard.device,
        created_us=heard.sessions[0].since_us,
        pauses_us=heard.pauses_us,
        whole=elements.whole,
        warnings=heard.points.warnings + heard.clock.warnings,
    )
    if not elements.whole:
        activity.warnings.insert(0, f"The file is cut off: what stood before, {t_us.size} points, was read.")
    return in_order(activity)


def _begun(heard: _Heard, name: str, element: Element) -> None:
    if name == "Activity":
        heard.sport, heard.lap_of_session = word(element.get("Sport")), len(heard.laps)
    elif name == "Lap":
        heard.track_of_lap = 0
    elif name == "Track":
        heard.point_of_track = len(heard.points.t_us)


def _ended(heard: _Heard, name: str, element: Element) -> None:
    match name:
        case "Trackpoint":
            _point(heard, leaves(element))
            element.clear()
        case "Track":
            _track(heard)
        case "Lap":
            heard.laps.append(_lap(heard, element))
            element.clear()
        case "Activity":
            heard.sessions.append(_session(heard))
            heard.lap_of_session = len(heard.laps)
        case "Creator":
            said = leaves(element)
            serial = said.get("UnitId", "")
            heard.device = Device(
                None, word(said.get("Name")), int(serial) if serial.isascii() and serial.isdecimal() else None
            )


def _point(heard: _Heard, said: dict[str, str]) -> None:
    values = {metric: number(said.get(name)) for metric, name in _FIELDS.items()}
    values["cadence"] = number(said.get("RunCadence", said.get("Cadence")))
    heard.points.add(heard.clock.us(said.get("Time")), values)


def _track(heard: _Heard) -> None:
    """Between two tracks of a lap the timer stood."""
    first, times = heard.point_of_track, heard.points.t_us
    if heard.track_of_lap and 0 < first < len(times) and times[first] > times[first - 1]:
        heard.pauses_us.append((times[first - 1], times[first]))
    heard.track_of_lap += 1


def _lap(heard: _Heard, element: Element) -> Section:
    said = {local(child.tag): child for child in element}

    def told(name: str) -> float | None:
        child = said.get(name)
        value = (
            math.nan
            if child is None
            else number(child.text if not len(child) else leaves(child).get("Value"))
        )
        return None if math.isnan(value) else value

    return Section(
        since_us=heard.clock.us(element.get("StartTime")),
        timer_s=told("TotalTimeSeconds"),
        sport=_sport(heard),
        distance_m=told("DistanceMeters"),
        heart_rate_mean=told("AverageHeartRateBpm") or None,
        heart_rate_max=told("MaximumHeartRateBpm") or None,
        energy_kcal=told("Calories"),
    )


def _sport(heard: _Heard) -> str | None:
    """In the words of FIT, which names them alike but for the bicycle."""
    said = (heard.sport or "").lower()
    return {"biking": "cycling", "": None}.get(said, said)


def _session(heard: _Heard) -> Section:
    """An activity, summed up from its laps; it began with the first and ended with the last point."""
    laps = heard.laps[heard.lap_of_session :]
    since_us = next((lap.since_us for lap in laps if lap.since_us is not None), None)
    last_us = max(heard.points.t_us, default=None)
    elapsed_s = None if since_us is None or last_us is None else (last_us - since_us) / 1e6
    return Section(
        since_us=since_us,
        elapsed_s=elapsed_s if elapsed_s is None or elapsed_s >= 0 else None,
        timer_s=_sum([lap.timer_s for lap in laps]),
        sport=_sport(heard),
        distance_m=_sum([lap.distance_m for lap in laps]),
        heart_rate_max=max((lap.heart_rate_max for lap in laps if lap.heart_rate_max), default=None),
        energy_kcal=_sum([lap.energy_kcal for lap in laps]),
    )


def _sum(told: list[float | None]) -> float | None:
    known = [one for one in told if one is not None]
    return sum(known) if known else None
