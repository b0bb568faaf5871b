"""The roster on a gateway: jersey, initials and zones, sealed on the disk with the gateway's key, and dropped."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from sts_edge.agent.roster import RosterKeeper
from sts_protocols.beat import Answer, Beat, Roster, Wearer

ROSTER = Roster("ab" * 32, [Wearer("hr-01", 7, "QC", [95, 114, 133, 152, 171]), Wearer("hr-02", None, "IO")])
BEAT = Beat(gateway="pitch-1", epoch="0f" * 16, number=1, boot_us=0, epochs=[])


def keeper(folder: Path, secret: str = "a secret of the tests") -> RosterKeeper:
    return RosterKeeper(folder, lambda: secret)


def answer(roster: Roster | None, parked: str | None = None) -> Answer:
    return Answer(number=1, hub_us=1, roster=roster, parked=parked)


@pytest.fixture
def held(tmp_path: Path) -> RosterKeeper:
    one = keeper(tmp_path)
    one.hear(answer(ROSTER), BEAT)
    return one


def test_it_is_there_after_a_start_and_sealed_on_the_disk(held: RosterKeeper, tmp_path: Path) -> None:
    again = keeper(tmp_path)
    assert again.hash == ROSTER.hash
    assert again.of("hr-01") == ROSTER.wearers[0]
    file = tmp_path / "roster"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for word in (b"QC", b"IO", b"hr-01", b"jersey", ROSTER.hash.encode()):
        assert word not in file.read_bytes()


def test_the_same_roster_is_sealed_differently_each_time(held: RosterKeeper, tmp_path: Path) -> None:
    before = (tmp_path / "roster").read_bytes()
    held.hear(answer(Roster("cd" * 32, ROSTER.wearers)), BEAT)
    assert (tmp_path / "roster").read_bytes()[12:] != before[12:]


def test_with_another_key_or_a_flipped_bit_it_is_gone(held: RosterKeeper, tmp_path: Path) -> None:
    file = tmp_path / "roster"
    sealed = bytearray(file.read_bytes())
    sealed[-1] ^= 1
    file.write_bytes(sealed)
    assert keeper(tmp_path).hash == ""
    assert not file.exists()
    held.hear(answer(Roster("cd" * 32, ROSTER.wearers)), BEAT)
    assert file.exists()
    assert keeper(tmp_path, "a secret after enrolling anew").hash == ""
    assert not file.exists()


def test_a_gateway_that_is_parked_or_told_of_nobody_drops_it(held: RosterKeeper, tmp_path: Path) -> None:
    held.hear(answer(None), BEAT)
    assert held.hash == ROSTER.hash, "nothing newer"
    held.hear(answer(None, parked="its card was copied"), BEAT)
    assert (held.hash, held.of("hr-01"), list(tmp_path.iterdir())) == ("", None, [])
    held.hear(answer(ROSTER), BEAT)
    held.hear(answer(Roster("")), BEAT)
    assert (held.hash, list(tmp_path.iterdir())) == ("", [])


@pytest.mark.parametrize(("rate", "zone"), [(60, 0), (94, 0), (95, 1), (151, 3), (171, 5), (210, 5)])
def test_a_line_tells_jersey_and_zone(held: RosterKeeper, rate: int, zone: int) -> None:
    line = {"sensor": "hr-01", "values": [{"metric": "heart_rate", "value": rate}]}
    assert held.with_wearer(line)["wearer"] == {"jersey": 7, "initials": "QC", "zone": zone}


def test_without_zones_or_a_wearer_nothing_is_claimed(held: RosterKeeper) -> None:
    values = [{"metric": "heart_rate", "value": 150}]
    assert held.with_wearer({"sensor": "hr-02", "values": values})["wearer"]["zone"] is None
    assert "wearer" not in held.with_wearer({"sensor": "hr-09", "values": values})


def test_a_key_that_cannot_be_read_keeps_it_in_memory_only(tmp_path: Path) -> None:
    def no_secret() -> str:
        raise PermissionError("in a test")

    one = RosterKeeper(tmp_path, no_secret)
    one.hear(answer(ROSTER), BEAT)
    assert one.hash == ROSTER.hash
    assert list(tmp_path.iterdir()) == []
