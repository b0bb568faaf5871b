"""A core temperature pod packs what its body does, byte for byte as the specification says."""

import struct

from sts_sims.core_pod import CorePod


def pod(share: float = 0.8) -> CorePod:
    made = CorePod("core-01", "C0:9E:1A:00:20:01", lambda _t: share)
    made.switch_on(0.0)
    return made


def test_it_speaks_once_a_second() -> None:
    worn = pod()
    assert worn.due(0.9) == []
    assert [said.at_s for said in worn.due(3.5)] == [1.0, 2.0, 3.0]


def test_a_measurement_is_packed_as_written_by_hand() -> None:
    [said] = pod(0.0).due(1.0)
    # flags 0x27; 37.00 = 3700 = 0x0e74; 33.50 = 3350 = 0x0d16; reserved; good; strain 0.0
    assert said.frame.hex(" ") == "27 74 0e 16 0d 00 00 03 00"
    assert said.told == {"core": 37.0, "skin": 33.5, "quality": 3, "strain": 0.0}


def test_hard_work_warms_the_core_and_cools_the_skin() -> None:
    *_, late = pod().due(3_600.0)
    assert 38.5 < late.told["core"] < 39.0
    assert late.told["skin"] < 33.0
    assert late.told["strain"] > 5.0


def test_taken_off_it_has_no_core_temperature() -> None:
    worn = pod()
    worn.worn = False
    [said] = worn.due(1.0)
    assert struct.unpack_from("<h", said.frame, 1) == (0x7FFF,)
    assert said.told["core"] is None
