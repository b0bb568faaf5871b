"""Frames of Polar sensors: what they say, and when it was measured."""

import contextlib
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles import ask
from sts_protocols.device_clock import DeviceClock
from sts_protocols.errors import DecodeError
from sts_protocols.gatt import polar_measurement as polar
from sts_protocols.gatt.polar_control import Kind
from sts_protocols.gatt.polar_measurement import Interval, Stream
from sts_protocols.metrics import ECG, PULSE_INTERVAL, PULSE_INTERVAL_ERROR
from sts_protocols.record import Waveform, check_waveform
from sts_protocols.sample import Quality, Value

RATE_HZ = 130.0
PERIOD_NS = round(1e9 / RATE_HZ)
FRAME_SAMPLES = 73
FRAME_NS = FRAME_SAMPLES * PERIOD_NS
# 2019-01-01 in ns since 2000: where the clock of a strap begins that nobody has set.
DEVICE_NS = 599_616_000_000_000_000
BOOT_US = 1_000_000_000


def frame(kind: int, frame_type: int, body: bytes, device_ns: int = 2_000_000_000) -> bytes:
    return bytes((kind,)) + device_ns.to_bytes(8, "little") + bytes((frame_type,)) + body


def ecg(device_ns: int, count: int = FRAME_SAMPLES, first: int = 0) -> bytes:
    body = b"".join((first + at).to_bytes(3, "little", signed=True) for at in range(count))
    return frame(Kind.ECG, 0, body, device_ns)


def packed(differences: list[tuple[int, ...]], bits: int) -> bytes:
    """A block of differences, put together bit by bit as text."""
    digits = "".join(
        format(number & (1 << bits) - 1, f"0{bits}b")[::-1] for sample in differences for number in sample
    )
    digits += "0" * (-len(digits) % 8)
    body = bytes(int(digits[at : at + 8][::-1], 2) for at in range(0, len(digits), 8))
    return bytes((bits, len(differences))) + body


# --- values


def test_ecg_is_three_signed_bytes():
    # 02 80 ff = 0xff8002 = -32766; 02 80 00 = 32770; ff ff ff = -1
    told = polar.decode(frame(0, 0, bytes.fromhex("02 80 ff 02 80 00 ff ff ff")))
    assert told.samples == ((-32766,), (32770,), (-1,))
    assert (told.kind, told.device_ns, told.truncated) == (Kind.ECG, 2_000_000_000, False)


@pytest.mark.parametrize(
    ("frame_type", "body", "sample"),
    [
        (0, "f7 ff 7f", (-9, -1, 127)),
        (1, "f7 ff ff ff e7 03", (-9, -1, 999)),
        (2, "f7 ff ff ff ff ff e7 03 00", (-9, -1, 999)),
    ],
)
def test_raw_acceleration_has_one_two_or_three_bytes_a_channel(
    frame_type: int, body: str, sample: tuple[int, ...]
):
    assert polar.decode(frame(2, frame_type, bytes.fromhex(body) * 2)).samples == (sample, sample)


def test_differences_are_added_to_the_sample_before():
    # Reference f1 ff, 14 00, f0 03 = -15, 20, 1008. 6 bits, 1 sample: 7b 0f 08, lowest bit first:
    # 0x080f7b = ...1000 000011 110111 1011 -> 111011 = -5, 111101 = -3, 000000 = 0.
    told = polar.decode(frame(2, 0x81, bytes.fromhex("f1 ff 14 00 f0 03 06 01 7b 0f 08")))
    assert told.samples == ((-15, 20, 1008), (-20, 17, 1008))


def test_ten_bits_cross_the_borders_of_bytes():
    # 71 07 = 1905, f0 6a = 27376, 9e 8d = -29282. be 5c be ba: 00 1011 1110 = 190; 11 1001 0111 = -105;
    # 11 1010 1011 = -85.
    told = polar.decode(frame(2, 0x80, bytes.fromhex("71 07 f0 6a 9e 8d 0a 01 be 5c be 3a")))
    assert told.samples == ((1905, 27376, -29282), (2095, 27271, -29367))


