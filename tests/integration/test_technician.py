"""`sts-edge` as a technician types it: a real agent, and simulated straps on the air."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bluetooth_air import Air, on_air, scenario, strap_address, until
from json_documents import check_lines
from sts_protocols.record import Record, split
from uplink_support import GATEWAY, PASSWORD, Broker, Hub

SETTINGS = """\
[gateway]
name = "pitch-1"
data_dir = "data"
run_dir = "run"
[hub]
url = "amqp://127.0.0.1:1/sts"
password_file = "password"
"""
SENSOR = '\n[[sensors]]\nname = "{name}"\naddress = "{address}"\nkind = "heart_rate"\n'
COMMAND = [sys.executable, "-c", "from sts_edge.cli import main; main()"]
PATIENCE_S = 60.0


@dataclass
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Gateway:
    """A folder with settings, and the commands that are typed about it."""

    folder: Path

    @property
    def settings(self) -> Path:
        return self.folder / "settings.toml"

    def prepare(self, *numbers: int) -> None:
        self.folder.mkdir(exist_ok=True)
        password = self.folder / "password"
        password.write_text("secret\n")
        password.chmod(0o600)
        known = [SENSOR.format(name=f"hr-{n:02d}", address=strap_address(n)) for n in numbers]
        self.settings.write_text(SETTINGS + "".join(known))

    async def type(self, *words: str, given: str | None = None, **environment: str) -> Said:
        """Type a command, and wait until it has ended."""
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *words,
            "--config",
            str(self.settings),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **environment},
        )
        talking = process.communicate(None if given is None else given.encode())
        out, err = await asyncio.wait_for(talking, PATIENCE_S)
        assert "Traceback" not in err.decode()
        if "--json" in words and "export" not in words:
            check_lines(out.decode())
        return Said(process.returncode or 0, out.decode(), err.decode())

    @asynccontextmanager
    async def running(self, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """Its agent, ended whatever happens."""
        with (self.folder / "agent.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *COMMAND,
                "run",
                "--config",
                str(self.settings),
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
            )
        try:
            await until((self.folder / "run/agent.sock").exists, PATIENCE_S)
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
                await asyncio.wait_for(process.wait(), PATIENCE_S)

    async def until(self, *states: str) -> None:
        """Wait until the registered sensors are in these states."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                told = (await self.type("sensors", "list", "--json")).document["sensors"]
                if [one["state"] for one in told] == list(states):
                    return
                await asyncio.sleep(0.2)

    async def until_waiting(self, records: int) -> None:
        """Wait until so many records wait for the hub."""
        async with asyncio.timeout(PATIENCE_S):
            while (await self.type("buffer", "show", "--json")).document["waiting_records"] < records:
                pass

    async def scanned(self, *addresses: str) -> Said:
        """Scan until these straps are among those that were heard."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                said = await self.type("scan", "-s", "2", "--json")
                if set(addresses) <= {one.get("address") for one in said.lines}:
                    return said

    async def tested_well(self, name: str) -> Said:
        """Test a strap until nothing came between it and the agent."""
        async with asyncio.timeout(PATIENCE_S):
            while (said := await self.type("sensors", "test", name, "-s", "4", "--json")).code != 0:
                pass
        return said


@pytest.fixture
async def air(tmp_path: Path) -> AsyncIterator[Air]:
    """Three straps; the system's bus of this process is theirs."""
    async with on_air(tmp_path / "air", scenario(3)) as air:
        yield air


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    gateway = Gateway(tmp_path / "gateway")
    gateway.prepare(1)
    return gateway


@pytest.fixture
def _folders(tmp_path: Path) -> None:
    (tmp_path / "air").mkdir()


pytestmark = pytest.mark.usefixtures("_folders")


async def test_the_running_agent_tells_who_is_near_and_who_is_new(air: Air, gateway: Gateway) -> None:
    async with gateway.running():
        await gateway.until("live")
        said = await gateway.scanned(*map(strap_address, (1, 2, 3)))
        assert said.code == 0
        found = {one["address"]: one for one in said.lines}
        assert {one["schema"] for one in said.lines} == {"sts.edge.scan/1"}
        assert (found[strap_address(1)]["sensor"], found[strap_address(1)]["state"]) == ("hr-01", "live")
        for number in (2, 3):
            one = found[strap_address(number)]
            assert (one["state"], one["kind"], one["sensor"]) == ("new", "heart_rate", None)
            assert -127 <= one["rssi"] <= 20
        plain = await gateway.type("scan", "-s", "5")
        assert plain.out.splitlines()[0].split() == ["ADDRESS", "NAME", "KIND", "SIGNAL", "BATTERY", "STATE"]
        assert "2 new.   Next: sts-edge sensors add A0:9E:1A:00:00:0" in plain.out


