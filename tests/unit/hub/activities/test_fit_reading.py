"""FIT files are read with every trap that real ones hold; expected values are worked out from the protocol by hand."""

from __future__ import annotations

import contextlib
import gzip
import math
import time
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest

from activity_files import ACTIVITY, HRV, LAP, RECORD, START, FitFile, fit_time, ride
from oracles import ask
from sts_hub.activities.activity import Activity, UnreadableError
from sts_hub.activities.reading import file

START_US = int(START.timestamp()) * 1_000_000
SINCE = fit_time(START)


def seconds(activity: Activity) -> list[float]:
    """Times of the records, in s after START."""
    return [(t_us - START_US) / 1e6 for t_us in activity.t_us.tolist()]


def told(activity: Activity, name: str) -> list[float | None]:
    return [None if math.isnan(one) else round(one, 6) for one in activity.columns[name].value.tolist()]


def heart_rates(*rates: int) -> FitFile:
    """Records of heart rate alone, one a second."""
    made = FitFile()
    made.file_id()
    made.define(1, RECORD, (253, "uint32"), (3, "uint8"))
    for second, rate in enumerate(rates):
        made.data(1, SINCE + second, rate)
    return made


def test_a_good_file_says_what_was_written_into_it() -> None:
    activity = file.read(ride([120, 121, 122]))
    assert seconds(activity) == [0, 1, 2]
    assert told(activity, "heart_rate") == [120, 121, 122]
    # 5,600,00,000 semicircles are 560,000,000 x 180 / 2^31 = 46.938658 degrees.
    assert told(activity, "latitude")[0] == 46.938658
    # Altitude is told in fifths of a metre above -500 m: 4600 / 5 - 500 = 420.
    assert told(activity, "altitude") == [420, 420, 420]
    assert told(activity, "distance") == [0, 5, 10]
    assert told(activity, "speed") == [5, 5, 5]
    assert told(activity, "power") == [180, 180, 180]
    # Of a bicycle the crank's turns are told as they are.
    assert told(activity, "cadence") == [88, 88, 88]
    assert (activity.device.maker, activity.device.product, activity.device.serial) == (
        "garmin",
        "edge_530",
        77_001,
    )
    assert (activity.told, activity.whole, activity.warnings) == (3, True, [])
    assert activity.created_us == START_US
    (session,) = activity.sessions
    assert (session.sport, session.elapsed_s, session.timer_s, session.distance_m) == ("cycling", 3, 3, 10)


def test_the_same_packed_with_gzip_is_the_same() -> None:
    assert told(file.read(gzip.compress(ride([120]))), "heart_rate") == [120]


def test_heart_rate_0_and_255_are_none() -> None:
    activity = file.read(heart_rates(0, 140, 255).bytes())
    assert told(activity, "heart_rate") == [None, 140, None]


def test_compressed_times_go_on_from_the_last_whole_one() -> None:
    """Five bits of the second; what is smaller than before has passed 32."""
    made = FitFile()
    made.file_id()
    made.define(1, RECORD, (253, "uint32"), (3, "uint8"))
    made.define(2, RECORD, (3, "uint8"))
    made.data(1, SINCE, 100)
    for later in (1, 5, 36, 40):
        made.compressed(2, SINCE + later, 100 + later)
    activity = file.read(made.bytes())
    assert seconds(activity) == [0, 1, 5, 36, 40]
    assert told(activity, "heart_rate") == [100, 101, 105, 136, 140]


def test_of_a_cut_file_everything_before_the_cut_is_kept() -> None:
    whole = heart_rates(*range(100, 150)).bytes()
    # Each record is 6 bytes; 20 of them and the 2 of the checksum are cut off.
    activity = file.read(whole[: -20 * 6 - 2])
    assert told(activity, "heart_rate") == list(range(100, 130))
    assert not activity.whole
    assert activity.warnings == ["The file is cut off: what stood before, 30 records, was read."]


