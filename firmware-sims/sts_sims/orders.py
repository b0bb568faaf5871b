"""What can be done to a running scenario, by its timeline or the control socket: one table of verbs."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from sts_sims.carriers.bluez.adapter import Adapter
from sts_sims.carriers.bluez.daemon import BluezDaemon
from sts_sims.carriers.bluez.device import Device
from sts_sims.carriers.bluez.faults import CallFault, NotificationFault, ServicesFault
from sts_sims.polar_sensor import PMD_CONTROL_POINT, PolarSensor
from sts_sims.sensor import Sensor

# Polar's control point: not supported.
NOT_SUPPORTED = 3


class OrderError(Exception):
    """An order cannot be carried out; the message says why."""


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to do. Which fields a verb needs stands in VERBS; `for_s` undoes it after so many seconds; `gateway`:
    at whose radio, where a scenario has several (without it: at the first one's); `adapter`: at which adapter of it
    (without it: the first; for what happens to a sensor, all of them)."""

    do: str
    strap: str | None = None
    gateway: str | None = None
    adapter: str | None = None
    for_s: float | None = None
    value: float | None = None
    address: str | None = None
    method: str | None = None
    error: str | None = None
    text: str = ""
    times: int = 1
    after: int = 0
    notifications: NotificationFault | None = None
    services: ServicesFault | None = None


