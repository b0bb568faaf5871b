"""`--offline` asks no agent, also where one runs, and tells what lies on the disk."""

# ruff: noqa: F811 - fixtures that are imported are named again as arguments

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_edge_cli import STATUS, Run, agent, config, run  # noqa: F401 - fixtures

from buffer_support import opened, put_straps, safe
from sts_edge.cli.exits import Exit
from sts_edge.clock import StoredLastGoodTime

pytestmark = pytest.mark.usefixtures("agent")


@pytest.fixture
async def data(config: Path) -> Path:
    """Seven records, three of them confirmed; and it was once known what time it is."""
    folder = config.parent / "data"
    folder.mkdir(exist_ok=True)
    async with opened(folder / "buffer") as log:
        for second in range(7):
            record = put_straps(log, second)
        await safe(log, record)
        log.confirm(log.epoch, [0, 1, 2])
    StoredLastGoodTime(folder / "clock.db").keep(1_790_000_000_000_000)
    return folder


async def test_status_tells_what_waits_on_the_disk(run: Run, data: Path) -> None:
    code, out, _ = run("status", "--offline", "--json")
    told = json.loads(out)
    assert code == 0
    assert (told["gateway"], told["buffer"]["waiting_records"]) == ("pitch-1", 4)
    assert told["last_good_time"] == "2026-09-21 14:13:20"
    assert 0 < told["buffer"]["waiting_bytes"] < told["buffer"]["used_bytes"]


async def test_the_buffer_for_people_is_one_line(run: Run, data: Path) -> None:
    code, out, _ = run("buffer", "show", "--offline")
    assert code == 0
    assert "4 records wait" in out


def test_without_any_data_nothing_waits(run: Run) -> None:
    code, out, _ = run("status", "--offline")
    assert code == 0
    assert "0 records wait" in out
    assert "nothing is known" in out


def test_sensors_are_listed_from_the_settings_and_that_is_no_fault(run: Run) -> None:
    code, out, _ = run("sensors", "list", "--offline", "--json")
    assert code == 0
    assert json.loads(out)["schema"] == "sts.edge.sensors.list/1"


@pytest.mark.parametrize("verb", ["tail", "buffer drain", "buffer purge", "sensors test hr-01"])
def test_what_only_a_running_agent_knows_is_refused(
    run: Run,
    agent: Callable[[dict[str, Any]], None],
    verb: str,
) -> None:
    agent(STATUS)
    code, _, err = run(*verb.split(), "--offline")
    assert code == Exit.USAGE
    assert "leave --offline out" in err