def test_a_cut_at_any_byte_is_a_sentence_or_the_records_before_it() -> None:
    whole = ride([120, 121, 122])
    kept = []
    for length in range(len(whole)):
        with contextlib.suppress(UnreadableError):
            activity = file.read(whole[:length])
            assert not activity.whole
            assert told(activity, "heart_rate") == [120, 121, 122][: activity.told]
            kept.append(activity.told)
    assert kept == sorted(kept)
    assert set(kept) == {1, 2, 3}


def test_a_wrong_checksum_is_told_and_costs_nothing() -> None:
    spoilt = bytearray(heart_rates(100, 101).bytes())
    spoilt[-1] ^= 0xFF
    activity = file.read(bytes(spoilt))
    assert told(activity, "heart_rate") == [100, 101]
    assert not activity.whole
    assert "checksum" in activity.warnings[0]


def test_damage_in_the_middle_keeps_what_stood_before() -> None:
    whole = bytearray(heart_rates(*range(100, 120)).bytes())
    # The header byte of the 11th record names a local message that nobody defined.
    whole[-2 - 10 * 6] = 0x0E
    activity = file.read(bytes(whole))
    assert told(activity, "heart_rate") == list(range(100, 110))
    assert "damaged" in activity.warnings[-1]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"nothing of the kind", "neither FIT, TCX nor GPX"),
        (b"\x0e\x20\x00\x00\x00\x00\x00\x00.FIT", "neither records nor a session"),
        (b"\x05\x20\x00\x00\x00\x00\x00\x00.FIT", "header is not one"),
        (b"\x1f\x8b\x08\x00nothing", "unpacked"),
    ],
)
def test_what_is_no_activity_file_is_refused_in_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableError, match=sentence):
        file.read(data)


def test_a_course_is_no_activity() -> None:
    made = FitFile()
    made.file_id(kind=6)
    with pytest.raises(UnreadableError, match="of the kind course"):
        file.read(made.bytes())


def test_a_file_without_records_or_session_is_refused() -> None:
    made = FitFile()
    made.file_id()
    with pytest.raises(UnreadableError, match="neither records nor a session"):
        file.read(made.bytes())


def test_a_session_without_records_is_a_summary() -> None:
    made = FitFile()
    made.file_id()
    made.session(SINCE, 1800, 1750, sport=5, metres=1500, mean=131)
    activity = file.read(made.bytes())
    (session,) = activity.sessions
    assert (session.sport, session.heart_rate_mean, session.heart_rate_max) == ("swimming", 131, None)
    assert activity.columns == {}
    assert activity.span_us == (START_US, START_US + 1_800_000_000)


def test_elapsed_and_timer_time_are_both_kept_and_pauses_known() -> None:
    made = heart_rates(100, 101)
    made.timer(SINCE, 0)
    made.timer(SINCE + 600, 4)
    made.timer(SINCE + 900, 0)
    made.timer(SINCE + 1800, 4)
    made.session(SINCE, 1800, 1500)
    activity = file.read(made.bytes())
    assert (activity.sessions[0].elapsed_s, activity.sessions[0].timer_s) == (1800, 1500)
    assert activity.pauses_us == [(START_US + 600_000_000, START_US + 900_000_000)]


def test_several_sessions_stay_several_and_only_running_counts_both_legs() -> None:
    made = FitFile()
    made.file_id()
    made.define(1, RECORD, (253, "uint32"), (4, "uint8"), (53, "uint8"))
    for second in range(4):
        made.data(1, SINCE + second * 10, 80, 64)  # a fraction of 64 / 128
    made.session(SINCE, 15, 15, sport=2)
    made.session(SINCE + 16, 20, 20, sport=1)
    activity = file.read(made.bytes())
    assert [one.sport for one in activity.sessions] == ["cycling", "running"]
    assert told(activity, "cadence") == [80.5, 80.5, 161, 161]


