"""A port that was found free is found by nobody else until its server has bound it."""

import os
import subprocess
import sys

import pytest

from demo import ports

ASK = "from demo import ports; ports.FIRST_PORT, ports.LAST_PORT = {first}, {last}; print(ports.free_port())"


def asked_elsewhere(first: int, last: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", ASK.format(first=first, last=last)]
    where = {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=where)


def test_another_process_is_not_given_a_port_that_still_waits_for_its_server() -> None:
    port = ports.free_port()
    refused = asked_elsewhere(port, port)
    assert refused.returncode != 0
    assert "end what holds them" in refused.stderr


def test_a_claim_ends_with_the_process_that_made_it(monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(asked_elsewhere(ports.FIRST_PORT, ports.LAST_PORT).stdout)
    monkeypatch.setattr(ports, "LAST_PORT", port)
    monkeypatch.setattr(ports, "FIRST_PORT", port)
    assert ports.free_port() == port
