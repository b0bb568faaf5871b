"""Is there a radio to work with? Asked on D-Bus, for bleak does not tell when bluetoothd or the adapter goes.

A signal is only a hint; the answer to "is it powered?" is the truth. So a missed signal costs a moment,
never a wrong belief.
"""

import asyncio
import contextlib
from collections.abc import Callable
from enum import Enum

import structlog
from dbus_fast import BusType, Message, MessageFlag, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import AuthError, DBusError

from sts_edge.sources.bluetooth.deadline import DeadlineError, within
from sts_edge.sources.bluetooth.limits import QUESTION_S, Limits
from sts_edge.time_limit import time_limit

log = structlog.get_logger(__name__)

DBUS = "org.freedesktop.DBus"
BLUEZ = "org.bluez"
ADAPTER = "org.bluez.Adapter1"
PROPERTIES = "org.freedesktop.DBus.Properties"
SERVICE_UNKNOWN = (f"{DBUS}.Error.ServiceUnknown", f"{DBUS}.Error.NameHasNoOwner")

# Asked again without any hint: a bluetoothd that hung and came back gives none.
LOOK_S = 30.0

# dbus-fast raises these when a bus is away, refuses us, or dies in the middle of a call.
BUS_ERRORS = (OSError, EOFError, AuthError, DBusError, DeadlineError)


class Radio(Enum):
    """What is there. The value is the sentence for the technician; empty when all is well."""

    UNKNOWN = "Bluetooth adapter {name}: not asked yet."
    NO_BUS = "D-Bus is away, so no sensor can be heard: systemctl status dbus."
    NO_BLUEZ = "The Bluetooth service is not running: sudo systemctl start bluetooth."
    NO_ADAPTER = (
        "There is no Bluetooth adapter {name}: plug it in, or mend bluetooth.adapters in the settings."
    )
    HUNG = "The Bluetooth service does not answer: sudo systemctl restart bluetooth."
    OFF = "Bluetooth adapter {name} is switched off: bluetoothctl power on, or rfkill unblock bluetooth."
    ON = ""

    def sentence(self, name: str) -> str:
        return self.value.format(name=name)