def test_a_block_may_have_no_bits_no_samples_or_another_width_than_the_one_before():
    body = bytes.fromhex("01 00 02 00 03 00") + bytes((0, 2)) + bytes((4, 0)) + packed([(1, -1, 0)], 2)
    assert polar.decode(frame(2, 0x81, body)).samples == (
        (1, 2, 3),
        (1, 2, 3),
        (1, 2, 3),
        (2, 1, 3),
    )


def test_the_smallest_compressed_frame_is_its_reference():
    assert polar.decode(frame(2, 0x81, bytes.fromhex("01 00 02 00 ff ff"))).samples == ((1, 2, -1),)
    assert polar.decode(frame(2, 0x82, bytes.fromhex("01 00 00 02 00 00 ff ff ff"))).samples == ((1, 2, -1),)


@given(st.data(), st.integers(1, 17), st.lists(st.integers(1, 12), min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_any_differences_of_any_width_in_any_blocks_come_back(
    data: st.DataObject, bits: int, counts: list[int]
):
    step = st.integers(-(1 << bits - 1), (1 << bits - 1) - 1)
    blocks = [data.draw(st.lists(st.tuples(step, step, step), min_size=n, max_size=n)) for n in counts]
    now, expected = (100, -200, 300), [(100, -200, 300)]
    for difference in (one for block in blocks for one in block):
        now = tuple(one + by for one, by in zip(now, difference, strict=True))
        expected.append(now)
    reference = b"".join(number.to_bytes(2, "little", signed=True) for number in expected[0])
    body = reference + b"".join(packed(block, bits) for block in blocks)
    told = polar.decode(frame(2, 0x81, body))
    assert (list(told.samples), told.truncated) == (expected, False)


def test_a_frame_that_is_cut_anywhere_keeps_its_whole_samples():
    differences = [(at, -at, 1) for at in range(8)]
    body = bytes.fromhex("01 00 02 00 03 00") + packed(differences, 5) + packed(differences, 7)
    whole = polar.decode(frame(2, 0x81, body))
    block_ends = {len(body), 6 + 2 + 15, 6}
    for length in range(6, len(body)):
        told = polar.decode(frame(2, 0x81, body[:length]))
        assert told.samples == whole.samples[: len(told.samples)]
        assert told.truncated == (length not in block_ends)
    for cut in (b"\x01\x02\x03\x04", b"\x01\x02\x03\x04\x05"):
        assert polar.decode(frame(0, 0, cut)).samples == ((0x030201,),)
        assert polar.decode(frame(0, 0, cut)).truncated


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        frame(0, 0, b"")[:9],
        frame(0, 0, b""),
        frame(0, 0, b"\x01\x02"),
        frame(0, 1, bytes(6)),
        frame(0, 0x80, bytes(6)),
        frame(1, 0, bytes(6)),
        frame(2, 3, bytes(9)),
        frame(2, 0x83, bytes(9)),
        frame(2, 0x81, bytes(5)),
        frame(2, 0x81, bytes(6) + b"\x21\x01" + bytes(20)),
        frame(255, 0, bytes(6)),
    ],
)
def test_what_is_no_frame_of_samples_is_refused(wrong: bytes):
    with pytest.raises(DecodeError):
        polar.decode(wrong)


