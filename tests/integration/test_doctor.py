"""Each fault that the doctor knows, caused and found by its name."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import json
import os
import pty
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from bluetooth_air import on_air, scenario
from buffer_cuts import cuttable_disk
from demo.ports import free_port
from demo.services.dbus import DBus
from json_documents import check as check_document
from missing_parts import missing
from sts_edge.buffer import SegmentLog
from sts_edge.cli.doctor import document
from sts_edge.config import load
from sts_edge.doctor import here
from sts_edge.doctor.examination import EXAMINATIONS, examine
from sts_edge.doctor.faults import BY_NAME, CHECKS, FAULTS
from sts_edge.doctor.patient import Finding, Passed, Patient, Result
from sts_edge.doctor.serial_ports import examine_port
from sts_protocols.record import ClockReading, ClockSource
from tls_certificates import certificate
from uplink_support import GATEWAY, PASSWORD, Broker, Hub

pytestmark = pytest.mark.one_generation

YEAR_S = 365 * 86_400
SETTINGS = """\
[gateway]
name = "{gateway}"
data_dir = "data"
run_dir = "run"
[hub]
url = "{url}"
password_file = "password"
{more}
"""
# Every fault below that a test has caused; the last test demands that none is missing.
CAUSED: set[str] = set()


class Clinic:
    """A gateway in a folder, and its examination."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "settings.toml"
        self.status: dict[str, Any] | None = None
        self.changes: dict[str, Any] = {}
        (folder / "data/buffer").mkdir(parents=True)
        (folder / "run").mkdir()
        self.write_password("secret")
        self.write("amqp://127.0.0.1:1/sts")

    def write(self, url: str, more: str = "", gateway: str = GATEWAY) -> None:
        self.config.write_text(SETTINGS.format(url=url, more=more, gateway=gateway))

    def write_password(self, text: str) -> None:
        (self.folder / "password").write_text(text + "\n")
        (self.folder / "password").chmod(0o600)

    def patient(self) -> Patient:
        try:
            settings = load(self.config)
        except Exception:
            settings = None
        patient = Patient(self.config, self.folder / "run/agent.sock", settings, self.status, timeout_s=2.0)
        return patient._replace(**self.changes)

    def examine(self, check: str) -> list[Result]:
        return list(examine(self.patient(), [check]))

    async def finds(self, *names: str) -> list[Finding]:
        """The check of the first name finds just these faults."""
        results = await asyncio.to_thread(self.examine, BY_NAME[names[0]].check)
        findings = [one for one in results if isinstance(one, Finding)]
        assert [one.fault.name for one in findings] == list(names), results
        assert all("{" not in one.fix and one.detail for one in findings)
        check_document(document(results))
        CAUSED.update(names)
        return findings

    async def passes(self, check: str) -> None:
        results = await asyncio.to_thread(self.examine, check)
        assert [type(one) for one in results] == [Passed], results


@pytest.fixture
def clinic() -> Iterator[Clinic]:
    folder = Path(tempfile.mkdtemp(prefix="sts-doctor-", dir="/tmp"))
    folder.chmod(0o711)
    yield Clinic(folder)
    shutil.rmtree(folder)


def test_every_check_has_faults_and_every_fault_a_check() -> None:
    assert set(EXAMINATIONS) == set(CHECKS) == {fault.check for fault in FAULTS}
    assert len(BY_NAME) == len(FAULTS) >= 20


# settings


async def test_settings(clinic: Clinic) -> None:
    await clinic.passes("settings")
    (clinic.folder / "password").chmod(0o644)
    await clinic.finds("password-exposed")
    clinic.write_password("")
    await clinic.finds("password-missing")
    (clinic.folder / "password").unlink()
    await clinic.finds("password-missing")
    clinic.write_password("secret")
    clinic.config.write_text("[gateway")
    await clinic.finds("settings-invalid")
    clinic.config.unlink()
    await clinic.finds("settings-missing")


# agent