def test_distance_0_all_along_was_not_measured() -> None:
    made = FitFile()
    made.file_id()
    made.define(1, RECORD, (253, "uint32"), (5, "uint32"), (3, "uint8"))
    for second in range(3):
        made.data(1, SINCE + second, 0, 120)
    activity = file.read(made.bytes())
    assert "distance" not in activity.columns
    assert "not measured" in activity.warnings[0]


def test_times_since_power_on_are_no_dates() -> None:
    made = FitFile()
    made.file_id(created=1000)
    made.define(1, RECORD, (253, "uint32"), (3, "uint8"))
    for second in (1000, 1001):
        made.data(1, second, 120)
    activity = file.read(made.bytes())
    assert activity.since_power_on
    assert activity.created_us is None
    assert activity.t_us.tolist() == [1_000_000_000, 1_001_000_000]
    assert "say when it was started" in activity.warnings[0]


def test_records_from_before_the_device_knew_the_date_are_left_out_and_counted() -> None:
    made = FitFile()
    made.file_id()
    made.define(1, RECORD, (253, "uint32"), (3, "uint8"))
    for second in (1000, 0x0FFFFFFF, SINCE, SINCE + 1):
        made.data(1, second, 120)
    activity = file.read(made.bytes())
    assert (activity.told, seconds(activity), activity.since_power_on) == (4, [0, 1], False)
    assert activity.warnings == ["2 records are from before the device knew the date: they were left out."]


def test_sums_that_the_records_contradict_are_told_and_both_kept() -> None:
    made = FitFile()
    made.file_id()
    made.define(1, RECORD, (253, "uint32"), (5, "uint32"), (3, "uint8"))
    for second in range(3):
        made.data(1, SINCE + second, second * 50_000, 120)
    made.session(SINCE, 3, 3, metres=2000, mean=150)
    activity = file.read(made.bytes())
    assert activity.sessions[0].distance_m == 2000
    assert activity.warnings == [
        "Session 1 says 2000 m, its records give 1000 m: both are kept.",
        "Session 1 says a mean heart rate of 150/min, its records give 120/min: both are kept.",
    ]


def developers(name: str, unit: str, value: float, *, native: int = 0xFFFF) -> Activity:
    """One record with power and a developer's field."""
    made = FitFile()
    made.file_id()
    made.developer(0, name, unit)
    made.define(1, RECORD, (253, "uint32"), (7, "uint16"), developer=[(0, 0, "float32")])
    made.data(1, SINCE, native, value)
    return file.read(made.bytes())


def test_a_developers_field_stands_beside_the_native_one() -> None:
    activity = developers("Power", "Watts", 243.5, native=250)
    assert told(activity, "power") == [250]
    assert told(activity, "developer: Power") == [243.5]
    assert activity.columns["developer: Power"].unit == "Watts"


def test_without_a_native_value_a_known_developers_field_is_taken() -> None:
    assert told(developers("Power", "Watts", 243.5), "power") == [243.5]
    core = developers("core_temperature", "°C", 38.25)
    assert told(core, "body_temperature") == [38.25]
    assert core.columns["body_temperature"].unit == "Cel"


def test_a_unit_that_is_not_ours_is_not_taken_for_it() -> None:
    activity = developers("core_temperature", "°F", 101.5)
    assert "body_temperature" not in activity.columns
    assert told(activity, "developer: core_temperature") == [101.5]


def test_beats_stand_at_the_record_that_follows_them() -> None:
    made = FitFile()
    made.file_id()
    made.define(1, RECORD, (253, "uint32"), (3, "uint8"))
    made.define(2, HRV, (0, "uint16", 3))
    made.data(1, SINCE, 70)
    made.data(2, 850, 861, 0xFFFF)
    made.data(1, SINCE + 1, 70)
    made.data(2, 844, 0xFFFF, 0xFFFF)
    activity = file.read(made.bytes())
    # The last one waits for a record that never comes.
    assert activity.beats.ms.tolist() == [850, 861]
    assert (activity.beats.t_us - START_US).tolist() == [1_000_000, 1_000_001]


