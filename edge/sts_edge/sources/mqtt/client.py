"""The connection to the broker: paho's client in its own thread, heard in the agent's loop.

The session is kept by the broker under a stable client id, so what is published with QoS 1 while the gateway
restarts waits there. A message is acknowledged only when it was taken, and over the connection by which it came. MQTT
does not tell whether an acknowledgement has arrived, but the kernel knows what the broker's machine has confirmed.
"""

import asyncio
import contextlib
import fcntl
import ssl
import struct
import sys
import termios
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from sts_edge.clock import boot_us
from sts_edge.config import MqttSettings

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1, 30
# A login that was refused is refused again until a person acts.
LOGIN_PAUSE_S = 30
KEEP_ALIVE_S = 10
CONNECT_S = 5.0
AT_LEAST_ONCE = 1

_PORTS = {"mqtt": 1883, "mqtts": 8883}


class Message(NamedTuple):
    """A publish as it came. boot_us: when, by CLOCK_BOOTTIME. retained: the broker kept it, who knows how long.
    again: the broker sent it before, over an earlier connection. connection: the number of this one. is_kept: the broker
    keeps it until it is acknowledged (QoS 1). arrived: how many acknowledgements of this connection had arrived."""

    topic: str
    payload: bytes
    retained: bool
    again: bool
    boot_us: int
    connection: int
    is_kept: bool
    arrived: int
    taken: Callable[[], None]


def _unconfirmed_bytes(connection: int) -> int:
    """What was written and the other machine has not confirmed (tcp(7), SIOCOUTQ). Raises OSError."""
    (count,) = struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))
    return int(count)


def _why(error: BaseException | None) -> str:
    """Why no connection came about, in a sentence; paho calls back while it handles the error."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message}): name its authority in mqtt.ca_file"
    return "it cannot be reached"


class MqttClient:
    """Stays connected and subscribed until it is closed.

    on_message and on_state are called in the loop; state is empty while connected, else a sentence.
    """

    def __init__(
        self,
        client_id: str,
        settings: MqttSettings,
        topics: Sequence[str],
        on_message: Callable[[Message], None],
        on_state: Callable[[str], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._settings = settings
        self._topics = list(topics)
        self._is_refused = False
        self._connection = 0
        self._acknowledged = Counter[int]()
        self._arrived = 0
        self._on_message = on_message
        self._on_state = on_state
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
        )
        self._client.connect_timeout = CONNECT_S
        self._client.reconnect_delay_set(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        self._client.on_connect = self._connected
        self._client.on_connect_fail = lambda client, data: self._state(_why(sys.exc_info()[1]))
        self._client.on_disconnect = self._disconnected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._heard

    def open(self) -> None:
        """Begin to connect. Raises OSError for files that cannot be read."""
        url, settings = urlsplit(self._settings.url), self._settings
        if settings.user is not None:
            self._client.username_pw_set(settings.user, settings.read_password())
        if url.scheme == "mqtts":
            authority = None if settings.ca_file is None else str(settings.ca_file)
            self._client.tls_set(ca_certs=authority, tls_version=ssl.PROTOCOL_TLS_CLIENT)
        self._client.connect_async(url.hostname or "", url.port or _PORTS[url.scheme], KEEP_ALIVE_S)
        self._client.loop_start()

    async def close(self) -> int:
        """Say goodbye and end the thread; the broker keeps the session. How many acknowledgements of the last connection
        went before the goodbye."""
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)
        return self._acknowledged[self._connection]

    # --- in paho's thread

    def _connected(
        self, client: Client, data: Any, flags: ConnectFlags, code: ReasonCode, properties: Properties | None
    ) -> None:
        self._connection += 1
        self._arrived = 0
        self._is_refused = code.is_failure
        if self._is_refused:
            client.reconnect_delay_set(LOGIN_PAUSE_S, LOGIN_PAUSE_S)
            self._state(f"it refuses the login ({code}): correct mqtt.user and mqtt.password_file")
            return
        client.reconnect_delay_set(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        client.subscribe([(topic, AT_LEAST_ONCE) for topic in self._topics])

    def _subscribed(
        self, client: Client, data: Any, mid: int, codes: list[ReasonCode], properties: Properties | None
    ) -> None:
        refused = [topic for topic, code in zip(self._topics, codes, strict=False) if code.is_failure]
        self._state(f"it refuses the topics {', '.join(refused)}: ask whoever runs it" if refused else "")

    def _disconnected(
        self,
        client: Client,
        data: Any,
        flags: DisconnectFlags,
        code: ReasonCode,
        properties: Properties | None,
    ) -> None:
        if code.is_failure and not self._is_refused:  # the end of a refused login is told already
            self._state("the connection was lost")

    def _heard(self, client: Client, data: Any, message: MQTTMessage) -> None:
        now_us = boot_us()
        mid, qos, connection = message.mid, message.qos, self._connection
        self._look_what_arrived()

        def acknowledge() -> None:
            if connection == self._connection:  # else it comes again, under another number
                self._client.ack(mid, qos)
                self._acknowledged[connection] += qos

        said = Message(
            topic=message.topic,
            payload=bytes(message.payload),
            retained=message.retain,
            again=message.dup,
            boot_us=now_us,
            connection=connection,
            is_kept=qos == AT_LEAST_ONCE,
            arrived=self._arrived,
            taken=acknowledge,
        )
        self._loop.call_soon_threadsafe(self._on_message, said)

    def _look_what_arrived(self) -> None:
        """Whatever was acknowledged has arrived once nothing waits here and the broker's machine has confirmed all."""
        count, connection = self._acknowledged[self._connection], self._client.socket()
        with contextlib.suppress(OSError):
            if (
                connection is not None
                and not self._client.want_write()
                and not _unconfirmed_bytes(connection.fileno())
            ):
                self._arrived = count

    def _state(self, sentence: str) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._on_state, sentence)