def test_intervals_are_read_with_their_flags():
    body = bytes.fromhex("80 90 01 0a 00 06  00 01 00 01 00 00  00 00 00 ff ff 01  50 20 03 05 00 04")
    told = polar.decode_intervals(frame(3, 0, body, 0))
    assert told.intervals == (
        Interval(128, 400, 10, trusted=True, contact=True),
        Interval(None, 1, 1, trusted=True, contact=None),
        Interval(None, None, 65535, trusted=False, contact=None),
        Interval(80, 800, 5, trusted=True, contact=False),
    )
    assert polar.interval_values(told) == (
        Value(PULSE_INTERVAL.id, 400.0, Quality.OK),
        Value(PULSE_INTERVAL_ERROR.id, 10.0, Quality.OK),
        Value(PULSE_INTERVAL.id, 1.0, Quality.IMPLAUSIBLE),
        Value(PULSE_INTERVAL_ERROR.id, 1.0, Quality.IMPLAUSIBLE),
        Value(PULSE_INTERVAL.id, 800.0, Quality.NO_CONTACT),
        Value(PULSE_INTERVAL_ERROR.id, 5.0, Quality.NO_CONTACT),
    )


def test_intervals_that_are_cut_or_not_trusted_say_so():
    whole, untrusted = bytes.fromhex("80 90 01 0a 00 06"), bytes.fromhex("80 90 01 0a 00 07")
    for length in range(7, 12):
        told = polar.decode_intervals(frame(3, 0, (whole * 2)[:length]))
        assert len(told.intervals) == 1
        assert {one.quality for one in polar.interval_values(told)} == {Quality.TRUNCATED}
    told = polar.decode_intervals(frame(3, 0, untrusted))
    assert {one.quality for one in polar.interval_values(told)} == {Quality.IMPLAUSIBLE}
    assert polar.decode_intervals(frame(3, 0, b"")).intervals == ()


@pytest.mark.parametrize(
    "wrong", [b"", frame(3, 1, bytes(6)), frame(3, 0x80, bytes(6)), frame(2, 0, bytes(6))]
)
def test_what_is_no_frame_of_intervals_is_refused(wrong: bytes):
    with pytest.raises(DecodeError):
        polar.decode_intervals(wrong)


@given(st.binary(max_size=64), st.sampled_from([0, 2, 3]), st.sampled_from([0, 1, 2, 0x80, 0x81, 0x82]))
@settings(max_examples=500, deadline=None)
def test_random_bytes_give_waveforms_that_can_be_stored_or_our_error(body: bytes, kind: int, frame_type: int):
    stream = Stream("hr-01", RATE_HZ, DeviceClock(), 0.000244)
    for data in (body, frame(kind, frame_type, body, int.from_bytes(body[:8], "little"))):
        with contextlib.suppress(DecodeError):
            polar.interval_values(polar.decode_intervals(data))
        try:
            waveforms = stream.hear(data, 10**15)
        except DecodeError:
            continue
        for waveform in waveforms:
            check_waveform(waveform)


def test_another_reader_of_ecg_and_acceleration_agrees():
    """bleakheart; it reads raw frames only."""
    chance = random.Random(4)
    layouts = [("ecg", Kind.ECG, 0, 3), ("acc", Kind.ACC, 1, 6)]
    questions = [
        (word, frame(kind, frame_type, chance.randbytes(size * chance.randint(1, 80))))
        for word, kind, frame_type, size in layouts
        for _ in range(100)
    ]
    ours = [polar.decode(data).samples for _, data in questions]
    theirs = [
        tuple(tuple(one) if isinstance(one, list) else (one,) for one in told)
        for told in ask("polar", questions)
    ]
    assert ours == theirs


# --- times


class Strap:
    """A strap with a clock of its own whose frames arrive when the test says."""

    def __init__(self) -> None:
        self.clock = DeviceClock()
        self.stream = Stream("hr-01", RATE_HZ, self.clock)
        self.device_ns = DEVICE_NS
        self.now_us = BOOT_US
        self.told: list[Waveform] = []

    def measure(self, frames: int = 1, *, delay_us: int = 5_000, deliver: bool = True) -> None:
        """Let time pass for so many frames; each is delivered so late, or lost."""
        for _ in range(frames):
            self.device_ns += FRAME_NS
            self.now_us += FRAME_NS // 1_000
            if deliver:
                self.told += self.stream.hear(ecg(self.device_ns), self.now_us + delay_us)

    @property
    def last(self) -> Waveform:
        return self.told[-1]


