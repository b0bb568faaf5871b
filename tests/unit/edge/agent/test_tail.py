"""What a follower of sensors is shown."""

from sts_edge.agent.tail import tail_line
from sts_protocols.metrics import ECG, HEART_RATE
from sts_protocols.record import UNKNOWN_CLOCK, ClockReading, ClockSource, Waveform
from sts_protocols.sample import Packet, Quality, Value

NTP = ClockReading(1_750_000_000_000_000, 2_500, ClockSource.NTP)


def test_a_packet_is_shown_with_its_wall_time_and_all_its_values() -> None:
    packet = Packet("hr-01", 7_000_000, 1_000, 0, (Value(HEART_RATE.id, 150.0, Quality.OK),))
    assert tail_line(packet, lambda _: NTP) == {
        "schema": "sts.edge.tail/1",
        "sensor": "hr-01",
        "boot_us": 7_000_000,
        "time": "2025-06-15T15:06:47.000Z",
        "values": [{"metric": "heart_rate", "unit": "/min", "value": 150.0, "quality": "ok"}],
    }


def test_a_waveform_is_shown_by_its_number_of_values_rate_and_range_with_its_first_doubt() -> None:
    quality = [Quality.OK, Quality.NO_CONTACT, Quality.IMPLAUSIBLE]
    line = tail_line(
        Waveform("ecg-01", ECG.id, 7_000_000, 7_692_308, [-12.0, 3.0, 900.0], quality),
        lambda _: UNKNOWN_CLOCK,
    )
    assert line["time"] is None
    assert line["values"] == []
    assert line["waveform"] == {
        "metric": "ecg",
        "unit": "uV",
        "count": 3,
        "rate_hz": 130.0,
        "low": -12.0,
        "high": 900.0,
        "quality": "no_contact",
    }