@contextlib.contextmanager
def listener(path: Path, answer: dict[str, Any] | None) -> Iterator[None]:
    """Somebody at the agent's socket; without an answer he says nothing."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                if answer is not None and connection.recv(1000):
                    connection.sendall(json.dumps(answer).encode() + b"\n")
                else:
                    time.sleep(3)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()
        path.unlink()


async def test_the_agent(clinic: Clinic) -> None:
    await clinic.finds("agent-not-running")
    told = {"gateway": GATEWAY, "version": "1", "state": "ok", "faults": [], "hub": {}}
    at = clinic.folder / "run/agent.sock"
    with listener(at, told):
        await clinic.passes("agent")
    with listener(at, {**told, "state": "failed", "faults": ["the disk has failed"]}):
        await clinic.finds("agent-failed")
    with listener(at, {**told, "hub": {"parked": True}}):
        await clinic.finds("card-copied")
    with listener(at, {**told, "gateway": "pitch-2"}):
        await clinic.finds("socket-taken")
    with listener(at, None):
        await clinic.finds("agent-silent")


async def test_two_agents(clinic: Clinic) -> None:
    held = [sys.executable, "-c", HOLD, str(clinic.folder / "data/buffer/lock")]
    with subprocess.Popen(held, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:  # noqa: ASYNC220
        assert other.stdout is not None
        other.stdout.readline()
        (finding,) = await clinic.finds("two-agents")
        assert str(other.pid) in finding.fix
        told = {"gateway": GATEWAY, "version": "1", "state": "ok", "faults": [], "hub": {}}
        with listener(clinic.folder / "run/agent.sock", told):
            await clinic.finds("two-agents")
        other.communicate()


HOLD = """
import fcntl, os, sys
file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(file, fcntl.LOCK_EX)
os.pwrite(file, f"{os.getpid()}\\n".encode(), 0)
print(flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """For a moment this process has no more rights than a stranger."""
    if os.geteuid() != 0:
        missing("another user", "run the tests as root")
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def test_a_user_who_may_not_ask_the_agent(clinic: Clinic) -> None:
    at = clinic.folder / "run/agent.sock"
    with listener(at, None):
        at.chmod(0o660)
        patient = clinic.patient()
        with as_nobody():
            (result,) = list(here.agent(patient))
    assert _named(result) == "agent-not-allowed"


# disk, buffer, card


async def test_a_data_folder_that_cannot_be_written(clinic: Clinic) -> None:
    await clinic.passes("disk")
    shutil.rmtree(clinic.folder / "data")
    (clinic.folder / "data").write_text("a file where the folder should be")
    await clinic.finds("data-dir-not-writable")


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A file system in memory over a folder."""
    if os.geteuid() != 0:
        missing("a mount", "run the tests as root")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True)
    if done.returncode:
        missing("a mount", done.stderr.decode())
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def test_disks_that_are_full_or_read_only(clinic: Clinic) -> None:
    data = clinic.folder / "data"
    with mounted(data, "size=4m"):
        await clinic.finds("disk-full")
        with contextlib.suppress(OSError):
            (data / "all").write_bytes(bytes(4 << 20))
        await clinic.finds("disk-full")
    with mounted(data, "size=50m"):
        await clinic.finds("disk-nearly-full")
    with mounted(data, "size=50m,ro"):
        await clinic.finds("disk-read-only")


async def test_a_disk_that_dies(clinic: Clinic, tmp_path: Path) -> None:
    with cuttable_disk("ext4", tmp_path) as disk:
        clinic.config.write_text(clinic.config.read_text().replace('"data"', json.dumps(str(disk.folder))))
        disk.cut()
        await clinic.finds("disk-failing")


async def test_a_buffer_that_rotted_or_gave_up(clinic: Clinic) -> None:
    await clinic.passes("buffer")
    clinic.status = {"buffer": {"dropped_records": 7}, "clock": {}}
    await clinic.finds("buffer-dropped")
    clinic.status = None
    folder = clinic.folder / "data/buffer"
    for damage in (False, True):
        if damage:
            file = next(folder.glob("*-samples-*.seg"))
            content = bytearray(file.read_bytes())
            content[100] ^= 1
            file.write_bytes(content)
            for index in folder.glob("*.idx"):
                index.unlink()
        log = SegmentLog(folder, load(clinic.config).buffer)
        log.open()
        for _ in range(3):
            record = log.append(1, b"x" * 50, 1, 2, ClockReading(0, 0, ClockSource.UNKNOWN))
        await log.synced(record.header.seq)
        await log.close()
    await clinic.finds("buffer-damaged")


async def test_a_card_near_its_end(clinic: Clinic, tmp_path: Path) -> None:
    number = (clinic.folder / "data").stat().st_dev
    disk = tmp_path / "sys/devices/mmcblk0"
    for folder in (disk / "queue", disk / "device", tmp_path / "proc", tmp_path / "sys/dev/block"):
        folder.mkdir(parents=True)
    (disk / "size").write_text("62500000\n")
    (disk / "stat").write_text("0 0 0 0 0 0 2000 0 0 0 0\n")
    (tmp_path / "proc/uptime").write_text("86400 0\n")
    (tmp_path / f"sys/dev/block/{os.major(number)}:{os.minor(number)}").symlink_to(disk)
    clinic.changes = {"sysfs": tmp_path / "sys", "proc": tmp_path / "proc"}
    await clinic.passes("card")
    (disk / "device/life_time").write_text("0x01 0x0a\n")
    await clinic.finds("card-worn")
    (disk / "device/life_time").unlink()
    (disk / "stat").write_text("0 0 0 0 0 0 20000000000 0 0 0 0\n")
    await clinic.finds("card-worn")


# clock


async def test_clocks(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(3_600, tick=False):
        findings = [one for one in clinic.examine("clock") if isinstance(one, Finding)]
        assert [one.fault.name for one in findings] == ["clock-1970"]
        CAUSED.add("clock-1970")
    monkeypatch.setattr(here, "read_ntp", lambda boot_us: None)
    await clinic.finds("clock-unsynced")
    anchor = replace_anchor()
    monkeypatch.setattr(here, "read_ntp", lambda boot_us: anchor)
    await clinic.passes("clock")
    step = {"epoch": "ab" * 16, "by_ms": 3_600_000, "source": "NTP"}
    clinic.status = {"buffer": {}, "clock": {"step": step}}
    (finding,) = await clinic.finds("clock-was-wrong")
    assert "NTP is +3600.0 s" in finding.detail
    assert f"sts-hub clock correct {'ab' * 16} --by-ms 3600000 --reason" in finding.fix
    clinic.status = {"buffer": {}, "clock": {"hub_wall_us": time.time_ns() // 1_000 + 4_200_000}}
    (finding,) = await clinic.finds("clock-apart-from-hub")
    assert "behind the hub" in finding.detail
    clinic.status = {"buffer": {}, "clock": {"hub_wall_us": time.time_ns() // 1_000 + 100_000}}
    await clinic.passes("clock")


def replace_anchor() -> Any:
    from sts_protocols.record import Anchor

    return Anchor(0, time.time_ns() // 1_000, 10_000, ClockSource.NTP)


# the way to the broker


async def test_a_name_that_nobody_knows(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver is asked for a name that it does not have: its answer is given here, for no test talks to
    a name server."""

    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    clinic.write("amqps://hub.example.org:5671/sts")
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    await clinic.finds("dns")
    results = list(examine(clinic.patient(), ["dns", "tcp", "tls", "login", "publish"]))
    assert [type(one).__name__ for one in results] == ["Finding"] + ["Skipped"] * 4


async def test_ports_that_refuse_or_say_nothing(clinic: Clinic) -> None:
    clinic.write(f"amqp://127.0.0.1:{free_port()}/sts")
    await clinic.finds("tcp-refused")
    with socket.socket() as full, contextlib.ExitStack() as callers:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):  # whoever comes after the backlog is full is not answered
            caller = callers.enter_context(socket.socket())
            caller.setblocking(False)
            assert caller.connect_ex(full.getsockname()) in (0, errno.EINPROGRESS)
        await asyncio.sleep(0.1)
        clinic.write(f"amqp://127.0.0.1:{full.getsockname()[1]}/sts")
        await clinic.finds("tcp-unreachable")
    with socket.create_server(("127.0.0.1", 0)) as mute:
        clinic.write(f"amqp://127.0.0.1:{mute.getsockname()[1]}/sts")
        await clinic.passes("tcp")
        await clinic.finds("broker-silent")


