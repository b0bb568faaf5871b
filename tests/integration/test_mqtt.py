"""The MQTT source against a real broker: every mapped value once, over restarts of both ends."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from demo.ports import free_port
from faults.link import Link
from sts_edge.config import MqttSettings, TopicSettings
from sts_edge.sources import Told
from sts_edge.sources.mqtt import MqttSource, Unacknowledged, client
from sts_protocols.metrics import HEART_RATE, SKIN_TEMPERATURE
from sts_protocols.sample import Packet, Quality
from sts_sims.mqtt_pods import Pod, Publisher
from tls_certificates import certificate
from uplink_support import eventually

TOPICS = (
    TopicSettings(topic="hall/+/temperature", sensor="hall-{1}", metric="skin_temperature"),
    TopicSettings(topic="pods/+", sensor="{1}", metric="skin_temperature", value="readings.0.celsius"),
    TopicSettings(topic="straps/+/raw", sensor="strap-{1}", kind="heart_rate"),
    TopicSettings(
        topic="straps/7/fahrenheit", sensor="f-7", metric="skin_temperature", factor=5 / 9, offset=-160 / 9
    ),
    TopicSettings(topic="kept/heart_rate", sensor="kept", metric="heart_rate"),
    TopicSettings(topic="kept/celsius", sensor="kept", metric="skin_temperature"),
)


class Heard:
    """What a source told, by sensor."""

    def __init__(self, gateway: str, port: int, password: str, tmp_path) -> None:
        secret = tmp_path / "mqtt-password"
        secret.write_text(password)
        self.settings = MqttSettings(url=f"mqtt://127.0.0.1:{port}", user="admin", password_file=secret)
        self.gateway = gateway
        self.packets: list[Packet] = []
        self.kept: list[tuple[str, str, bytes]] = []
        self.room = True
        self.note = tmp_path / "note"
        self.stored: dict[str, int] = {}

    def source(self) -> MqttSource:
        return MqttSource(
            self.gateway,
            self.settings,
            TOPICS,
            self._take,
            self._accepted,
            Unacknowledged(self.note, lambda epoch, since_us: self.stored),
            b"this start",
            keep=lambda sensor, word, _us, frame: self.kept.append((sensor, word, frame)),
            no_room_pause_s=0.1,
        )

    async def _accepted(self) -> bool:
        await asyncio.sleep(0)
        return self.room

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[MqttSource]:
        source = self.source()
        task = asyncio.create_task(source.run())
        try:
            await eventually(lambda: source.is_subscribed)
            yield source
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def values(self, sensor: str) -> list[float]:
        return [value.value for packet in self.packets if packet.sensor == sensor for value in packet.values]

    def _take(self, told: Told) -> None:
        assert isinstance(told, Packet)
        self.packets.append(told)


@pytest.fixture
def heard(mqtt_broker, tmp_path, request) -> Heard:
    name = request.node.name.replace("_", "-")[:40].lower()
    return Heard(name, mqtt_broker.mqtt_port, mqtt_broker.admin_password, tmp_path)


def publisher(broker, *pods: Pod) -> Publisher:
    return Publisher("127.0.0.1", broker.mqtt_port, "admin", broker.admin_password, list(pods))


async def test_every_value_comes_once_over_a_restart_of_the_broker(mqtt_broker, heard):
    pods = [Pod(f"hall/{name}/temperature", as_json=False, seed=name) for name in (1, 2)]
    pods += [Pod("pods/rucksack", as_json=True, seed=3)]
    async with heard.running() as source:
        with publisher(mqtt_broker, *pods) as publishing:
            await publishing.run(rounds=30, every_s=0.02)
            saying = asyncio.create_task(publishing.run(rounds=40, every_s=0.05))
            await asyncio.sleep(0.5)
            await asyncio.to_thread(mqtt_broker.stop)
            await eventually(source.faults)
            await asyncio.to_thread(mqtt_broker.start)
            await asyncio.wait_for(saying, 90)
            await publishing.run(rounds=5, every_s=0.02)
            truth = {"hall-1": pods[0].said, "hall-2": pods[1].said, "rucksack": pods[2].said}
            await eventually(
                lambda: all(set(heard.values(one)) == set(said) for one, said in truth.items()), 60
            )
        await eventually(lambda: not source.faults())
    for sensor, said in truth.items():
        assert sorted(heard.values(sensor)) == sorted(said)


async def heard_over_a_silent_link(broker, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> int:
    """Twenty equal messages, of which six are sent into a link that has fallen silent; how many values came of them."""
    monkeypatch.setattr(client, "KEEP_ALIVE_S", 1)
    async with Link(free_port(), broker.mqtt_port) as link:
        heard.settings = msgspec.structs.replace(heard.settings, url=f"mqtt://127.0.0.1:{link.port}")
        async with heard.running() as source:
            with publisher(broker) as publishing:

                async def publish(count: int) -> None:
                    for _ in range(count):
                        publishing.publish("hall/1/temperature", b"21.5")
                        await publishing.acknowledged()

                await publish(9)
                await eventually(lambda: len(heard.values("hall-1")) == 9)
                await asyncio.sleep(0.5)  # the acknowledgements are on their way
                await publish(1)
                await eventually(lambda: len(heard.values("hall-1")) == 10)
                await asyncio.sleep(0.5)
                await link.silence()
                await publish(6)
                await eventually(source.faults)
                await link.restore()
                await eventually(lambda: not source.faults())
                await publish(4)
                publishing.publish("hall/2/temperature", b"1.0")
                await eventually(lambda: heard.values("hall-2"))
    return len(heard.values("hall-1"))


async def test_of_equal_messages_only_the_last_is_in_doubt_when_a_link_falls_silent(
    mqtt_broker, heard, monkeypatch
):
    """Its acknowledgement was the last thing said: nothing came after it that shows whether it had arrived."""
    assert await heard_over_a_silent_link(mqtt_broker, heard, monkeypatch) in (19, 20)


async def test_the_control_without_the_kernels_word_those_on_their_way_are_taken_for_others(
    mqtt_broker, heard, monkeypatch
):
    monkeypatch.setattr(client.MqttClient, "_look_what_arrived", lambda _: None)
    assert await heard_over_a_silent_link(mqtt_broker, heard, monkeypatch) == 14


async def test_what_is_published_while_the_gateway_restarts_waits_at_the_broker(mqtt_broker, heard):
    pod = Pod("pods/bag", as_json=True, seed=5)
    with publisher(mqtt_broker, pod) as publishing:
        async with heard.running():
            await publishing.run(rounds=3, every_s=0.01)
            await eventually(lambda: len(heard.values("bag")) == 3)
        await publishing.run(rounds=20, every_s=0.01)
        async with heard.running():
            await eventually(lambda: len(heard.values("bag")) >= 23)
    assert heard.values("bag") == pod.said


async def test_only_mapped_topics_are_heard_and_bad_payloads_are_told(mqtt_broker, heard):
    async with heard.running() as source:
        with publisher(mqtt_broker) as publishing:
            publishing.publish("foreign/temperature", b"21.0")
            publishing.publish("hall/1/temperature", b"warm")
            publishing.publish("hall/2/temperature", b"null")
            publishing.publish("hall/3/temperature", b"99.5")
            publishing.publish("straps/7/raw", bytes.fromhex("0048"))
            publishing.publish("straps/7/raw", b"")
            publishing.publish("straps/7/fahrenheit", b'"70.7"')
            await publishing.acknowledged()
            await eventually(lambda: source.counts()["messages"] == 6)
        (bad, empty) = sorted(source.faults())
        assert bad == "MQTT topic hall/1/temperature: 'warm' is no number."
        assert "straps/7/raw" in empty
        states = {state.name: state.state for state in source.states()}
    assert states == {"f-7": "live", "hall-3": "live", "strap-7": "live", "kept": "off"}
    told = {packet.sensor: packet.values for packet in heard.packets}
    assert told.keys() == states.keys() - {"kept"}
    assert told["hall-3"] == ((SKIN_TEMPERATURE.id, 99.5, Quality.IMPLAUSIBLE),)
    assert told["strap-7"] == ((HEART_RATE.id, 72.0, Quality.OK),)
    assert told["f-7"][0].value == pytest.approx(21.5)


async def test_what_the_broker_kept_is_marked_and_what_would_look_alive_is_left_out(mqtt_broker, heard):
    """RabbitMQ hands out what it kept for topics without a + only."""
    kept = {"kept/heart_rate": b"140", "kept/celsius": b"21.5"}
    with publisher(mqtt_broker) as publishing:
        for topic, payload in kept.items():
            publishing.publish(topic, payload, retain=True)
        await publishing.acknowledged()
        async with heard.running() as source:
            await eventually(lambda: source.counts()["retained"] == 2)
            assert {state.name: state.state for state in source.states()}["kept"] == "off"
        for topic in kept:
            publishing.publish(topic, b"", retain=True)
        await publishing.acknowledged()
    (packet,) = heard.packets
    assert packet.values == ((SKIN_TEMPERATURE.id, 21.5, Quality.CLOCK_UNSYNCED),)


async def test_what_came_is_kept_raw_once_as_what_it_is(mqtt_broker, heard):
    """A frame of a kind as that kind, all else with its topic."""
    async with heard.running():
        with publisher(mqtt_broker) as publishing:
            publishing.publish("straps/7/raw", bytes.fromhex("0048"))
            publishing.publish("hall/1/temperature", b"21.5")
            publishing.publish("hall/1/temperature", b"warm")
            await publishing.acknowledged()
            await eventually(lambda: len(heard.kept) == 3)
    assert heard.kept == [
        ("strap-7", "heart_rate", b"\x00\x48"),
        ("hall-1", "mqtt", b"hall/1/temperature\x0021.5"),
        ("hall-1", "mqtt", b"hall/1/temperature\x00warm"),
    ]


async def test_what_found_no_room_is_not_acknowledged_and_comes_again(mqtt_broker, heard):
    heard.room = False
    async with heard.running() as source:
        with publisher(mqtt_broker) as publishing:
            publishing.publish("pods/bag", b'{"readings": [{"celsius": 20.5}]}')
            await publishing.acknowledged()
            await eventually(lambda: any("raise buffer.max_bytes" in one for one in source.faults()))
            heard.packets.clear()
            heard.room = True
            await eventually(lambda: heard.values("bag") == [20.5])
            await eventually(lambda: not source.faults())


async def test_a_refused_login_is_a_sentence(mqtt_broker, tmp_path):
    heard = Heard("refused", mqtt_broker.mqtt_port, "wrong", tmp_path)
    source = heard.source()
    task = asyncio.create_task(source.run())
    await eventually(lambda: "correct mqtt.user and mqtt.password_file" in source.faults()[0])
    await asyncio.sleep(1.0)
    assert "correct mqtt.user and mqtt.password_file" in source.faults()[0]
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@contextlib.asynccontextmanager
async def behind_tls(port: int, certificate: Path) -> AsyncIterator[int]:
    """A port of loopback that speaks TLS and hands on to a plain one, as a site's proxy does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def hand_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(4096):
                sink.write(data)
                await sink.drain()
        sink.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_broker, to_broker = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(hand_on(reader, to_broker), hand_on(from_broker, writer))

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


async def test_a_broker_of_a_private_authority_is_heard_over_tls_and_any_other_is_refused(
    mqtt_broker, heard, tmp_path
):
    """The certificate is its own authority, as small sites make them."""
    private = certificate(tmp_path / "private.pem", "localhost", time.time() - 60, time.time() + 3600)
    foreign = certificate(tmp_path / "foreign.pem", "localhost", time.time() - 60, time.time() + 3600)
    async with behind_tls(mqtt_broker.mqtt_port, private) as port:
        over_tls = msgspec.structs.replace(heard.settings, url=f"mqtts://localhost:{port}")
        heard.settings = msgspec.structs.replace(over_tls, ca_file=foreign)
        task = asyncio.create_task((source := heard.source()).run())
        await eventually(lambda: "name its authority in mqtt.ca_file" in source.faults()[0])
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        heard.settings = msgspec.structs.replace(over_tls, ca_file=private)
        async with heard.running():
            with publisher(mqtt_broker, Pod("hall/1/temperature", as_json=False, seed=4)) as publishing:
                await publishing.run(rounds=3, every_s=0.01)
                await eventually(lambda: heard.values("hall-1") == publishing.pods[0].said)