def end_us(waveform: Waveform) -> int:
    return waveform.start_us + (len(waveform.values) - 1) * waveform.period_ns // 1_000


def times_us(waveforms: list[Waveform]) -> list[int]:
    return [w.start_us + at * w.period_ns // 1_000 for w in waveforms for at in range(len(w.values))]


def test_the_time_of_a_frame_is_that_of_its_last_sample():
    strap = Strap()
    strap.measure(12)
    assert abs(end_us(strap.last) - strap.now_us) <= 5_000 + 1_000
    assert set(strap.last.quality) == {Quality.OK}


def test_the_first_frame_is_spaced_at_the_nominal_rate_and_not_sure_of_its_time():
    strap = Strap()
    strap.measure()
    assert strap.last.period_ns == PERIOD_NS
    assert end_us(strap.last) in (strap.now_us + 5_000, strap.now_us + 4_999)
    assert set(strap.last.quality) == {Quality.CLOCK_UNSYNCED}


def test_samples_lie_evenly_between_two_frames():
    """A strap whose rate is not the nominal one: 2 % slower."""
    clock, device_ns, now_us, told = DeviceClock(), DEVICE_NS, BOOT_US, []
    stream = Stream("hr-01", RATE_HZ, clock)
    for _ in range(30):
        device_ns += FRAME_NS * 102 // 100
        now_us += FRAME_NS * 102 // 100 // 1_000
        told += stream.hear(ecg(device_ns), now_us)
    steps = [late - early for early, late in pairwise(times_us(told[1:]))]
    assert max(steps) - min(steps) <= 2
    assert round(sum(steps) / len(steps)) == round(PERIOD_NS * 1.02 / 1_000)
    assert (stream.gaps, stream.jumps) == (0, 0)


def test_late_frames_do_not_move_their_samples():
    strap, chance = Strap(), random.Random(1)
    strap.measure(12)
    before = len(strap.told)
    for _ in range(60):
        strap.measure(delay_us=5_000 + chance.randrange(3_000_000))
    late = strap.told[before:]
    true_us = [BOOT_US + (13 + at) * FRAME_NS // 1_000 for at in range(60)]
    assert all(abs(end_us(one) - at) <= 15_000 for one, at in zip(late, true_us, strict=True))
    assert strap.stream.jumps == 0


def test_after_a_lost_frame_the_next_keeps_its_place_and_the_gap_stays_open():
    strap = Strap()
    strap.measure(12)
    strap.measure(deliver=False)
    strap.measure()
    before, after = strap.told[-2:]
    assert (strap.stream.gaps, strap.stream.jumps) == (1, 0)
    assert after.period_ns == PERIOD_NS
    assert abs(end_us(after) - strap.now_us) <= 6_000
    assert abs(after.start_us - end_us(before) - (FRAME_NS + PERIOD_NS) // 1_000) <= 1_000
    assert set(after.quality) == {Quality.OK}


@pytest.mark.parametrize(
    "jump_ns",
    [
        pytest.param(-(DEVICE_NS // 2), id="back to 2019"),
        pytest.param(-5_000_000_000, id="five seconds back"),
        pytest.param(-300_000_000, id="0.3 s back"),
        pytest.param(2_000_000_000, id="two seconds on"),
        pytest.param(200_000_000_000_000_000, id="years on"),
    ],
)
def test_a_clock_that_jumps_never_moves_samples_silently(jump_ns: int):
    strap = Strap()
    strap.measure(12)
    strap.device_ns += jump_ns
    strap.measure()
    assert strap.stream.jumps == 1
    assert set(strap.last.quality) == {Quality.CLOCK_UNSYNCED}
    assert abs(end_us(strap.last) - strap.now_us) <= 20_000
    strap.measure(12)
    assert set(strap.last.quality) == {Quality.OK}
    assert abs(end_us(strap.last) - strap.now_us) <= 20_000
    assert times_us(strap.told) == sorted(times_us(strap.told))


def test_a_device_that_restarts_counts_anew_and_is_placed_by_its_arrival():
    strap = Strap()
    strap.device_ns = DEVICE_NS + 10**18
    strap.measure(12)
    strap.now_us += 20_000_000
    strap.device_ns = DEVICE_NS
    strap.measure()
    assert strap.stream.jumps == 1
    assert abs(end_us(strap.last) - strap.now_us) <= 6_000


def test_times_never_run_backwards_when_the_first_frames_came_late():
    strap = Strap()
    strap.measure(3, delay_us=2_500_000)
    strap.measure(40)
    times = times_us(strap.told)
    assert times == sorted(set(times))
    assert abs(end_us(strap.last) - strap.now_us) <= 20_000
    unsure = [set(one.quality) == {Quality.CLOCK_UNSYNCED} for one in strap.told]
    off = [
        abs(end_us(w) - BOOT_US - (at + 1) * FRAME_NS // 1_000) > 150_000 for at, w in enumerate(strap.told)
    ]
    assert all(told for told, wrong in zip(unsure, off, strict=True) if wrong)
    assert any(off), "the control: some of them were wrong"


def test_times_never_run_backwards_when_a_clock_jumps_after_late_frames():
    strap = Strap()
    strap.measure(3, delay_us=2_500_000)
    strap.device_ns -= 3_600_000_000_000
    strap.measure(3)
    times = times_us(strap.told)
    assert times == sorted(set(times))
    assert {quality for one in strap.told for quality in one.quality} == {Quality.CLOCK_UNSYNCED}


def test_a_frame_that_was_cut_is_placed_by_the_time_it_took():
    strap = Strap()
    strap.measure(12)
    strap.device_ns += FRAME_NS
    strap.now_us += FRAME_NS // 1_000
    whole = ecg(strap.device_ns)
    [cut] = strap.stream.hear(whole[:-10], strap.now_us + 5_000)
    assert len(cut.values) == FRAME_SAMPLES - 4
    assert set(cut.quality) == {Quality.TRUNCATED}
    assert abs(cut.start_us - end_us(strap.last) - PERIOD_NS // 1_000) <= 100
    strap.measure()
    assert strap.stream.gaps == 0
    assert set(strap.last.quality) == {Quality.OK}


def test_two_streams_of_a_sensor_share_what_is_known_of_its_clock():
    strap = Strap()
    strap.measure(12)
    other = Stream("hr-01", 50.0, strap.clock)
    channels = other.hear(frame(2, 1, bytes(6 * 36), strap.device_ns), strap.now_us + 5_000)
    assert [one.metric for one in channels] == [13, 14, 15]
    assert {quality for one in channels for quality in one.quality} == {Quality.OK}


def test_steps_become_mg_by_the_factor_and_without_it_nothing_is_told():
    body = bytes.fromhex("d0 ff 65 01 e4 0f")  # -48, 357, 4068 steps of 1/4096 g
    told = Stream("acc-01", 52.0, DeviceClock(), 1 / 4096).hear(frame(2, 0x80, body), BOOT_US)
    assert [one.values for one in told] == [[-12.0], [87.0], [993.0]]
    with pytest.raises(DecodeError):
        Stream("acc-01", 52.0, DeviceClock()).hear(frame(2, 0x80, body), BOOT_US)


def test_a_value_that_no_heart_can_show_is_implausible_and_its_neighbours_are_not():
    stream = Stream("hr-01", RATE_HZ, DeviceClock())
    [told] = stream.hear(frame(0, 0, bytes.fromhex("02 80 00 01 00 00")), BOOT_US)
    assert told == Waveform(
        "hr-01",
        ECG.id,
        told.start_us,
        PERIOD_NS,
        [32770.0, 1.0],
        [Quality.IMPLAUSIBLE, Quality.CLOCK_UNSYNCED],
    )
