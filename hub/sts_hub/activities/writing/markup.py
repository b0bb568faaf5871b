"""TCX and GPX, written: what each has an element for."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from sts_hub.activities.activity import Activity, Section

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_TCX: Final = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
_TPX: Final = "http://www.garmin.com/xmlschemas/ActivityExtension/v2"
_GPX: Final = "http://www.topografix.com/GPX/1/1"
_POINT: Final = "http://www.garmin.com/xmlschemas/TrackPointExtension/v2"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Words that TCX has for sports; it knows no third.
_TCX_SPORTS: Final = {"running": "Running", "cycling": "Biking"}
CREATOR: Final = "Smart Training System"

Row = dict[str, float]


def tcx(activity: Activity) -> bytes:
    """The activity as a TCX file of one lap."""
    session = activity.sessions[0] if activity.sessions else Section()
    legs = 2 if session.sport == "running" else 1
    points = "".join(_trackpoint(moment, row, legs) for moment, row in _rows(activity))
    sport = _TCX_SPORTS.get(session.sport or "", "Other")
    since = _moment(activity.t_us[0]) if activity.t_us.size else ""
    timer_s = session.timer_s if session.timer_s is not None else session.elapsed_s or 0
    text = (
        f'{_DECLARATION}<TrainingCenterDatabase xmlns="{_TCX}" xmlns:x="{_TPX}"><Activities>'
        f'<Activity Sport="{sport}"><Id>{since}</Id><Lap StartTime="{since}">'
        f"<TotalTimeSeconds>{timer_s:g}</TotalTimeSeconds><DistanceMeters>{session.distance_m or 0:.2f}</DistanceMeters>"
        f"<Calories>{session.energy_kcal or 0:.0f}</Calories><Intensity>Active</Intensity>"
        f"<TriggerMethod>Manual</TriggerMethod><Track>{points}</Track></Lap>"
        f"<Notes>{escape(CREATOR)}</Notes></Activity></Activities></TrainingCenterDatabase>\n"
    )
    return text.encode()


def _trackpoint(moment: str, row: Row, legs: int) -> str:
    """Elements in the order of the schema; cadence of a bicycle is its own element, of runners an extension."""
    place = ""
    if "latitude" in row and "longitude" in row:
        place = (
            f"<Position><LatitudeDegrees>{row['latitude']:.7f}</LatitudeDegrees>"
            f"<LongitudeDegrees>{row['longitude']:.7f}</LongitudeDegrees></Position>"
        )
    extension = _element(row, "speed", "x:Speed", ".3f")
    if legs == 2 and "cadence" in row:
        extension += f"<x:RunCadence>{row['cadence'] / 2:.0f}</x:RunCadence>"
    extension += _element(row, "power", "x:Watts", ".0f")
    heart = (
        f"<HeartRateBpm><Value>{row['heart_rate']:.0f}</Value></HeartRateBpm>" if "heart_rate" in row else ""
    )
    return (
        f"<Trackpoint><Time>{moment}</Time>{place}{_element(row, 'altitude', 'AltitudeMeters', '.1f')}"
        f"{_element(row, 'distance', 'DistanceMeters', '.2f')}{heart}"
        f"{_element(row, 'cadence', 'Cadence', '.0f') if legs == 1 else ''}"
        f"{f'<Extensions><x:TPX>{extension}</x:TPX></Extensions>' if extension else ''}</Trackpoint>"
    )


def gpx(activity: Activity) -> bytes:
    """The activity as a GPX file of one track; only moments with a position are points of it."""
    sport = activity.sessions[0].sport if activity.sessions else None
    legs = 2 if sport == "running" else 1
    points = "".join(
        _point(moment, row, legs)
        for moment, row in _rows(activity)
        if "latitude" in row and "longitude" in row
    )
    text = (
        f'{_DECLARATION}<gpx version="1.1" creator={quoteattr(CREATOR)} xmlns="{_GPX}" xmlns:x="{_POINT}">'
        f"<trk>{f'<type>{escape(sport)}</type>' if sport else ''}<trkseg>{points}</trkseg></trk></gpx>\n"
    )
    return text.encode()


def _point(moment: str, row: Row, legs: int) -> str:
    extension = _element(row, "heart_rate", "x:hr", ".0f")
    if "cadence" in row:
        extension += f"<x:cad>{row['cadence'] / legs:.0f}</x:cad>"
    extension += _element(row, "speed", "x:speed", ".3f")
    told = f"<x:TrackPointExtension>{extension}</x:TrackPointExtension>" if extension else ""
    told += _element(row, "power", "power", ".0f")
    return (
        f'<trkpt lat="{row["latitude"]:.7f}" lon="{row["longitude"]:.7f}">{_element(row, "altitude", "ele", ".1f")}'
        f"<time>{moment}</time>{f'<extensions>{told}</extensions>' if told else ''}</trkpt>"
    )


def _element(row: Row, metric: str, name: str, form: str) -> str:
    return f"<{name}>{row[metric]:{form}}</{name}>" if metric in row else ""


def _rows(activity: Activity) -> list[tuple[str, Row]]:
    """Each record's time, and its values without those that are none."""
    columns = {name: one.value.tolist() for name, one in activity.columns.items()}
    return [
        (
            _moment(t_us),
            {name: column[place] for name, column in columns.items() if not math.isnan(column[place])},
        )
        for place, t_us in enumerate(activity.t_us.tolist())
    ]


def _moment(t_us: int) -> str:
    return (_EPOCH + timedelta(microseconds=int(t_us))).isoformat().replace("+00:00", "Z")
