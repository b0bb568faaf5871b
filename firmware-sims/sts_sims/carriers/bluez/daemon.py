"""The connection to the private bus: owns `org.bluez`, dispatches calls, sends all through the outbox."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from dbus_fast import Message, MessageFlag, MessageType, NameFlag, RequestNameReply
from dbus_fast.aio import MessageBus
from dbus_fast.errors import AuthError, DBusError, InvalidAddressError

from sts_sims.carriers.bluez.adapter import Adapter
from sts_sims.carriers.bluez.device import Device
from sts_sims.carriers.bluez.errors import BluezError
from sts_sims.carriers.bluez.faults import FaultBook
from sts_sims.carriers.bluez.methods import Call, Reply, World, answer
from sts_sims.carriers.bluez.outbox import Outbox
from sts_sims.carriers.bluez.tree import ObjectTree
from sts_sims.peripheral import Peripheral

logger = logging.getLogger(__name__)

BUS_NAME = "org.bluez"
DBUS = "org.freedesktop.DBus"

# What dbus-fast raises when a bus is away, goes away while it is greeted, or dies in the middle of a call.
BUS_ERRORS = (OSError, EOFError, AuthError, DBusError)

# A lost bus is tried again this often: a bus that restarts is back within a second.
RETRY_S = 0.2

# A strap that nobody is connected to advertises about twice a second.
ADVERT_INTERVAL_S = 0.5


# BlueZ keeps a link for two seconds after a client ordered its end (src/device.c, DISCONNECT_TIMER), and answers then.
DISCONNECT_S = 2.0


class CarrierError(Exception):
    """The sensors cannot be put on this bus; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class RadioSettings:
    """How the simulated radio behaves. `adapters`: each hears all sensors; `adapter_address`: of the first, the others
    count on from it; `link_limit`: links a controller can hold, None for any number."""

    adapters: tuple[str, ...] = ("hci0",)
    adapter_address: str = "00:1A:7D:DA:71:13"
    connect_s: float = 0.06
    disconnect_s: float = DISCONNECT_S
    advert_interval_s: float = ADVERT_INTERVAL_S
    link_limit: int | None = None


