"""From settings to an exit code."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING, Any

import structlog

from sts_edge.buffer import BufferFailed, BufferTaken
from sts_edge.config import Settings
from sts_edge.control.server import Question, SocketTaken
from sts_edge.sources.folder import FolderSource
from sts_edge.sources.readers import ReaderSource
from sts_edge.updates import updates_of
from sts_edge.witness import WitnessMissing

from . import logs
from .agent import Agent
from .clock_steps import ClockSteps
from .diagnostics import SendDiagnostics, bundle
from .identify import Identify
from .orders import Act, Orders
from .registration import Registration
from .settings_book import SettingsBook
from .settings_change import SettingsChanges
from .version_trial import VersionTrial

if TYPE_CHECKING:
    from sts_edge.sources.bluetooth import BluetoothSource

OK = 0
FAILED = 1
NOT_ALLOWED = 6
# No code of the process: it goes on with an agent that reads the settings anew.
ANEW = -1

_log = structlog.get_logger()


class Ending:
    """Why the agent is to end: a signal ends the process, `anew` only this agent."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.code = ANEW

    def signalled(self) -> None:
        """The process is to end."""
        self.code = OK
        self.stop.set()

    def anew(self) -> None:
        """Another agent is to read the settings anew."""
        self.stop.set()


def start(settings: Settings, book: SettingsBook, level: int = logging.INFO) -> int:
    """Run the agent until SIGTERM or SIGINT; returns the exit code, or ANEW. book: where the settings came from."""
    return asyncio.run(_main(settings, book, level))


async def _main(settings: Settings, book: SettingsBook, level: int) -> int:
    logs.configure(settings.gateway.name, level)
    ending = Ending()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_unexpected)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.signalled)
    try:
        agent = await _opened(settings, book, ending)
        logs.configure(settings.gateway.name, level, agent.notes.note)
        await agent.run(ending.stop)
    except (BufferFailed, BufferTaken, SocketTaken, WitnessMissing) as error:
        _log.critical("agent_failed", reason=str(error))
        return FAILED
    except PermissionError as error:
        _log.critical(
            "agent_not_allowed", reason=f"{error.strerror}: {error.filename}; see that the agent's user may."
        )
        return NOT_ALLOWED
    except OSError as error:
        _log.critical("agent_failed", reason=str(error))
        return FAILED
    return ending.code


async def _opened(settings: Settings, book: SettingsBook, ending: Ending) -> Agent:
    settings.gateway.data_dir.mkdir(parents=True, exist_ok=True)
    agent = Agent(settings)
    await agent.open()

    def radio(given: Settings) -> BluetoothSource:
        # Imported here: a gateway without Bluetooth sensors does without bleak and D-Bus.
        from sts_edge.sources.bluetooth import BluetoothSource

        return BluetoothSource(given, agent.emit, now_us=agent.clock.boot_us, keep=agent.keep)

    if settings.ports:
        # Imported here: a gateway without serial ports does without pyserial.
        from sts_edge.sources.serial import SerialSource

        agent.add_source(
            SerialSource(
                settings, agent.emit, agent.clock.add_anchor, now_us=agent.clock.boot_us, keep=agent.keep
            )
        )
    registration = Registration(settings, book.config, agent.health, radio, agent.add_source)
    registration.begin()
    _take_changes(agent, registration, book, ending)
    steps = ClockSteps(agent.clock, agent.buffer.epoch, settings.gateway.data_dir / "clock.db", ending.anew)
    agent.health.ask(steps.faults)
    agent.reports.clock_step = steps.report
    _take_orders(agent, settings)
    updates = updates_of(settings.update)
    trial = VersionTrial(updates, book.config, agent.health, ending.signalled)
    agent.hear(trial.hear)
    agent.care("update", trial.run)
    agent.answer("scan", registration.near)
    agent.answer("purge", agent.purge)
    agent.answer("raw", agent.order_raw)
    if settings.folders:
        agent.add_source(
            FolderSource(settings.folders, settings.gateway.data_dir, agent.emit, agent.accepted)
        )
    if settings.readers:
        agent.add_source(
            ReaderSource(
                settings.readers,
                settings.gateway.data_dir,
                agent.emit,
                agent.accepted,
                agent.stored_lines,
                keep=agent.keep,
            )
        )
    if settings.mqtt is not None:
        # Imported here: a gateway without MQTT does without paho.
        from sts_edge.sources.mqtt import MqttSource, Unacknowledged

        note = Unacknowledged(settings.gateway.data_dir / "mqtt-unacknowledged", agent.last_stored)
        agent.add_source(
            MqttSource(
                settings.gateway.name,
                settings.mqtt,
                settings.topics,
                agent.emit,
                agent.all_accepted,
                note,
                agent.buffer.epoch,
                keep=agent.keep,
            )
        )
    return agent


def _take_changes(agent: Agent, registration: Registration, book: SettingsBook, ending: Ending) -> None:
    """Settings change by an order of the hub or by a person here; both go through the file, and are read anew."""

    async def apply() -> bool:
        told = await registration.reload(Question("reload"))
        return bool(told.get("needs_restart"))

    changes = SettingsChanges(book, agent.health, apply, ending.anew, agent.uplink.beat, agent.waiting)

    async def reload(question: Question) -> dict[str, Any]:
        told = await registration.reload(question)
        if told.get("needs_restart") == []:
            await changes.edited()
        return told

    agent.answer("reload", reload)
    agent.hear(changes.hear)
    agent.reports.settings = changes.report
    agent.care("settings", changes.run)


def _take_orders(agent: Agent, settings: Settings) -> None:
    """What a person at the hub may have this gateway do; the bundle can be asked for here as well."""

    def made() -> dict[str, Any]:
        return bundle(settings, agent.reports.status(), logs.recent)

    acts: dict[str, Act] = {
        "identify": Identify(settings.gateway.identify_command),
        "diagnostics": SendDiagnostics(made, agent.emit),
    }
    orders = Orders(settings.gateway.data_dir, acts, agent.uplink.beat)
    agent.answer("diagnostics", lambda _: made())
    agent.hear(orders.hear)
    agent.reports.orders = orders.report
    agent.care("orders", orders.run)


def _unexpected(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if not isinstance(error, BufferFailed):  # told by the buffer itself
        _log.error("unexpected", reason=str(context.get("message")), exc_info=error)
