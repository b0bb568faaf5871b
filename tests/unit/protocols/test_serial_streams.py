"""Streams of serial ports: however the bytes are cut, and whatever lies between them, frames are found."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serial_frames import gga, pod_impulse, pod_values, pvt, rmc, ubx
from sts_protocols.errors import DecodeError
from sts_protocols.serial import alge, cobs, gnss, ipico, pod, stalker, tag_heuer
from sts_protocols.serial import ubx as ubx_frames
from sts_protocols.serial.heard import Heard, Stream
from sts_protocols.serial.lines import LONGEST_LINE

ALGE = b" 0001 C0  10:04:55.6513 00\r"
IPICO_BODY = b"00058001a3400e00012611281015000a"
IPICO = b"aa" + IPICO_BODY + f"{sum(IPICO_BODY) & 255:02x}".encode() + b"\r\n"
TAG = b"RR 0001 0007   00:00:01.00019\r"
RADAR = b"SC 720C 360 45 12@\r"
POD = pod_values(0, 10_000, (1, 142)) + pod_impulse(1, 20_000, 3)
GNSS = rmc() + gga() + pvt() + rmc("101501.00") + gga("101501.00")

# each stream with good bytes of two frames or more
STREAMS: dict[str, tuple[Callable[[], Stream], bytes]] = {
    "alge": (alge.stream, ALGE + b"\r\n" + ALGE.replace(b"C0", b"C1")),
    "tag_heuer": (tag_heuer.stream, b"!T 10:00:00 28/11/26\r" + TAG),
    "ipico": (ipico.stream, IPICO * 2),
    "stalker": (stalker.stream, RADAR * 2),
    "pod": (pod.stream, POD),
    "gnss": (gnss.stream, GNSS),
}
each_stream = pytest.mark.parametrize(("make", "good"), STREAMS.values(), ids=STREAMS)


def told(heard: tuple[Heard, ...]) -> list[tuple]:
    """What good frames say, without when they came."""
    return [(one.values, one.impulse, one.utc) for one in heard if one.fault is None]


@each_stream
def test_frames_are_the_same_however_the_bytes_are_cut(make, good):
    """A port hands on what has come, and knows nothing of frames."""
    whole = make().hear(good, 0)
    assert len(told(whole)) >= 2
    by_byte = make()
    pieces = [one for at, byte in enumerate(good) for one in by_byte.hear(bytes([byte]), at)]
    assert told(tuple(pieces)) == told(whole)
    assert by_byte.garbage_bytes == by_byte.bad_frames == by_byte.lost_frames == 0
    assert by_byte.heard_bytes == len(good)


@each_stream
def test_after_garbage_the_frames_behind_it_are_found_and_the_garbage_is_counted(make, good):
    """A wrong baud rate, a plug that is put in."""
    stream = make()
    noise = bytes(range(128, 228)) + b"\xff\n\0"
    stream.hear(noise, 0)
    heard = stream.hear(good, 1)
    assert told(heard) == told(make().hear(good, 0))
    assert stream.garbage_bytes >= 100


@each_stream
def test_half_a_frame_of_an_unplugged_device_does_not_spoil_the_next(make, good):
    """It is given up when nothing has come for longer than a frame takes."""
    stream = make()
    stream.hear(good[: len(good) // 4], 0)
    assert told(stream.hear(good, 10_000_000)) == told(make().hear(good, 0))


@each_stream
def test_random_bytes_are_heard_without_an_error_and_kept_within_bounds(make, good):
    """Five hundred examples, good frames among them."""

    @settings(max_examples=500, deadline=None)
    @given(st.lists(st.binary(max_size=300) | st.just(good), max_size=5), st.sampled_from((0, 1_000, 10**7)))
    def rule(pieces: list[bytes], gap_us: int) -> None:
        stream = make()
        for at, piece in enumerate(pieces):
            stream.hear(piece, at * gap_us)
        assert 0 <= stream.garbage_bytes <= stream.heard_bytes

    rule()


def test_a_line_without_an_end_is_noise_and_the_line_behind_it_is_read():
    """Memory does not grow with what a wrong baud rate makes."""
    stream = alge.stream()
    assert stream.hear(b"x" * (LONGEST_LINE * 50), 0) == ()
    assert told(stream.hear(b"x\r" + ALGE, 1)) == told(alge.stream().hear(ALGE, 0))
    assert stream.garbage_bytes >= LONGEST_LINE * 50


def test_a_line_came_when_its_first_byte_came():
    """The end of a line may be a second behind at a slow rate."""
    stream = alge.stream()
    stream.hear(ALGE[:5], 1_000)
    (heard,) = stream.hear(ALGE[5:], 500_000)
    assert heard.boot_us == 1_000


def test_a_nav_pvt_that_is_one_byte_short_at_any_place_is_no_fix():
    """Each byte left out in turn."""
    frame = pvt()
    for at in range(len(frame)):
        with pytest.raises(DecodeError):
            ubx_frames.decode(frame[:at] + frame[at + 1 :])


@pytest.mark.parametrize(
    "frame", [alge.decode, ipico.decode, stalker.decode], ids=["alge", "ipico", "stalker"]
)
def test_a_line_that_is_one_character_short_never_tells_another_time(frame):
    """A line may stay good where a blank at its end is missing; never with another meaning."""
    line = {alge.decode: ALGE, ipico.decode: IPICO, stalker.decode: RADAR}[frame].rstrip(b"\r\n")
    whole = frame(line)
    for at in range(len(line)):
        try:
            short = frame(line[:at] + line[at + 1 :])
        except DecodeError:
            continue
        assert short.ticks == whole.ticks


def test_a_nav_pvt_of_another_length_is_refused():
    """A generation of receivers that is not known here."""
    with pytest.raises(DecodeError):
        ubx_frames.decode(ubx(1, 7, bytes(84)))


def test_a_ubx_frame_of_another_kind_is_no_fix_and_no_fault():
    """Receivers send what nobody asked for."""
    (heard,) = gnss.stream().hear(ubx(0x01, 0x35, bytes(8)), 0)
    assert heard.fault is None
    assert heard.values == ()


@given(st.binary(max_size=200))
def test_cobs_is_undone(plain):
    """Every byte string without a run of 254."""
    runs = [bytes([len(run) + 1]) + run for run in plain.split(b"\0")]
    assert cobs.decode(b"".join(runs)) == plain


def test_a_run_of_254_bytes_has_no_zero_behind_it():
    """Cheshire and Baker, table 1."""
    run = bytes(range(1, 255))
    assert cobs.decode(b"\xff" + run + b"\x02\x07") == run + b"\x07"
    assert cobs.decode(b"\xff" + run) == run


def test_the_crc_is_the_published_one():
    """CRC-16/CCITT-FALSE, check value of the catalogue of parametrised CRC algorithms."""
    assert pod.crc(b"123456789") == 0x29B1


def test_lost_frames_of_a_pod_are_counted_through_the_wrap_and_a_restart_loses_none():
    """65,535 is followed by 0; a pod that starts anew begins at 0 with an earlier time."""
    stream = pod.stream()
    stream.hear(pod_values(65_534, 10, (1, 60)), 0)
    stream.hear(pod_values(1, 20, (1, 60)), 1)
    assert stream.lost_frames == 2  # 65,535 and 0
    stream.hear(pod_values(0, 5, (1, 60)), 2)
    assert stream.lost_frames == 2
    stream.hear(pod_values(3, 9, (1, 60)), 3)
    assert stream.lost_frames == 4


def test_a_metric_that_the_catalogue_lacks_costs_its_frame():
    """Its scale is unknown, so its number says nothing."""
    (heard,) = pod.stream().hear(pod_values(0, 10, (32_000, 5)), 0)
    assert heard.fault