class BluezDaemon:
    """A stand-in for bluetoothd with peripherals in its air. `run` serves over losses of the bus."""

    def __init__(self, bus_address: str, peripherals: Iterable[Peripheral], radio: RadioSettings) -> None:
        self.faults = FaultBook()
        self.ready = asyncio.Event()
        self._bus_address = bus_address
        self._radio = radio
        self._outbox = Outbox()
        self._tree = ObjectTree(self._outbox.post)
        sensors = list(peripherals)
        self.adapters = {
            name: self._make_adapter(number, name, sensors) for number, name in enumerate(radio.adapters)
        }
        self.adapter = self.adapters[radio.adapters[0]]
        self._away = False
        self._present = asyncio.Event()
        self._present.set()
        self._bus: MessageBus | None = None
        self._calls: set[asyncio.Task[None]] = set()

    def device(self, name: str) -> Device:
        """The device of a sensor by its name, at the adapter that it has a link to, else at the first; KeyError for
        an unknown one."""
        everywhere = self.devices(name)
        return next((device for device in everywhere if device.connected), everywhere[0])

    def devices(self, name: str) -> list[Device]:
        """The same at all adapters."""
        return [adapter.devices[name] for adapter in self.adapters.values()]

    def notify(self, name: str, uuid: str, value: bytes) -> str | None:
        """Send one notification of a sensor; None when it was delivered, else the reason why not."""
        if self._bus is None:
            return "no_bluetooth"
        return self.device(name).notify(uuid, value)

    def broadcast(self, name: str) -> str | None:
        """Let a sensor say its advert, which is new; None when it was heard, else the reason why not."""
        if self._bus is None:
            return "no_bluetooth"
        reasons = [adapter.broadcast(name) for adapter in self.adapters.values()]
        return None if None in reasons else reasons[0]

    def _make_adapter(self, number: int, name: str, sensors: list[Peripheral]) -> Adapter:
        radio = self._radio
        start, _, last = radio.adapter_address.rpartition(":")
        address = f"{start}:{(int(last, 16) + number) % 256:02X}"
        devices = [Device(self._tree, f"/org/bluez/{name}", sensor) for sensor in sensors]
        adapter = Adapter(self._tree, name, address, devices, self._taken)
        adapter.link_limit = radio.link_limit
        return adapter

    def _taken(self, name: str) -> bool:
        return any(device.connected for device in self.devices(name))

    def leave(self) -> None:
        """bluetoothd dies: the name leaves the bus, nothing is told."""
        self._present.clear()
        if self._bus is not None:
            self._bus.disconnect()

    def come_back(self) -> None:
        """bluetoothd is started again and knows nothing of before."""
        self._present.set()

    def hang(self) -> None:
        """bluetoothd is there and answers nothing, as a stopped process."""
        self._outbox.hold()

    def wake(self) -> None:
        """It answers again, what was asked meanwhile too."""
        self._outbox.release()

    async def run(self) -> None:
        """Serve until cancelled.

        Raises:
            CarrierError: someone else owns org.bluez on this bus, or its address is none.
        """
        while True:
            await self._present.wait()
            try:
                await self._serve()
            except InvalidAddressError as error:
                sentence = (
                    f"{self._bus_address} is no D-Bus address ({error}): give one like unix:path=/tmp/bus."
                )
                raise CarrierError(sentence) from error
            except BUS_ERRORS as error:
                self._tell_away(error)
            await asyncio.sleep(RETRY_S)

    def _tell_away(self, error: Exception) -> None:
        """Once for each absence."""
        if not self._away:
            logger.warning("The bus at %s is away (%s); it is tried again.", self._bus_address, error)
        self._away = True

    async def _serve(self) -> None:
        bus = await MessageBus(bus_address=self._bus_address, negotiate_unix_fd=True).connect()
        lost = asyncio.ensure_future(_until_lost(bus))
        try:
            await self._take_name(bus)
            await self._work_until(lost, bus)
        finally:
            self._forget_everything()
            bus.disconnect()
            await lost

    async def _take_name(self, bus: MessageBus) -> None:
        # Orders that came while bluetoothd was away may have left objects that nobody was told of.
        self._tree.clear()
        self._outbox.open()
        self._bus = bus
        bus.add_message_handler(self._handle)
        await self._watch_clients(bus)
        if await bus.request_name(BUS_NAME, NameFlag.DO_NOT_QUEUE) is not RequestNameReply.PRIMARY_OWNER:
            raise CarrierError(
                f"Another process owns org.bluez on {self._bus_address}: stop it, or use a bus of your own."
            )
        for adapter in self.adapters.values():
            if adapter.plugged:
                adapter.appear()
        self._away = False
        self.ready.set()

    async def _work_until(self, lost: asyncio.Future[None], bus: MessageBus) -> None:
        work = [asyncio.ensure_future(self._outbox.run(bus)), asyncio.ensure_future(self._be_heard())]
        try:
            await asyncio.wait([lost, *work], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _cancel(work)

    async def _be_heard(self) -> None:
        while True:
            for adapter in self.adapters.values():
                if not self._outbox.held:
                    adapter.hear_adverts()
            await asyncio.sleep(self._radio.advert_interval_s)

    async def _watch_clients(self, bus: MessageBus) -> None:
        rule = f"type='signal',sender='{DBUS}',interface='{DBUS}',member='NameOwnerChanged'"
        await bus.call(
            Message(
                destination=DBUS,
                path="/org/freedesktop/DBus",
                interface=DBUS,
                member="AddMatch",
                signature="s",
                body=[rule],
            )
        )

    def _forget_everything(self) -> None:
        self.ready.clear()
        self._bus = None
        self._outbox.close()
        for task in self._calls:
            task.cancel()
        for adapter in self.adapters.values():
            adapter.vanish()
        self._tree.clear()

    # calls

    def _handle(self, message: Message) -> bool:
        """dbus-fast's raw handler: true means that we answer."""
        if message.message_type is MessageType.SIGNAL and message.member == "NameOwnerChanged":
            name, _old, new = message.body
            if not new and name.startswith(":"):
                for adapter in self.adapters.values():
                    adapter.client_left(name)
            return False
        if message.message_type is not MessageType.METHOD_CALL:
            return False
        task = asyncio.ensure_future(self._answer(message))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        return True

    async def _answer(self, message: Message) -> None:
        call = Call(message.sender or "", message.path or "", message.body)
        try:
            reply = await answer(self._world(call.path), message.interface or "", message.member or "", call)
        except BluezError as error:
            self._post(message, Message.new_error(message, error.name, error.text))
        except asyncio.CancelledError:
            self._post(
                message, Message.new_error(message, "org.bluez.Error.Failed", "br-connection-canceled")
            )
            raise
        else:
            self._send(message, reply)

    def _send(self, message: Message, reply: Reply) -> None:
        fds = list(reply.fds)
        self._post(message, Message.new_method_return(message, reply.signature, list(reply.body), fds))
        if reply.after is not None:
            self._outbox.then(reply.after)

    def _post(self, call: Message, reply: Message) -> None:
        if not call.flags & MessageFlag.NO_REPLY_EXPECTED:
            self._outbox.post(reply)

    def _world(self, path: str) -> World:
        """What a call may touch: the adapter that its path lies below, the first for a path of none."""
        below = (a for a in self.adapters.values() if path == a.path or path.startswith(a.path + "/"))
        return World(
            self._tree,
            next(below, self.adapter),
            self.faults,
            self._radio.connect_s,
            self._radio.disconnect_s,
            self._call_back,
        )

    def _call_back(self, client: str, path: str, interface: str, member: str, body: list[object]) -> None:
        self._outbox.post(
            Message(
                destination=client,
                path=path,
                interface=interface,
                member=member,
                body=body,
                flags=MessageFlag.NO_REPLY_EXPECTED,
            )
        )


async def _until_lost(bus: MessageBus) -> None:
    """Wait for the end of a connection, whatever ends it."""
    try:
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
    except Exception as error:
        logger.info("The connection to the bus ended: %r", error)


async def _cancel(tasks: Iterable["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task
