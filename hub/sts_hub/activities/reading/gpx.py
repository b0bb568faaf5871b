"""GPX 1.1 with Garmin's TrackPointExtension and the power that others add. Paused stretches are segments apart."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from sts_hub.activities.activity import Activity, Device, Section, UnreadableError, in_order
from sts_hub.activities.reading.markup import Clock, Elements, Points, leaves, number
from sts_hub.activities.reading.words import word

ROOT: Final = "gpx"

# our metric: the elements inside a trkpt that tell it, the best first
_FIELDS: Final = {
    "altitude": ("ele",),
    "heart_rate": ("hr",),
    "cadence": ("cad",),
    "speed": ("speed",),
    "power": ("power", "PowerInWatts"),
}
# `type` of a track is free text; one service writes its own numbers.
_SPORTS: Final = {"9": "running", "1": "cycling", "run": "running", "biking": "cycling", "ride": "cycling"}


def read(data: bytes) -> Activity:
    """The activity of a GPX file; raises UnreadableError for what is none."""
    clock, points, elements = Clock(), Points(), Elements(data)
    segments: list[int] = []
    tracks: list[int] = []
    sports: list[str | None] = []
    device = Device()
    for event, name, element in elements:
        if event == "start":
            if name == "trk":
                tracks.append(len(points.t_us))
                sports.append(None)
            elif name == "trkseg":
                segments.append(len(points.t_us))
            elif name == "gpx":
                device = Device(product=word(element.get("creator")))
        elif name == "trkpt" and tracks:
            said = leaves(element)
            points.add(clock.us(said.get("time")), _values(element, said))
            element.clear()
        elif name == "type" and tracks:
            sports[-1] = _sport(element.text)
    if not points.t_us:
        raise UnreadableError(
            "This GPX file has no track with times: a route says where to go, not what was done."
        )
    t_us, columns = points.columns(steps=sports[0] == "running")
    activity = Activity(
        form="gpx",
        t_us=t_us,
        columns=columns,
        sessions=_sessions(points.t_us, tracks, sports),
        laps=[],
        told=points.told,
        device=device,
        created_us=points.t_us[0],
        pauses_us=_pauses(points.t_us, segments, tracks),
        whole=elements.whole,
        warnings=points.warnings + clock.warnings,
    )
    if not elements.whole:
        activity.warnings.insert(0, f"The file is cut off: what stood before, {t_us.size} points, was read.")
    return in_order(activity)


def _values(element: Element, said: dict[str, str]) -> dict[str, float]:
    values = {
        metric: number(next((said[name] for name in names if name in said), None))
        for metric, names in _FIELDS.items()
    }
    return values | {"latitude": number(element.get("lat")), "longitude": number(element.get("lon"))}


def _sport(text: str | None) -> str | None:
    said = (word(text) or "").lower()
    return _SPORTS.get(said, said) or None


def _sessions(t_us: list[int], tracks: list[int], sports: list[str | None]) -> list[Section]:
    """A track is a session; GPX sums nothing up."""
    ends = [*tracks[1:], len(t_us)]
    return [
        Section(since_us=t_us[begin], elapsed_s=(t_us[end - 1] - t_us[begin]) / 1e6, sport=sport)
        for begin, end, sport in zip(tracks, ends, sports, strict=True)
        if end > begin
    ]


def _pauses(t_us: list[int], segments: list[int], tracks: list[int]) -> list[tuple[int, int]]:
    return [
        (t_us[first - 1], t_us[first])
        for first in segments
        if first not in tracks and 0 < first < len(t_us) and t_us[first] > t_us[first - 1]
    ]