def test_no_position_and_0_0_are_none_and_end_nothing() -> None:
    made = FitFile()
    made.file_id()
    made.define(1, RECORD, (253, "uint32"), (0, "sint32"), (1, "sint32"))
    for second, place in enumerate(
        [(0x7FFFFFFF, 0x7FFFFFFF), (0, 0), (2**29, -(2**29)), (2**29, 0x7FFFFFFF)]
    ):
        made.data(1, SINCE + second, *place)
    activity = file.read(made.bytes())
    # 2^29 semicircles are a quarter of 180 degrees.
    assert told(activity, "latitude") == [None, None, 45, None]
    assert told(activity, "longitude") == [None, None, -45, None]


def test_an_odd_time_zone_is_told() -> None:
    made = heart_rates(100)
    made.define(2, ACTIVITY, (253, "uint32"), (5, "uint32"))
    made.data(2, SINCE, SINCE + 5 * 3600 + 45 * 60)
    assert file.read(made.bytes()).utc_offset_s == 20_700


def test_big_endian_files_and_laps_are_read() -> None:
    made = FitFile()
    made.file_id()
    made.define(1, RECORD, (253, "uint32"), (7, "uint16"), endian=">")
    made.data(1, SINCE, 300)
    made.session(SINCE, 60, 60, sport=1, mean=140, message=LAP)
    activity = file.read(made.bytes())
    assert told(activity, "power") == [300]
    (lap,) = activity.laps
    assert (lap.sport, lap.heart_rate_mean, lap.elapsed_s) == ("running", 140, 60)


def test_records_that_go_back_in_time_are_put_in_order() -> None:
    made = FitFile()
    made.file_id()
    made.define(1, RECORD, (253, "uint32"), (3, "uint8"))
    for second, rate in ((2, 102), (0, 100), (1, 101)):
        made.data(1, SINCE + second, rate)
    activity = file.read(made.bytes())
    assert told(activity, "heart_rate") == [100, 101, 102]
    assert "back in time" in activity.warnings[0]


def test_files_in_a_row_are_one_activity() -> None:
    later = ride([130], start=START + timedelta(minutes=5))
    activity = file.read(ride([120, 121]) + later)
    assert told(activity, "heart_rate") == [120, 121, 130]
    assert len(activity.sessions) == 2


@pytest.mark.long
def test_five_hours_are_read_in_two_seconds(tell: Callable[[str], None]) -> None:
    """The figure is for a whole import; the reading takes the larger part of it."""
    data = ride([120 + second % 40 for second in range(18_000)])
    began = time.process_time()
    activity = file.read(data)
    took_s = time.process_time() - began
    tell(f"a FIT file of 18,000 records read in {took_s:.2f} s of CPU")
    assert activity.t_us.size == 18_000
    assert took_s <= 2


def test_garmins_own_reader_says_the_same() -> None:
    """A second opinion, but for compressed times, which it does not know."""
    made = FitFile()
    made.file_id()
    made.define(
        1, RECORD, (253, "uint32"), (0, "sint32"), (2, "uint16"), (3, "uint8"), (5, "uint32"), (6, "uint16")
    )
    rng = np.random.default_rng(7)
    for second in range(50):
        made.data(
            1, SINCE + second, int(rng.integers(-(2**30), 2**30)), int(rng.integers(1, 60_000)),
            int(rng.integers(40, 200)), int(rng.integers(1, 10**7)), int(rng.integers(1, 20_000)),
        )  # fmt: skip
    (theirs,) = ask("activity", [("fit", made.bytes())])
    ours = file.read(made.bytes())
    assert theirs["t"] == [t_us // 1_000_000 for t_us in ours.t_us.tolist()]
    assert theirs["heart_rate"] == ours.columns["heart_rate"].value.tolist()
    for name in ("altitude", "distance", "speed"):
        assert theirs[name] == pytest.approx(ours.columns[name].value.tolist())
