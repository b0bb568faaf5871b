"""What a gateway may say, for the property tests of the record format."""

from hypothesis import strategies as st

from sts_protocols.metrics import CATALOGUE
from sts_protocols.record import ClockReading, Waveform
from sts_protocols.sample import Packet, Quality, Value

SENSORS = st.sampled_from(["hr-01", "hr-02", "hr-10", "A", "pod_3.left"])
METRICS = st.sampled_from([metric.id for metric in CATALOGUE] + [999])
QUALITIES = st.sampled_from(list(Quality))
FINITE = st.floats(allow_nan=False, allow_infinity=False)
STEPS = st.integers(-(2**33), 2**33) | st.integers(0, 250)


@st.composite
def values(draw: st.DrawFn) -> Value:
    """Mostly whole steps of the metric, sometimes any float64."""
    metric = draw(METRICS)
    scale = next((m for m in CATALOGUE if m.id == metric), None)
    number = draw(STEPS.map(scale.value) if scale else FINITE) if draw(st.integers(0, 9)) else draw(FINITE)
    return Value(metric, float(number), draw(QUALITIES))


@st.composite
def packets(draw: st.DrawFn) -> Packet:
    """One packet; its time is a multiple of its tick."""
    tick_us = draw(st.sampled_from([1, 7, 1000]))
    period_us = draw(st.sampled_from([0, 999, 1_000_000]))
    boot_us = draw(st.integers(0, 10**9) | st.integers(0, 2**61)) // tick_us * tick_us
    return Packet(draw(SENSORS), boot_us, tick_us, period_us, tuple(draw(st.lists(values(), max_size=4))))


batches = st.lists(packets(), max_size=12)

clocks = st.builds(ClockReading, st.integers(-(2**62), 2**62), st.integers(0, 2**32 - 1), st.integers(0, 255))


@st.composite
def waveforms(draw: st.DrawFn) -> Waveform:
    """One channel with a quality for each value."""
    numbers = draw(st.lists(st.integers(-40_000, 40_000).map(float) | FINITE, min_size=1, max_size=30))
    quality = draw(st.lists(QUALITIES, min_size=len(numbers), max_size=len(numbers)))
    return Waveform(
        draw(SENSORS),
        draw(METRICS),
        draw(st.integers(0, 2**60)),
        draw(st.integers(1, 10**10)),
        numbers,
        [int(code) for code in quality],
    )
