"""TCX and GPX are read with their traps; what is no activity is a sentence."""

from __future__ import annotations

import math

import pytest

from activity_files import START, gpx, point, tcx, trackpoint
from sts_hub.activities.activity import Activity, UnreadableError
from sts_hub.activities.reading import file

START_US = int(START.timestamp()) * 1_000_000
PLACE = (
    "<Position><LatitudeDegrees>47.25</LatitudeDegrees><LongitudeDegrees>8.5</LongitudeDegrees></Position>"
)
NO_PLACE = "<Position/>"
EXTENSION = "<Extensions><ns3:TPX><ns3:Speed>3.5</ns3:Speed><ns3:{}>{}</ns3:{}></ns3:TPX></Extensions>"


def told(activity: Activity, name: str) -> list[float | None]:
    return [None if math.isnan(one) else one for one in activity.columns[name].value.tolist()]


def extension(name: str, value: int) -> str:
    return EXTENSION.format(name, value, name)


def test_a_trackpoint_without_a_position_is_a_trackpoint_and_ends_nothing() -> None:
    activity = file.read(
        tcx([[trackpoint(0, 120, place=PLACE), trackpoint(1, 121), trackpoint(2, 122, place=NO_PLACE)]])
    )
    assert told(activity, "heart_rate") == [120, 121, 122]
    assert told(activity, "latitude") == [47.25, None, None]
    assert activity.warnings == []


def test_laps_and_extensions_are_told() -> None:
    lap = (
        "<TotalTimeSeconds>95.5</TotalTimeSeconds><DistanceMeters>400</DistanceMeters><Calories>20</Calories>"
        "<AverageHeartRateBpm><Value>120</Value></AverageHeartRateBpm>"
        "<MaximumHeartRateBpm><Value>122</Value></MaximumHeartRateBpm>"
    )
    activity = file.read(
        tcx([[trackpoint(0, 120, more=extension("Watts", 210)), trackpoint(100, 122)]], lap=lap)
    )
    (one,) = activity.laps
    assert (one.timer_s, one.distance_m, one.energy_kcal) == (95.5, 400, 20)
    assert (one.heart_rate_mean, one.heart_rate_max) == (120, 122)
    (session,) = activity.sessions
    # 100 s went by, 95.5 s on the timer: TCX tells only the second.
    assert (session.sport, session.elapsed_s, session.timer_s) == ("cycling", 100, 95.5)
    assert told(activity, "power") == [210, None]
    assert told(activity, "speed") == [3.5, None]
    assert (activity.device.product, activity.device.serial) == ("Velo 9", 4711)


def test_running_cadence_is_of_one_leg_and_kept_for_both() -> None:
    activity = file.read(tcx([[trackpoint(0, 150, more=extension("RunCadence", 86))]], sport="Running"))
    assert told(activity, "cadence") == [172]


def test_tracks_of_one_lap_stand_apart_by_a_pause() -> None:
    activity = file.read(tcx([[trackpoint(0, 120), trackpoint(10, 121)], [trackpoint(70, 100)]]))
    assert activity.pauses_us == [(START_US + 10_000_000, START_US + 70_000_000)]


@pytest.mark.parametrize(("zone", "hours"), [("Z", 0), ("+00:00", 0), ("+05:45", 5.75), ("-03:30", -3.5)])
def test_any_time_zone_is_put_into_utc(zone: str, hours: float) -> None:
    activity = file.read(tcx([[trackpoint(0, 120, zone=zone)]]))
    assert activity.t_us.tolist() == [START_US - round(hours * 3600) * 1_000_000]


def test_a_time_without_a_zone_is_taken_for_utc_and_told() -> None:
    activity = file.read(tcx([[trackpoint(0, 120, zone="")]]))
    assert activity.t_us.tolist() == [START_US]
    assert activity.warnings == ["1 times name no zone: they were taken for UTC."]


def test_points_without_a_time_are_left_out_and_counted() -> None:
    nonsense = "<Trackpoint><Time>yesterday</Time></Trackpoint><Trackpoint/>"
    activity = file.read(tcx([[nonsense, trackpoint(0, 120)]]))
    assert (activity.told, activity.t_us.size) == (3, 1)
    assert activity.warnings == ["2 points have no time: they were left out."]


def test_of_a_cut_file_the_points_before_the_cut_are_kept() -> None:
    whole = tcx([[trackpoint(second, 100 + second) for second in range(10)]])
    activity = file.read(whole[: whole.index(b"<Value>105")])
    assert told(activity, "heart_rate") == [100, 101, 102, 103, 104]
    assert not activity.whole
    assert activity.warnings == ["The file is cut off: what stood before, 5 points, was read."]


def test_spaces_before_the_declaration_are_forgiven() -> None:
    assert told(file.read(b"   \n" + tcx([[trackpoint(0, 120)]])), "heart_rate") == [120]


@pytest.mark.parametrize("rate", [0])
def test_heart_rate_0_is_none(rate: int) -> None:
    activity = file.read(tcx([[trackpoint(0, rate), trackpoint(1, 99)]]))
    assert told(activity, "heart_rate") == [None, 99]


def test_gpx_segments_are_pauses_and_extensions_are_read() -> None:
    activity = file.read(gpx([[point(0, 120), point(1, 121)], [point(61, 110)]], sport="running"))
    assert told(activity, "heart_rate") == [120, 121, 110]
    assert told(activity, "cadence") == [170, 170, 170]
    assert told(activity, "altitude") == [440.5, 440.5, 440.5]
    assert activity.pauses_us == [(START_US + 1_000_000, START_US + 61_000_000)]
    (session,) = activity.sessions
    assert (session.sport, session.elapsed_s, session.timer_s) == ("running", 61, None)
    assert activity.device.product == "Läufer & Co"


def test_gpx_without_heart_rate_or_with_an_impossible_place_is_read() -> None:
    activity = file.read(gpx([[point(0), point(1, latitude=147)]]))
    assert "heart_rate" not in activity.columns
    assert told(activity, "latitude") == [47, None]


def test_a_route_is_no_activity() -> None:
    with pytest.raises(UnreadableError, match="no track with times"):
        file.read(gpx([[point(None), point(None)]]))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<?xml version='1.0'?><kml/>", "neither FIT, TCX nor GPX"),
        (b"<TrainingCenterDatabase/>", "no activity"),
        (b"<gpx/>", "no track with times"),
        (b"<gpx", "neither FIT, TCX nor GPX"),
        (b'<?xml version="1.0" encoding="klingon"?><gpx/>', "neither FIT, TCX nor GPX"),
    ],
)
def test_other_markup_is_refused_in_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableError, match=sentence):
        file.read(data)


BOMB = """<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><gpx><trk>&b;</trk></gpx>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a SYSTEM "file:///etc/hostname">]><gpx>&a;</gpx>"""


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_entities_are_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match="declares entities"):
        file.read(text.encode())