async def test_without_an_agent_scan_listens_by_itself(air: Air, gateway: Gateway) -> None:
    said = await gateway.scanned(*map(strap_address, (1, 2, 3)))
    assert said.code == 0
    assert {one["state"] for one in said.lines} == {"registered", "new"}
    assert len(said.lines) == 3


async def test_a_scan_without_a_radio_is_not_allowed_and_one_without_sensors_finds_nothing(
    air: Air, gateway: Gateway
) -> None:
    said = await gateway.type("scan", "-s", "1", DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nowhere")
    assert (said.code, said.out) == (6, "")
    assert "Next: sts-edge doctor" in said.err
    for number in (1, 2, 3):
        air.order("remove", strap=f"hr-{number:02d}")
    said = await gateway.type("scan", "-s", "1", "--json")
    assert said.code == 7
    assert said.lines[-1]["schema"] == "sts.edge.error/1"


async def test_a_sensor_is_added_tested_and_removed_while_the_agent_runs(air: Air, gateway: Gateway) -> None:
    async with gateway.running() as agent:
        await gateway.until("live")
        said = await gateway.type("sensors", "add", strap_address(2).lower())
        assert said.code == 0, said
        assert "saved as hr-02          Undo: sts-edge sensors remove hr-02" in said.out
        await gateway.until("live", "live")
        told = (await gateway.tested_well("hr-02")).document
        assert (told["rr_intervals"], told["verdict"], told["expected"]) == (True, "good", 4)
        assert told["packets"] >= 3
        said = await gateway.type("sensors", "remove", "hr-02")
        assert said.code == 0, said
        assert f"Undo: sts-edge sensors add {strap_address(2)} --label hr-02 --kind heart_rate" in said.out
        await gateway.until("live")
        assert not air.connected(2)
        assert agent.returncode is None


async def test_a_name_is_never_given_to_another_device(air: Air, gateway: Gateway) -> None:
    async with gateway.running():
        await gateway.until("live")
        assert (await gateway.type("sensors", "remove", "hr-01")).code == 0
        said = await gateway.type("sensors", "add", strap_address(2), "--label", "hr-01")
        assert said.code == 2
        assert strap_address(1) in said.err
        said = await gateway.type("sensors", "add", strap_address(2))
        assert "saved as hr-02" in said.out  # not hr-01, which is free in the settings and was used
        said = await gateway.type("sensors", "add", strap_address(1), "--label", "hr-01")
        assert said.code == 0, said


async def test_a_name_moved_by_hand_is_told_and_not_read(air: Air, gateway: Gateway) -> None:
    async with gateway.running():
        await gateway.until("live")
    gateway.settings.write_text(gateway.settings.read_text().replace(strap_address(1), strap_address(2)))
    async with gateway.running():
        status = (await gateway.type("status", "--json")).document
        assert status["sensor_list"] == []
        assert any(strap_address(1) in sentence for sentence in status["faults"])


async def test_the_first_sensor_of_a_gateway_needs_no_restart(air: Air, gateway: Gateway) -> None:
    gateway.prepare()
    async with gateway.running():
        said = await gateway.type("sensors", "list")
        assert "Next: sts-edge scan" in said.out
        said = await gateway.type("sensors", "add", strap_address(3), "--kind", "heart_rate", "--json")
        assert (said.code, said.document["sensor"]["name"]) == (0, "hr-01")


async def test_a_sensor_that_is_not_heard_is_saved_and_told(air: Air, gateway: Gateway) -> None:
    async with gateway.running():
        words = ("sensors", "add", "A0:9E:1A:00:00:99", "--kind", "heart_rate", "--timeout", "1")
        said = await gateway.type(*words)
        assert said.code == 3
        assert "silent so far" in said.out
        said = await gateway.type("sensors", "add", "A0:9E:1A:00:00:98")
        assert said.code == 7
        assert "--kind heart_rate" in said.err
        said = await gateway.type("sensors", "test", "hr-02", "-s", "1")
        assert said.code == 7
        assert "SILENT" in said.out


async def test_a_weak_strap_is_degraded_and_the_way_out_is_told(air: Air, gateway: Gateway) -> None:
    async with gateway.running():
        await gateway.until("live")
        air.order("mute", strap="hr-01")
        said = await gateway.type("sensors", "test", "hr-01", "-s", "3")
        assert said.code in (3, 7)
        assert "sts-edge sensors test hr-01" in said.out


async def test_a_changed_kind_is_refused_with_its_fault_and_a_changed_name_is_taken_up(
    air: Air, gateway: Gateway
) -> None:
    async with gateway.running():
        await gateway.until("live")
        before = gateway.settings.read_text()
        said = await gateway.type("sensors", "set", "hr-01", "kind=toaster")
        assert said.code == 5
        assert "toaster" in said.err
        assert gateway.settings.read_text() == before
        said = await gateway.type("sensors", "set", "hr-01", "name=keeper")
        assert said.code == 0, said
        assert "Undo: sts-edge sensors set keeper name=hr-01" in said.out
        await gateway.until("live")


async def test_without_an_agent_sensors_are_told_from_the_settings(gateway: Gateway) -> None:
    said = await gateway.type("sensors", "list")
    assert said.code == 9
    assert "hr-01" in said.out
    assert "Next: systemctl start sts-edge" in said.err
    said = await gateway.type("sensors", "add", strap_address(2), "--kind", "heart_rate")
    assert said.code == 0
    assert "Next: systemctl start sts-edge" in said.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["sensors", "add", "nonsense"], 2),
        (["sensors", "remove", "hr-99"], 7),
        (["sensors", "set", "hr-99", "kind=heart_rate"], 7),
        (["sensors", "set", "hr-01", "kind"], 2),
        (["sensors", "set", "hr-01", "address=A0:9E:1A:00:00:09"], 2),
        (["sensors", "test", "hr-01"], 9),
    ],
)
async def test_what_cannot_be_done_is_told_with_the_way_out(
    gateway: Gateway, words: list[str], code: int
) -> None:
    said = await gateway.type(*words)
    assert (said.code, said.out) == (code, "")
    assert said.err