class TimedOrder(Order, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order of the timeline, `at_s` seconds after the start of the run."""

    at_s: float


class Stage:
    """What orders act on: one radio and all sensors. `radios`: by gateway, where there are several."""

    def __init__(
        self, daemon: BluezDaemon, sensors: dict[str, Sensor], radios: Mapping[str, BluezDaemon] | None = None
    ) -> None:
        self.daemon = daemon
        self.sensors = sensors
        self._radios = radios or {}

    def at(self, gateway: str | None) -> "Stage":
        """The same with the radio of this gateway."""
        if gateway is None:
            return self
        if gateway not in self._radios:
            raise OrderError(
                f"This scenario has no gateway {gateway}: {', '.join(self._radios) or 'only one'}."
            )
        return Stage(self._radios[gateway], self.sensors, self._radios)

    def sensor(self, order: Order) -> Sensor:
        return self.sensors[self._name(order)]

    def polar(self, order: Order) -> PolarSensor:
        """The strap of an order that only one with streams can follow."""
        sensor = self.sensor(order)
        if not isinstance(sensor, PolarSensor):
            raise OrderError(f"Order {order.do} needs a strap that streams, and {order.strap} is none.")
        return sensor

    def device(self, order: Order) -> Device:
        """The sensor's device at the adapter of its link."""
        return self.daemon.device(self._name(order))

    def devices(self, order: Order) -> list[Device]:
        """The sensor's devices at the adapter that the order names, else at all."""
        if order.adapter is not None:
            return [self.adapter(order).devices[self._name(order)]]
        return self.daemon.devices(self._name(order))

    def adapter(self, order: Order) -> Adapter:
        """The adapter that the order names, else the first."""
        if order.adapter is None:
            return self.daemon.adapter
        if order.adapter not in self.daemon.adapters:
            known = ", ".join(self.daemon.adapters)
            raise OrderError(f"This scenario has no adapter {order.adapter}: {known}.")
        return self.daemon.adapters[order.adapter]

    def _name(self, order: Order) -> str:
        if order.strap not in self.sensors:
            raise OrderError(
                f"Order {order.do} needs as strap the name of a sensor of this scenario, not {order.strap}."
            )
        return order.strap


Act = Callable[[Stage, Order], None]


def _mute(stage: Stage, order: Order) -> None:
    for device in stage.devices(order):
        device.muted = True


def _unmute(stage: Stage, order: Order) -> None:
    for device in stage.devices(order):
        device.muted = False


def _drop(stage: Stage, order: Order) -> None:
    stage.device(order).link_lost()


def _forget(stage: Stage, order: Order) -> None:
    for device in stage.devices(order):
        device.forget()


def _remove(stage: Stage, order: Order) -> None:
    for device in stage.devices(order):
        device.on_air = False
        device.forget()


def _walk_away(stage: Stage, order: Order) -> None:
    for device in stage.devices(order):
        device.on_air = False
        device.link_lost()


def _signal(stage: Stage, order: Order) -> None:
    if order.value is None:
        raise OrderError("Order signal needs a value in dBm.")
    for device in stage.devices(order):
        device.move(int(order.value))


def _restore(stage: Stage, order: Order) -> None:
    for device in stage.devices(order):
        device.on_air = True
        device.muted = False
        device.notification_fault = None
        device.services_fault = None
    stage.sensor(order).worn = True


def _take_off(stage: Stage, order: Order) -> None:
    stage.sensor(order).worn = False


def _put_on(stage: Stage, order: Order) -> None:
    stage.sensor(order).worn = True


def _battery(stage: Stage, order: Order) -> None:
    if order.value is None:
        raise OrderError("Order battery needs a value in percent.")
    stage.sensor(order).set_battery(order.value)


def _refuse_streams(stage: Stage, order: Order) -> None:
    stage.polar(order).mishaps.refuse = NOT_SUPPORTED if order.value is None else int(order.value)


def _allow_streams(stage: Stage, order: Order) -> None:
    stage.polar(order).mishaps.refuse = None


def _lose_frames(stage: Stage, order: Order) -> None:
    stage.polar(order).mishaps.lose += order.times


def _jump_clock(stage: Stage, order: Order) -> None:
    if order.value is None:
        raise OrderError("Order jump_clock needs a value in seconds.")
    stage.polar(order).mishaps.clock_s += order.value


def _end_streams(stage: Stage, order: Order) -> None:
    stage.daemon.notify(stage.polar(order).name, PMD_CONTROL_POINT, stage.polar(order).end_streams())


def _readdress(stage: Stage, order: Order) -> None:
    if order.address is None:
        raise OrderError("Order readdress needs an address.")
    for device in stage.devices(order):
        device.forget()
        device.address = order.address


def _spoil(stage: Stage, order: Order) -> None:
    for device in stage.devices(order):
        device.notification_fault = order.notifications
        device.services_fault = order.services


def _fault(stage: Stage, order: Order) -> None:
    if order.method is None:
        raise OrderError("Order fault needs the D-Bus method that shall fail, for example Connect.")
    stage.daemon.faults.plant(
        CallFault(order.method, order.error, order.text, order.times, order.strap, order.after)
    )


def _clear_faults(stage: Stage, order: Order) -> None:
    stage.daemon.faults.clear()


def _power_off(stage: Stage, order: Order) -> None:
    stage.adapter(order).power(False)


def _power_on(stage: Stage, order: Order) -> None:
    stage.adapter(order).power(True)


def _unplug(stage: Stage, order: Order) -> None:
    stage.adapter(order).unplug()


def _plug(stage: Stage, order: Order) -> None:
    stage.adapter(order).plug()


def _deafen(stage: Stage, order: Order) -> None:
    stage.adapter(order).silent = True


def _undeafen(stage: Stage, order: Order) -> None:
    stage.adapter(order).silent = False


def _stop_bluez(stage: Stage, order: Order) -> None:
    stage.daemon.leave()


def _start_bluez(stage: Stage, order: Order) -> None:
    stage.daemon.come_back()


def _hang_bluez(stage: Stage, order: Order) -> None:
    stage.daemon.hang()


def _wake_bluez(stage: Stage, order: Order) -> None:
    stage.daemon.wake()


def _limit_links(stage: Stage, order: Order) -> None:
    stage.adapter(order).link_limit = None if order.value is None else int(order.value)


class Verb(msgspec.Struct, frozen=True):
    """What a verb does, in a sentence, and the verb that undoes it."""

    act: Act
    about: str
    undone_by: str | None = None


VERBS: dict[str, Verb] = {
    "mute": Verb(_mute, "The strap keeps its link and says nothing.", "unmute"),
    "unmute": Verb(_unmute, "It speaks again."),
    "drop": Verb(_drop, "The link is lost; the strap advertises again at once."),
    "walk_away": Verb(_walk_away, "Out of range: link lost, no adverts.", "restore"),
    "signal": Verb(_signal, "The radio hears it at `value` dBm; below -95 it is out of reach."),
    "forget": Verb(_forget, "BlueZ drops its object; the next advert makes a new one."),
    "remove": Verb(_remove, "Out of range and out of BlueZ.", "restore"),
    "restore": Verb(_restore, "In range, speaking, worn, without faults of its own."),
    "take_off": Verb(_take_off, "No skin contact.", "put_on"),
    "put_on": Verb(_put_on, "Skin contact again."),
    "battery": Verb(_battery, "Set the charge to `value` percent."),
    "readdress": Verb(_readdress, "The strap comes back under another `address`."),
    "refuse_streams": Verb(
        _refuse_streams, "A start of a stream is answered with status `value` (3).", "allow_streams"
    ),
    "allow_streams": Verb(_allow_streams, "It is answered as it should be."),
    "lose_frames": Verb(_lose_frames, "The next `times` frames of its streams are lost."),
    "jump_clock": Verb(_jump_clock, "The strap's clock jumps by `value` seconds."),
    "end_streams": Verb(_end_streams, "The strap ends its streams by itself."),
    "spoil": Verb(
        _spoil, "`notifications` lost, late, bunched, empty or early; `services` empty or late.", "restore"
    ),
    "fault": Verb(
        _fault,
        "The next `times` calls of `method` (after `after` good ones) answer `error`, or nothing without.",
    ),
    "clear_faults": Verb(_clear_faults, "No planted fault is left."),
    "power_off": Verb(_power_off, "The adapter's radio is switched off.", "power_on"),
    "power_on": Verb(_power_on, "It is switched on."),
    "unplug": Verb(_unplug, "The adapter is pulled out.", "plug"),
    "plug": Verb(_plug, "It is put back."),
    "deafen": Verb(_deafen, "Discovery runs and hears nothing.", "undeafen"),
    "undeafen": Verb(_undeafen, "It hears again."),
    "stop_bluez": Verb(_stop_bluez, "bluetoothd dies.", "start_bluez"),
    "start_bluez": Verb(_start_bluez, "It is started again."),
    "hang_bluez": Verb(_hang_bluez, "bluetoothd is there and answers nothing.", "wake_bluez"),
    "wake_bluez": Verb(_wake_bluez, "It answers again."),
    "limit_links": Verb(_limit_links, "The controller holds `value` links and refuses more."),
}


def carry_out(stage: Stage, order: Order) -> None:
    """Do what an order says, and undo it later when it says for how long.

    Raises:
        OrderError: unknown verb, gateway or strap, a missing field, or `for_s` where nothing can be undone.
    """
    verb = VERBS.get(order.do)
    if verb is None:
        raise OrderError(f"There is no order {order.do}. Known ones: {', '.join(VERBS)}.")
    if order.for_s is not None and verb.undone_by is None:
        raise OrderError(f"Order {order.do} cannot be undone, so it takes no for_s.")
    there = stage.at(order.gateway)
    verb.act(there, order)
    if order.for_s is not None and verb.undone_by is not None:
        undo = VERBS[verb.undone_by].act
        asyncio.get_running_loop().call_later(order.for_s, undo, there, order)


def parse(line: bytes) -> Order:
    """Read one order from JSON. Raises OrderError."""
    try:
        return msgspec.json.decode(line, type=Order)
    except msgspec.DecodeError as error:
        raise OrderError(f"This is not an order: {error}.") from error


Answer = dict[Literal["ok", "error"], bool | str]


def obey(stage: Stage, line: bytes) -> Answer:
    """Carry out one order in JSON and answer in the words of the control socket."""
    try:
        carry_out(stage, parse(line))
    except OrderError as error:
        return {"ok": False, "error": str(error)}
    return {"ok": True}
