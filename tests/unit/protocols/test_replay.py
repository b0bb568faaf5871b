"""Raw frames are decoded anew as they were decoded when they came, whatever they are of."""

from __future__ import annotations

import pytest

from decoder_vectors import Vector, all_vectors, feed
from sts_edge.sources.bluetooth.profiles import MACHINES, PROFILES
from sts_edge.sources.bluetooth.reception import raw_kind
from sts_protocols.errors import DecodeError
from sts_protocols.gatt import polar_control
from sts_protocols.kinds import Told, by_name
from sts_protocols.replay import Replay, kind_of
from sts_protocols.serial import gnss, pod, stalker
from sts_protocols.serial.heard import Heard

STREAMS = {"gnss": gnss.stream, "stalker": stalker.stream, "pod": pod.stream}


def replayed(vector: Vector, kept: list[tuple[int, bytes]]) -> tuple[list[Told], DecodeError | None]:
    """As `feed`, from what was kept."""
    replay, told = Replay(), []
    for boot_us, frame in kept:
        try:
            told += replay.feed("s-1", vector.kind.name, frame, boot_us)
        except DecodeError as error:
            return told, error
    return told, None


def heard(vector: Vector) -> list[Heard]:
    """What a port with this device keeps."""
    stream = STREAMS[vector.kind.name]()
    return [one for boot_us, data in vector.pieces for one in stream.hear(data, boot_us) if one.frame]


@pytest.mark.parametrize("vector", all_vectors(), ids=str)
def test_what_was_kept_tells_the_same_again(vector: Vector) -> None:
    """Frames and lines exactly; of a stream of bytes the values, and as many faults."""
    first, refused = feed(vector)
    if vector.kind.takes != "bytes":
        again, refused_again = replayed(vector, vector.pieces)
        assert (again, str(refused_again)) == (first, str(refused))
        return
    again, _ = replayed(vector, [(one.boot_us, one.frame) for one in heard(vector)])
    assert [one.get("values") for one in again if one.get("values")] == [
        one.get("values") for one in first if one.get("values")
    ]
    assert sum("error" in one for one in again) == sum("error" in one for one in first)


def test_every_characteristic_that_the_gateway_listens_to_has_its_decoder() -> None:
    uuids = {one.uuid for profile in PROFILES.values() for one in profile}
    uuids |= {way.uuid for machine in MACHINES.values() for way in machine.ways} | {polar_control.DATA}
    names = [kind_of(raw_kind(uuid), b"\0") for uuid in uuids]
    assert len(set(names)) == len(uuids)
    assert all(by_name(name) for name in names)


def test_what_a_polar_sensor_streams_is_told_apart_by_its_first_byte() -> None:
    word = raw_kind(polar_control.DATA)
    intervals = [frame for frame in (b"\0", b"\2", b"\3", b"") if kind_of(word, frame) == "polar_intervals"]
    assert intervals == [b"\3"]


def test_sensors_are_followed_each_by_itself() -> None:
    """Two wheels that are counted do not make a rate together."""
    replay, word = Replay(), "gatt-00002a5b"
    first, second = bytes.fromhex("010a000000 0004"), bytes.fromhex("010c000000 0008")
    assert replay.feed("a", word, first, 0)[0]["values"] == []
    assert replay.feed("b", word, second, 1_000_000)[0]["values"] == []
    assert replay.feed("a", word, second, 1_000_000)[0]["values"] != []


def test_a_word_that_nothing_here_decodes_is_one_error_with_the_way_out() -> None:
    with pytest.raises(DecodeError, match=r"kept as gatt-0000ffff: update the gateway"):
        Replay().feed("a", "gatt-0000ffff", b"\1", 0)
