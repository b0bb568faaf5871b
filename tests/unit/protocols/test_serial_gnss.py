"""Positions: what a receiver says, how far it is to be believed, and agreement with other people's libraries."""

import random

import pytest

from oracles import ask
from serial_frames import UTC_US, gga, nmea, pvt, rmc
from sts_protocols.metrics import GROUND_SPEED, LATITUDE, LONGITUDE, SATELLITES
from sts_protocols.sample import Quality
from sts_protocols.serial import gnss
from sts_protocols.serial import nmea as sentences
from sts_protocols.serial.utc import midnight_us

FAR = "4807.0380,S,01131.0000,W"


def qualities(*pieces: tuple[bytes, int]) -> list[Quality]:
    """Of each latitude that is told."""
    stream = gnss.stream()
    heard = [one for data, boot_us in pieces for one in stream.hear(data, boot_us)]
    return [Quality(v.quality) for one in heard for v in one.values if v.metric == LATITUDE.id]


def second(number: int, place: str = "4807.0380,N,01131.0000,E") -> tuple[bytes, int]:
    return rmc(f"1015{number:02d}.00", place), number * 1_000_000


def test_rmc_and_gga_of_one_second_that_disagree_are_implausible():
    """Both checksums are right; one of them lies."""
    first = rmc("101500.00") + gga("101500.00")
    lying = rmc("101501.00") + gga("101501.00", "4807.0380,N,11131.0000,E")
    assert qualities((first, 0), (lying, 1_000_000)) == [Quality.OK, Quality.IMPLAUSIBLE]


def test_a_place_that_nobody_can_have_reached_is_implausible_and_the_way_back_is_not():
    """Half the world in a second."""
    told = qualities(second(0), second(1), second(2, FAR), second(3))
    assert told == [Quality.OK, Quality.OK, Quality.IMPLAUSIBLE, Quality.OK]


def test_a_place_that_stays_is_believed_in_the_end():
    """The first one was the wrong one."""
    told = qualities(second(0), *(second(number, FAR) for number in range(1, 7)))
    assert told == [Quality.OK, *[Quality.IMPLAUSIBLE] * 4, Quality.OK, Quality.OK]


@pytest.mark.parametrize(
    "cold",
    [
        rmc(place=",,,", status="V") + gga(place=",,,", quality=0),
        gga(place=",,,", quality=0) + nmea("GNGSA,A,1,,,,,,,,,,,,,99.99,99.99,99.99"),
        pvt(fix=0, flags=0),
        pvt(fix=5),
        pvt(flags=0),
    ],
    ids=["RMC and GGA", "GGA and GSA", "no fix", "time only", "not ok"],
)
def test_without_a_fix_there_is_no_position_and_what_is_told_says_so(cold):
    """Null, never 0 degrees."""
    stream = gnss.stream()
    heard = [*stream.hear(cold, 0), *stream.hear(rmc("101559.00", ",,,", "V"), 59_000_000)]
    values = [value for one in heard for value in one.values]
    assert values
    assert {value.quality for value in values} == {Quality.NO_FIX}
    assert not {value.metric for value in values} & {LATITUDE.id, LONGITUDE.id}


def test_a_position_of_status_v_is_kept_as_no_fix():
    """The receiver remembers where it was; nobody shall draw it."""
    assert qualities((rmc(status="V"), 0), (rmc("101501.00", status="V"), 10**6)) == [Quality.NO_FIX] * 2


def test_a_receiver_that_speaks_ubx_is_not_heard_twice():
    """One source for each value; sentences count again when UBX is silent."""
    pieces = [(pvt(), 0), (rmc() + gga(), 100_000), (rmc("101509.00") + rmc("101510.00"), 9_000_000)]
    assert len(qualities(*pieces)) == 3  # NAV-PVT, and the two sentences after it


def test_the_time_is_told_when_the_receiver_is_sure_of_all_of_it():
    """Date, time, and leap seconds resolved; nano may be negative; a week counter that rolled over is not believed."""
    stream = gnss.stream()
    heard = stream.hear(
        pvt() + pvt(second=1, nano=-250_000_000) + pvt(second=2, valid=3) + pvt(second=3, year=2007), 0
    )
    assert [one.utc and one.utc.utc_us for one in heard] == [UTC_US, UTC_US + 750_000, None, None]
    assert [one.utc.error_us for one in heard[:2]] == [26, 26]


