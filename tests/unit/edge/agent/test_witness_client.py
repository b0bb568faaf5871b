"""Telling the outside witness."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from sts_edge.witness import Witness, WitnessMissing


def listener(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listening.bind(str(path))
    listening.listen(1)
    return listening


def test_a_record_is_told_when_it_closes_and_its_number_when_it_is_safe(tmp_path: Path) -> None:
    with listener(tmp_path / "w") as listening:
        witness = Witness(tmp_path / "w")
        witness.connect()
        told, _ = listening.accept()
        witness.closed(b"a whole record")
        witness.accepted(b"e" * 16, [258, 259])
        assert told.recv(100) == b"Ca whole record"
        assert told.recv(100) == b"A" + b"e" * 16 + bytes([2, 1, 0, 0, 0, 0, 0, 0])
        assert told.recv(100)[-8:] == bytes([3, 1, 0, 0, 0, 0, 0, 0])
        told.close()
        witness.close()


def test_without_a_listener_there_is_no_start(tmp_path: Path) -> None:
    with pytest.raises(WitnessMissing, match="start the witness first"):
        Witness(tmp_path / "nobody").connect()


def test_a_witness_that_stays_away_is_told_and_nothing_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sts_edge.witness.RECONNECT_S", 0.1)
    with listener(tmp_path / "w") as listening:
        witness = Witness(tmp_path / "w")
        witness.connect()
        listening.accept()[0].close()
    with pytest.raises(WitnessMissing, match="did not come back"):
        witness.closed(b"record")


def test_a_witness_started_anew_is_told_what_could_not_be_told(tmp_path: Path) -> None:
    with listener(tmp_path / "w") as first:
        witness = Witness(tmp_path / "w")
        witness.connect()
        first.accept()[0].close()
    with listener(tmp_path / "w") as second:
        witness.closed(b"record")
        assert second.accept()[0].recv(100) == b"Crecord"
        witness.close()
