"""A gateway that is killed (SIGKILL) while it reads timers and MQTT: nothing is lost, and nothing stored twice.

The agent dies exactly where a kill hurts most: before what it read is on the disk, and between the disk and the note
of it (or the acknowledgement to the broker). Then another one goes on.
"""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from agent_support import Agent, agent, settings
from demo.services.rabbitmq import RabbitMQ
from sts_edge.buffer.export import stored_impulses, stored_records
from sts_edge.sources.readers.place import Place, Places
from sts_protocols.record import Kind, iter_samples
from sts_sims.mqtt_pods import Pod, Publisher
from sts_sims.race_result_box import Box, BoxServer
from uplink_support import GATEWAY, eventually

DYING = """
import os, signal
from paho.mqtt.client import Client
from sts_edge.agent.agent import Agent
from sts_edge.sources.mqtt.source import MqttSource
from sts_edge.sources.readers.place import Places
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
{where}
from sts_edge.cli import main; main()
"""
BEFORE_THE_DISK = "Agent.accepted = Agent.all_accepted = die"
BEFORE_THE_NOTE = "Places.note = die"
BEFORE_THE_ACKNOWLEDGEMENT = "Client.ack = die"

READER = """
[[readers]]
name = "finish"
kind = "race_result"
host = "127.0.0.1"
port = {port}
"""
MQTT = """
[mqtt]
url = "mqtt://127.0.0.1:{port}"
user = "admin"
password_file = "{password_file}"
[[topics]]
topic = "killed/bag"
sensor = "bag"
metric = "skin_temperature"
"""


class Constant(Pod):
    """Says the same all the time."""

    def payload(self) -> bytes:
        self.said.append(21.5)
        return b"21.5"


def dying(where: str) -> list[str]:
    """The command of an agent that dies there."""
    return [sys.executable, "-c", DYING.format(where=where)]


async def killed(config: Path, where: str) -> None:
    """One life of such an agent."""
    async with agent(config, dying(where)) as edge:
        assert await asyncio.wait_for(edge.process.wait(), 60) == -signal.SIGKILL


def lines(folder: Path) -> Counter[bytes]:
    """What the buffer holds of the timer, and how often."""
    return Counter(impulse.line for impulse in stored_impulses(folder / "data/buffer"))


def values(folder: Path) -> Counter[float]:
    """What the buffer holds of samples, and how often."""
    records = stored_records(folder / "data/buffer", waiting_only=False)
    return Counter(
        value.value
        for record in records
        if record.header.kind == Kind.SAMPLES
        for packet in iter_samples(record.body)
        for value in packet.values
    )


async def test_each_passing_is_stored_once_wherever_the_agent_is_killed(tmp_path: Path) -> None:
    async with BoxServer(Box(1)) as server:
        config = settings(tmp_path, None, READER.format(port=server.port))
        server.box.pass_by(60)  # more than is asked for at once
        await killed(config, BEFORE_THE_DISK)
        await killed(config, BEFORE_THE_NOTE)
        server.box.pass_by(5)
        async with agent(config):
            await eventually(lambda: Places(tmp_path / "data/readers.db").get("finish") == Place(1, 66), 60)
        assert lines(tmp_path) == Counter(server.box.truth)


async def test_the_control_an_agent_that_does_not_look_into_its_buffer_stores_twice(tmp_path: Path) -> None:
    async with BoxServer(Box(1)) as server:
        config = settings(tmp_path, None, READER.format(port=server.port))
        server.box.pass_by(3)
        await killed(config, BEFORE_THE_NOTE)
        await killed(config, f"Agent.stored_lines = lambda *_: frozenset(); {BEFORE_THE_NOTE}")
        assert set(lines(tmp_path).values()) == {2}


def mqtt_settings(folder: Path, broker: RabbitMQ) -> Path:
    """Of a gateway whose session at the broker nobody else has."""
    secret = folder / "mqtt-password"
    secret.write_text(broker.admin_password)
    secret.chmod(0o600)
    config = settings(folder, None, MQTT.format(port=broker.mqtt_port, password_file=secret))
    name = f"killed-{secrets.token_hex(4)}"
    config.write_text(config.read_text().replace(f'"{GATEWAY}"', f'"{name}"'))
    return config


async def killed_by_a_message(config: Path, pod: Pod, broker: RabbitMQ, where: str) -> None:
    """An agent that dies of what the pod says; the rest of it comes while nobody listens."""
    assert broker.mqtt_port is not None
    async with agent(config, dying(where)) as edge:
        await subscribed(edge)
        with Publisher("127.0.0.1", broker.mqtt_port, "admin", broker.admin_password, [pod]) as publisher:
            while edge.process.returncode is None:
                publisher.publish(pod.topic, pod.payload())
                await asyncio.sleep(0.05)
            publisher.publish(pod.topic, pod.payload())
            await publisher.acknowledged()
        assert edge.process.returncode == -signal.SIGKILL


async def subscribed(edge: Agent) -> None:
    """Wait until its log says so, or it has died of what was waiting."""
    assert edge.process.stdout is not None
    async with asyncio.timeout(60):
        while (line := await edge.process.stdout.readline()) and b'"connected"' not in line:
            pass


async def test_no_message_is_lost_wherever_the_agent_is_killed(mqtt_broker: RabbitMQ, tmp_path: Path) -> None:
    """Acknowledged is what is on the disk; what was there and not acknowledged is known when it comes again. It says
    the same all the time, so that nothing but its place tells one message from another."""
    config, pod = mqtt_settings(tmp_path, mqtt_broker), Constant("killed/bag", as_json=False, seed=7)
    await killed_by_a_message(config, pod, mqtt_broker, BEFORE_THE_DISK)
    await killed_by_a_message(config, pod, mqtt_broker, BEFORE_THE_ACKNOWLEDGEMENT)
    async with agent(config):
        await eventually(lambda: values(tmp_path).total() >= len(pod.said), 60)
        await asyncio.sleep(1.0)  # what would come twice comes at once
    assert values(tmp_path) == Counter(pod.said)


@pytest.mark.long
async def test_the_control_an_agent_without_its_note_stores_what_was_not_acknowledged_twice(
    mqtt_broker: RabbitMQ, tmp_path: Path
) -> None:
    config, pod = mqtt_settings(tmp_path, mqtt_broker), Constant("killed/bag", as_json=False, seed=7)
    await killed_by_a_message(config, pod, mqtt_broker, BEFORE_THE_ACKNOWLEDGEMENT)
    (tmp_path / "data/mqtt-unacknowledged").unlink()
    async with agent(config):
        await eventually(lambda: values(tmp_path).total() > len(pod.said), 60)


@pytest.mark.long
async def test_the_control_an_agent_that_acknowledges_before_the_disk_loses(
    mqtt_broker: RabbitMQ, tmp_path: Path
) -> None:
    config, pod = mqtt_settings(tmp_path, mqtt_broker), Pod("killed/bag", as_json=False, seed=8)
    at_once = "take = MqttSource._take; MqttSource._take = lambda self, one: (take(self, one), one.taken())"
    await killed_by_a_message(config, pod, mqtt_broker, f"{at_once}; {BEFORE_THE_DISK}")
    async with agent(config):
        await eventually(lambda: pod.said[-1] in values(tmp_path), 60)
    assert set(pod.said) - set(values(tmp_path))