async def test_the_buffer_is_shown_exported_and_purged_while_the_hub_is_away(
    air: Air, gateway: Gateway
) -> None:
    async with gateway.running():
        await gateway.until("live")
        await gateway.until_waiting(3)
        said = await gateway.type("buffer")
        assert said.code == 4
        assert "waiting" in said.out.splitlines()[0]
        assert "Next: sts-edge doctor" in said.out
        shown = (await gateway.type("buffer", "show", "--json")).document
        assert shown["waiting_records"] > 0
        assert shown["records_in_per_s"] > 0

        target = gateway.folder / "waiting.sts"
        said = await gateway.type("buffer", "export", str(target), "--json")
        assert (said.code, said.document["format"]) == (0, "records")
        records = [one for one in split(target.read_bytes()) if isinstance(one, Record)]
        assert len(records) == said.document["records"]
        said = await gateway.type("buffer", "export", "-", "--format", "json")
        values = [row["value"] for row in said.lines if row.get("metric") == "heart_rate"]
        assert values
        said = await gateway.type("buffer", "export", str(gateway.folder / "waiting.csv"))
        table = (gateway.folder / "waiting.csv").read_text().splitlines()
        assert table[0] == "time,epoch,seq,boot_us,sensor,metric,unit,value,quality"
        assert len(table) > len(values)

        said = await gateway.type("buffer", "purge", "--dry-run", "--json")
        assert (said.code, said.document["dry_run"]) == (0, True)
        waited = said.document["records"]
        assert waited > 0
        said = await gateway.type("buffer", "purge")
        assert said.code == 2
        assert "--yes" in said.err
        said = await gateway.type("buffer", "purge", "--yes", "--json")
        assert said.document["records"] >= waited
        status = (await gateway.type("status", "--json")).document
        assert status["buffer"]["dropped_records"] == said.document["records"]


async def test_draining_waits_and_gives_up_when_it_was_told_to(air: Air, gateway: Gateway) -> None:
    async with gateway.running():
        await gateway.until("live")
        await gateway.until_waiting(1)
        said = await gateway.type("buffer", "drain", "--timeout", "1")
        assert said.code == 8
        assert "still wait" in said.err


async def test_draining_ends_when_the_hub_has_what_waited(
    air: Air, gateway: Gateway, rabbitmq: Broker
) -> None:
    hub = Hub(rabbitmq)
    await hub.open()
    try:
        gateway.prepare(1)
        text = gateway.settings.read_text().replace("pitch-1", GATEWAY).replace("[hub]", CLOCK + "[hub]")
        url = f"amqp://127.0.0.1:{rabbitmq.amqp_port}/{hub.vhost}"
        gateway.settings.write_text(text.replace("amqp://127.0.0.1:1/sts", url))
        (gateway.folder / "password").write_text(PASSWORD)
        async with gateway.running():
            await gateway.until("live")
            # The hub does not answer yet: the time is not known, so nothing is sent.
            assert (await gateway.type("buffer", "drain", "--timeout", "1")).code == 8
            assert hub.arrivals == []
            await hub.listen()
            assert (await gateway.type("buffer", "drain", "--json")).code == 0
            await until(lambda: bool(hub.arrivals))
    finally:
        await hub.close()


CLOCK = '[clock]\nsources = ["hub"]\n'