@contextlib.asynccontextmanager
async def tls_server(folder: Path, name: str, begins_s: float, ends_s: float) -> AsyncIterator[int]:
    """Somebody who speaks TLS with a certificate made for this."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(
        certificate(folder / "ca.pem", name, time.time() + begins_s, time.time() + ends_s)
    )

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("fault", "name", "begins_s", "ends_s", "trusted"),
    [
        ("", "localhost", -YEAR_S, YEAR_S, True),
        ("tls-untrusted", "localhost", -YEAR_S, YEAR_S, False),
        ("tls-expired", "localhost", -YEAR_S, -60, True),
        ("tls-not-yet-valid", "localhost", 3_600, YEAR_S, True),
        ("tls-wrong-name", "hub.example.org", -YEAR_S, YEAR_S, True),
    ],
)
async def test_certificates(
    clinic: Clinic, fault: str, name: str, begins_s: float, ends_s: float, trusted: bool
) -> None:
    async with tls_server(clinic.folder, name, begins_s, ends_s) as port:
        clinic.write(f"amqps://localhost:{port}/sts")
        if trusted:
            text = clinic.config.read_text().replace("[hub]\n", '[hub]\nca_file = "ca.pem"\n')
            clinic.config.write_text(text)
        if fault:
            await clinic.finds(fault)
        else:
            await clinic.passes("tls")


async def test_what_speaks_no_tls(clinic: Clinic, rabbitmq: Broker) -> None:
    clinic.write(f"amqps://127.0.0.1:{rabbitmq.amqp_port}/sts")
    await clinic.finds("tls-no-tls")


@pytest.fixture
async def hub(clinic: Clinic, rabbitmq: Broker) -> AsyncIterator[Hub]:
    """A hub's virtual host at a real broker, and the gateway's way to it."""
    hub = Hub(rabbitmq)
    await hub.open()
    clinic.write(f"amqp://127.0.0.1:{rabbitmq.amqp_port}/{hub.vhost}")
    clinic.write_password(PASSWORD)
    yield hub
    await hub.close()


async def test_a_healthy_way_to_the_broker_leaves_nothing_there(clinic: Clinic, hub: Hub) -> None:
    await hub.listen()
    for check in ("dns", "tcp", "login", "publish"):
        await clinic.passes(check)
    assert (hub.arrivals, hub.beats) == ([], [])


async def test_logins(clinic: Clinic, hub: Hub, rabbitmq: Broker) -> None:
    clinic.write_password("wrong")
    await clinic.finds("login-refused")
    clinic.write_password(PASSWORD)
    clinic.write(f"amqp://127.0.0.1:{rabbitmq.amqp_port}/nowhere")
    await clinic.finds("vhost-missing")
    other = rabbitmq.make_vhost()
    clinic.write(f"amqp://127.0.0.1:{rabbitmq.amqp_port}/{other}")
    await clinic.finds("vhost-not-allowed")
    rabbitmq.drop_vhost(other)


async def test_publishing(clinic: Clinic, hub: Hub, rabbitmq: Broker) -> None:
    place = quote(hub.vhost, safe="")
    rights = {"configure": "^$", "write": "^$", "read": "^$"}
    rabbitmq.api("PUT", f"/api/permissions/{place}/{GATEWAY}", rights)
    await clinic.finds("permission-missing")
    rabbitmq.api("PUT", f"/api/permissions/{place}/{GATEWAY}", {**rights, "write": ".*"})
    rabbitmq.api("DELETE", f"/api/exchanges/{place}/sts.status")
    await clinic.finds("exchange-missing")


async def test_a_broker_without_memory(clinic: Clinic, hub: Hub, rabbitmq: Broker) -> None:
    await asyncio.to_thread(rabbitmq.control, "set_vm_memory_high_watermark", "0.00001")
    try:
        await clinic.finds("publish-unconfirmed")
    finally:
        await asyncio.to_thread(rabbitmq.control, "set_vm_memory_high_watermark", "0.6")
    async with asyncio.timeout(30):
        while not isinstance((await asyncio.to_thread(clinic.examine, "publish"))[0], Passed):
            pass


# Bluetooth


def fake_bluetoothctl(folder: Path, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "bluetoothctl"
    program.write_text(f"#!/bin/sh\necho 'bluetoothctl: {version}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


async def test_bluetooth(clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_bluetoothctl(tmp_path, "5.66", monkeypatch)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    await clinic.finds("no-dbus")
    bus = DBus(tmp_path / "bus")
    bus.start()
    try:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        await clinic.finds("bluetoothd-absent")
    finally:
        bus.stop()
    (tmp_path / "air").mkdir()
    async with on_air(tmp_path / "air", scenario(1)) as air:
        await clinic.passes("bluetooth")
        fake_bluetoothctl(tmp_path, "5.43", monkeypatch)
        await clinic.finds("bluez-too-old")
        fake_bluetoothctl(tmp_path, "5.66", monkeypatch)
        clinic.write("amqp://127.0.0.1:1/sts", '[bluetooth]\nadapters = ["hci7"]')
        await clinic.finds("adapter-missing")
        clinic.write("amqp://127.0.0.1:1/sts")
        air.order("power_off")
        await clinic.finds("adapter-off")
        switch = tmp_path / "sys/class/rfkill/rfkill0"
        switch.mkdir(parents=True)
        for name, text in (("type", "bluetooth"), ("soft", "1"), ("hard", "0")):
            (switch / name).write_text(text + "\n")
        clinic.changes = {"sysfs": tmp_path / "sys"}
        await clinic.finds("rfkill-blocked")
        air.order("fault", method="Get")
        await clinic.finds("bluetoothd-hung")


# serial


def test_serial_ports(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    port = Path(os.ttyname(slave))
    assert isinstance(examine_port(port, set()), Passed)
    fcntl.flock(slave, fcntl.LOCK_EX)
    assert _named(examine_port(port, set())) == "serial-taken"
    assert isinstance(examine_port(port, {port}), Passed)
    os.close(slave)
    os.close(master)
    assert _named(examine_port(tmp_path / "ttyUSB0", set())) == "serial-missing"


async def test_the_serial_ports_of_the_settings(clinic: Clinic) -> None:
    master, slave = pty.openpty()
    port = '[[ports]]\nname = "timy"\ndevice = "{}"\nkind = "alge"\n'
    clinic.write("amqp://127.0.0.1:1/sts", port.format(os.ttyname(slave)))
    await clinic.passes("serial")
    clinic.write("amqp://127.0.0.1:1/sts", port.format("usb-nothing-there"))
    (finding,) = await clinic.finds("serial-missing")
    assert "/dev/serial/by-id/usb-nothing-there" in finding.detail
    os.close(slave)
    os.close(master)


def test_a_serial_port_without_the_group() -> None:
    master, slave = pty.openpty()
    os.fchmod(slave, 0o660)
    with as_nobody():
        result = examine_port(Path(os.ttyname(slave)), set())
    os.close(slave)
    os.close(master)
    assert _named(result) == "serial-not-allowed"


def _named(result: Result) -> str:
    assert isinstance(result, Finding)
    CAUSED.add(result.fault.name)
    return result.fault.name


def test_no_fault_of_the_table_was_left_uncaused(request: pytest.FixtureRequest) -> None:
    """Runs last; when tests were chosen or skipped it has nothing to say."""
    here_only = [item for item in request.session.items if item.path == Path(__file__)]
    if len(here_only) < _tests_here() or request.session.testsfailed or os.geteuid() != 0:
        pytest.skip("not all tests of this file ran")
    assert set(BY_NAME) - CAUSED == set()


def _tests_here() -> int:
    return sum(name.startswith("test_") for name in globals())