def test_vtg_tells_the_speed_where_gga_is_all_else():
    """10.0 km/h."""
    stream = gnss.stream()
    told = gga() + nmea("GNVTG,84.4,T,,M,5.4,N,10.0,K,A") + gga("101501.00")
    values = {v.metric: v.value for one in stream.hear(told, 0) for v in one.values}
    assert values[GROUND_SPEED.id] == pytest.approx(10 / 3.6, abs=0.001)
    assert values[SATELLITES.id] == 8


@pytest.mark.parametrize(
    "text",
    [
        "GNRMC,101560.90,A,4860.0000,N,01131.0000,E,10.00,84.4,281126,,,A",
        "GNRMC,101500.00,A,9107.0380,N,01131.0000,E,10.00,84.4,281126,,,A",
        "GNRMC,101500.00,A,4807.0380,X,01131.0000,E,10.00,84.4,281126,,,A",
        "GNRMC,101500.00,A,4807.0380,N,01131.0000,E,10.00,84.4,311126,,,A",
        "GNRMC,101500.00,A,4807.0380,N,01131.0000,E,nan,84.4,281126,,,A",
        "GNGGA,101500.00,4807.0380,N",
    ],
    ids=["sixty minutes", "91 degrees", "no side", "31 November", "not a number", "cut"],
)
def test_a_field_that_is_not_what_it_should_be_costs_its_sentence(text):
    """With a right checksum."""
    (heard,) = gnss.stream().hear(nmea(text), 0)
    assert heard.fault
    assert heard.values == ()


@pytest.mark.parametrize(
    ("date", "days"),
    [((1970, 1, 1), 0), ((2000, 2, 29), 11_016), ((2026, 11, 28), 20_785), ((2100, 2, 28), 47_540)],
)
def test_a_date_is_its_days_since_1970(date, days):
    """Leap years, and the century that is none."""
    assert midnight_us(*date) == days * 86_400_000_000


@pytest.mark.parametrize("date", [(2026, 2, 29), (2100, 2, 29), (2026, 0, 1), (2026, 13, 1), (2026, 4, 31)])
def test_a_date_that_is_none_is_none(date):
    """Not moved to the next day."""
    assert midnight_us(*date) is None


@pytest.mark.long
def test_other_libraries_read_the_same_from_a_thousand_fixes():
    """pyubx2 and pynmeagps, each fix of a seeded chance."""
    chance = random.Random(4)
    lats = [chance.randint(-900_000_000, 900_000_000) for _ in range(1_000)]
    frames = [
        pvt(lat=lat, lon=2 * lat, speed=chance.randint(0, 60_000), course=chance.randint(0, 35_999_999))
        for lat in lats
    ]
    for frame, theirs in zip(frames, ask("serial", [("pvt", frame) for frame in frames]), strict=True):
        (heard,) = gnss.stream().hear(frame, 0)
        ours = {value.metric: value.value for value in heard.values}
        assert ours[LATITUDE.id] == pytest.approx(theirs["lat"], abs=1e-9)
        assert ours[LONGITUDE.id] == pytest.approx(theirs["lon"], abs=1e-9)
        assert ours[GROUND_SPEED.id] == pytest.approx(theirs["gSpeed"] / 1000, abs=1e-9)
    places = [
        f"{chance.randint(0, 89):02d}{chance.uniform(0, 59.99):08.5f},S,{chance.randint(0, 179):03d}{chance.uniform(0, 59.99):08.5f},W"
        for _ in range(1_000)
    ]
    lines = [rmc(place=place) for place in places]
    for line, theirs in zip(lines, ask("serial", [("nmea", line) for line in lines]), strict=True):
        ours = sentences.decode(line.strip())
        assert ours.latitude == pytest.approx(theirs["lat"], abs=1e-7)
        assert ours.longitude == pytest.approx(theirs["lon"], abs=1e-7)