class AdapterWatch:
    """Keeps `radio` true to what BlueZ says about one adapter; `on_change` is called after each change.

    A bluetoothd that was restarted knows nothing of the scans and links of before, so it is told as a
    change even when it was back before anyone could look.
    """

    def __init__(self, name: str, limits: Limits, on_change: Callable[[Radio], None]) -> None:
        self.name = name
        self.radio = Radio.UNKNOWN
        self._path = f"/org/bluez/{name}"
        self._limits = limits
        self._on_change = on_change
        self._bus: MessageBus | None = None
        self._hint = asyncio.Event()
        self._restarted = False

    async def run(self) -> None:
        """Watch until cancelled; a lost bus is sought again."""
        while True:
            try:
                await self._watch()
            except BUS_ERRORS as error:
                log.debug("dbus_away", adapter=self.name, error=str(error))
            self._found(Radio.NO_BUS)
            await asyncio.sleep(self._limits.bus_retry_s)

    async def look(self) -> Radio:
        """Ask once."""
        try:
            bus = await within(QUESTION_S, _connect(), "connecting to D-Bus", self._limits.abandon_s)
        except BUS_ERRORS:
            return Radio.NO_BUS
        try:
            return await self._ask(bus)
        except BUS_ERRORS:
            return Radio.NO_BUS
        finally:
            bus.disconnect()

    async def power_cycle(self, pause_s: float) -> None:
        """Switch the adapter off and on: the strongest remedy without privileges.

        Raises:
            OSError, DBusError, DeadlineError: the bus or bluetoothd did not do it.
        """
        for on in (False, True):
            await self._set_powered(on)
            await asyncio.sleep(pause_s)

    async def _watch(self) -> None:
        bus = await within(QUESTION_S, _connect(), "connecting to D-Bus", self._limits.abandon_s)
        self._bus = bus
        lost = asyncio.ensure_future(_until_lost(bus))
        lost.add_done_callback(lambda _task: self._hint.set())
        try:
            bus.add_message_handler(self._hear)
            await self._ask_for_hints(bus)
            await self._follow(bus)
        finally:
            self._bus = None
            bus.disconnect()
            await lost

    async def _follow(self, bus: MessageBus) -> None:
        while bus.connected:
            self._hint.clear()
            self._found(await self._ask(bus))
            with contextlib.suppress(TimeoutError):
                async with time_limit(LOOK_S):
                    await self._hint.wait()

    def _found(self, radio: Radio) -> None:
        restarted, self._restarted = self._restarted, False
        if restarted and radio is self.radio is Radio.ON:
            self._tell(Radio.NO_BLUEZ)
        if radio is not self.radio:
            self._tell(radio)

    def _tell(self, radio: Radio) -> None:
        self.radio = radio
        log.info("radio", adapter=self.name, state=radio.name.lower())
        self._on_change(radio)

    # D-Bus

    async def _ask_for_hints(self, bus: MessageBus) -> None:
        rules = (
            f"type='signal',sender='{DBUS}',interface='{DBUS}',member='NameOwnerChanged',arg0='{BLUEZ}'",
            f"type='signal',sender='{BLUEZ}',interface='{PROPERTIES}',path='{self._path}'",
            f"type='signal',sender='{BLUEZ}',interface='{DBUS}.ObjectManager',arg0path='{self._path}'",
        )
        for rule in rules:
            await self._call(bus, _question(DBUS, "/org/freedesktop/DBus", DBUS, "AddMatch", "s", [rule]))

    def _hear(self, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL:
            return
        if message.member == "NameOwnerChanged" and message.body[0] == BLUEZ:
            self._restarted = True
        self._hint.set()

    async def _ask(self, bus: MessageBus) -> Radio:
        question = _question(BLUEZ, self._path, PROPERTIES, "Get", "ss", [ADAPTER, "Powered"])
        try:
            powered = await self._call(bus, question)
        except DeadlineError:
            return Radio.HUNG
        if powered.message_type is MessageType.ERROR:
            return Radio.NO_BLUEZ if powered.error_name in SERVICE_UNKNOWN else Radio.NO_ADAPTER
        return Radio.ON if powered.body[0].value else Radio.OFF

    async def _set_powered(self, on: bool) -> None:
        if self._bus is None:
            raise OSError("D-Bus is away")
        body: list[object] = [ADAPTER, "Powered", Variant("b", on)]
        await self._call(self._bus, _question(BLUEZ, self._path, PROPERTIES, "Set", "ssv", body))

    async def _call(self, bus: MessageBus, question: Message) -> Message:
        what = f"{question.member} of {question.path}"
        return await within(QUESTION_S, _call_alive(bus, question), what, self._limits.abandon_s)


async def ask_radio(name: str) -> Radio:
    """How an adapter is now."""
    return await AdapterWatch(name, Limits(), lambda _radio: None).look()


def _question(
    destination: str, path: str, interface: str, member: str, signature: str, body: list[object]
) -> Message:
    """A call that does not start bluetoothd by itself: that is systemd's business."""
    return Message(
        destination=destination,
        path=path,
        interface=interface,
        member=member,
        signature=signature,
        body=body,
        flags=MessageFlag.NO_AUTOSTART,
    )


async def _connect() -> MessageBus:
    return await MessageBus(bus_type=BusType.SYSTEM).connect()


async def _call_alive(bus: MessageBus, question: Message) -> Message:
    """dbus-fast writes to a bus that has just died and leaves the error to nobody: look first."""
    if not bus.connected:
        raise EOFError("D-Bus is away")
    return await bus.call(question)


async def _until_lost(bus: MessageBus) -> None:
    try:
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
    except Exception as error:
        log.debug("dbus_lost", error=repr(error))
