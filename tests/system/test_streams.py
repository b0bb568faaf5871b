"""Waveforms go the whole way: from a strap's electrode through a killed agent into the hub, none lost or doubled."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from faults import oracle
from faults.demo_check import BLAMELESS, received_records, stored_rows
from faults.proof import DRAIN_ALLOWANCE_S, running, until

ECG, ACCELERATION_X = 12, 13
BODY_TEMPERATURE = 5
# Of 130 values a second.
ENOUGH_ECG = 1_300
# Of one value a second.
A_FEW = 10


@pytest.mark.timeout(600)
def test_streams_and_pods_are_stored_whole_over_a_kill_of_the_agent(tmp_path: Path) -> None:
    with running(tmp_path / "streams", scenario="streams") as proof:

        def stored() -> Counter[int]:
            rows = proof.sql("SELECT s.metric FROM sts.sample v JOIN sts.series s ON s.id = v.series")
            return Counter(row["metric"] for row in rows)

        def flowing(more_than: int) -> bool:
            so_far = stored()
            others = so_far[ACCELERATION_X] > 0 and so_far[BODY_TEMPERATURE] > A_FEW
            return so_far[ECG] > more_than and others

        until(lambda: flowing(ENOUGH_ECG), DRAIN_ALLOWANCE_S, "ECG in the hub")
        proof.restart_agent()
        before = stored()[ECG]
        until(lambda: flowing(before + ENOUGH_ECG), DRAIN_ALLOWANCE_S, "ECG in the hub after a kill")
        for sensor in ("h10-01", "h10-02", "core-01"):
            proof.orders(do="mute", strap=sensor)
        time.sleep(2.0)
        until(lambda: proof.outstanding() == 0, DRAIN_ALLOWANCE_S, "An empty buffer")
        account = oracle.read(proof.witness.log)
        rows = stored_rows(proof)
        findings = oracle.compare(account, rows, received_records(proof))
        metrics = Counter[int]()
        for row, count in rows.items():
            metrics[row.metric] += count
    assert {word: findings.counters()[word] for word in BLAMELESS} == dict.fromkeys(BLAMELESS, 0), (
        findings.examples
    )
    assert metrics[ECG] > 2 * ENOUGH_ECG
    assert metrics[ACCELERATION_X] > 0
    assert metrics[BODY_TEMPERATURE] > A_FEW
